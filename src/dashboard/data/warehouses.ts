import type { Database, Row } from '../../store/database.js';
import type { ProductName } from '../../store/product-settings.js';
import { sqlId } from '../../store/statements/sql-text.js';

/** What can be bought from one warehouse. The marketplaces' numbers of warehouses are all that is kept of them. */
export interface WarehouseStock {
  readonly scheme: string;
  readonly warehouseId: string;
  readonly available: number;
}

export type WarehousesOf = (product: ProductName) => readonly WarehouseStock[];

/** The warehouses of the products that a list shows: those that have some, the fullest first; by keys. */
export function createWarehouseReader(db: Pick<Database, 'query'>) {
  return async (products: readonly ProductName[]): Promise<WarehousesOf> => {
    const found = new Map<string, WarehouseStock[]>();
    const feeds = await feedsOf(db, new Set(products.map(accountName)));
    if (feeds.size > 0) {
      const ids = [...new Set(products.map(({ productId }) => sqlId(productId)))];
      const rows = await db.query<Row>(
        `SELECT feed_id, product_id, scheme, warehouse_id, available FROM levels
          WHERE generation = 0 AND feed_id IN (?) AND product_id IN (${ids.join(',')})
            AND closed = 0 AND available > 0 AND warehouse_id <> ''`,
        [[...feeds.keys()]],
      );
      for (const row of rows) {
        const name = `${feeds.get(Number(row.feed_id))}/${row.product_id}`;
        const { scheme, warehouse_id: warehouseId, available } = row;
        const stock = {
          scheme: String(scheme),
          warehouseId: String(warehouseId),
          available: Number(available),
        };
        found.set(name, [...(found.get(name) ?? []), stock]);
      }
    }
    for (const stocks of found.values()) stocks.sort((a, b) => b.available - a.available);
    return (product) => found.get(`${accountName(product)}/${product.productId}`) ?? [];
  };
}

export type WarehouseReader = ReturnType<typeof createWarehouseReader>;

/** Feeds that are still read of these accounts: some dozens of rows. */
async function feedsOf(
  db: Pick<Database, 'query'>,
  accounts: ReadonlySet<string>,
): Promise<Map<number, string>> {
  const rows = await db.query<Row>(
    `SELECT f.feed_id, a.source, a.account FROM feeds f JOIN accounts a ON a.account_id = f.account_id
      WHERE f.retired_at IS NULL`,
  );
  const named = rows.map(({ feed_id: id, source, account }) => [Number(id), `${source}/${account}`] as const);
  return new Map(named.filter(([, name]) => accounts.has(name)));
}

function accountName({ source, account }: Pick<ProductName, 'source' | 'account'>): string {
  return `${source}/${account}`;
}
