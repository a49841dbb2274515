import type { StockRow } from '../../domain/stock-change.js';
import { isScheme } from '../../domain/stock-key.js';
import { AppError } from '../../errors.js';
import type { Row, Sql } from '../database.js';
import { chunked, sqlId } from './sql-text.js';

const COLUMNS = `product_id, scheme, warehouse_id, present, reserved, available, in_way_to_client,
  in_way_from_client, seq, closed, opened_in`;

/** By the leading key: a list of whole keys (a tuple IN) would be a full scan. */
export async function readLevelsOfProducts(
  sql: Sql,
  feedId: number,
  productIds: readonly string[],
  generation = 0,
): Promise<StockRow[]> {
  const rows: StockRow[] = [];
  for (const chunk of chunked(productIds)) {
    // Also where the server takes the table for small, since nobody has counted it anew: not by reading it whole.
    const found = await sql.query(
      `SELECT ${COLUMNS} FROM levels FORCE INDEX (PRIMARY)
        WHERE generation = ${generation} AND feed_id = ${feedId} AND product_id IN (${chunk.map(sqlId).join(',')})`,
    );
    for (const row of found) rows.push(stockRow(row));
  }
  return rows;
}

/** Walks a feed's rows in key order, a range at a time; never cuts between two rows of a product. */
export async function* readLevelsOfFeed(
  sql: Sql,
  feedId: number,
  generation = 0,
  chunk = 20_000,
): AsyncGenerator<StockRow[]> {
  let after: string | null = null;
  for (let limit = chunk; ; ) {
    const rows: Row[] = await sql.query(
      `SELECT ${COLUMNS} FROM levels
        WHERE generation = ${generation} AND feed_id = ${feedId} ${after === null ? '' : `AND product_id > ${sqlId(after)}`}
        ORDER BY product_id, scheme, warehouse_id LIMIT ${limit}`,
    );
    const found = rows.map(stockRow);
    if (found.length < limit) {
      if (found.length > 0) yield found;
      return;
    }
    // The last product may go on beyond the limit: it is left for the next range.
    const last = found[found.length - 1]?.productId;
    const whole = found.filter((row) => row.productId !== last);
    if (whole.length === 0) {
      limit *= 2;
    } else {
      yield whole;
      after = whole[whole.length - 1]?.productId ?? null;
    }
  }
}

function stockRow(row: Row): StockRow {
  const scheme = row.scheme;
  if (!isScheme(scheme)) throw new AppError('INVARIANT', `unknown scheme in levels: ${String(scheme)}`);
  return {
    productId: String(row.product_id),
    scheme,
    warehouseId: String(row.warehouse_id),
    level: {
      present: Number(row.present),
      reserved: Number(row.reserved),
      available: Number(row.available),
      inWayToClient: Number(row.in_way_to_client),
      inWayFromClient: Number(row.in_way_from_client),
    },
    seq: Number(row.seq),
    closed: Number(row.closed) === 1,
    openedIn: Number(row.opened_in),
  };
}
