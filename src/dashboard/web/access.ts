import type { FastifyReply, FastifyRequest } from 'fastify';
import { isLoopback, isPassedOn, namesLoopback } from './guard.js';
import type { Asking, SignIn } from './sign-in.js';

/** `refused` and `too-many`: a wrong token was sent along. */
export type Access = 'read' | 'act' | 'sign-in' | 'foreign' | 'refused' | 'too-many';

/**
 * On the machine's own address reading needs no token, as long as the browser asked for this machine by its own name,
 * and nobody in between passed the request on: a page elsewhere that makes a name lead here must not read, nor must
 * whoever a proxy lets in. Anywhere else, and for every action, the token is needed.
 */
export function accessOf(request: Asking, signIn: SignIn, host: string): Access {
  const shown = signIn.shown(request);
  if (shown === 'session' || shown === 'bearer') return 'act';
  if (shown !== 'nothing') return shown;
  if (isLoopback(host) && namesLoopback(request.headers.host) && !isPassedOn(request)) return 'read';
  return signIn.isPossible ? 'sign-in' : 'foreign';
}

/** How a route for programs refuses. */
export interface Refusal {
  readonly status: 401 | 403 | 429;
  /** Of 429: seconds. */
  readonly retryAfter: number;
}

/** For routes that guard themselves. Each answers null where the request may go on. */
export class Doors {
  constructor(
    private readonly signIn: SignIn,
    /** DASHBOARD_HOST */
    private readonly host: string,
  ) {}

  /** For whoever may read pages. */
  reader(request: Asking): Refusal | null {
    const access = accessOf(request, this.signIn, this.host);
    if (access === 'read' || access === 'act') return null;
    if (access === 'foreign') return { status: 403, retryAfter: 0 };
    return this.#refusal(request);
  }

  /** For whoever shows the token, wherever they are. */
  token(request: Asking): Refusal | null {
    const shown = this.signIn.shown(request);
    return shown === 'session' || shown === 'bearer' ? null : this.#refusal(request);
  }

  #refusal(request: Asking): Refusal {
    if (this.signIn.shown(request) !== 'too-many') return { status: 401, retryAfter: 0 };
    return { status: 429, retryAfter: this.signIn.retryAfter(request.ip) };
  }
}

/** Puts status and headers of a refusal on an answer that is yet to be sent. */
export function refused(reply: FastifyReply, { status, retryAfter }: Refusal): FastifyReply {
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  if (status === 429) reply.header('retry-after', String(retryAfter));
  return reply.code(status);
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
