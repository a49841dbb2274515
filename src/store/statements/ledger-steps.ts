import type { ChangesPlace, ProductStep } from '../../ports/product-history.js';
import type { Row, Sql } from '../database.js';
import { BY_OFFSET } from './read-ledger.js';

/** A slice of the ledger, by the numbers that its rows go by. */
export interface LedgerSlice {
  readonly feedId: number;
  readonly accountId: number;
  readonly incarnation: number;
  readonly partition: number;
  /** Offsets of its first and its last record. */
  readonly from: number;
  readonly to: number;
}

/** Null where nothing of it was ever written. */
export async function sliceOf(
  sql: Pick<Sql, 'query'>,
  rawTopic: string,
  place: ChangesPlace,
): Promise<LedgerSlice | null> {
  const { feed, life, partition, from, to } = place;
  const [row] = await sql.query<Row>(
    `SELECT f.feed_id, f.account_id, i.incarnation_id FROM feeds f JOIN incarnations i
      WHERE f.feed = ? AND i.topic = ? AND i.life = ?`,
    [feed, rawTopic, life],
  );
  if (row === undefined) return null;
  return {
    feedId: Number(row.feed_id),
    accountId: Number(row.account_id),
    incarnation: Number(row.incarnation_id),
    ...{ partition, from, to },
  };
}

export function inPartition({ incarnation, partition }: LedgerSlice): string {
  return `incarnation_id = ${incarnation} AND partition_no = ${partition}`;
}

/** By product, in the order of ids. What moved between a feed's places has neither left nor come. */
export async function ledgerSteps(
  sql: Pick<Sql, 'query'>,
  slice: LedgerSlice,
): Promise<readonly ProductStep[]> {
  const rows = await sql.query<Row>(
    `SELECT product_id, ${moved('available')} AS available, ${moved('present')} AS present,
            ${moved('reserved')} AS reserved
       ${sums(slice)}
     HAVING ${NOT_RESCOPED} AND (available <> 0 OR present <> 0 OR reserved <> 0)
      ORDER BY product_id`,
  );
  return rows.map(stepOf);
}

export function stepOf(row: Row): ProductStep {
  return {
    productId: String(row.product_id),
    available: Number(row.available),
    present: Number(row.present),
    reserved: Number(row.reserved),
  };
}

/**
 * Adds the steps to the hours of their products without their passing through this process: there may be as many
 * as there are products. In the order of the key, so that two feeds of an account lock in the same order.
 */
export async function addSteps(sql: Pick<Sql, 'execute'>, slice: LedgerSlice, hour: number): Promise<void> {
  await sql.execute(
    `INSERT INTO product_hours (account_id, product_id, hour_no, sold, received)
     SELECT ${slice.accountId}, product_id, ${hour}, GREATEST(0, -available), GREATEST(0, available)
       FROM (SELECT product_id, ${moved('available')} AS available
               ${sums(slice)}
             HAVING ${NOT_RESCOPED} AND available <> 0) steps
      ORDER BY product_id
     ON DUPLICATE KEY UPDATE sold = product_hours.sold + VALUES(sold),
       received = product_hours.received + VALUES(received)`,
  );
}

const NOT_RESCOPED = "MAX(COALESCE(reason, '') = 'rescoped') = 0";

function moved(what: 'available' | 'present' | 'reserved'): string {
  return `SUM(after_${what}) - SUM(COALESCE(before_${what}, 0))`;
}

function sums(slice: LedgerSlice): string {
  return `FROM ledger ${BY_OFFSET}
      WHERE ${inPartition(slice)} AND record_offset BETWEEN ${slice.from} AND ${slice.to}
        AND feed_id = ${slice.feedId}
      GROUP BY product_id`;
}
