import { type Feed, formatFeed } from '../domain/feed.js';
import { isAppError, messageOf } from '../errors.js';
import type { StockReader } from '../ports/marketplace.js';
import { holdLease, type LeaseDeps } from './hold-lease.js';
import { type SnapshotDeps, type SnapshotReceipt, takeSnapshot } from './take-snapshot.js';
import { throwIfStopped } from './throw-if-stopped.js';

export interface PollDeps extends LeaseDeps {
  /** Partitions of raw-snapshots.v1. */
  readonly partitions: number;
  /** What every snapshot of this tick needs; the partition comes from the registry. */
  readonly snapshot: Omit<SnapshotDeps, 'partition'>;
}

export interface FailedFeed {
  readonly feed: Feed;
  /** An AppError unless something unforeseen was thrown. */
  readonly error: unknown;
}

export interface PollOutcome {
  readonly receipts: readonly SnapshotReceipt[];
  readonly failures: readonly FailedFeed[];
}

/**
 * One tick of one source: reads each feed once, one after the other. A feed that fails does not keep the others from
 * being read, so this does not throw: what went wrong is in the outcome.
 */
export async function poll(readers: readonly StockReader[], deps: PollDeps): Promise<PollOutcome> {
  const receipts: SnapshotReceipt[] = [];
  const failures: FailedFeed[] = [];
  for (const reader of readers) {
    try {
      receipts.push(await pollFeed(reader, deps));
    } catch (error) {
      const code = isAppError(error) ? error.code : undefined;
      deps.logger?.warn({ feed: formatFeed(reader.feed), code }, `feed not read: ${messageOf(error)}`);
      failures.push({ feed: reader.feed, error });
    }
  }
  return { receipts, failures };
}

async function pollFeed(reader: StockReader, deps: PollDeps): Promise<SnapshotReceipt> {
  throwIfStopped(deps.snapshot.signal);
  const { feedId, partition } = await deps.registry.register(reader.feed, deps.partitions);
  const feed = { feedId, name: formatFeed(reader.feed) };
  return holdLease(feed, deps, (lost) => {
    const signal = AbortSignal.any([deps.snapshot.signal, lost]);
    return takeSnapshot(reader, { ...deps.snapshot, partition, signal });
  });
}
