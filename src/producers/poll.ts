import { type Feed, formatFeed } from '../domain/feed.js';
import { isAppError, messageOf } from '../errors.js';
import type { FeedReader } from '../ports/marketplace.js';
import { holdLeases, type LeaseDeps, type LeasedFeed } from './hold-lease.js';
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
  /** In the order of the lanes, whichever ended first. */
  readonly receipts: readonly SnapshotReceipt[];
  readonly failures: readonly FailedFeed[];
}

/** A reader with what the registry knows of its feed. */
interface Entry extends LeasedFeed {
  readonly reader: FeedReader;
  readonly partition: number;
}

/**
 * One tick of one source. Lanes are read side by side, the feeds of a lane one after the other: a reader is opened
 * when its turn comes, so it may build on what an earlier one of its lane has brought. A feed that fails keeps no
 * other from being read; that is in the outcome.
 *
 * The leases of all feeds are taken before anything is read, so that two runs of a source never interleave.
 *
 * @throws AppError RUN_BUSY where another run is at it; TIMED_OUT where the signal fired before the first read;
 * whatever the registry throws
 */
export async function poll(lanes: readonly (readonly FeedReader[])[], deps: PollDeps): Promise<PollOutcome> {
  throwIfStopped(deps.snapshot.signal);
  const entered: Entry[][] = [];
  for (const lane of lanes) entered.push(await entriesOf(lane, deps));
  const inOrder = entered.flat().toSorted((a, b) => a.feedId - b.feedId);
  return holdLeases(inOrder, deps, async (lost) => {
    const signal = AbortSignal.any([deps.snapshot.signal, lost]);
    const outcomes = await Promise.all(entered.map((lane) => readLane(lane, deps, signal)));
    return {
      receipts: outcomes.flatMap(({ receipts }) => receipts),
      failures: outcomes.flatMap(({ failures }) => failures),
    };
  });
}

async function entriesOf(lane: readonly FeedReader[], deps: PollDeps): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const reader of lane) {
    const { feedId, partition } = await deps.registry.register(reader.feed, deps.partitions);
    entries.push({ reader, feedId, partition, name: formatFeed(reader.feed) });
  }
  return entries;
}

async function readLane(lane: readonly Entry[], deps: PollDeps, signal: AbortSignal): Promise<PollOutcome> {
  const receipts: SnapshotReceipt[] = [];
  const failures: FailedFeed[] = [];
  for (const { reader, partition, name } of lane) {
    try {
      throwIfStopped(signal);
      receipts.push(await takeSnapshot(reader, { ...deps.snapshot, partition, signal }));
    } catch (error) {
      const code = isAppError(error) ? error.code : undefined;
      deps.logger?.warn({ feed: name, code }, `feed not read: ${messageOf(error)}`);
      failures.push({ feed: reader.feed, error });
    }
  }
  return { receipts, failures };
}
