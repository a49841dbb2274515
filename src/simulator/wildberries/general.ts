import { type Answer, json } from '../http/answer.js';
import type { WbHost } from '../http/routing.js';
import type { Claims, MethodRules } from './access.js';
import type { WbCategory } from './token.js';

const MOSCOW_MS = 3 * 3_600_000;

/** One call a minute, ten at once, any category (WB docs, seller-info). */
export const SELLER_INFO_RULES: MethodRules = {
  name: 'seller-info',
  host: 'common',
  intervalMs: (modes) => modes.sellerInfoIntervalMs,
  burst: 10,
  dailyForBase: true,
};

/** Three calls in 30 seconds (WB docs, /ping). */
export const PING_RULES: MethodRules = {
  name: 'ping',
  intervalMs: (modes) => modes.pingIntervalMs,
  burst: 3,
};

/** The category a token needs for the methods of a host; undefined: any will do, or the host is not known. */
export function pingCategory(host: WbHost | undefined): WbCategory | undefined {
  return host === 'common' ? undefined : host;
}

/** GET /api/v1/seller-info (WB docs). */
export function sellerInfo(claims: Claims): Answer {
  return json(200, {
    name: 'ИП Соколова А. П.',
    sid: claims.sid,
    tin: '771234567890',
    tradeMark: 'Тёплый угол',
  });
}

/** GET /ping (WB docs): the time in Moscow, and OK. */
export function ping(now: number): Answer {
  const moscow = new Date(now + MOSCOW_MS).toISOString().slice(0, 19);
  return json(200, { TS: `${moscow}+03:00`, Status: 'OK' });
}
