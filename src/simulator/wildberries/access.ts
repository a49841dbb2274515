import type { SimulatorCredentials } from '../credentials.js';
import { type Answer, type ApiRequest, Refusal } from '../http/answer.js';
import type { WbHost } from '../http/routing.js';
import type { BucketVerdict, TokenBuckets } from '../http/token-bucket.js';
import type { WildberriesModes } from '../modes.js';
import { type WbErrors, wbLimitHeaders } from './errors.js';
import { hasCategory, readToken, WB_TOKEN_KIND, type WbCategory } from './token.js';

const DAY_MS = 86_400_000;

export interface WbAccess {
  readonly modes: WildberriesModes;
  readonly credentials: SimulatorCredentials;
  readonly now: () => number;
  readonly buckets: TokenBuckets;
  readonly errors: WbErrors;
}

export type Claims = Readonly<Record<string, unknown>>;

/** What a method asks of its caller. */
export interface MethodRules {
  /** The bucket's name: one per seller and method, or per seller and several methods that share it. */
  readonly name: string;
  /** The host it is on; undefined: every one. */
  readonly host?: WbHost;
  /** The category the token must hold; undefined: any. */
  readonly category?: WbCategory;
  /** Closed to base tokens. */
  readonly noBaseToken?: boolean;
  readonly intervalMs: (modes: WildberriesModes) => number;
  readonly burst: number;
  /** The same for base tokens, where it is another. */
  readonly baseBurst?: number;
  /** Changes something, so that a read-only token does not do. */
  readonly writes?: boolean;
  /** An answer 4XX costs more tokens than one (`clientErrorCost`). */
  readonly chargesErrors?: boolean;
  /** Base tokens get one call a day (WB docs, seller-info). */
  readonly dailyForBase?: boolean;
}

export interface Caller {
  readonly claims: Claims;
  /** Headers for every answer but 429. */
  readonly headers: Readonly<Record<string, string>>;
}

/** `Authorization`: the token as it is, or behind `Bearer `; both are in use. */
function tokenOf(request: ApiRequest): string {
  return (request.headers.authorization ?? '').replace(/^bearer\s+/i, '').trim();
}

function authenticate(request: ApiRequest, access: WbAccess, rules: MethodRules): Claims {
  const { errors, credentials } = access;
  const token = tokenOf(request);
  if (token === '') {
    throw new Refusal(errors.unauthorized('empty Authorization header'));
  }
  const reading = readToken(token, credentials.wbToken);
  if ('trouble' in reading) {
    throw new Refusal(errors.unauthorized(reading.trouble));
  }
  const { claims } = reading;
  if (typeof claims.exp !== 'number' || claims.exp * 1_000 <= access.now()) {
    throw new Refusal(
      errors.unauthorized(
        'token expired; Manage tokens at https://seller.wildberries.ru/supplier-settings/access-to-api',
      ),
    );
  }
  if (claims.sid !== credentials.wbSid) {
    throw new Refusal(errors.unauthorized('access token problem; token belongs to another seller'));
  }
  // A test token is for the sandbox hosts; the simulator plays the production ones.
  const isTest = claims.t === true || claims.acc === WB_TOKEN_KIND.test;
  const lacksCategory = rules.category !== undefined && !hasCategory(claims, rules.category);
  // What a read-only token hears when it wants to write is not documented.
  if (isTest || lacksCategory || (rules.writes === true && hasCategory(claims, 'readOnly'))) {
    throw new Refusal(errors.unauthorized('token scope not allowed'));
  }
  return claims;
}

function permit(access: WbAccess, rules: MethodRules, claims: Claims): void {
  const { errors, modes } = access;
  if (modes.access === 'payment-required') {
    throw new Refusal(errors.paymentRequired());
  }
  if (rules.noBaseToken !== true) {
    return;
  }
  if (modes.access === 'base-token') {
    throw new Refusal(errors.baseToken());
  }
  if (modes.access === 'unfit-token' || claims.acc === WB_TOKEN_KIND.base) {
    throw new Refusal(errors.unfitToken());
  }
}

function bucketOf(rules: MethodRules, claims: Claims): string {
  return `${rules.name} ${String(claims.sid)}`;
}

function limit(access: WbAccess, rules: MethodRules, claims: Claims): BucketVerdict {
  const isBase = claims.acc === WB_TOKEN_KIND.base;
  const daily = isBase && rules.dailyForBase === true;
  const intervalMs = daily ? DAY_MS : rules.intervalMs(access.modes);
  const burst = daily ? 1 : ((isBase ? rules.baseBurst : undefined) ?? rules.burst);
  const verdict = access.buckets.take(bucketOf(rules, claims), intervalMs, burst);
  if (!verdict.allowed) {
    const headers = wbLimitHeaders(verdict.retrySeconds, burst, verdict.resetSeconds);
    throw new Refusal(access.errors.tooManyRequests(headers));
  }
  return verdict;
}

/**
 * The gateway's checks, in this order: token, expiry, category, kind of token, limit. The order is ours; the
 * documents give none.
 * @throws Refusal
 */
export function enter(request: ApiRequest, access: WbAccess, rules: MethodRules): Caller {
  const claims = authenticate(request, access, rules);
  permit(access, rules, claims);
  const verdict = limit(access, rules, claims);
  return { claims, headers: { 'X-Ratelimit-Remaining': String(verdict.remaining) } };
}

/**
 * Headers for the answer of a method, after it has been charged for: a 4XX of the marketplace methods counts as
 * ten requests (WB docs, "Limits" of August 2026).
 */
export function charged(
  { status }: Answer,
  caller: Caller,
  access: WbAccess,
  rules: MethodRules,
): Readonly<Record<string, string>> {
  const cost = access.modes.clientErrorCost - 1;
  if (rules.chargesErrors !== true || status < 400 || status >= 500 || rules.intervalMs(access.modes) <= 0) {
    return caller.headers;
  }
  const left = access.buckets.charge(bucketOf(rules, caller.claims), Math.max(0, cost));
  return { ...caller.headers, 'X-Ratelimit-Remaining': String(left) };
}
