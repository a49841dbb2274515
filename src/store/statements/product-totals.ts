import type { ProductStep } from '../../ports/product-history.js';
import type { Row, Sql } from '../database.js';
import { inPartition, type LedgerSlice, stepOf } from './ledger-steps.js';
import { BY_OFFSET } from './read-ledger.js';

/** Pieces over all places. */
export type ProductTotals = Omit<ProductStep, 'productId'>;

/**
 * Over all feeds of the account, each read by its leading key: the slice's own as of the end of the slice, the others
 * as they are now.
 *
 * @param ids product ids as SQL
 */
export async function productTotals(
  sql: Pick<Sql, 'query'>,
  accountId: number,
  ids: string,
  slice: LedgerSlice | null,
): Promise<Map<string, ProductTotals>> {
  const feeds = await sql.query<Row>('SELECT feed_id FROM feeds WHERE account_id = ?', [accountId]);
  const totals = new Map<string, ProductTotals>();
  for (const feed of feeds) {
    const feedId = Number(feed.feed_id);
    const rows = await sql.query<Row>(
      `SELECT product_id, SUM(available) AS available, SUM(present) AS present, SUM(reserved) AS reserved
         FROM (SELECT product_id, available, present, reserved FROM levels
                WHERE generation = 0 AND feed_id = ${feedId} AND product_id IN (${ids})
               ${slice?.feedId === feedId ? `UNION ALL ${undone(slice, ids)}` : ''}) rows_then
        GROUP BY product_id`,
    );
    for (const row of rows) {
      const { productId, ...more } = stepOf(row);
      const sum = totals.get(productId) ?? NO_PIECES;
      totals.set(productId, {
        available: sum.available + more.available,
        present: sum.present + more.present,
        reserved: sum.reserved + more.reserved,
      });
    }
  }
  return totals;
}

export const NO_PIECES: ProductTotals = { available: 0, present: 0, reserved: 0 };

/**
 * The projector may be snapshots ahead: what it has applied since is taken back, in the same statement that reads
 * the levels, so that what is said of a snapshot does not depend on when it is judged.
 */
function undone(slice: LedgerSlice, ids: string): string {
  return `SELECT product_id, COALESCE(before_available, 0) - after_available,
                 COALESCE(before_present, 0) - after_present, COALESCE(before_reserved, 0) - after_reserved
            FROM ledger ${BY_OFFSET}
           WHERE ${inPartition(slice)} AND record_offset > ${slice.to}
             AND feed_id = ${slice.feedId} AND product_id IN (${ids})`;
}
