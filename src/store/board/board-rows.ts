import { HISTORY_DAYS, type ProductHour } from '../../domain/anomaly/finding.js';
import { HOUR } from '../../domain/anomaly/time.js';
import type { Row } from '../database.js';
import { textOf, timeOf } from '../row-values.js';
import { BY_OFFSET } from '../statements/read-ledger.js';
import { sqlId, sqlTimeOf } from '../statements/sql-text.js';
import { type LedgerMark, type Reader } from './board-standing.js';

/** Which products of an account: those of a range of ids, or some. */
export type Span =
  | { readonly after: string | null; readonly upTo: string }
  | { readonly ids: readonly string[] };

export interface BoardProductRow {
  readonly productId: string;
  readonly offerId: string | null;
  readonly name: string | null;
  readonly sku: string | null;
  readonly size: string | null;
  readonly barcodes: readonly string[];
  readonly archived: boolean;
  /** Unix milliseconds of the record that first named it. */
  readonly firstSeenAt: number;
}

/** What a product has in a feed, by scheme; pieces over all its places. */
export interface BoardLevelRow {
  readonly productId: string;
  readonly scheme: string;
  readonly present: number;
  readonly reserved: number;
  readonly available: number;
  readonly inWayToClient: number;
  readonly inWayFromClient: number;
  /** A row of it is not closed. */
  readonly isLive: boolean;
  /** Unix milliseconds; rows are written only where they change. */
  readonly changedAt: number;
}

const PRODUCT_COLUMNS =
  'product_id, offer_id, name, sku, size, barcodes, archived, first_seen_at, removed_at';
const NO_BARCODES: readonly string[] = Object.freeze([]);

/** The next products of an account that are not removed, in the order of their ids. */
export async function productsAfter(
  db: Reader,
  accountId: number,
  after: string | null,
  limit: number,
): Promise<BoardProductRow[]> {
  const beyond = after === null ? '' : `AND product_id > ${sqlId(after)}`;
  const rows = await db.query<Row>(
    `SELECT ${PRODUCT_COLUMNS} FROM products
      WHERE account_id = ${accountId} ${beyond} AND removed_at IS NULL ORDER BY product_id LIMIT ${limit}`,
  );
  return rows.map(productOf);
}

/** These products of an account, without those that are removed. */
export async function productsOf(
  db: Reader,
  accountId: number,
  ids: readonly string[],
): Promise<BoardProductRow[]> {
  const rows = await db.query<Row>(
    `SELECT ${PRODUCT_COLUMNS} FROM products WHERE account_id = ${accountId} AND ${within({ ids })}`,
  );
  return rows.filter(({ removed_at: removedAt }) => removedAt === null).map(productOf);
}

function productOf(row: Row): BoardProductRow {
  const barcodes = row.barcodes === null ? NO_BARCODES : (JSON.parse(String(row.barcodes)) as string[]);
  return {
    productId: String(row.product_id),
    offerId: textOf(row.offer_id),
    name: textOf(row.name),
    sku: textOf(row.sku),
    size: textOf(row.size),
    barcodes: barcodes.length === 0 ? NO_BARCODES : barcodes,
    archived: Number(row.archived) === 1,
    firstSeenAt: timeOf(row.first_seen_at) ?? 0,
  };
}

/** Sums of a feed's live generation, by the leading key. */
export async function levelSums(db: Reader, feedId: number, span: Span): Promise<BoardLevelRow[]> {
  const rows = await db.query<Row>(
    `SELECT product_id, scheme, SUM(present) AS present, SUM(reserved) AS reserved, SUM(available) AS available,
            SUM(in_way_to_client) AS in_way_to_client, SUM(in_way_from_client) AS in_way_from_client,
            MIN(closed) AS closed, MAX(observed_at) AS changed_at
       FROM levels WHERE generation = 0 AND feed_id = ${feedId} AND ${within(span)}
      GROUP BY product_id, scheme ORDER BY product_id, scheme`,
  );
  return rows.map((row) => ({
    productId: String(row.product_id),
    scheme: String(row.scheme),
    present: Number(row.present),
    reserved: Number(row.reserved),
    available: Number(row.available),
    inWayToClient: Number(row.in_way_to_client),
    inWayFromClient: Number(row.in_way_from_client),
    isLive: Number(row.closed) === 0,
    changedAt: timeOf(row.changed_at) ?? 0,
  }));
}

/**
 * What products sold and received, one entry for each span of 24 hours back from the present hour, the oldest first:
 * a rate over whole days needs no more, and a table of hours that is added up where it lies is a tenth of the rows.
 *
 * @param at Unix milliseconds
 */
export async function soldByDay(
  db: Reader,
  accountId: number,
  span: Span,
  at: number,
): Promise<Map<string, ProductHour[]>> {
  const now = Math.floor(at / HOUR);
  const rows = await db.query<Row>(
    `SELECT product_id, (${now} - hour_no) DIV 24 AS day, SUM(sold) AS sold, SUM(received) AS received
       FROM product_hours
      WHERE account_id = ${accountId} AND ${within(span)}
        AND hour_no > ${now - HISTORY_DAYS * 24} AND hour_no <= ${now}
      GROUP BY product_id, day ORDER BY product_id, day DESC`,
  );
  const found = new Map<string, ProductHour[]>();
  for (const row of rows) {
    const productId = String(row.product_id);
    const days = found.get(productId) ?? [];
    const hour = now - 24 * Number(row.day);
    days.push({ hour, sold: Number(row.sold), received: Number(row.received) });
    found.set(productId, days);
  }
  return found;
}

/** Thresholds of single products of an account, in pieces; of all of them without a span. */
export async function thresholds(db: Reader, accountId: number, span?: Span): Promise<Map<string, number>> {
  const rows = await db.query<Row>(
    `SELECT product_id, low_stock FROM product_settings
      WHERE account_id = ${accountId} ${span === undefined ? '' : `AND ${within(span)}`} AND low_stock IS NOT NULL`,
  );
  return new Map(rows.map((row) => [String(row.product_id), Number(row.low_stock)]));
}

/** Products with a change in the raw records [from, mark.next), by feed: a range of the ledger's key. */
export async function changedSince(
  db: Reader,
  mark: LedgerMark,
  from: number,
): Promise<{ feedId: number; productId: string }[]> {
  const rows = await db.query<Row>(
    `SELECT DISTINCT feed_id, product_id FROM ledger ${BY_OFFSET}
      WHERE incarnation_id = ${mark.incarnation} AND partition_no = ${mark.partition}
        AND record_offset >= ${from} AND record_offset < ${mark.next}`,
  );
  return rows.map((row) => ({ feedId: Number(row.feed_id), productId: String(row.product_id) }));
}

/** Products of an account that were written since, removed ones included; times are Unix milliseconds. */
export async function writtenSince(
  db: Reader,
  accountId: number,
  since: number,
): Promise<{ productId: string; at: number }[]> {
  const rows = await db.query<Row>(
    `SELECT product_id, updated_at FROM products
      WHERE account_id = ${accountId} AND updated_at >= ${sqlTimeOf(since)}`,
  );
  return rows.map((row) => ({ productId: String(row.product_id), at: timeOf(row.updated_at) ?? 0 }));
}

function within(span: Span): string {
  if ('ids' in span) {
    return span.ids.length === 0 ? '1 = 0' : `product_id IN (${span.ids.map(sqlId).join(',')})`;
  }
  const upTo = `product_id <= ${sqlId(span.upTo)}`;
  return span.after === null ? upTo : `product_id > ${sqlId(span.after)} AND ${upTo}`;
}
