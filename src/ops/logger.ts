import { type LevelWithSilent, pino } from 'pino';
import type { Secret } from '../domain/secret.js';
import type { Logger } from '../ports/logger.js';
import { type LogDestination, logDestination } from './log-destination.js';
import { maskCredential, toLoggable } from './log-fields.js';
import { createLineRedactor } from './secrets.js';

/** pino's own masking, for whoever is handed the pino instance and binds fields to a child of it. */
const REDACTED = [
  'authorization',
  'cookie',
  'password',
  'pass',
  'secret',
  'token',
  'apiKey',
  'api-key',
  'api_key',
];
const REDACTED_PATHS = [...REDACTED, 'Authorization', 'Api-Key'].flatMap((key) => [
  `["${key}"]`,
  `*["${key}"]`,
]);

export interface LoggerOptions {
  /** The least level written; `silent` writes nothing. */
  readonly level: LevelWithSilent;
  /** The program or part of it that speaks. */
  readonly name: string;
  /** stderr by default: stdout is for data. */
  readonly destination?: Pick<LogDestination, 'write'> & Partial<Pick<LogDestination, 'takeNotice'>>;
  /** Everything that must never be in a line. */
  readonly secrets: readonly Secret[];
}

/**
 * JSON lines by pino. Secrets stay out by construction: fields are turned into plain data with credentials masked
 * by name, and every finished line passes a filter that knows the secrets' values.
 */
export function createLogger(options: LoggerOptions): Logger {
  const { level, name, secrets, destination = logDestination({ path: null, command: name }) } = options;
  const clean = createLineRedactor(secrets);
  const root = pino(
    {
      name,
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: toLoggable },
      // Errors are plain data already when pino's serialiser would see them.
      serializers: { err: (value: unknown) => value },
      redact: { paths: REDACTED_PATHS, censor: maskCredential },
    },
    { write: (line: string) => destination.write(clean(line)) },
  );
  const notice = destination.takeNotice?.();
  if (notice !== undefined) root.warn(notice);
  return {
    debug: (fields, message) => root.debug(fields, message),
    info: (fields, message) => root.info(fields, message),
    warn: (fields, message) => root.warn(fields, message),
    error: (fields, message) => root.error(fields, message),
  };
}
