import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Nothing from elsewhere, nothing inline, nobody may frame it: what a name in a page says can do nothing. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // Not `no-referrer`: browsers then send `Origin: null` with our own forms.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
};

/** Puts the headers of safety on every answer, errors and files included. */
export function addSafeHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (_request: FastifyRequest, reply: FastifyReply) => {
    reply.headers(HEADERS);
  });
}

/** For answers that are written past the framework. */
export const SAFE_HEADERS = HEADERS;

/** Whether it was our own page that sent this: browsers name the page's origin with every POST. */
export function isOwnOrigin(request: Pick<FastifyRequest, 'headers'>): boolean {
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  if (typeof origin !== 'string' || host === undefined) return false;
  try {
    return new URL(origin).host === host.toLowerCase();
  } catch {
    return false;
  }
}

/** An address of this machine alone, as DASHBOARD_HOST or in the Host header of a request. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/**
 * Whether the browser asked for this machine by name or number. A page elsewhere whose name was made to lead here
 * names itself.
 */
export function namesLoopback(header: string | undefined): boolean {
  return header !== undefined && isLoopback(header.replace(/:\d+$/, ''));
}

const PROXY_HEADERS = /^(?:x-forwarded-.+|forwarded|x-real-ip|via)$/;

/** Whether a proxy passed this on. One that says nothing of itself mostly speaks HTTP/1.0, as no browser does. */
export function isPassedOn({ headers, raw }: PassedOn): boolean {
  return raw.httpVersion === '1.0' || Object.keys(headers).some((name) => PROXY_HEADERS.test(name));
}

export interface PassedOn {
  readonly headers: FastifyRequest['headers'];
  readonly raw: { readonly httpVersion: string };
}
