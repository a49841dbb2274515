import type { Logger } from '../../ports/logger.js';
import type { RateLimiter } from '../../ports/rate-limiter.js';
import { type ApiAnswer, readJson } from '../http/api-answer.js';
import { ApiCaller } from '../http/api-caller.js';
import { HttpClient } from '../http/http-client.js';
import { sliceJsonRows } from '../http/json-rows.js';
import type { RetryPolicy } from '../http/retry.js';
import type { Revealable } from '../http/revealable.js';
import { realTiming, type Timing } from '../http/timing.js';
import { wbError } from './errors.js';
import { SELLER_INFO, WB_WAREHOUSES, wbBucket } from './limits.js';
import { sellerInfo } from './schema.js';
import { readToken, tokenText, type WbToken } from './token.js';

export interface WildberriesOptions {
  /** Scheme and host, for a simulator also a base path (WB_ANALYTICS_API_URL). */
  readonly analyticsUrl: string;
  /** WB_COMMON_API_URL. */
  readonly commonUrl: string;
  /** WB_API_KEY. */
  readonly token: Revealable;
  /** How the token is sent: the documents show both ways, raw is the older and the default. */
  readonly authorization?: 'raw' | 'bearer' | undefined;
  /** Milliseconds for one whole answer (API_TIMEOUT). */
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  /** Most milliseconds that one request may wait for limits (SYNC_WAIT). */
  readonly maxWaitMs: number;
  readonly limiter: RateLimiter;
  /** Milliseconds between two reads of the stock report; 20,000 unless told. */
  readonly stocksIntervalMs?: number | undefined;
  /** Rows per page, at most and unless told 250,000. */
  readonly pageSize?: number | undefined;
  readonly timing?: Timing | undefined;
  readonly logger?: Logger | undefined;
}

/** One answer of wb-warehouses. */
export interface WbStocksPage {
  readonly rows: readonly string[];
  /** Unix milliseconds. */
  readonly receivedAt: number;
}

export interface WbSeller {
  readonly name: string | undefined;
  readonly sid: string | undefined;
}

/** Wildberries' API for one seller. Call {@link WildberriesClient.close} when done. */
export class WildberriesClient {
  readonly token: WbToken;
  readonly pageSize: number;
  readonly #stocksIntervalMs: number;
  readonly #analytics: HttpClient;
  readonly #common: HttpClient;
  readonly #callers: { readonly analytics: ApiCaller; readonly common: ApiCaller };

  /** @throws AppError API_CREDENTIALS where the token cannot read the stock report */
  constructor(options: WildberriesOptions) {
    const timing = options.timing ?? realTiming;
    this.token = readToken(options.token, timing.now());
    this.pageSize = options.pageSize ?? WB_WAREHOUSES.pageSize;
    this.#stocksIntervalMs = options.stocksIntervalMs ?? WB_WAREHOUSES.intervalMs;
    const text = tokenText(options.token);
    const host = {
      name: 'Wildberries',
      timeoutMs: options.timeoutMs,
      secrets: [text],
      headers: { Authorization: options.authorization === 'bearer' ? `Bearer ${text}` : text },
      now: timing.now,
    };
    this.#analytics = new HttpClient({ ...host, baseUrl: options.analyticsUrl });
    this.#common = new HttpClient({ ...host, baseUrl: options.commonUrl });
    const around = { ...options, timing, errorOf: wbError };
    this.#callers = {
      analytics: new ApiCaller({ ...around, http: this.#analytics }),
      common: new ApiCaller({ ...around, http: this.#common }),
    };
  }

  /** Rows from `offset` on (WB docs, POST /api/analytics/v1/stocks-report/wb-warehouses). */
  stocks(offset: number, signal: AbortSignal): Promise<WbStocksPage> {
    const { path, maxBytes, endpoint, burst } = WB_WAREHOUSES;
    const limit = { intervalMs: this.#stocksIntervalMs, burst };
    const body = { limit: this.pageSize, offset };
    const call = {
      request: { method: 'POST', path, body, maxBytes },
      bucket: wbBucket(this.token.sid, endpoint, limit),
      read: readStocksPage,
    } as const;
    return this.#callers.analytics.call(call, signal);
  }

  /** Whose token it is, by Wildberries' own word (WB docs, GET /api/v1/seller-info). */
  sellerInfo(signal: AbortSignal): Promise<WbSeller> {
    const { path, maxBytes } = SELLER_INFO;
    const call = {
      request: { method: 'GET', path, maxBytes },
      bucket: wbBucket(this.token.sid, 'seller-info', SELLER_INFO),
      read: readSeller,
    } as const;
    return this.#callers.common.call(call, signal);
  }

  close(): void {
    this.#analytics.close();
    this.#common.close();
  }
}

/** 204 means an empty list. A 200 without a body does not: it was seen when a quota was used up. */
function readStocksPage(answer: ApiAnswer): WbStocksPage {
  const { receivedAt } = answer;
  if (answer.status === 204) return { rows: [], receivedAt };
  return { rows: sliceJsonRows(answer, ['data', 'items']).rows, receivedAt };
}

function readSeller(answer: ApiAnswer): WbSeller {
  const { name, sid } = readJson(answer, sellerInfo);
  return { name: name ?? undefined, sid: sid ?? undefined };
}
