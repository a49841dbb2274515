import type { SnapshotCounts, SnapshotStatus } from './projection.js';

/** What the projector has made of a snapshot so far. */
export interface SnapshotOutcome {
  readonly status: SnapshotStatus;
  /** Why it was held, is incomplete or failed. */
  readonly reason: string | null;
  /** Where in the raw topic it lies, and in which of the topic's lives; `lastOffset` is null while it is open. */
  readonly life: number;
  readonly partition: number;
  readonly lastOffset: number | null;
  readonly counts: SnapshotCounts;
}

/** For a run that waits until what it published is applied and published. */
export interface SnapshotStatusReader {
  /** Snapshots that the projector has not reached are missing from the answer. */
  statusOf(snapshotIds: readonly string[]): Promise<ReadonlyMap<string, SnapshotOutcome>>;
  /**
   * Everything that follows from records before this offset has been published: a lower bound. Null where the
   * group has never owned the partition.
   */
  publishedOffset(group: string, topic: string, partition: number): Promise<number | null>;
}
