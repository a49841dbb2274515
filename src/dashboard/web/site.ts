import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, isAppError } from '../../errors.js';
import { within } from '../../ops/deadline.js';
import type { Logger } from '../../ports/logger.js';
import type { LiveHub } from '../live/hub.js';
import type { Pulse } from '../live/pulse.js';
import { type Doors, localPath, refused, seeOther } from './access.js';
import type { Action } from './actions.js';
import type { Assets } from './assets.js';
import { clientFault } from './client-fault.js';
import { type Frames, LANGUAGE_COOKIE } from './frames.js';
import { isOwnOrigin, SAFE_HEADERS } from './guard.js';
import type { Renders } from './renders.js';
import type { SignIn } from './sign-in.js';
import { withQuery } from './view.js';

const PAGES = ['/', '/products', '/product/*', '/anomalies', '/pipeline'];

export interface SiteParts {
  readonly renders: Renders;
  readonly hub: LiveHub;
  readonly signIn: SignIn;
  readonly doors: Doors;
  readonly frames: Frames;
  readonly assets: Assets;
  readonly pulse: Pulse;
  readonly logger: Logger;
  readonly actions: ReadonlyMap<string, Action>;
  readonly patienceMs: number;
}

/** The pages, their live streams and their actions. */
export class Site {
  constructor(private readonly parts: SiteParts) {}

  handleTrouble(app: FastifyInstance): void {
    const { frames } = this.parts;
    app.setErrorHandler((error, request, reply) => this.failed(error, request, reply));
    app.setNotFoundHandler((request, reply) => frames.trouble(request, reply, 404, 'notFound'));
  }

  serveFiles(app: FastifyInstance): void {
    const { files, mark } = this.parts.assets;
    app.get<{ Params: { name: string; mark: string } }>('/assets/:mark/:name', ({ params }, reply) => {
      const asset = files.get(params.name);
      if (asset === undefined) return reply.code(404).send();
      const keep = params.mark === mark ? 'public, max-age=31536000, immutable' : 'no-cache';
      return reply.type(asset.type).header('cache-control', keep).send(asset.body);
    });
  }

  /** Adds routes and, for all of `app`, the question who may read. */
  servePages(app: FastifyInstance): void {
    app.addHook('onRequest', (request, reply) => this.#guard(request, reply));
    for (const path of PAGES) app.get(path, (request, reply) => this.#page(request, reply));
    app.get('/live', { exposeHeadRoute: false }, (request, reply) => this.#live(request, reply));
    app.post<{ Params: { name: string } }>('/do/:name', (request, reply) =>
      this.#act(request, reply, request.params.name),
    );
  }

  async #guard(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { frames, doors } = this.parts;
    const access = frames.access(request);
    if (access === 'read' || access === 'act') return undefined;
    if (access === 'foreign') return frames.trouble(request, reply, 403, 'foreignHost');
    const refusal = doors.token(request);
    if (refusal !== null && access !== 'sign-in')
      return frames.trouble(request, refused(reply, refusal), refusal.status, access, refusal);
    if (request.url.startsWith('/live')) return reply.code(401).send();
    if (request.method === 'POST') return frames.trouble(request, reply, 401, 'toAct');
    const to = localPath(request.url);
    // A link in a mail brings no cookie along (SameSite=Strict); asked for by a page of ours it comes.
    if (request.headers['sec-fetch-site'] === 'cross-site')
      return reply
        .type('text/html; charset=utf-8')
        .headers({ refresh: `0; url=${to}`, 'cache-control': 'no-store' })
        .send('<!doctype html><title>inventory-sync</title>');
    return seeOther(reply, `/sign-in?to=${encodeURIComponent(to)}`);
  }

  async #page(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { frames, renders } = this.parts;
    const view = frames.view(request);
    if (new URL(request.url, 'http://here.invalid').searchParams.has('lang')) {
      const kept = `${LANGUAGE_COOKIE}=${view.locale}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax`;
      return seeOther(reply.header('set-cookie', kept), withQuery(view, {}));
    }
    const rendered = await renders.get(view);
    if (rendered === null) return frames.trouble(request, reply, 404, 'notFound');
    return frames.page(request, reply, rendered);
  }

  async #live(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { frames, hub } = this.parts;
    if (hub.isFull) {
      await reply.code(503).header('retry-after', '10').send();
      return;
    }
    const { page } = request.query as Record<string, unknown>;
    const view = frames.view(request, localPath(page));
    reply.hijack();
    reply.raw.writeHead(200, {
      ...SAFE_HEADERS,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // A proxy that gathers answers would hold every event back.
      'x-accel-buffering': 'no',
    });
    await hub.join(view, reply.raw);
  }

  async #act(request: FastifyRequest, reply: FastifyReply, name: string): Promise<FastifyReply> {
    const { frames, signIn, actions, pulse, logger, patienceMs } = this.parts;
    // No browser sends a token by itself: what brings one needs no origin.
    if (signIn.shown(request) !== 'bearer' && !isOwnOrigin(request))
      return frames.trouble(request, reply, 403, 'foreign');
    if (frames.access(request) !== 'act')
      return frames.trouble(request, reply, 401, signIn.isPossible ? 'toAct' : 'noToken');
    const action = actions.get(name);
    if (action === undefined) return frames.trouble(request, reply, 404, 'notFound');
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const done = await within(
      patienceMs,
      action(form),
      () => new AppError('TIMED_OUT', `${name}: no answer`),
    );
    logger.info({ action: name }, 'done from the dashboard');
    pulse.poke();
    const [path = '/', query] = localPath(form.get('to')).split('?');
    return seeOther(reply, withQuery({ path, query: new URLSearchParams(query) }, { done }));
  }

  /** Answers whatever was thrown with a page. */
  failed(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { frames, pulse, logger } = this.parts;
    const code = isAppError(error) ? error.code : undefined;
    if (code === 'DB_UNAVAILABLE' || code === 'TIMED_OUT' || code === 'OWNERSHIP_LOST') {
      pulse.doubt();
      const kind = request.method === 'POST' ? 'unknownDone' : 'database';
      return frames.trouble(request, reply.header('retry-after', '5'), 503, kind);
    }
    if (code === 'USAGE') return frames.trouble(request, reply, 400, 'badRequest', { error });
    if (code === 'RUN_BUSY') return frames.trouble(request, reply, 409, 'busy', { error });
    const status = clientFault(error);
    if (status !== undefined) return frames.trouble(request, reply, status, 'badRequest');
    logger.error({ error, route: request.routeOptions.url }, 'a page failed');
    return frames.trouble(request, reply, 500, 'wrong', { error });
  }
}
