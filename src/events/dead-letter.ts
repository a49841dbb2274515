import { isAppError, messageOf } from '../errors.js';
import { type Coordinate, EVENT_TYPES, envelope, eventId, type Headers } from './envelope.js';

/** A record that can never be processed, as it was read. */
export interface DeadRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Unix milliseconds. */
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
}

export interface DeathReport {
  readonly prefix: string;
  /** The input topic's life, and the number of this output among the record's. */
  readonly incarnation: number;
  readonly index: number;
  /** Consumer group that gave up. */
  readonly group: string;
  /** Where in its work: `decode`, `normalise` … */
  readonly stage: string;
  readonly error: unknown;
  readonly attempts: number;
}

/** How `value` is spelt: as it was, as base64 of bytes that are no UTF-8, or empty for a record without a value. */
export type DeadValueEncoding = 'utf-8' | 'base64' | 'null';

/** Names of the headers that say why; all values are text, readable in every Kafka tool. */
const DEAD_LETTER = {
  topic: 'dlq-topic',
  partition: 'dlq-partition',
  offset: 'dlq-offset',
  timestamp: 'dlq-timestamp',
  group: 'dlq-group',
  stage: 'dlq-stage',
  errorClass: 'dlq-error-class',
  errorMessage: 'dlq-error-message',
  stack: 'dlq-stack',
  attempts: 'dlq-attempts',
  encoding: 'dlq-encoding',
  /** `null` where the record had no key; absent otherwise. */
  key: 'dlq-key',
  /** In front of the name of each header of the record. */
  header: 'dlq-header-',
} as const;

// Headers count against the largest record that a broker takes.
const MESSAGE_LENGTH = 1000;
const STACK_LENGTH = 4000;

/**
 * The dead letter of a record: key and value untouched, its own headers under `dlq-header-…`, and why in text
 * headers. The same record gives the same `ce_id` however often it is refused.
 */
export function deadLetter(
  record: DeadRecord,
  report: DeathReport,
): { readonly key: string; readonly value: string; readonly headers: Headers } {
  const { value, encoding } = spell(record.value);
  const at: Coordinate = {
    topic: record.topic,
    incarnation: report.incarnation,
    partition: record.partition,
    offset: record.offset,
    index: report.index,
  };
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(record.headers)) headers[`${DEAD_LETTER.header}${name}`] = text;
  const { traceparent } = record.headers;
  const id = eventId(at);
  Object.assign(
    headers,
    envelope({
      id,
      type: EVENT_TYPES.deadLetter,
      prefix: report.prefix,
      time: isoTime(record.timestamp),
      traceparent,
    }),
    // The value is whatever it was, and need not be JSON.
    { 'content-type': 'application/octet-stream' },
    why(record, report, encoding),
  );
  return { key: record.key ?? '', value, headers };
}

/** A dead letter taken apart again: the record as it was, and why it died. */
export interface DeadLetter {
  /** `ce_id`. */
  readonly id: string;
  readonly record: DeadRecord;
  readonly group: string;
  readonly stage: string;
  readonly errorClass: string;
  readonly message: string;
  readonly stack: string;
  readonly attempts: number;
}

/** The inverse of {@link deadLetter}; null for a record that is none. */
export function readDeadLetter({
  key,
  value,
  headers,
}: Pick<DeadRecord, 'key' | 'value' | 'headers'>): DeadLetter | null {
  const { ce_id: id, [DEAD_LETTER.topic]: topic } = headers;
  if (id === undefined || topic === undefined) return null;
  const text = (name: keyof typeof DEAD_LETTER) => headers[DEAD_LETTER[name]] ?? '';
  const origin = Object.entries(headers).filter(([name]) => name.startsWith(DEAD_LETTER.header));
  return {
    id,
    record: {
      topic,
      partition: Number(text('partition')),
      offset: Number(text('offset')),
      timestamp: Number(text('timestamp')),
      key: headers[DEAD_LETTER.key] === 'null' ? null : (key ?? ''),
      value: unspell(value, headers[DEAD_LETTER.encoding]),
      headers: Object.fromEntries(origin.map(([name, one]) => [name.slice(DEAD_LETTER.header.length), one])),
    },
    group: text('group'),
    stage: text('stage'),
    errorClass: text('errorClass'),
    message: text('errorMessage'),
    stack: text('stack'),
    attempts: Number(text('attempts')),
  };
}

function unspell(value: Buffer | null, encoding: string | undefined): Buffer | null {
  if (value === null || encoding === 'null') return null;
  return encoding === 'base64' ? Buffer.from(value.toString(), 'base64') : value;
}

function why(record: DeadRecord, report: DeathReport, encoding: DeadValueEncoding): Headers {
  const { error } = report;
  return {
    [DEAD_LETTER.topic]: record.topic,
    [DEAD_LETTER.partition]: String(record.partition),
    [DEAD_LETTER.offset]: String(record.offset),
    [DEAD_LETTER.timestamp]: String(record.timestamp),
    [DEAD_LETTER.group]: report.group,
    [DEAD_LETTER.stage]: report.stage,
    [DEAD_LETTER.errorClass]: isAppError(error) ? error.code : errorName(error),
    [DEAD_LETTER.errorMessage]: messageOf(error).slice(0, MESSAGE_LENGTH),
    [DEAD_LETTER.stack]: error instanceof Error ? (error.stack ?? '').slice(0, STACK_LENGTH) : '',
    [DEAD_LETTER.attempts]: String(report.attempts),
    [DEAD_LETTER.encoding]: encoding,
    ...(record.key === null ? { [DEAD_LETTER.key]: 'null' } : {}),
  };
}

function spell(value: Buffer | null): { value: string; encoding: DeadValueEncoding } {
  if (value === null) return { value: '', encoding: 'null' };
  try {
    // `ignoreBOM`: a byte order mark is part of the record too.
    return {
      value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value),
      encoding: 'utf-8',
    };
  } catch {
    return { value: value.toString('base64'), encoding: 'base64' };
  }
}

function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** Producers may write any 64-bit number as a time; a Date ends long before that. */
function isoTime(timestamp: number): string {
  const time = new Date(timestamp);
  return Number.isNaN(time.getTime()) ? new Date(0).toISOString() : time.toISOString();
}
