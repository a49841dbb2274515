/**
 * What is measured and followed while it happens. Both ports do nothing unless something is plugged in, never throw,
 * and never change what the work does.
 */

/** What is counted, with its labels. No label may take a value that grows with the catalogue. */
export interface Counters {
  /** Answers of marketplaces; `status` is HTTP's number, `none` where no whole answer came. */
  readonly apiCalls: Readonly<Record<'source' | 'method' | 'status', string>>;
  /** Rows of marketplaces' answers that are safe in the raw topic. */
  readonly rowsRead: Readonly<Record<'source' | 'endpoint', string>>;
  /** Records applied, each with its database transaction. */
  readonly records: Readonly<Record<'consumergroup', string>>;
  /** Partitions given up on doubt, to be taken over anew. */
  readonly doubts: Readonly<Record<'consumergroup', string>>;
  /** Changes of stock that are published. */
  readonly changes: Readonly<Record<'source', string>>;
  /** Events that are published, changes among them. */
  readonly events: Readonly<Record<'topic', string>>;
  /** Digests by what became of a try: sent, failed (tried again), given-up. */
  readonly digests: Readonly<Record<'channel' | 'outcome', string>>;
}

/** What is timed, in seconds. */
export interface Timings {
  /** One request, from its start to the last byte of its answer. */
  readonly apiCall: Readonly<Record<'source' | 'method', string>>;
  /** Waiting for a limit, ours or the marketplace's. */
  readonly apiWait: Readonly<Record<'source' | 'method', string>>;
  /** One statement, or, as `transaction`, one whole transaction with all that is done in it. */
  readonly database: Readonly<Record<'operation', string>>;
  /** From begin to the answer to the commit. */
  readonly kafkaTransaction: Readonly<Record<'consumergroup' | 'outcome', string>>;
}

export interface Metrics {
  /** @param by 1 unless told */
  count<N extends keyof Counters>(name: N, labels: Counters[N], by?: number): void;
  time<N extends keyof Timings>(name: N, labels: Timings[N], seconds: number): void;
}

/** The parts of the way from a marketplace's answer to a mail. */
export type SpanName =
  | 'sync run'
  | 'feed read'
  | 'api call'
  | 'raw append'
  | 'projector batch'
  | 'rule judgement'
  | 'alert entering'
  | 'publication'
  | 'digest'
  | 'send';

export interface SpanOptions {
  /**
   * W3C `traceparent`s of what the work follows from, asked for only while tracing is on. The first one is the parent,
   * others become links. Where this is not given, the span that is under way is the parent.
   */
  readonly from?: (() => readonly string[]) | undefined;
  /** Never a secret. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>> | undefined;
}

export interface Tracer {
  /** The work's outcome, whatever becomes of the span. */
  span<T>(name: SpanName, options: SpanOptions, work: () => Promise<T>): Promise<T>;
  /** W3C `traceparent` of the span under way; undefined outside of any, and while tracing is off. */
  current(): string | undefined;
}

export interface Instruments {
  readonly metrics: Metrics;
  readonly tracer: Tracer;
}

export const NO_METRICS: Metrics = { count: () => undefined, time: () => undefined };

const NO_TRACER: Tracer = { span: (_name, _options, work) => work(), current: () => undefined };

/** Nothing is measured and nothing followed. */
export const NO_INSTRUMENTS: Instruments = { metrics: NO_METRICS, tracer: NO_TRACER };

/** Times the work, however it ends. `now` in milliseconds, from any origin. */
export async function timed<T>(
  now: () => number,
  tell: (seconds: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  const began = now();
  try {
    return await work();
  } finally {
    tell((now() - began) / 1000);
  }
}
