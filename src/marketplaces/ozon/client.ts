import { AppError } from '../../errors.js';
import type { Logger } from '../../ports/logger.js';
import type { Bucket, RateLimiter } from '../../ports/rate-limiter.js';
import { type ApiAnswer, fitted, readJson } from '../http/api-answer.js';
import { ApiCaller } from '../http/api-caller.js';
import { HttpClient } from '../http/http-client.js';
import { sliceJsonRows } from '../http/json-rows.js';
import type { RetryPolicy } from '../http/retry.js';
import { headerSecret, type Revealable } from '../http/revealable.js';
import { realTiming, type Timing } from '../http/timing.js';
import { ozonError } from './errors.js';
import { DEFAULT_MAX_RPS, ozonBucket, PRODUCT_STOCKS, ROLES } from './limits.js';
import { roles, stocksPage } from './schema.js';

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
  readonly timing?: Timing | undefined;
  readonly logger?: Logger | undefined;
}

/** One answer of /v4/product/info/stocks. */
export interface OzonStocksPage {
  readonly rows: readonly string[];
  /** Empty where there is no next page. */
  readonly cursor: string;
  readonly announcedProducts: number | undefined;
  /** Unix milliseconds. */
  readonly receivedAt: number;
}

export interface OzonRoles {
  readonly expiresAt: string | undefined;
  readonly roles: readonly { readonly name: string; readonly methods: readonly string[] }[];
}

/** Ozon's Seller API for one account, one request at a time. Call {@link OzonClient.close} when done. */
export class OzonClient {
  readonly clientId: string;
  readonly #http: HttpClient;
  readonly #caller: ApiCaller;
  readonly #bucket: Bucket;
  #last: Promise<unknown> = Promise.resolve();

  /** @throws AppError API_CREDENTIALS where id or key cannot be one */
  constructor(options: OzonOptions) {
    this.clientId = checkedClientId(options.clientId);
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
    });
    this.#caller = new ApiCaller({ ...options, http: this.#http, timing, errorOf: ozonError });
  }

  /** One page of the stock of all products that are not archived (Ozon docs, POST /v4/product/info/stocks). */
  stocks(cursor: string, signal: AbortSignal): Promise<OzonStocksPage> {
    const body = { filter: { visibility: 'ALL' }, limit: PRODUCT_STOCKS.pageSize, cursor };
    return this.#inTurn(PRODUCT_STOCKS, body, readStocksPage, signal);
  }

  /** What the key may do and until when (Ozon docs, POST /v1/roles). */
  roles(signal: AbortSignal): Promise<OzonRoles> {
    return this.#inTurn(ROLES, {}, readRoles, signal);
  }

  close(): void {
    this.#http.close();
  }

  /** Waits until the call before is over, however it ended: more than one at a time has earned sellers 429. */
  #inTurn<T>(
    method: { readonly path: string; readonly maxBytes: number },
    body: unknown,
    read: (answer: ApiAnswer) => T,
    signal: AbortSignal,
  ): Promise<T> {
    const { path, maxBytes } = method;
    const call = { request: { method: 'POST', path, body, maxBytes }, bucket: this.#bucket, read } as const;
    const result = this.#last.then(() => this.#caller.call(call, signal));
    this.#last = result.catch(() => undefined);
    return result;
  }
}

function checkedClientId(text: string): string {
  const clientId = text.trim();
  if (/^[1-9]\d{0,18}$/.test(clientId)) return clientId;
  throw new AppError('API_CREDENTIALS', 'OZON_CLIENT_ID is not a positive whole number', {
    remedy: 'Set OZON_CLIENT_ID to the number shown beside the key in the Ozon seller account.',
  });
}

function readStocksPage(answer: ApiAnswer): OzonStocksPage {
  const { rows, rest } = sliceJsonRows(answer, ['items']);
  const page = fitted(answer, rest, stocksPage);
  return {
    rows,
    cursor: page.cursor ?? '',
    announcedProducts: announced(rows.length, page.total_items ?? undefined, page.total ?? undefined),
    receivedAt: answer.receivedAt,
  };
}

/** A zero beside products is what a switched-off field looks like in protobuf's JSON: it says nothing. */
function announced(products: number, ...totals: readonly (number | undefined)[]): number | undefined {
  return totals.find((total) => total !== undefined && (total > 0 || products === 0));
}

function readRoles(answer: ApiAnswer): OzonRoles {
  const body = readJson(answer, roles);
  return {
    expiresAt: body.expires_at ?? undefined,
    roles: (body.roles ?? []).map(({ name, methods }) => ({ name: name ?? '', methods: methods ?? [] })),
  };
}
