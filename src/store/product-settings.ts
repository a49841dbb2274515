import type { Source } from '../domain/stock-key.js';
import type { Database, Row } from './database.js';
import { sqlId } from './statements/sql-text.js';

export interface SetProduct {
  readonly source: Source;
  readonly account: string;
  readonly productId: string;
  readonly name: string | null;
}

/** What names a product. */
export type ProductName = Pick<SetProduct, 'source' | 'account' | 'productId'>;

/** Thresholds of single products, in pieces; null takes one away. */
export function createProductSettings(db: Pick<Database, 'query' | 'transaction'>) {
  return {
    /** Of this product alone. Answers which one it is: none where nobody knows it. */
    async lowStockOf(
      { source, account, productId }: ProductName,
      pieces: number | null,
    ): Promise<SetProduct[]> {
      const products = await db.query<Row>(
        `${PRODUCTS} WHERE a.source = ? AND a.account = ? AND p.product_id = ${sqlId(productId)}`,
        [source, account],
      );
      return enter(db, products, pieces);
    },

    /**
     * Of all products of an article, on every marketplace and in every size.
     * Answers which products these are: none where nobody knows the article.
     */
    async lowStock(article: string, pieces: number | null): Promise<SetProduct[]> {
      const products = await db.query<Row>(
        `${PRODUCTS} WHERE p.offer_id = ? ORDER BY p.account_id, p.product_id`,
        [article],
      );
      return enter(db, products, pieces);
    },
  };
}

const PRODUCTS = `SELECT p.account_id, a.source, a.account, p.product_id, p.name
  FROM products p JOIN accounts a ON a.account_id = p.account_id`;

async function enter(
  db: Pick<Database, 'transaction'>,
  products: readonly Row[],
  pieces: number | null,
): Promise<SetProduct[]> {
  await db.transaction(async (tx) => {
    for (const { account_id: account, product_id: product } of products)
      await tx.execute(
        `INSERT INTO product_settings (account_id, product_id, low_stock) VALUES (?, ?, ?)
         ON DUPLICATE KEY UPDATE low_stock = VALUES(low_stock)`,
        // As text: an id may have more digits than a double holds, and both columns are exact.
        [account, String(product), pieces],
      );
  });
  return products.map((row) => ({
    source: row.source as Source,
    account: String(row.account),
    productId: String(row.product_id),
    name: row.name === null ? null : String(row.name),
  }));
}
