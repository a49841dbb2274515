import type { FastifyBaseLogger } from 'fastify';
import type { Logger } from '../../ports/logger.js';

type Write = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** Our log under fastify's names: the same lines, the same masking of secrets. */
export function fastifyLogger(
  logger: Logger,
  bound: Readonly<Record<string, unknown>> = {},
): FastifyBaseLogger {
  const by =
    (write: Write) =>
    (first: unknown, message?: unknown): void => {
      if (typeof first === 'string') write(bound, first);
      else write({ ...bound, ...fieldsOf(first) }, typeof message === 'string' ? message : '');
    };
  const silent = () => undefined;
  return {
    level: 'info',
    silent,
    fatal: by((fields, message) => logger.error(fields, message)),
    error: by((fields, message) => logger.error(fields, message)),
    warn: by((fields, message) => logger.warn(fields, message)),
    info: by((fields, message) => logger.info(fields, message)),
    debug: by((fields, message) => logger.debug(fields, message)),
    trace: by((fields, message) => logger.debug(fields, message)),
    child: (bindings: Record<string, unknown>) => fastifyLogger(logger, { ...bound, ...bindings }),
  } as FastifyBaseLogger;
}

/** Requests and answers are objects of hundreds of fields: what of them is of use is logged by whoever knows. */
function fieldsOf(first: unknown): Readonly<Record<string, unknown>> {
  if (first instanceof Error) return { error: first };
  if (typeof first !== 'object' || first === null) return {};
  const { req: _req, res: _res, err, ...rest } = first as Record<string, unknown>;
  return err === undefined ? rest : { ...rest, error: err };
}
