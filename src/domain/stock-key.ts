/** Which marketplace: also the first part of every key and the value of `source` in every table. */
export const SOURCES = ['ozon', 'wildberries'] as const;
export type Source = (typeof SOURCES)[number];

/**
 * Who holds and who delivers the goods. Ozon: `fbo` its warehouse, `fbs` the seller's, `rfbs` the seller's and
 * the seller delivers, `fbp` a partner's (Ozon docs, /v4/product/info/stocks, `stocks[].type`).
 * Wildberries: `fbw` its warehouse, `fbs` the seller's.
 */
export const SCHEMES = ['fbo', 'fbs', 'rfbs', 'fbp', 'fbw'] as const;
export type Scheme = (typeof SCHEMES)[number];

export function isScheme(value: unknown): value is Scheme {
  return (SCHEMES as readonly unknown[]).includes(value);
}

/** The identity of one stock level. All ids are decimal strings: some have more digits than a double holds. */
export interface StockKey {
  readonly source: Source;
  /** Ozon: client id. Wildberries: the token's `sid`. */
  readonly account: string;
  /** Ozon: `product_id`. Wildberries: `chrtId`, that is one size of a card. */
  readonly productId: string;
  readonly scheme: Scheme;
  /** Empty where the marketplace gives only a total for the scheme. May be negative (−999999, «Склад WB»). */
  readonly warehouseId: string;
}

/** The key of a change record: `source:account:productId:scheme:warehouseId`. No part may hold a colon. */
export function formatStockKey(key: StockKey): string {
  return `${key.source}:${key.account}:${key.productId}:${key.scheme}:${key.warehouseId}`;
}
