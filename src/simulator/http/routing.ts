import type { IncomingHttpHeaders } from 'node:http';
import type { Source } from '../world/types.js';

/** Wildberries' hosts as base paths: `/wb-content` stands for content-api.wildberries.ru. */
export type WbHost = 'common' | 'content' | 'marketplace' | 'analytics';

interface Target {
  readonly source: Source;
  /** Known where a base path names it. */
  readonly host?: WbHost;
  /** Without the base path prefix. */
  readonly path: string;
}

const WB_PATHS = /^\/(?:ping$|api\/|content\/|public\/|adv\/)/;

const BASE = /^\/(ozon|wb(?:-(common|content|marketplace|analytics))?)(?=\/|$)/;

/**
 * Whose method a path is. A base path `/ozon`, `/wb` or `/wb-<host>` says so; without one the paths do not collide; a path of
 * neither goes to Ozon when Ozon's headers came with it or it looks like one (`/v4/…`).
 */
export function route(pathname: string, headers: IncomingHttpHeaders): Target {
  const [, prefix, host] = BASE.exec(pathname) ?? [];
  if (prefix !== undefined) {
    const path = pathname.slice(prefix.length + 1) || '/';
    const source = prefix === 'ozon' ? 'ozon' : 'wildberries';
    return { source, path, ...(host === undefined ? {} : { host: host as WbHost }) };
  }
  const ozonCaller = headers['client-id'] !== undefined || headers['api-key'] !== undefined;
  const wildberries = WB_PATHS.test(pathname) || (headers.authorization !== undefined && !ozonCaller);
  return { source: wildberries ? 'wildberries' : 'ozon', path: pathname };
}
