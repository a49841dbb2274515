import { type FastifyInstance, fastify, LogController } from 'fastify';
import type { Config } from '../../../config/schema.js';
import type { Logger } from '../../ports/logger.js';
import { API_PREFIX } from '../api/openapi.js';
import { problemOfError, sendProblem } from '../api/problem.js';
import { LiveHub } from '../live/hub.js';
import type { Pulse } from '../live/pulse.js';
import { Doors } from './access.js';
import type { Action } from './actions.js';
import { loadAssets } from './assets.js';
import { fastifyLogger } from './fastify-logger.js';
import { Frames } from './frames.js';
import { addSafeHeaders, SAFE_HEADERS } from './guard.js';
import { Renders } from './renders.js';
import { SignIn } from './sign-in.js';
import { signInRoutes } from './sign-in-routes.js';
import { Site } from './site.js';
import type { PageRenderer } from './view.js';

export interface DashboardServerOptions {
  readonly config: Pick<Config, 'dashboard' | 'locale' | 'timeZone'>;
  readonly logger: Logger;
  readonly render: PageRenderer;
  readonly pulse: Pulse;
  /** By the last part of their path, /do/<name>. */
  readonly actions: ReadonlyMap<string, Action>;
  /** Further routes that whoever may read pages may read too. */
  readonly readers?: ((app: FastifyInstance) => void) | undefined;
  /** Routes that guard themselves: the read API, metrics and health. */
  readonly open?: ((app: FastifyInstance, doors: Doors) => Promise<void>) | undefined;
  /** Milliseconds after which the database counts as away where an action has not ended. */
  readonly patienceMs: number;
}

export interface DashboardServer {
  readonly app: FastifyInstance;
  readonly hub: LiveHub;
  readonly renders: Renders;
  close(): Promise<void>;
}

const BODY_LIMIT = 64 * 1024;
const REQUEST_MS = 30_000;

/** Everything of the dashboard that speaks HTTP; listens when `app.listen` is called. */
export async function createDashboardServer(options: DashboardServerOptions): Promise<DashboardServer> {
  const { config, logger, pulse } = options;
  const renders = new Renders(options.render, () => pulse.version);
  const hub = new LiveHub({ renders, pulse, logger });
  const signIn = new SignIn(config.dashboard.token, Date.now, (from) =>
    logger.warn({ from }, 'a wrong token was tried at the dashboard'),
  );
  const doors = new Doors(signIn, config.dashboard.host);
  const assets = loadAssets();
  const frames = new Frames(config, signIn, assets.mark);
  const site = new Site({ ...options, renders, hub, signIn, doors, frames, assets });
  const app: FastifyInstance = fastify({
    loggerInstance: fastifyLogger(logger),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_MS,
    forceCloseConnections: true,
    // No route is found for an address that cannot be read, and so no hook runs.
    frameworkErrors(error, request, reply) {
      reply.headers(SAFE_HEADERS);
      if (request.url.startsWith(`${API_PREFIX}/`)) sendProblem(reply, problemOfError(error, config.locale));
      else site.failed(error, request, reply);
    },
  });
  addSafeHeaders(app);
  logAnswers(app, logger);
  await options.open?.(app, doors);
  await app.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, done) => done(null, new URLSearchParams(String(body))),
    );
    site.handleTrouble(scope);
    site.serveFiles(scope);
    signInRoutes(scope, { signIn, frames });
    await scope.register(async (guarded) => {
      site.servePages(guarded);
      options.readers?.(guarded);
    });
  });
  return {
    ...{ app, hub, renders },
    async close() {
      hub.close();
      await pulse.stop();
      await app.close();
    },
  };
}

/** The route and not the address: people search for what is theirs. */
function logAnswers(app: FastifyInstance, logger: Logger): void {
  app.addHook('onResponse', async ({ method, routeOptions }, reply) => {
    const ms = Math.round(reply.elapsedTime);
    logger.debug({ method, route: routeOptions.url, status: reply.statusCode, ms }, 'answered');
  });
}
