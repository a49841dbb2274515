import type { Bucket } from '../../ports/rate-limiter.js';

const MEGABYTE = 1024 * 1024;

/** Stock on Wildberries' warehouses (WB docs, POST /api/analytics/v1/stocks-report/wb-warehouses). */
export const WB_WAREHOUSES = {
  endpoint: 'wb-warehouses',
  path: '/api/analytics/v1/stocks-report/wb-warehouses',
  /** Most rows per answer. */
  pageSize: 250_000,
  /** A full page has about 50 MB. */
  maxBytes: 256 * MEGABYTE,
  /** Fifty million rows: past this the list has no end. */
  maxPages: 200,
  /** One request per 20 s, no burst. */
  intervalMs: 20_000,
  burst: 1,
} as const;

/** Who the token belongs to (WB docs, GET /api/v1/seller-info): one request a minute, ten at once. */
export const SELLER_INFO = {
  path: '/api/v1/seller-info',
  maxBytes: MEGABYTE,
  intervalMs: 60_000,
  burst: 10,
} as const;

export function wbBucket(
  account: string,
  method: string,
  limit: { readonly intervalMs: number; readonly burst: number },
): Bucket {
  return { key: `wildberries:${account}:${method}`, intervalMs: limit.intervalMs, burst: limit.burst };
}
