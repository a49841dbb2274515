import { AppError } from '../errors.js';

/**
 * Switches of the simulated marketplaces: what the documents leave open, and what they say may change. Plain data,
 * changed at run time by assignment, or from another process through `POST /_sim/mode`.
 */
export interface OzonModes {
  /** Send `total` (Ozon announces its end for 2026-11-23). */
  total: boolean;
  /** Send `total_items`, its successor since 2026-09-24. */
  totalItems: boolean;
  /** What becomes of a call with a known key. */
  access: 'ok' | 'role-missing' | 'deactivated' | 'ip-bound' | 'offer-not-signed' | 'circle-open';
  /** Names of the roles the key holds, by commas (`Product read-only`, `Warehouse`, `Report`); empty: all. */
  roles: string;
  /** RFC3339; empty: 90 days after the simulator's start. A key past it counts as deactivated. */
  keyExpiresAt: string;
  /** Requests per second and Client-Id; 0 switches the limit off. */
  rps: number;
  /** The documented 429 text, or the one reported since August 2026 ("max rate per sec.: 2"). */
  limitText: 'per-second' | 'client-rate';
  /** Send `Retry-After` with 429 (documented since 2026-09-25, not to be relied on). */
  retryAfter: boolean;
  /** Send `Ratelimit-Remaining`. */
  rateHeaders: boolean;
  /** How /v3/product/list ends; the documents do not say. */
  productListEnd: 'empty-page' | 'empty-last-id' | 'repeated-last-id';
  /** Stock asked of a warehouse that is not there: 404 with code 5, or nothing in it. The documents do not say. */
  unknownWarehouse: 'not-found' | 'empty';
}

export interface WildberriesModes {
  /** One row per real warehouse, or the one pretended warehouse -999999 (since 2026-08-15). */
  warehouses: 'real' | 'merged';
  /** The report is renewed every so many minutes of the simulated clock (30 in the documents); 0: always live. */
  refreshMinutes: number;
  /** Report rows whose three figures are all zero (normally absent). */
  zeroRows: boolean;
  /** 204 without a body (docs of October 2026), or 200 with an empty list (before). */
  emptyAnswer: 'no-content' | 'empty-list';
  /** Milliseconds per token of each bucket; 0 switches the limit off. */
  warehousesIntervalMs: number;
  sellerInfoIntervalMs: number;
  pingIntervalMs: number;
  sellerReportIntervalMs: number;
  contentIntervalMs: number;
  marketplaceIntervalMs: number;
  stocksDeleteIntervalMs: number;
  /** Tokens that an answer 4XX of the marketplace methods costs (docs of August 2026: 10). */
  clientErrorCost: number;
  /** What `cursor` holds behind the last card: `total` alone, empty values, or what was asked with. Not documented. */
  emptyCardsCursor: 'total-only' | 'empty-values' | 'as-asked';
  access: 'ok' | 'payment-required' | 'unfit-token' | 'base-token';
  /** Which field of the 404 carries `PLUG-404-…` is not known. */
  retiredCodeIn: 'code' | 'detail' | 'title';
}

export interface Modes {
  readonly ozon: OzonModes;
  readonly wildberries: WildberriesModes;
}

export interface ModesPatch {
  readonly ozon?: Partial<OzonModes>;
  readonly wildberries?: Partial<WildberriesModes>;
}

/** Every limit switched off. */
export const UNLIMITED: ModesPatch = {
  ozon: { rps: 0 },
  wildberries: {
    warehousesIntervalMs: 0,
    sellerInfoIntervalMs: 0,
    pingIntervalMs: 0,
    sellerReportIntervalMs: 0,
    contentIntervalMs: 0,
    marketplaceIntervalMs: 0,
    stocksDeleteIntervalMs: 0,
  },
};

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  'ozon.access': ['ok', 'role-missing', 'deactivated', 'ip-bound', 'offer-not-signed', 'circle-open'],
  'ozon.limitText': ['per-second', 'client-rate'],
  'ozon.productListEnd': ['empty-page', 'empty-last-id', 'repeated-last-id'],
  'ozon.unknownWarehouse': ['not-found', 'empty'],
  'wildberries.emptyCardsCursor': ['total-only', 'empty-values', 'as-asked'],
  'wildberries.warehouses': ['real', 'merged'],
  'wildberries.emptyAnswer': ['no-content', 'empty-list'],
  'wildberries.access': ['ok', 'payment-required', 'unfit-token', 'base-token'],
  'wildberries.retiredCodeIn': ['code', 'detail', 'title'],
};

export function defaultModes(): Modes {
  return {
    ozon: {
      total: false,
      totalItems: true,
      access: 'ok',
      roles: '',
      keyExpiresAt: '',
      rps: 50,
      limitText: 'per-second',
      retryAfter: true,
      rateHeaders: true,
      productListEnd: 'empty-page',
      unknownWarehouse: 'not-found',
    },
    wildberries: {
      warehouses: 'real',
      refreshMinutes: 0,
      zeroRows: false,
      emptyAnswer: 'no-content',
      warehousesIntervalMs: 20_000,
      sellerInfoIntervalMs: 60_000,
      pingIntervalMs: 10_000,
      sellerReportIntervalMs: 20_000,
      contentIntervalMs: 600,
      marketplaceIntervalMs: 200,
      stocksDeleteIntervalMs: 6_000,
      clientErrorCost: 10,
      emptyCardsCursor: 'total-only',
      access: 'ok',
      retiredCodeIn: 'code',
    },
  };
}

function checkValue(name: string, value: unknown, present: unknown): void {
  const choices = CHOICES[name];
  const fits =
    typeof value === typeof present &&
    (typeof value !== 'number' || (Number.isFinite(value) && value >= 0)) &&
    (choices === undefined || choices.includes(String(value)));
  if (!fits) {
    const expected = choices === undefined ? `a ${typeof present}` : `one of ${choices.join(', ')}`;
    throw new AppError('USAGE', `simulator mode ${name}: expected ${expected}, got ${JSON.stringify(value)}`);
  }
}

/** Puts a patch from anywhere (a test, the wire) onto the modes; nothing changes when any part of it is wrong. */
export function applyModes(modes: Modes, patch: unknown): void {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) {
    throw new AppError('USAGE', 'simulator modes: expected an object {ozon?, wildberries?}');
  }
  const todo: (() => void)[] = [];
  for (const [group, changes] of Object.entries(patch)) {
    if (changes === undefined) {
      continue;
    }
    const target = group === 'ozon' ? modes.ozon : group === 'wildberries' ? modes.wildberries : undefined;
    if (target === undefined || typeof changes !== 'object' || changes === null) {
      throw new AppError('USAGE', `simulator modes: no group "${group}" (ozon, wildberries)`);
    }
    for (const [key, value] of Object.entries(changes)) {
      if (value === undefined) {
        continue;
      }
      if (!Object.hasOwn(target, key)) {
        throw new AppError('USAGE', `simulator modes: no switch "${group}.${key}"`);
      }
      checkValue(`${group}.${key}`, value, Reflect.get(target, key));
      todo.push(() => Reflect.set(target, key, value));
    }
  }
  for (const change of todo) {
    change();
  }
}
