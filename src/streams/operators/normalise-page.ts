import { map, type OperatorFunction } from 'rxjs';
import { type Feed, parseFeed } from '../../domain/feed.js';
import { AppError, isAppError, messageOf } from '../../errors.js';
import type { PageChunk, RawEvent } from '../../events/raw-snapshot.js';
import type { LogRecord } from '../../ports/log-records.js';
import type { Normaliser, NormaliserOf, ObservedItem } from '../../ports/marketplace.js';
import type { NormalisedPage } from '../feed-fold.js';
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

/** Longest article that the tables hold, in UTF-16 units; real ones have a tenth of it. */
const OFFER_ID_LENGTH = 500;

/** Puts a page's verbatim rows into the system's own terms. One bad row does not take its neighbours along. */
export function normalisePage(normaliserOf: NormaliserOf): OperatorFunction<Decoded<RawEvent>, ReadyRecord> {
  return map((decoded) => ready(decoded, normaliserOf));
}

function ready(decoded: Decoded<RawEvent>, normaliserOf: NormaliserOf): ReadyRecord {
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
  const normalise = normaliserOf(feed.source, feed.endpoint);
  if (normalise === undefined) {
    return { ok: false, record, feed, problem: invalid(`nothing is known of the endpoint ${feed.endpoint}`) };
  }
  return { ok: true, record, feed, event, page: normaliseRows(event, normalise) };
}

function normaliseRows(event: PageChunk, normalise: Normaliser): NormalisedPage {
  const items: ObservedItem[] = [];
  const problems: AppError[] = [];
  for (const [index, row] of event.rows.entries()) {
    try {
      items.push(fitting(normalise(row)));
    } catch (error) {
      const why = `row ${index + 1} of ${event.rows.length}: ${messageOf(error)}`;
      problems.push(
        isAppError(error) ? new AppError(error.code, why, { cause: error }) : invalid(why, error),
      );
    }
  }
  return { items, problems };
}

/** Half of a surrogate pair: JSON can spell it, UTF-8 cannot, and what is stored must be what is published. */
const HALF_CHARACTER = /\p{Surrogate}/gu;

function fitting(item: ObservedItem): ObservedItem {
  if (item.offerId === undefined) return item;
  const offerId = item.offerId.replace(HALF_CHARACTER, '\ufffd');
  if (offerId.length <= OFFER_ID_LENGTH) return offerId === item.offerId ? item : { ...item, offerId };
  // Cut between characters, not inside one.
  return { ...item, offerId: [...offerId].slice(0, OFFER_ID_LENGTH / 2).join('') };
}

function invalid(message: string, cause?: unknown): AppError {
  return new AppError('RECORD_INVALID', message, { cause });
}
