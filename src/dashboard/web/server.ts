import { type FastifyInstance, type FastifyRequest, fastify, LogController } from 'fastify';
import type { Config } from '../../../config/schema.js';
import type { Logger } from '../../ports/logger.js';
import { LiveHub } from '../live/hub.js';
import type { Pulse } from '../live/pulse.js';
import type { Action } from './actions.js';
import { loadAssets } from './assets.js';
import { fastifyLogger } from './fastify-logger.js';
import { Frames } from './frames.js';
import { addSafeHeaders } from './guard.js';
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
  readonly open?: ((app: FastifyInstance, hasToken: HasToken) => Promise<void>) | undefined;
}

/** Whether a request brings DASHBOARD_TOKEN, as a program does or by the session of a browser. */
export type HasToken = (request: FastifyRequest) => boolean;

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
  const app: FastifyInstance = fastify({
    loggerInstance: fastifyLogger(logger),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_MS,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
  });
  const renders = new Renders(options.render, () => pulse.version);
  const hub = new LiveHub({ renders, pulse, logger });
  const signIn = new SignIn(config.dashboard.token);
  addSafeHeaders(app);
  logAnswers(app, logger);
  const hasToken = ({ headers }: FastifyRequest) =>
    signIn.isBearer(headers.authorization) || signIn.isSignedIn(headers.cookie);
  await options.open?.(app, hasToken);
  const assets = loadAssets();
  const frames = new Frames(config, signIn, assets.mark);
  await app.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, done) => done(null, new URLSearchParams(String(body))),
    );
    const site = new Site({ ...options, renders, hub, signIn, frames, assets });
    site.handleTrouble(scope);
    site.serveFiles(scope);
    signInRoutes(scope, { signIn, frames, logger });
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
