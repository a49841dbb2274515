/**
 * Headers of every record we write: CloudEvents' Kafka binding in binary mode (the value is the data as it is,
 * attributes are `ce_*` headers in UTF-8) and W3C trace context.
 */
export type Headers = Readonly<Record<string, string>>;

export interface EnvelopeOptions {
  /** Unique per event: the same event has the same id however often it is written. */
  readonly id: string;
  readonly type: EventType;
  readonly prefix: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly traceparent?: string | undefined;
}

export const EVENT_TYPES = {
  snapshotStarted: 'inventory.raw.snapshot-started.v1',
  pageChunk: 'inventory.raw.page-chunk.v1',
  snapshotCompleted: 'inventory.raw.snapshot-completed.v1',
  snapshotFailed: 'inventory.raw.snapshot-failed.v1',
  feedRetired: 'inventory.raw.feed-retired.v1',
  generationReady: 'inventory.raw.generation-ready.v1',
  stockChanged: 'inventory.stock.changed.v1',
  syncEvent: 'inventory.sync.event.v1',
  alert: 'inventory.alert.v1',
  deadLetter: 'inventory.dead-letter.v1',
} as const;
export type EventType = (typeof EVENT_TYPES)[keyof typeof EVENT_TYPES];

interface Common {
  readonly prefix: string;
  readonly source: string;
  readonly dataschema: string;
}

/** What all events of a type say, by type: one text for all of them, so that it is spelt in bytes once. */
const COMMON = new Map<EventType, Common>();

function commonOf(type: EventType, prefix: string): Common {
  const known = COMMON.get(type);
  if (known?.prefix === prefix) return known;
  const source = `/inventory-sync/${prefix}`;
  const common = { prefix, source, dataschema: `urn:inventory-sync:schema:${type}` };
  COMMON.set(type, common);
  return common;
}

export function envelope(options: EnvelopeOptions): Headers {
  const { source, dataschema } = commonOf(options.type, options.prefix);
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: options.id,
    ce_type: options.type,
    ce_source: source,
    ce_time: options.time,
    ce_dataschema: dataschema,
    'content-type': 'application/json',
  };
  if (options.traceparent !== undefined) headers.traceparent = options.traceparent;
  return headers;
}

/** Where in a topic's life an input record lies: what the ids of the events that follow from it are made of. */
export interface Coordinate {
  /** The input topic's full name and its life: a topic deleted and made anew is another incarnation. */
  readonly topic: string;
  readonly incarnation: number;
  readonly partition: number;
  readonly offset: number;
  /** Number of the event among those of the record. */
  readonly index: number;
}

export function eventId(at: Coordinate): string {
  return `${at.topic}/${at.incarnation}/${at.partition}/${at.offset}/${at.index}`;
}
