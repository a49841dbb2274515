import { map, type OperatorFunction } from 'rxjs';
import { type Feed, parseFeed } from '../../domain/feed.js';
import { AppError, isAppError, messageOf } from '../../errors.js';
import type { PageChunk, RawEvent } from '../../events/raw-snapshot.js';
import type { LogRecord } from '../../ports/log-records.js';
import type { CataloguedProduct, Normaliser, NormaliserOf, ObservedItem } from '../../ports/marketplace.js';
import type { NormalisedPage } from '../snapshot-fold.js';
import type { Decoded } from './decode-json-event.js';

/** A raw record ready to be folded, or the reason why it never will be. `feed` is null where not even that is known. */
export type ReadyRecord =
  | {
      readonly ok: true;
      readonly record: LogRecord;
      readonly feed: Feed;
      readonly event: RawEvent;
      readonly page: NormalisedPage | null;
    }
  | {
      readonly ok: false;
      readonly record: LogRecord;
      readonly feed: Feed | null;
      readonly problem: AppError;
    };

/** Longest texts that the tables hold, in UTF-16 units; real ones have a tenth of it. */
const LONGEST = { offerId: 500, name: 1000, size: 60, barcode: 200 } as const;
const MOST_BARCODES = 200;

/** Puts a page's verbatim rows into the system's own terms. One bad row does not take its neighbours along. */
export function normalisePage(normaliserOf: NormaliserOf): OperatorFunction<Decoded<RawEvent>, ReadyRecord> {
  return map((decoded) => normaliseDecoded(decoded, normaliserOf));
}

export function normaliseDecoded(decoded: Decoded<RawEvent>, normaliserOf: NormaliserOf): ReadyRecord {
  const { record } = decoded;
  const feed = record.key === null ? null : parseFeed(record.key);
  if (!decoded.ok) return { ok: false, record, feed, problem: decoded.error };
  const { event } = decoded;
  if (feed === null || record.key !== event.feed) {
    return {
      ok: false,
      record,
      feed,
      problem: invalid(`the key ${String(record.key)} is not the feed ${event.feed}`),
    };
  }
  if (event.type !== 'page-chunk') return { ok: true, record, feed, event, page: null };
  const endpoint = event.query?.endpoint ?? feed.endpoint;
  const normalise = normaliserOf(feed.source, endpoint);
  if (normalise === undefined) {
    return { ok: false, record, feed, problem: invalid(`nothing is known of the endpoint ${endpoint}`) };
  }
  return { ok: true, record, feed, event, page: normaliseRows(event, normalise) };
}

export function normaliseRows(event: PageChunk, normalise: Normaliser): NormalisedPage {
  const { rows, query = {} } = event;
  const items: ObservedItem[] = [];
  const products: CataloguedProduct[] = [];
  const problems: AppError[] = [];
  for (let index = 0; index < rows.length; index += 1) {
    try {
      if (normalise.kind === 'stock') items.push(fittingItem(normalise.read(rows[index], query)));
      else products.push(...normalise.read(rows[index], query).map(fittingProduct));
    } catch (error) {
      // What is not the row's fault is not laid at its door: whoever runs this waits, or ends.
      if (isAppError(error) && error.fate !== 'reject') throw error;
      const why = `row ${index + 1} of ${rows.length}: ${messageOf(error)}`;
      problems.push(
        isAppError(error) ? new AppError(error.code, why, { cause: error }) : invalid(why, error),
      );
    }
  }
  return { items, products, problems };
}

/** Half of a surrogate pair: JSON can spell it, UTF-8 cannot, and what is stored must be what is published. */
const MAYBE_HALF = /[\ud800-\udfff]/;
const HALF_CHARACTER = /\p{Surrogate}/gu;

function fittingItem(item: ObservedItem): ObservedItem {
  if (item.offerId === undefined) return item;
  const offerId = fitting(item.offerId, LONGEST.offerId);
  return offerId === item.offerId ? item : { ...item, offerId };
}

function fittingProduct(product: CataloguedProduct): CataloguedProduct {
  const { offerId, name, size, barcodes } = product;
  return {
    ...product,
    ...(offerId === undefined ? {} : { offerId: fitting(offerId, LONGEST.offerId) }),
    ...(name === undefined ? {} : { name: fitting(name, LONGEST.name) }),
    ...(size === undefined ? {} : { size: fitting(size, LONGEST.size) }),
    ...(barcodes === undefined ? {} : { barcodes: barcodes.slice(0, MOST_BARCODES).map(fittingBarcode) }),
  };
}

function fittingBarcode(barcode: string): string {
  return fitting(barcode, LONGEST.barcode);
}

/** Cut between characters, not inside one. */
function fitting(text: string, longest: number): string {
  if (text.length <= longest && !MAYBE_HALF.test(text)) return text;
  const whole = text.replace(HALF_CHARACTER, '\ufffd');
  return whole.length <= longest ? whole : [...whole].slice(0, longest / 2).join('');
}

function invalid(message: string, cause?: unknown): AppError {
  return new AppError('RECORD_INVALID', message, { cause });
}
