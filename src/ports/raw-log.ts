import type { Headers } from '../events/envelope.js';

/** Where pollers write. Acknowledged means: on all in-sync replicas. */
export interface RawLog {
  /** Appends in the given order to one partition; resolves when all are acknowledged. */
  append(partition: number, records: readonly RawRecord[]): Promise<void>;
}

export interface RawRecord {
  readonly key: string;
  readonly value: string;
  readonly headers: Headers;
}
