import type { Bucket } from '../../ports/rate-limiter.js';

const MEGABYTE = 1024 * 1024;

/** The main read (Ozon docs, POST /v4/product/info/stocks). */
export const PRODUCT_STOCKS = {
  endpoint: 'product-stocks',
  path: '/v4/product/info/stocks',
  /** Most products per answer. */
  pageSize: 1000,
  /** A thousand products have about 0.5 MB. */
  maxBytes: 64 * MEGABYTE,
  /** Ten million products: past this the cursor leads nowhere. */
  maxPages: 10_000,
} as const;

/** The key's rights and its last day (Ozon docs, POST /v1/roles). */
export const ROLES = { path: '/v1/roles', maxBytes: 4 * MEGABYTE } as const;

/** The docs allow 50 requests a second per Client-Id; since August 2026 many sellers are told 2. */
export const DEFAULT_MAX_RPS = 2;

/** "Circle is open": Ozon's breaker shuts a method for "some minutes" (Ozon docs, common errors) and names no end. */
export const CIRCUIT_OPEN_MS = 5 * 60 * 1000;

/** One bucket for all methods of an account, since nobody has written down what the "2 per second" is counted over. */
export function ozonBucket(clientId: string, maxRps: number): Bucket {
  return { key: `ozon:${clientId}:all`, intervalMs: Math.ceil(1000 / maxRps), burst: 1 };
}
