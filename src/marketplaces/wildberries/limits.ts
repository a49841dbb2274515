import { AppError } from '../../errors.js';
import type { Bucket } from '../../ports/rate-limiter.js';
import type { WbToken } from './token.js';

const MEGABYTE = 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;

/** One host per category of methods. */
export type WbHost = 'analytics' | 'common' | 'content' | 'marketplace';

/** The methods by our names for them, which WB_PATHS uses too. */
export const WB_METHODS = [
  'wb-warehouses',
  'seller-warehouses',
  'cards',
  'warehouses',
  'fbs-stocks',
  'seller-info',
  'ping',
] as const;
export type WbMethod = (typeof WB_METHODS)[number];

/** Stands in the path of fbs-stocks where the warehouse's id goes. */
const WAREHOUSE = '{warehouseId}';

/** A token per `intervalMs`, at most `burst` of them. */
interface Pace {
  readonly intervalMs: number;
  readonly burst: number;
}

interface MethodFacts {
  readonly path: string;
  /** Bytes; several times what the documents let an answer grow to. */
  readonly maxBytes: number;
  readonly pace: Pace;
  /** For base tokens, where that is another. */
  readonly basePace?: Pace;
  /** Tokens that a 4XX costs besides the one of the request. */
  readonly penalty?: number;
}

/** Three a minute, no burst: personal and service tokens, and base tokens with a secret. */
const REPORT = { pace: { intervalMs: 20_000, burst: 1 }, maxBytes: 256 * MEGABYTE } as const;

/**
 * Five a second for all methods of seller stocks, and as many again for all methods of seller warehouses: two limits
 * in the documents, hence a bucket for each. Base tokens get 150 a minute, spread evenly. A 4XX counts as ten.
 */
const MARKETPLACE = {
  pace: { intervalMs: 200, burst: 20 },
  basePace: { intervalMs: 400, burst: 10 },
  penalty: 9,
} as const;

/** WB docs, as of August to October 2026: each method's own page, and the tables of limits by kind of token. */
const FACTS: Readonly<Record<WbMethod, MethodFacts>> = {
  'wb-warehouses': { ...REPORT, path: '/api/analytics/v1/stocks-report/wb-warehouses' },
  'seller-warehouses': { ...REPORT, path: '/api/analytics/v1/stocks-report/seller-warehouses' },
  // What base tokens get is documented for no method of content; half of the others' share is a guess.
  cards: {
    path: '/content/v2/get/cards/list',
    maxBytes: 64 * MEGABYTE,
    pace: { intervalMs: 600, burst: 5 },
    basePace: { intervalMs: 1200, burst: 2 },
  },
  warehouses: { ...MARKETPLACE, path: '/api/v3/warehouses', maxBytes: 16 * MEGABYTE },
  'fbs-stocks': { ...MARKETPLACE, path: `/api/v3/stocks/${WAREHOUSE}`, maxBytes: 16 * MEGABYTE },
  'seller-info': {
    path: '/api/v1/seller-info',
    maxBytes: MEGABYTE,
    pace: { intervalMs: 60_000, burst: 10 },
    basePace: { intervalMs: DAY_MS, burst: 1 },
  },
  // Three in thirty seconds, each host by itself.
  ping: { path: '/ping', maxBytes: MEGABYTE, pace: { intervalMs: 10_000, burst: 3 } },
};

/** How large a list may get, and how much of it one answer holds. */
export const WB_LISTS = {
  /** Rows per page of both stock reports, at most. */
  reportRows: 250_000,
  /** Fifty million rows: past this the list has no end. */
  reportPages: 200,
  /** Cards per page, at most. */
  cards: 100,
  /** Five million cards. */
  cardPages: 50_000,
  /** Sizes that one request for FBS stock may name. */
  sizes: 1000,
} as const;

/** A method as it is asked for with one token. */
export interface MethodPlan {
  readonly path: string;
  readonly maxBytes: number;
  readonly bucket: Bucket;
  readonly penalty: number | undefined;
}

export interface PlanOptions {
  readonly paths?: Partial<Readonly<Record<WbMethod, string>>> | undefined;
  /** Milliseconds between two requests of one stock report, where it is not as documented. */
  readonly reportIntervalMs?: number | undefined;
}

/**
 * Where each method is and how often this token may ask it. The limits count per seller, so the seller names the
 * buckets.
 *
 * @throws AppError CONFIG_INVALID where a path of WB_PATHS lacks the warehouse's place
 */
export function wbPlans(
  token: Pick<WbToken, 'sid' | 'kind'>,
  { paths = {}, reportIntervalMs }: PlanOptions,
): Readonly<Record<WbMethod, MethodPlan>> {
  const plan = (method: WbMethod): MethodPlan => {
    const facts = FACTS[method];
    const { burst, ...pace } = (token.kind === 'base' ? facts.basePace : undefined) ?? facts.pace;
    const isReport = method === 'wb-warehouses' || method === 'seller-warehouses';
    // A bucket divides by its interval.
    const intervalMs = isReport ? Math.max(1, reportIntervalMs ?? pace.intervalMs) : pace.intervalMs;
    return {
      path: pathOf(method, paths),
      maxBytes: facts.maxBytes,
      bucket: { key: `wildberries:${token.sid}:${method}`, intervalMs, burst },
      penalty: facts.penalty,
    };
  };
  return Object.fromEntries(WB_METHODS.map((method) => [method, plan(method)])) as Record<
    WbMethod,
    MethodPlan
  >;
}

function pathOf(method: WbMethod, paths: NonNullable<PlanOptions['paths']>): string {
  const path = paths[method] ?? FACTS[method].path;
  if (method !== 'fbs-stocks' || path.includes(WAREHOUSE)) return path;
  throw new AppError('CONFIG_INVALID', `WB_PATHS: the path of ${method}, ${path}, names no ${WAREHOUSE}`, {
    remedy: `Put ${WAREHOUSE} where the id of the warehouse belongs, as in ${FACTS[method].path}.`,
  });
}

/** The path of fbs-stocks for one warehouse, whose id is digits. */
export function pathOfWarehouse(path: string, warehouseId: string): string {
  return path.replaceAll(WAREHOUSE, warehouseId);
}
