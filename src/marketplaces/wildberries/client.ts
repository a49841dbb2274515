import { AppError } from '../../errors.js';
import type { Instruments } from '../../ports/instruments.js';
import type { Logger } from '../../ports/logger.js';
import type { RateLimiter } from '../../ports/rate-limiter.js';
import type { ApiAnswer } from '../http/api-answer.js';
import { ApiCaller } from '../http/api-caller.js';
import { type ApiRequest, HttpClient } from '../http/http-client.js';
import type { RequestGate } from '../http/request-gate.js';
import type { RetryPolicy } from '../http/retry.js';
import type { Revealable } from '../http/revealable.js';
import { realTiming, type Timing } from '../http/timing.js';
import {
  readCards,
  readFbsStocks,
  readPong,
  readReport,
  readSeller,
  readWarehouses,
  type WbCardsPage,
  type WbCursor,
  type WbRowsPage,
  type WbSeller,
  type WbSellerWarehouses,
} from './answers.js';
import { wbContentError, wbError } from './errors.js';
import { type MethodPlan, pathOfWarehouse, WB_LISTS, type WbHost, type WbMethod, wbPlans } from './limits.js';
import { readToken, tokenText, type WbToken } from './token.js';

export interface WildberriesOptions {
  /** Scheme and host, for a simulator also a base path (WB_ANALYTICS_API_URL). */
  readonly analyticsUrl: string;
  /** WB_COMMON_API_URL. */
  readonly commonUrl: string;
  /** WB_CONTENT_API_URL. */
  readonly contentUrl: string;
  /** WB_MARKETPLACE_API_URL. */
  readonly marketplaceUrl: string;
  /** WB_API_KEY. */
  readonly token: Revealable;
  /** How the token is sent: the documents show both ways, raw is the older and the default. */
  readonly authorization?: 'raw' | 'bearer' | undefined;
  /** Paths of methods that are elsewhere (WB_PATHS); fbs-stocks names `{warehouseId}` in its path. */
  readonly paths?: Partial<Readonly<Record<WbMethod, string>>> | undefined;
  /** Milliseconds for one whole answer (API_TIMEOUT). */
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  /** Most milliseconds that one request may wait for limits (SYNC_WAIT). */
  readonly maxWaitMs: number;
  readonly limiter: RateLimiter;
  /** Shared by all clients of the process (MAX_CONCURRENT_REQUESTS). */
  readonly gate?: RequestGate | undefined;
  /** Milliseconds between two requests of one stock report (WB_STOCKS_INTERVAL); 20,000 unless told. */
  readonly stocksIntervalMs?: number | undefined;
  /** Rows per page of a stock report, at most and unless told 250,000. */
  readonly pageSize?: number | undefined;
  readonly timing?: Timing | undefined;
  readonly logger?: Logger | undefined;
  readonly instruments?: Instruments | undefined;
}

/** The two stock reports, whose requests and answers look alike. */
export type WbReport = 'wb-warehouses' | 'seller-warehouses';

interface OpenHost {
  readonly http: HttpClient;
  readonly caller: ApiCaller;
}

/**
 * Wildberries' API for one seller. Call {@link WildberriesClient.close} when done. Every method throws an AppError
 * where there is no answer to give.
 */
export class WildberriesClient {
  readonly token: WbToken;
  readonly pageSize: number;
  readonly #plans: Readonly<Record<WbMethod, MethodPlan>>;
  /** Hidden from inspection, as it leads to the token. */
  readonly #options: WildberriesOptions;
  readonly #timing: Timing;
  readonly #hosts = new Map<WbHost, OpenHost>();

