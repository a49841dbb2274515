import { isScheme, type Scheme } from '../../domain/stock-key.js';
import { AppError } from '../../errors.js';
import type { Row } from '../database.js';
import { textOf, timeOf } from '../row-values.js';
import { sqlId, sqlText } from '../statements/sql-text.js';
import { type Reader } from './board-standing.js';

/** Where a level stands within its feed. */
export interface LevelPlace {
  readonly productId: string;
  readonly scheme: string;
  readonly warehouseId: string;
}

export interface StoredLevel extends LevelPlace {
  readonly scheme: Scheme;
  readonly offerId: string | null;
  readonly present: number;
  readonly reserved: number;
  readonly available: number;
  readonly inWayToClient: number;
  readonly inWayFromClient: number;
  readonly seq: number;
  readonly closed: boolean;
  /** Unix milliseconds: when it was last seen to change. */
  readonly observedAt: number;
}

export interface LevelsAsked {
  readonly feedId: number;
  readonly accountId: number;
  readonly after: LevelPlace | null;
  /** Only of these products; null: of all. */
  readonly productIds: readonly string[] | null;
  /** Rows that are no longer reported too. */
  readonly withClosed: boolean;
  readonly limit: number;
}

/** The next levels of a feed in the order of their key. */
export async function levelsAfter(db: Reader, asked: LevelsAsked): Promise<StoredLevel[]> {
  const { feedId, accountId, after, productIds, withClosed, limit } = asked;
  if (productIds?.length === 0) return [];
  const rows = await db.query<Row>(
    `SELECT l.*, p.offer_id
       FROM levels l LEFT JOIN products p ON p.account_id = ${accountId} AND p.product_id = l.product_id
      WHERE l.generation = 0 AND l.feed_id = ${feedId}
        ${productIds === null ? '' : `AND l.product_id IN (${productIds.map(sqlId).join(',')})`}
        ${after === null ? '' : `AND ${beyond(after)}`} ${withClosed ? '' : 'AND l.closed = 0'}
      ORDER BY l.product_id, l.scheme, l.warehouse_id LIMIT ${limit}`,
  );
  return rows.map(levelOf);
}

/** Spelt out: a comparison of whole keys, (a, b) > (1, 2), would be a scan. */
function beyond({ productId, scheme, warehouseId }: LevelPlace): string {
  const product = `l.product_id = ${sqlId(productId)}`;
  return `(l.product_id > ${sqlId(productId)} OR (${product} AND l.scheme > ${sqlText(scheme)})
    OR (${product} AND l.scheme = ${sqlText(scheme)} AND l.warehouse_id > ${sqlText(warehouseId)}))`;
}

function levelOf(row: Row): StoredLevel {
  const { scheme } = row;
  if (!isScheme(scheme)) throw new AppError('INVARIANT', `unknown scheme in levels: ${String(scheme)}`);
  return {
    productId: String(row.product_id),
    scheme,
    warehouseId: String(row.warehouse_id),
    offerId: textOf(row.offer_id),
    present: Number(row.present),
    reserved: Number(row.reserved),
    available: Number(row.available),
    inWayToClient: Number(row.in_way_to_client),
    inWayFromClient: Number(row.in_way_from_client),
    seq: Number(row.seq),
    closed: Number(row.closed) === 1,
    observedAt: timeOf(row.observed_at) ?? 0,
  };
}

/** Products of an article by account, removed ones included. */
export async function idsOfArticle(db: Reader, article: string): Promise<Map<number, string[]>> {
  const rows = await db.query<Row>('SELECT account_id, product_id FROM products WHERE offer_id = ?', [
    article,
  ]);
  const ids = new Map<number, string[]>();
  for (const row of rows) {
    const accountId = Number(row.account_id);
    ids.set(accountId, [...(ids.get(accountId) ?? []), String(row.product_id)]);
  }
  return ids;
}
