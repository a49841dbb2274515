import { HISTORY_DAYS, type ProductFacts, type ProductHour } from '../../domain/anomaly/finding.js';
import { HOUR } from '../../domain/anomaly/time.js';
import type { Row, Sql } from '../database.js';

/** What is known of a product apart from its stock. */
export type ProductBackground = Pick<
  ProductFacts,
  'productId' | 'offerId' | 'name' | 'lowStock' | 'hours' | 'since'
>;

/**
 * By product; hours up to that of `at`, and none of a product that nobody knows.
 *
 * @param ids product ids as SQL
 * @param at Unix milliseconds
 */
export async function productBackground(
  sql: Pick<Sql, 'query'>,
  accountId: number,
  ids: string,
  at: number,
): Promise<Map<string, ProductBackground>> {
  const rows = await sql.query<Row>(
    `SELECT p.product_id, p.offer_id, p.name, p.first_seen_at, s.low_stock, a.history_since
       FROM products p
       JOIN accounts a ON a.account_id = p.account_id
       LEFT JOIN product_settings s ON s.account_id = p.account_id AND s.product_id = p.product_id
      WHERE p.account_id = ${accountId} AND p.product_id IN (${ids})`,
  );
  const hours = await hoursOf(sql, accountId, ids, at);
  return new Map(
    rows.map((row) => {
      const productId = String(row.product_id);
      return [productId, backgroundOf(productId, row, hours.get(productId) ?? [])];
    }),
  );
}

function backgroundOf(productId: string, row: Row, hours: readonly ProductHour[]): ProductBackground {
  const offerId = row.offer_id as string | null;
  const name = row.name as string | null;
  return {
    productId,
    ...(offerId === null ? {} : { offerId }),
    ...(name === null ? {} : { name }),
    ...(row.low_stock === null ? {} : { lowStock: Number(row.low_stock) }),
    hours,
    since: Math.max(timeOf(row.first_seen_at), timeOf(row.history_since)),
  };
}

function timeOf(value: unknown): number {
  return value instanceof Date ? value.getTime() : 0;
}

async function hoursOf(
  sql: Pick<Sql, 'query'>,
  accountId: number,
  ids: string,
  at: number,
): Promise<Map<string, ProductHour[]>> {
  const last = Math.floor(at / HOUR);
  const rows = await sql.query<Row>(
    `SELECT product_id, hour_no, sold, received FROM product_hours
      WHERE account_id = ${accountId} AND product_id IN (${ids})
        AND hour_no > ${last - HISTORY_DAYS * 24} AND hour_no <= ${last}
      ORDER BY product_id, hour_no`,
  );
  const hours = new Map<string, ProductHour[]>();
  for (const row of rows) {
    const productId = String(row.product_id);
    const known = hours.get(productId) ?? [];
    known.push({ hour: Number(row.hour_no), sold: Number(row.sold), received: Number(row.received) });
    hours.set(productId, known);
  }
  return hours;
}

/** The newest hour of the 24 before that of `at` in which any of the products moved. */
export async function lastHourMoved(
  sql: Pick<Sql, 'query'>,
  accountId: number,
  ids: string,
  at: number,
): Promise<number | null> {
  const now = Math.floor(at / HOUR);
  const [row] = await sql.query<Row>(
    `SELECT MAX(hour_no) AS hour FROM product_hours
      WHERE account_id = ${accountId} AND product_id IN (${ids}) AND hour_no >= ${now - 24} AND hour_no < ${now}`,
  );
  return row?.hour == null ? null : Number(row.hour);
}