  /** @throws AppError API_CREDENTIALS where the token cannot read the stock report, CONFIG_INVALID for a path */
  constructor(options: WildberriesOptions) {
    this.#options = options;
    this.#timing = options.timing ?? realTiming;
    this.token = readToken(options.token, this.#timing.now());
    this.pageSize = options.pageSize ?? WB_LISTS.reportRows;
    const { paths, stocksIntervalMs: reportIntervalMs } = options;
    this.#plans = wbPlans(this.token, { paths, reportIntervalMs });
  }

  /** Rows from `offset` on (WB docs, POST /api/analytics/v1/stocks-report/wb-warehouses and …/seller-warehouses). */
  report(method: WbReport, offset: number, signal: AbortSignal): Promise<WbRowsPage> {
    const body = { limit: this.pageSize, offset };
    return this.#call('analytics', method, { method: 'POST', body }, readReport, signal);
  }

  /**
   * Up to 100 cards that were changed after the cursor, or from the oldest change on, oldest first: a card that
   * changes while others are read moves to the end and is met again, where the other order would lose it. Cards
   * without photos are asked for too, which is not the default (WB docs, POST /content/v2/get/cards/list).
   */
  async cards(after: WbCursor | null, signal: AbortSignal): Promise<WbCardsPage> {
    const place = after && `,"updatedAt":${JSON.stringify(after.updatedAt)},"nmID":${digits(after.nmId)}`;
    const cursor = `{"limit":${WB_LISTS.cards}${place ?? ''}}`;
    const settings = `{"sort":{"ascending":true},"filter":{"withPhoto":-1},"cursor":${cursor}}`;
    const request = { method: 'POST', bodyText: `{"settings":${settings}}` } as const;
    return this.#call('content', 'cards', request, readCards, signal);
  }

  /** All warehouses of the seller (WB docs, GET /api/v3/warehouses). */
  warehouses(signal: AbortSignal): Promise<WbSellerWarehouses> {
    return this.#call('marketplace', 'warehouses', { method: 'GET' }, readWarehouses, signal);
  }

  /**
   * What lies in one seller warehouse of up to 1,000 sizes; those without a record there are missing from the answer
   * (WB docs, POST /api/v3/stocks/{warehouseId}, which reads; it is PUT that writes).
   *
   * @param chrtIds digits; they go out as JSON numbers, exact to the last digit
   */
  async fbsStocks(warehouseId: string, chrtIds: readonly string[], signal: AbortSignal): Promise<WbRowsPage> {
    const path = pathOfWarehouse(this.#plans['fbs-stocks'].path, digits(warehouseId));
    const bodyText = `{"chrtIds":[${chrtIds.map(digits).join(',')}]}`;
    const request = { method: 'POST', path, bodyText } as const;
    return this.#call('marketplace', 'fbs-stocks', request, readFbsStocks, signal);
  }

  /** Whose token it is, by Wildberries' own word (WB docs, GET /api/v1/seller-info). */
  sellerInfo(signal: AbortSignal): Promise<WbSeller> {
    return this.#call('common', 'seller-info', { method: 'GET' }, readSeller, signal);
  }

  /**
   * Does this host take the token? For set-up only: Wildberries blocks those who make a habit of it (WB docs, GET
   * /ping). Three in thirty seconds for each host.
   */
  ping(host: WbHost, signal: AbortSignal): Promise<void> {
    return this.#call(host, 'ping', { method: 'GET' }, readPong, signal);
  }

  close(): void {
    for (const { http } of this.#hosts.values()) http.close();
  }

  #call<T>(
    host: WbHost,
    method: WbMethod,
    request: Omit<ApiRequest, 'path'> & { readonly path?: string },
    read: (answer: ApiAnswer) => T,
    signal: AbortSignal,
  ): Promise<T> {
    const { path, maxBytes, bucket, penalty } = this.#plans[method];
    const own = method === 'ping' ? { ...bucket, key: `${bucket.key}-${host}` } : bucket;
    const call = { method, request: { path, maxBytes, ...request }, bucket: own, penalty, read };
    return this.#host(host).caller.call(call, signal);
  }

  /** Made when first asked for: most commands speak with one or two of them. */
  #host(host: WbHost): OpenHost {
    const known = this.#hosts.get(host);
    if (known !== undefined) return known;
    const { timeoutMs, gate, authorization, token } = this.#options;
    const text = tokenText(token);
    const http = new HttpClient({
      name: `Wildberries ${host}`,
      baseUrl: this.#options[`${host}Url`],
      timeoutMs,
      secrets: [text],
      headers: { Authorization: authorization === 'bearer' ? `Bearer ${text}` : text },
      now: this.#timing.now,
      gate,
    });
    const errorOf = host === 'content' ? wbContentError : wbError;
    const about = { source: 'wildberries', timing: this.#timing, http, errorOf } as const;
    const caller = new ApiCaller({ ...this.#options, ...about });
    const open = { http, caller };
    this.#hosts.set(host, open);
    return open;
  }
}

/** What goes into a body or a path as it is must be an id and nothing else. */
function digits(id: string): string {
  if (/^[1-9]\d{0,18}$/.test(id)) return id;
  throw new AppError('INVARIANT', `${JSON.stringify(id.slice(0, 100))} is no id of Wildberries`);
}
