import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Locale } from '../../domain/anomaly/wording.js';
import { AppError, messageOf } from '../../errors.js';
import type { Logger } from '../../ports/logger.js';
import type { LedgerOwner, Reader } from '../../store/board/board-standing.js';
import { patientReader } from '../board/patient-reader.js';
import { type Refusal, refused } from '../web/access.js';
import { API_PREFIX, openApiDocument } from './openapi.js';
import { problemOf, problemOfError, sendProblem } from './problem.js';
import { API_ROUTES, type ApiRoute, type RouteDeps } from './routes.js';
import { type Rate, Throttle } from './throttle.js';

export interface ReadApiDeps {
  readonly db: Reader;
  /** Full names of the raw topic and of the projector's group. */
  readonly owner: LedgerOwner;
  readonly maxSyncAgeHours: number;
  readonly ledgerDays: number;
  readonly locale: Locale;
  readonly logger: Pick<Logger, 'error'>;
  /** Null where the request brings the token. */
  readonly authorize: (request: FastifyRequest) => Refusal | null;
  /** By default ten requests a second, a hundred at once. Requests without a good token count too. */
  readonly rate?: Rate | undefined;
  readonly now?: (() => number) | undefined;
}

const RATE: Rate = { intervalMs: 100, burst: 100 };
const RETRY_AFTER_SECONDS = 5;

/** Adds the read API under /api/v1 to a server. Whatever it answers, errors included, is JSON. */
export async function readApi(app: FastifyInstance, deps: ReadApiDeps): Promise<void> {
  await app.register(async (api) => addRoutes(api, deps), { prefix: API_PREFIX });
}

function addRoutes(api: FastifyInstance, deps: ReadApiDeps): void {
  const { locale, logger } = deps;
  const now = deps.now ?? Date.now;
  const throttle = new Throttle(deps.rate ?? RATE, now);
  const guard = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const wait = throttle.take(request.ip);
    if (wait > 0) {
      reply.header('retry-after', Math.ceil(wait / 1000));
      return sendProblem(reply, problemOf('too-many-requests', locale));
    }
    const refusal = deps.authorize(request);
    if (refusal !== null) {
      const code = refusal.status === 429 ? 'too-many-requests' : 'unauthorised';
      return sendProblem(refused(reply, refusal), problemOf(code, locale));
    }
    if (request.method === 'GET' || request.method === 'HEAD') return undefined;
    // Here already, so that no body is read.
    reply.header('allow', 'GET, HEAD');
    return sendProblem(reply, problemOf('read-only', locale));
  };
  api.addHook('onRequest', guard);
  api.setErrorHandler((error, request, reply) => {
    const problem = problemOfError(error, locale);
    if (problem.code === 'internal') {
      logger.error({ error, path: request.routeOptions.url }, `the read API failed: ${messageOf(error)}`);
    }
    if (problem.code === 'database-away') reply.header('retry-after', RETRY_AFTER_SECONDS);
    return sendProblem(reply, problem);
  });
  api.setNotFoundHandler((_request, reply) => sendProblem(reply, problemOf('not-found', locale)));
  const routeDeps: RouteDeps = { ...deps, db: patientReader(deps.db), now };
  for (const route of API_ROUTES) {
    api.get(route.path, async (request, reply) =>
      send(request, reply, await route.read(routeDeps, parsed(route, request.query))),
    );
  }
  const document = openApiDocument();
  api.get('/openapi.json', (request, reply) => send(request, reply, document));
}

/** @throws USAGE with what is wrong with which parameter */
function parsed({ query }: ApiRoute, given: unknown): unknown {
  const result = query.safeParse(given);
  if (result.success) return result.data;
  throw new AppError('USAGE', result.error.issues.map(told).join('; '));
}

function told({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`;
}

/** With an ETag of what is answered: whoever has it already is spared the rest. */
function send(request: FastifyRequest, reply: FastifyReply, answer: unknown): FastifyReply {
  const body = JSON.stringify(answer);
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  reply.headers({ etag, 'cache-control': 'private, no-cache' });
  if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send();
  return reply.type('application/json; charset=utf-8').send(body);
}

/** RFC 9110, 13.1.2: a list of tags, weak ones too, or `*`. */
function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
