import type { SimulatorCredentials } from '../credentials.js';
import { type ApiRequest, Refusal } from '../http/answer.js';
import type { SecondWindows } from '../http/token-bucket.js';
import type { OzonModes } from '../modes.js';
import { ozonInvalid, ozonLimited, ozonProblem } from './errors.js';

const DAY_MS = 86_400_000;
/** Keys made since 2026-09-03 live three months (Ozon changelog). */
const KEY_LIFETIME_DAYS = 90;
/** What every key may ask; that /v1/seller/info is among them is a guess. */
const FOREVER_OPEN = ['/v1/roles', '/v1/seller/info'];

/** The roles of the simulated key; `/v1/roles` names them, and a method in none of them is refused. */
const ROLES: readonly { readonly name: string; readonly methods: readonly string[] }[] = [
  {
    name: 'Product read-only',
    methods: [
      '/v3/product/list',
      '/v3/product/info/list',
      '/v4/product/info/stocks',
      '/v1/product/info/stocks-by-warehouse/fbo',
    ],
  },
  {
    name: 'Warehouse',
    methods: [
      '/v2/warehouse/list',
      '/v1/product/info/warehouse/stocks',
      '/v2/product/info/stocks-by-warehouse/fbs',
    ],
  },
  { name: 'Report', methods: ['/v1/analytics/stocks'] },
];

export interface OzonAccess {
  readonly modes: OzonModes;
  readonly credentials: SimulatorCredentials;
  readonly startedAt: number;
  readonly now: () => number;
  readonly windows: SecondWindows;
}

/** The roles the key holds as switched (`roles`). */
export function grantedRoles({ access, roles }: OzonModes): typeof ROLES {
  const wanted = roles.split(',').map((name) => name.trim());
  if (access === 'role-missing') {
    return [];
  }
  return roles === '' ? ROLES : ROLES.filter(({ name }) => wanted.includes(name));
}

export function keyExpiresAt(access: OzonAccess): Date {
  const { keyExpiresAt: given } = access.modes;
  return given === '' ? new Date(access.startedAt + KEY_LIFETIME_DAYS * DAY_MS) : new Date(given);
}

function header(request: ApiRequest, name: string): string {
  const value = request.headers[name];
  return (Array.isArray(value) ? value[0] : value)?.trim() ?? '';
}

/** Who calls: missing headers, then a Client-Id that is no number, then a pair nobody knows. */
function identify(request: ApiRequest, access: OzonAccess): string {
  const clientId = header(request, 'client-id');
  const apiKey = header(request, 'api-key');
  if (clientId === '' || apiKey === '') {
    throw new Refusal(ozonProblem(401, 16, 'Client-Id and Api-Key headers are required'));
  }
  if (!/^[1-9]\d*$/.test(clientId)) {
    throw new Refusal(ozonInvalid('Client-Id header value should be positive integer'));
  }
  const { ozonClientId, ozonApiKey } = access.credentials;
  if (clientId !== ozonClientId || apiKey !== ozonApiKey) {
    throw new Refusal(ozonProblem(404, 5, 'Invalid Api-Key, please check the key and try again'));
  }
  return clientId;
}

/** What the key may: Ozon's own words for each refusal (Ozon docs, guide to frequent errors). */
function permit(request: ApiRequest, access: OzonAccess): void {
  const expired = keyExpiresAt(access).getTime() <= access.now();
  const state = expired && access.modes.access === 'ok' ? 'deactivated' : access.modes.access;
  switch (state) {
    case 'deactivated':
      throw new Refusal(ozonProblem(403, 7, 'Api-key is deactivated, use another one or generate a new one'));
    case 'ip-bound':
      throw new Refusal(ozonProblem(403, 7, 'Api-Key is restricted to specific IP addresses'));
    case 'offer-not-signed':
      throw new Refusal(ozonProblem(403, 7, 'Offer not signed'));
    case 'circle-open':
      // The HTTP status is not documented; 503 with gRPC's UNAVAILABLE is a guess.
      throw new Refusal(ozonProblem(503, 14, 'Circle is open'));
    default:
      break;
  }
  const open = FOREVER_OPEN.includes(request.path);
  const granted = grantedRoles(access.modes).some((role) => role.methods.includes(request.path));
  if (!open && !granted) {
    throw new Refusal(ozonProblem(403, 7, 'Api-Key is missing a required role for a method'));
  }
}

function limitMessage(modes: OzonModes): string {
  return modes.limitText === 'per-second'
    ? 'You have reached request rate limit per second'
    : `rate limit exceeded for \`seller-api\` client, current max rate per sec.: ${modes.rps}`;
}

interface Gate {
  /** Headers for every answer of a caller who was let in. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The checks before any method, in this order: headers, key, rate, rights. Between the first and the last the
 * order is ours; the documents give none.
 * @throws Refusal
 */
export function enter(request: ApiRequest, access: OzonAccess): Gate {
  const clientId = identify(request, access);
  const verdict = access.windows.take(clientId, access.modes.rps);
  if (!verdict.allowed) {
    const wait = access.modes.retryAfter ? verdict.retrySeconds : undefined;
    throw new Refusal(ozonLimited(limitMessage(access.modes), wait));
  }
  permit(request, access);
  const told = access.modes.rateHeaders && access.modes.rps > 0;
  return { headers: told ? { 'Ratelimit-Remaining': String(verdict.remaining) } : {} };
}
