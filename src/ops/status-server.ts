import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { AppError, type BilingualAdvice, messageOf } from '../errors.js';
import type { Unready } from './readiness.js';

export interface StatusDeps {
  readonly scrape: { readonly contentType: string; text(): Promise<string> };
  /** Why the process counts as dead and should be started anew, or null. */
  readonly alive: () => string | null;
  /** Why it cannot do its work now; empty where it can. */
  readonly ready: () => Promise<readonly Unready[]>;
  /** Takes secrets out of a text: reasons quote what servers have said. */
  readonly clean: (text: string) => string;
}

export interface StatusServerOptions {
  /** METRICS_HOST and METRICS_PORT; 0: any free one. */
  readonly host: string;
  readonly port: number;
  readonly deps: StatusDeps;
}

export interface StatusServer {
  /** `http://host:port`. */
  readonly url: string;
  close(): Promise<void>;
}

const REQUEST_MS = 15_000;
const LONGEST_URL = 2_000;

/** `/metrics`, `/healthz` and `/readyz`, on any server of ours. None of them asks who wants to know. */
export function statusRoutes(app: FastifyInstance, { scrape, alive, ready, clean }: StatusDeps): void {
  app.get('/metrics', async (_request, reply) => {
    const text = await scrape.text();
    return fresh(reply).type(scrape.contentType).send(text);
  });
  app.get('/healthz', async (_request, reply) => {
    const reason = alive();
    if (reason === null) return fresh(reply).send({ status: 'alive' });
    return fresh(reply).code(503).send({ status: 'dead', reason });
  });
  app.get('/readyz', async (_request, reply) => {
    const reasons = (await ready()).map(({ part, reason, remedy }) => ({
      part,
      reason: clean(reason),
      remedy: remedy === null ? null : clean(remedy),
    }));
    if (reasons.length === 0) return fresh(reply).send({ status: 'ready' });
    return fresh(reply).code(503).send({ status: 'unready', reasons });
  });
}

/** A small server for just that. @throws ENGINE_FAILED where it cannot listen there */
export async function openStatusServer({ host, port, deps }: StatusServerOptions): Promise<StatusServer> {
  const app = Fastify({
    logger: false,
    requestTimeout: REQUEST_MS,
    connectionTimeout: REQUEST_MS,
    keepAliveTimeout: REQUEST_MS,
    routerOptions: { maxParamLength: LONGEST_URL },
    // Scrapers keep connections open: nobody waits for them at the end.
    forceCloseConnections: true,
  });
  app.setErrorHandler((error, _request, reply) =>
    fresh(reply)
      .code(500)
      .send({ status: 'failed', reason: deps.clean(messageOf(error)) }),
  );
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ status: 'not found', paths: ['/metrics', '/healthz', '/readyz'] }),
  );
  statusRoutes(app, deps);
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw cannotListen(host, port, error);
  }
  const bound = app.server.address();
  const chosen = typeof bound === 'object' && bound !== null ? bound.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${chosen}`,
    close: () => app.close(),
  };
}

function fresh(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-store');
}

function cannotListen(host: string, port: number, error: unknown): AppError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : messageOf(error);
  const place = `${host}:${port}`;
  const advice: BilingualAdvice =
    code === 'EADDRINUSE'
      ? {
          en: {
            what: `METRICS_PORT: another program listens on ${place}`,
            remedy: 'Choose another METRICS_PORT for this command, or 0 for any free one.',
          },
          ru: {
            what: `METRICS_PORT: адрес ${place} занят другой программой`,
            remedy: 'Укажите для этой команды другой METRICS_PORT или 0 — тогда порт найдётся сам.',
          },
        }
      : {
          en: {
            what: `METRICS_HOST, METRICS_PORT: cannot listen on ${place} (${code})`,
            remedy: 'METRICS_HOST must be an address of this machine; ports below 1024 need more rights.',
          },
          ru: {
            what: `METRICS_HOST, METRICS_PORT: по адресу ${place} слушать нельзя (${code})`,
            remedy: 'METRICS_HOST — адрес этой машины; для портов меньше 1024 нужны особые права.',
          },
        };
  return new AppError('ENGINE_FAILED', advice.en.what, { advice, cause: error });
}
