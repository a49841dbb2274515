/** present, reserved, available, to client, from client. */
export type Level = readonly [number, number, number, number, number];

export interface Query {
  readonly endpoint?: string;
  readonly scheme?: string;
  readonly warehouseId?: string;
  readonly productIds?: readonly string[];
  readonly removed?: boolean;
}

/** A row in our terms, or null where it is none. */
export function readRow(
  feed: string,
  row: Record<string, unknown>,
  query: Query,
): { product: string; levels: { key: string; level: Level }[] } | null {
  const [source, account, endpoint] = feed.split(':');
  const key = (product: unknown, scheme: string, warehouse: unknown) =>
    `${source}:${account}:${String(product)}:${scheme}:${String(warehouse)}`;
  if (source === 'wildberries') {
    const { chrtId, warehouseId = query.warehouseId, inWayToClient = 0, inWayFromClient = 0 } = row;
    const quantity = row.quantity ?? row.amount;
    if (typeof quantity !== 'number' || quantity < 0) return null;
    const level = [quantity, 0, quantity, inWayToClient, inWayFromClient] as unknown as Level;
    const scheme = endpoint === 'fbs-stocks' ? 'fbs' : 'fbw';
    return { product: String(chrtId), levels: [{ key: key(chrtId, scheme, warehouseId), level }] };
  }
  const product = String(row.product_id);
  if (query.endpoint === 'warehouse-stocks') {
    const { warehouse_id, present, reserved, free_stock } = row as Record<string, number>;
    const level = [present, reserved, free_stock, 0, 0] as Level;
    return { product, levels: [{ key: key(product, query.scheme ?? '', warehouse_id), level }] };
  }
  const stocks = row.stocks as { type: string; present: number; reserved: number }[];
  if (stocks.some(({ present }) => typeof present !== 'number' || present < 0)) return null;
  const sums = new Map<string, [number, number]>();
  for (const { type, present, reserved } of stocks) {
    const [a, b] = sums.get(type) ?? [0, 0];
    sums.set(type, [a + present, b + reserved]);
  }
  const levels = [...sums].map(([scheme, [present, reserved]]) => {
    const level: Level = [present, reserved, present > reserved ? present - reserved : 0, 0, 0];
    return { key: key(product, scheme, ''), level };
  });
  return { product, levels };
}
