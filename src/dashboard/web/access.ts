import type { FastifyReply, FastifyRequest } from 'fastify';
import { isLoopback, namesLoopback } from './guard.js';
import type { SignIn } from './sign-in.js';

export type Access = 'read' | 'act' | 'sign-in' | 'foreign';

/**
 * On the machine's own address reading needs no token, as long as the browser asked for this machine by its own name:
 * a page elsewhere that makes a name lead here must not read. Anywhere else, and for every action, the token is needed.
 */
export function accessOf(request: Pick<FastifyRequest, 'headers'>, signIn: SignIn, host: string): Access {
  if (signIn.isSignedIn(request.headers.cookie)) return 'act';
  if (isLoopback(host) && namesLoopback(request.headers.host)) return 'read';
  return signIn.isPossible ? 'sign-in' : 'foreign';
}

/** A path of ours out of what a form or a link names; never another site. */
export function localPath(text: unknown): string {
  if (typeof text !== 'string' || text.length > 2000) return '/';
  try {
    const base = 'http://here.invalid';
    const url = new URL(text, base);
    if (url.origin !== base || !text.startsWith('/')) return '/';
    return url.pathname.startsWith('//') ? '/' : `${url.pathname}${url.search}`;
  } catch {
    return '/';
  }
}

/** Whether the browser came by TLS, so far as we can see: we speak plain HTTP ourselves. */
export function isSecure(request: Pick<FastifyRequest, 'headers'>): boolean {
  const { origin } = request.headers;
  return typeof origin === 'string' && origin.startsWith('https://');
}

export function seeOther(reply: FastifyReply, to: string): FastifyReply {
  return reply.code(303).header('cache-control', 'no-store').header('location', to).send();
}
