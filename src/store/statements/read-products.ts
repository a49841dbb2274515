import { AppError } from '../../errors.js';
import type { Article, StoredProduct } from '../../ports/projection.js';
import type { Row, Sql } from '../database.js';
import { chunked, sqlId } from './sql-text.js';

type Reader = Pick<Sql, 'query'>;

const PRODUCT_CHUNK = 20_000;
/** The optimizer weighs a list of ids only as long as it fits its memory, 8 MB unless set otherwise. */
const ARTICLES_PER_QUERY = 4_000;

export async function readArticles(
  sql: Reader,
  feedId: number,
  productIds: readonly string[],
): Promise<Map<string, Article>> {
  const accountId = await accountOfFeed(sql, feedId);
  const articles = new Map<string, Article>();
  for (const ids of chunked(productIds, ARTICLES_PER_QUERY)) {
    const rows = await sql.query(
      `SELECT product_id, offer_id, name FROM products FORCE INDEX (PRIMARY)
        WHERE account_id = ${accountId} AND product_id IN (${ids.map(sqlId).join(',')})`,
    );
    for (const row of rows) articles.set(idOf(row), article(row));
  }
  return articles;
}

export async function readProducts(
  sql: Reader,
  feedId: number,
  productIds: readonly string[],
): Promise<Map<string, StoredProduct>> {
  const products = new Map<string, StoredProduct>();
  for (const ids of chunked(productIds)) {
    const rows = await sql.query(
      `SELECT p.* FROM products p JOIN feeds f ON f.account_id = p.account_id
        WHERE f.feed_id = ${feedId} AND p.product_id IN (${ids.map(sqlId).join(',')})`,
    );
    for (const row of rows) products.set(String(row.product_id), product(row));
  }
  return products;
}

/** Products of an account that are not removed, in chunks, in the order of their ids. */
export async function* readCurrentProducts(
  sql: Reader,
  accountId: number,
  chunk = PRODUCT_CHUNK,
): AsyncGenerator<{ productId: string; firstSeenMs: number }[]> {
  const read = (range: string) =>
    sql.query(
      `SELECT product_id, first_seen_at FROM products
        WHERE account_id = ${accountId} AND removed_at IS NULL AND ${range}`,
    );
  for await (const rows of inRanges(read, chunk)) {
    yield rows.map((row) => ({ productId: idOf(row), firstSeenMs: timeOf(row.first_seen_at) }));
  }
}

export async function accountOfFeed(sql: Reader, feedId: number): Promise<number> {
  const [row] = await sql.query('SELECT account_id FROM feeds WHERE feed_id = ?', [feedId]);
  if (row === undefined) throw new AppError('INVARIANT', `there is no feed ${feedId}`);
  return Number(row.account_id);
}

/** Walks products by ranges of their ids; a range that is not full is the last. */
async function* inRanges(
  read: (range: string) => Promise<Row[]>,
  chunk = PRODUCT_CHUNK,
): AsyncGenerator<Row[]> {
  for (let after: string | null = null; ; ) {
    const beyond: string = after === null ? '1 = 1' : `product_id > ${after}`;
    const rows: Row[] = await read(`${beyond} ORDER BY product_id LIMIT ${chunk}`);
    if (rows.length > 0) yield rows;
    const last = rows[rows.length - 1];
    if (rows.length < chunk || last === undefined) return;
    after = idOf(last);
  }
}

function article(row: Row): Article {
  return { offerId: textOf(row.offer_id) ?? undefined, name: textOf(row.name) ?? undefined };
}

function product(row: Row): StoredProduct {
  return {
    productId: idOf(row),
    offerId: textOf(row.offer_id),
    name: textOf(row.name),
    sku: textOf(row.sku),
    cardId: textOf(row.card_id),
    size: textOf(row.size),
    barcodes: row.barcodes === null ? null : (JSON.parse(String(row.barcodes)) as string[]),
    archived: Number(row.archived) === 1,
    removed: row.removed_at !== null,
    firstSeenMs: timeOf(row.first_seen_at),
  };
}

function idOf(row: Row): string {
  return sqlId(String(row.product_id));
}

function textOf(value: unknown): string | null {
  return value === null ? null : String(value);
}

function timeOf(value: unknown): number {
  return (value as Date).getTime();
}
