import { Readable } from 'node:stream';
import type { Locale } from '../../domain/anomaly/wording.js';
import type { BoardListing } from '../board/contract.js';
import { ZoneClock } from '../board/zone.js';
import { productsCsv } from './csv.js';
import { productsXlsx } from './xlsx.js';

export const DOWNLOAD_FORMATS = ['csv', 'xlsx'] as const;
export type DownloadFormat = (typeof DOWNLOAD_FORMATS)[number];

export interface Download {
  readonly contentType: string;
  /** For Content-Disposition; ASCII. */
  readonly fileName: string;
  /** Makes as much as is read, so a slow reader costs no memory. */
  readonly body: Readable;
}

export interface DownloadOptions {
  readonly locale: Locale;
  /** TZ_DISPLAY. */
  readonly timeZone: string;
  /** Unix milliseconds, for the file's name. */
  readonly now: number;
}

const CONTENT_TYPES: Readonly<Record<DownloadFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};
const WAITING_BYTES = 256 * 1024;

/** A table of products to keep: of exactly these, in this order. @throws USAGE where a sheet cannot hold so many */
export function productDownload(
  format: DownloadFormat,
  products: BoardListing,
  { locale, timeZone, now }: DownloadOptions,
): Download {
  const clock = new ZoneClock(timeZone);
  const made =
    format === 'csv' ? productsCsv(products, { locale, clock }) : productsXlsx(products, { locale, clock });
  const name = clock.text(now).replace(' ', '-').replace(':', '');
  return {
    contentType: CONTENT_TYPES[format],
    fileName: `stock-${name}.${format}`,
    body: Readable.from(made, { objectMode: false, highWaterMark: WAITING_BYTES }),
  };
}
