import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DASHBOARD_WORDS } from '../words/words.js';
import { isSecure, localPath, refused, seeOther } from './access.js';
import type { Frames } from './frames.js';
import { isOwnOrigin } from './guard.js';
import type { SignIn } from './sign-in.js';
import { type SignInForm, signInForm } from './sign-in-page.js';

export interface SignInDeps {
  readonly signIn: SignIn;
  readonly frames: Frames;
}

/** The form, and what becomes of it. */
export function signInRoutes(app: FastifyInstance, { signIn, frames }: SignInDeps): void {
  const form = (request: FastifyRequest, reply: FastifyReply, told: Omit<SignInForm, 'retryAfter'>) => {
    if (!signIn.isPossible) return frames.trouble(request, reply, 403, 'noToken');
    const { locale } = frames.view(request);
    const content = signInForm(locale, { ...told, retryAfter: signIn.retryAfter(request.ip) });
    return frames.plain(request, reply, DASHBOARD_WORDS[locale].signIn.title, content);
  };

  app.get('/sign-in', (request, reply) => {
    const { to } = request.query as Record<string, unknown>;
    return form(request, reply, { to: localPath(to) });
  });

  app.post('/sign-in', (request, reply) => {
    if (!isOwnOrigin(request)) return frames.trouble(request, reply, 403, 'foreign');
    const given = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const to = localPath(given.get('to'));
    const verdict = signIn.try(given.get('token') ?? '', request.ip);
    if (verdict === 'accepted')
      return seeOther(reply.header('set-cookie', signIn.cookie(isSecure(request))), to);
    if (verdict === 'refused') return form(request, reply.code(401), { to, verdict });
    const retryAfter = signIn.retryAfter(request.ip);
    return form(request, refused(reply, { status: 429, retryAfter }), { to, verdict });
  });

  app.post('/sign-out', (request, reply) => {
    if (!isOwnOrigin(request)) return frames.trouble(request, reply, 403, 'foreign');
    return seeOther(reply.header('set-cookie', signIn.goodbye(isSecure(request))), '/');
  });
}
