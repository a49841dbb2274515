import type { ProductMovement, UnreadProduct } from '../../events/sync-event.js';
import type { PartitionPlace } from '../../ports/partition-processor.js';
import type { Movements } from '../../ports/projection.js';
import type { Row, Sql } from '../database.js';
import { BY_OFFSET } from './read-ledger.js';
import { chunked, sqlId } from './sql-text.js';

/**
 * Products whose stock over all feeds of the account fell to nothing, or rose from nothing, with the changes of
 * this feed's records in [first, last]. Candidates come from the ledger's key range of the snapshot; the total is
 * read in the same transaction, so what the feed's owner sees is exact, and the other feeds are as committed.
 *
 * A row that closes because the settings look elsewhere is no movement of goods: it makes nobody run out, yet it
 * counts in the sum from which the stock before is reckoned. A product that has no live row left after that is read
 * no more.
 *
 * @param among products that alone can be meant, where that is known: the rest of the range is then only stepped over
 */
export async function productMovements(
  sql: Sql,
  place: PartitionPlace,
  feedId: number,
  first: number,
  last: number,
  among?: readonly string[],
): Promise<Movements> {
  const meant = among === undefined ? '' : `AND product_id IN (${among.map(sqlId).join(',')})`;
  const candidates = await sql.query(
    `SELECT product_id, SUM(after_available) - SUM(COALESCE(before_available, 0)) AS delta,
            MAX(COALESCE(before_available, 0) > 0 AND after_available = 0
                AND COALESCE(reason, '') <> 'rescoped') AS fell,
            MAX(COALESCE(before_available, 0) = 0 AND after_available > 0) AS rose,
            MAX(COALESCE(reason, '') = 'rescoped') AS rescoped
       FROM ledger ${BY_OFFSET}
      WHERE incarnation_id = ? AND partition_no = ? AND record_offset BETWEEN ? AND ? AND feed_id = ? ${meant}
      GROUP BY product_id
     HAVING fell = 1 OR rose = 1 OR rescoped = 1
      ORDER BY product_id`,
    [place.incarnation, place.partition, first, last, feedId],
  );
  const ranOut: ProductMovement[] = [];
  const cameBack: ProductMovement[] = [];
  const unread: UnreadProduct[] = [];
  if (candidates.length === 0) return { ranOut, cameBack, unread };
  const siblings = await sql.query(
    `SELECT f.feed_id FROM feeds f JOIN feeds own ON own.account_id = f.account_id WHERE own.feed_id = ?`,
    [feedId],
  );
  const feedIds = siblings.map((row) => Number(row.feed_id));
  for (const chunk of chunked(candidates)) {
    const totals = await totalsOf(sql, feedIds, chunk);
    const articles = await articlesOf(sql, feedId, chunk);
    for (const candidate of chunk) {
      const productId = String(candidate.product_id);
      const { available: after, live } = totals.get(productId) ?? NOTHING;
      const before = after - Number(candidate.delta);
      const article = articles.get(productId);
      const product: UnreadProduct = {
        productId,
        ...(article?.offerId ? { offerId: article.offerId } : {}),
        ...(article?.name ? { name: article.name } : {}),
      };
      if (Number(candidate.rescoped) === 1 && Number(candidate.fell) === 0 && live === 0) {
        unread.push(product);
        continue;
      }
      const movement: ProductMovement = { ...product, before: Math.max(0, before), after };
      if (Number(candidate.fell) === 1 && before > 0 && after === 0) ranOut.push(movement);
      if (Number(candidate.rose) === 1 && before <= 0 && after > 0) cameBack.push(movement);
    }
  }
  return { ranOut, cameBack, unread };
}

/** Over all feeds: pieces, and rows that are not closed. */
interface Totals {
  readonly available: number;
  readonly live: number;
}

const NOTHING: Totals = { available: 0, live: 0 };

async function totalsOf(
  sql: Sql,
  feedIds: readonly number[],
  products: readonly Row[],
): Promise<Map<string, Totals>> {
  const totals = new Map<string, Totals>();
  const ids = idList(products);
  for (const feedId of feedIds) {
    const rows = await sql.query(
      `SELECT product_id, SUM(available) AS total, SUM(closed = 0) AS live FROM levels
        WHERE generation = 0 AND feed_id = ${feedId} AND product_id IN (${ids}) GROUP BY product_id`,
    );
    for (const row of rows) {
      const productId = String(row.product_id);
      const { available, live } = totals.get(productId) ?? NOTHING;
      totals.set(productId, { available: available + Number(row.total), live: live + Number(row.live) });
    }
  }
  return totals;
}

async function articlesOf(
  sql: Sql,
  feedId: number,
  products: readonly Row[],
): Promise<Map<string, { offerId: string | null; name: string | null }>> {
  const rows = await sql.query(
    `SELECT p.product_id, p.offer_id, p.name FROM products p
       JOIN feeds f ON f.account_id = p.account_id
      WHERE f.feed_id = ${feedId} AND p.product_id IN (${idList(products)})`,
  );
  return new Map(
    rows.map((row) => [
      String(row.product_id),
      { offerId: row.offer_id as string | null, name: row.name as string | null },
    ]),
  );
}

function idList(products: readonly Row[]): string {
  return products.map((row) => sqlId(String(row.product_id))).join(',');
}
