import { setImmediate as turn } from 'node:timers/promises';
import { stringify } from 'csv-stringify/sync';
import type { Locale } from '../../domain/anomaly/wording.js';
import type { BoardProduct } from '../board/contract.js';
import type { ZoneClock } from '../board/zone.js';
import { type Cell, productColumns } from './columns.js';

/** Rows that are made at a time: some milliseconds of work. */
const ROWS = 500;
const FORMAT = { delimiter: ';', record_delimiter: 'windows' } as const;

/**
 * The products as a table that Excel opens by a double click in Russian: semicolons, UTF-8 with a byte order mark;
 * decimals have a comma in Russian, for with a point Excel makes dates of them. As much is made as is asked for.
 */
export async function* productsCsv(
  products: Iterable<BoardProduct>,
  { locale, clock }: { readonly locale: Locale; readonly clock: ZoneClock },
): AsyncGenerator<string> {
  const columns = productColumns(locale);
  yield stringify([columns.map(({ title }) => title)], { ...FORMAT, bom: true });
  let rows: string[][] = [];
  for (const product of products) {
    rows.push(columns.map(({ cell }) => textOf(cell(product), locale, clock)));
    if (rows.length < ROWS) continue;
    yield stringify(rows, FORMAT);
    rows = [];
    await turn();
  }
  if (rows.length > 0) yield stringify(rows, FORMAT);
}

function textOf({ kind, value }: Cell, locale: Locale, clock: ZoneClock): string {
  if (value === null) return '';
  if (kind === 'time') return clock.text(value);
  if (kind === 'number') return locale === 'ru' ? String(value).replace('.', ',') : String(value);
  return harmless(value);
}

/**
 * A text that no spreadsheet takes for a formula: those begin with = + - @, or with a tab or a line break before
 * them, also in the wide letters of East Asia. Names come from marketplaces, and from whoever writes there.
 */
function harmless(text: string): string {
  return /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(text) ? `'${text}` : text;
}
