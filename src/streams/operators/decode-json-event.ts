import { map, type OperatorFunction } from 'rxjs';
import { parseExactJson } from '../../domain/json.js';
import { AppError, messageOf } from '../../errors.js';
import type { LogRecord } from '../../ports/log-records.js';

/** What is needed of a contract of `events/`: any zod schema fits. */
export interface EventSchema<T> {
  safeParse(
    value: unknown,
  ): { success: true; data: T } | { success: false; error: { issues: readonly Issue[] } };
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

export type Decoded<T> =
  | { readonly ok: true; readonly record: LogRecord; readonly event: T }
  | { readonly ok: false; readonly record: LogRecord; readonly error: AppError };

/**
 * Reads each record as the contract says. What cannot be read is an outcome as well, never an error of the stream.
 *
 * @param typeOf the `ce_type` that an event must carry if it carries any: another version may mean other things by the
 *   same words
 */
export function decodeJsonEvent<T>(
  schema: EventSchema<T>,
  typeOf?: (event: T) => string,
): OperatorFunction<LogRecord, Decoded<T>> {
  return map((record) => decodeRecord(schema, record, typeOf));
}

export function decodeRecord<T>(
  schema: EventSchema<T>,
  record: LogRecord,
  typeOf: ((event: T) => string) | undefined,
): Decoded<T> {
  if (record.value === null) return refuse(record, 'the record has no value');
  let value: unknown;
  try {
    // Not Buffer.toString: it would put U+FFFD for bytes that are no UTF-8 and let the record pass.
    value = parseExactJson(new TextDecoder('utf-8', { fatal: true }).decode(record.value));
  } catch (error) {
    return refuse(record, error instanceof SyntaxError ? 'no JSON' : 'not UTF-8', error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) {
    const { ce_type: said } = record.headers;
    const type = typeOf?.(parsed.data);
    if (said === undefined || type === undefined || said === type)
      return { ok: true, record, event: parsed.data };
    return refuse(record, `its ce_type is ${said}, and ${type} was expected`);
  }
  return refuse(record, parsed.error.issues.slice(0, 3).map(describe).join('; '));
}

function refuse(record: LogRecord, why: string, cause?: unknown): Decoded<never> {
  const { topic, partition, offset } = record;
  const detail = cause === undefined ? '' : ` (${messageOf(cause)})`;
  const message = `record ${topic}/${partition}/${offset} cannot be read: ${why}${detail}`;
  return {
    ok: false,
    record,
    error: new AppError('RECORD_INVALID', message, { facts: { topic, partition, offset } }),
  };
}

function describe(issue: Issue): string {
  return issue.path.length === 0 ? issue.message : `${issue.path.map(String).join('.')}: ${issue.message}`;
}
