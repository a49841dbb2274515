import type { IncomingHttpHeaders } from 'node:http';
import type { Source } from '../world/types.js';

interface Target {
  readonly source: Source;
  /** Without the base path prefix. */
  readonly path: string;
}

const WB_PATHS = /^\/(?:ping$|api\/|content\/|public\/|adv\/)/;

/**
 * Whose method a path is. A base path `/ozon` or `/wb` says so; without one the paths do not collide; a path of
 * neither goes to Ozon when Ozon's headers came with it or it looks like one (`/v4/…`).
 */
export function route(pathname: string, headers: IncomingHttpHeaders): Target {
  const prefix = /^\/(ozon|wb)(?=\/|$)/.exec(pathname)?.[1];
  if (prefix !== undefined) {
    const path = pathname.slice(prefix.length + 1) || '/';
    return { source: prefix === 'ozon' ? 'ozon' : 'wildberries', path };
  }
  const ozonCaller = headers['client-id'] !== undefined || headers['api-key'] !== undefined;
  const wildberries = WB_PATHS.test(pathname) || (headers.authorization !== undefined && !ozonCaller);
  return { source: wildberries ? 'wildberries' : 'ozon', path: pathname };
}
