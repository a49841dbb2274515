import type { Bucket } from '../../ports/rate-limiter.js';

const MEGABYTE = 1024 * 1024;

interface Method {
  readonly path: string;
  /** Largest answer in bytes, after unpacking. */
  readonly maxBytes: number;
  /** Most elements that one request may ask for, where the documents say. */
  readonly most?: number;
}

/** Every method that is called, by the name that OZON_PATHS and pages know it by (Ozon docs, one page each). */
const METHODS = {
  /** The main read: a thousand products have about 0.5 MB. */
  'product-stocks': { path: '/v4/product/info/stocks', maxBytes: 64 * MEGABYTE, most: 1000 },
  'product-list': { path: '/v3/product/list', maxBytes: 64 * MEGABYTE, most: 1000 },
  /** A product has about 5 KB here. */
  'product-info': { path: '/v3/product/info/list', maxBytes: 128 * MEGABYTE, most: 1000 },
  'warehouse-list': { path: '/v2/warehouse/list', maxBytes: 16 * MEGABYTE, most: 200 },
  'warehouse-stocks': { path: '/v1/product/info/warehouse/stocks', maxBytes: 64 * MEGABYTE, most: 1000 },
  /** Beta; its greatest limit is not documented. */
  'fbo-stocks': { path: '/v1/product/info/stocks-by-warehouse/fbo', maxBytes: 64 * MEGABYTE, most: 1000 },
  /** No paging: a hundred skus, each in every warehouse that has it. */
  'analytics-stocks': { path: '/v1/analytics/stocks', maxBytes: 64 * MEGABYTE, most: 100 },
  /** The key's rights and its last day. */
  roles: { path: '/v1/roles', maxBytes: 4 * MEGABYTE },
} as const satisfies Record<string, Method>;

export type OzonMethod = keyof typeof METHODS;

/** The names that OZON_PATHS may give another path. */
export const OZON_METHODS = Object.keys(METHODS) as readonly OzonMethod[];

export type OzonPaths = Readonly<Record<OzonMethod, string>>;

/** Where each method lives: as the documents say, unless the settings know better (OZON_PATHS). */
export function ozonPaths(given: Readonly<Partial<Record<OzonMethod, string>>> = {}): OzonPaths {
  const paths = OZON_METHODS.map((name) => [name, given[name] ?? METHODS[name].path] as const);
  return Object.fromEntries(paths) as Record<OzonMethod, string>;
}

export function maxBytesOf(method: OzonMethod): number {
  return METHODS[method].maxBytes;
}

export function mostPerRequest(method: Exclude<OzonMethod, 'roles'>): number {
  return METHODS[method].most;
}

/** Ten million products: past this a cursor leads nowhere. */
export const MAX_PAGES = 10_000;

/** The docs allow 50 requests a second per Client-Id; since August 2026 many sellers are told 2. */
export const DEFAULT_MAX_RPS = 2;

/** "Circle is open": Ozon's breaker shuts a method for "some minutes" (Ozon docs, common errors) and names no end. */
export const CIRCUIT_OPEN_MS = 5 * 60 * 1000;

/** One bucket for all methods of an account, since nobody has written down what the "2 per second" is counted over. */
export function ozonBucket(clientId: string, maxRps: number): Bucket {
  return { key: `ozon:${clientId}:all`, intervalMs: Math.ceil(1000 / maxRps), burst: 1 };
}
