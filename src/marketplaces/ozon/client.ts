import { AppError } from '../../errors.js';
import type { Instruments } from '../../ports/instruments.js';
import type { Logger } from '../../ports/logger.js';
import type { Bucket, RateLimiter } from '../../ports/rate-limiter.js';
import type { ApiAnswer } from '../http/api-answer.js';
import { ApiCaller } from '../http/api-caller.js';
import { HttpClient } from '../http/http-client.js';
import { USUAL_PACE } from '../http/limit-lessons.js';
import type { RequestGate } from '../http/request-gate.js';
import type { RetryPolicy } from '../http/retry.js';
import { headerSecret, type Revealable } from '../http/revealable.js';
import { realTiming, type Timing } from '../http/timing.js';
import { ozonAdvice } from './advice.js';
import {
  cursorReader,
  type OzonCursorPage,
  type OzonProductsPage,
  type OzonRoles,
  type OzonRows,
  type OzonStocksPage,
  type OzonWarehousesPage,
  readProductsPage,
  readRoles,
  readStocksPage,
  readWarehouses,
  rowsReader,
} from './answers.js';
import { ozonError } from './errors.js';
import {
  DEFAULT_MAX_RPS,
  maxBytesOf,
  mostPerRequest,
  type OzonMethod,
  type OzonPaths,
  ozonBucket,
  ozonPaths,
} from './limits.js';

export interface OzonOptions {
  /** Scheme and host, for a simulator also a base path (OZON_API_URL). */
  readonly baseUrl: string;
  /** OZON_CLIENT_ID: a positive whole number, in digits. */
  readonly clientId: string;
  readonly apiKey: Revealable;
  /** Milliseconds for one whole answer (API_TIMEOUT). */
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  /** Most milliseconds that one request may wait for limits (SYNC_WAIT). */
  readonly maxWaitMs: number;
  readonly limiter: RateLimiter;
  /** Requests per second of this account; 2 unless told. */
  readonly maxRps?: number | undefined;
  /** Methods that live elsewhere than the documents say (OZON_PATHS). */
  readonly paths?: Readonly<Partial<Record<OzonMethod, string>>> | undefined;
  /** Bounds the requests of the whole process (MAX_CONCURRENT_REQUESTS). */
  readonly gate?: RequestGate | undefined;
  readonly timing?: Timing | undefined;
  readonly logger?: Logger | undefined;
  readonly instruments?: Instruments | undefined;
}

/** `ALL` is all but the archived ones (Ozon docs, /v3/product/list). */
export type OzonVisibility = 'ALL' | 'ARCHIVED';

/** Ozon's Seller API for one account, one request at a time. Call {@link OzonClient.close} when done. */
export class OzonClient {
  readonly clientId: string;
  /** Where each method lives for this client. */
  readonly paths: OzonPaths;
  readonly #http: HttpClient;
  readonly #caller: ApiCaller;
  readonly #bucket: Bucket;
  #last: Promise<unknown> = Promise.resolve();

  /** @throws AppError API_CREDENTIALS where id or key cannot be one */
  constructor(options: OzonOptions) {
    this.clientId = checkedClientId(options.clientId);
    this.paths = ozonPaths(options.paths);
    const timing = options.timing ?? realTiming;
    const key = headerSecret(options.apiKey, 'OZON_API_KEY');
    this.#bucket = ozonBucket(this.clientId, options.maxRps ?? DEFAULT_MAX_RPS);
    this.#http = new HttpClient({
      name: 'Ozon',
      baseUrl: options.baseUrl,
      timeoutMs: options.timeoutMs,
      secrets: [key],
      headers: { 'Client-Id': this.clientId, 'Api-Key': key },
      now: timing.now,
      gate: options.gate,
    });
    const about = {
      source: 'ozon',
      http: this.#http,
      timing,
      errorOf: ozonError,
      adaptive: USUAL_PACE,
    } as const;
    this.#caller = new ApiCaller({ ...options, ...about });
  }

  /** One page of the stock of all products that are not archived (Ozon docs, POST /v4/product/info/stocks). */
  stocks(cursor: string, signal: AbortSignal): Promise<OzonStocksPage> {
    const body = { filter: { visibility: 'ALL' }, limit: mostPerRequest('product-stocks'), cursor };
    return this.#inTurn('product-stocks', body, readStocksPage, signal);
  }

  /** One page of the catalogue (Ozon docs, POST /v3/product/list). @param lastId empty for the first page */
  products(visibility: OzonVisibility, lastId: string, signal: AbortSignal): Promise<OzonProductsPage> {
    const body = { filter: { visibility }, limit: mostPerRequest('product-list'), last_id: lastId };
    return this.#inTurn('product-list', body, readProductsPage, signal);
  }

  /** Names and barcodes of up to 1000 products (Ozon docs, POST /v3/product/info/list). */
  productInfo(productIds: readonly string[], signal: AbortSignal): Promise<OzonRows> {
    return this.#inTurn('product-info', { product_id: productIds }, rowsReader('items'), signal);
  }

  /** The seller's own warehouses, FBS and rFBS (Ozon docs, POST /v2/warehouse/list). */
  warehouses(cursor: string, signal: AbortSignal): Promise<OzonWarehousesPage> {
    const body = { limit: mostPerRequest('warehouse-list'), cursor };
    return this.#inTurn('warehouse-list', body, readWarehouses, signal);
  }

  /** What lies in one warehouse of the seller (Ozon docs, POST /v1/product/info/warehouse/stocks). */
  warehouseStocks(warehouseId: string, cursor: string, signal: AbortSignal): Promise<OzonCursorPage> {
    const body = { warehouse_id: int64(warehouseId), limit: mostPerRequest('warehouse-stocks'), cursor };
    return this.#inTurn('warehouse-stocks', body, cursorReader('stocks'), signal);
  }

  /** What lies in Ozon's warehouses of up to 1000 skus (Ozon docs, POST /v1/product/info/stocks-by-warehouse/fbo). */
  fboStocks(skus: readonly string[], cursor: string, signal: AbortSignal): Promise<OzonCursorPage> {
    const body = { skus, limit: mostPerRequest('fbo-stocks'), cursor };
    return this.#inTurn('fbo-stocks', body, cursorReader('products'), signal);
  }

  /** The same of up to 100 skus, all in one answer (Ozon docs, POST /v1/analytics/stocks). */
  analyticsStocks(skus: readonly string[], signal: AbortSignal): Promise<OzonRows> {
    return this.#inTurn('analytics-stocks', { skus }, rowsReader('items'), signal);
  }

  /** What the key may do and until when (Ozon docs, POST /v1/roles). */
  roles(signal: AbortSignal): Promise<OzonRoles> {
    return this.#inTurn('roles', {}, readRoles, signal);
  }

  close(): void {
    this.#http.close();
  }

  /** Waits until the call before is over, however it ended: more than one at a time has earned sellers 429. */
  #inTurn<T>(
    method: OzonMethod,
    body: unknown,
    read: (answer: ApiAnswer) => T,
    signal: AbortSignal,
  ): Promise<T> {
    const request = { method: 'POST', path: this.paths[method], body, maxBytes: maxBytesOf(method) } as const;
    const call = { method, request, bucket: this.#bucket, read };
    const result = this.#last.then(() => this.#caller.call(call, signal));
    this.#last = result.catch(() => undefined);
    return result;
  }
}

function checkedClientId(text: string): string {
  const clientId = text.trim();
  if (/^[1-9]\d{0,18}$/.test(clientId)) return clientId;
  throw new AppError('API_CREDENTIALS', 'OZON_CLIENT_ID is not a positive whole number', {
    advice: ozonAdvice('client-id-invalid'),
  });
}

/** A number as the documents want it; digits, which protobuf's JSON takes too, where a number would lose some. */
function int64(id: string): number | string {
  const number = Number(id);
  return Number.isSafeInteger(number) ? number : id;
}
