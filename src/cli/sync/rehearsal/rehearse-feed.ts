import { randomUUID } from 'node:crypto';
import type { Feed } from '../../../domain/feed.js';
import type { ShrinkLimits } from '../../../domain/shrink-guard.js';
import { TOPICS, topicOf } from '../../../events/topics.js';
import type { LogRecord } from '../../../ports/log-records.js';
import type { FeedReader, NormaliserOf } from '../../../ports/marketplace.js';
import type { RawLog, RawRecord } from '../../../ports/raw-log.js';
import { type SnapshotDeps, takeSnapshot } from '../../../producers/take-snapshot.js';
import type { FeedMemory } from '../../../streams/feed-memory.js';
import { runBatch } from '../../../streams/run-batch.js';
import { stockSync } from '../../../streams/topologies/stock-sync.js';
import { type FeedTally, type ShownChange, Tally } from './tally.js';

/** Beyond every offset of a real log, so that no stored row seems to come from this snapshot. */
const FIRST_OFFSET = 2 ** 52;
const PARTITION = 0;

export interface RehearsalDeps {
  readonly memoryOf: (feed: Feed) => Promise<FeedMemory>;
  readonly normaliserOf: NormaliserOf;
  readonly prefix: string;
  readonly batchSize: number;
  readonly limits: ShrinkLimits;
  readonly acceptAbsences: boolean;
  readonly reconcile: boolean;
  readonly onProgress: NonNullable<SnapshotDeps['onProgress']>;
  /** Most changes that are shown. */
  readonly mostChanges: number;
  readonly signal: AbortSignal;
}

export interface RehearsedFeed {
  readonly tally: FeedTally;
  readonly changes: readonly ShownChange[];
  /** What stopped the read, where something did. */
  readonly error?: unknown;
}

/**
 * Reads a feed and folds what it says, as poller and projector would, record by record and all in this process:
 * what a run would write to the log goes straight into the fold, and what the fold decides is only counted.
 */
export async function rehearseFeed(reader: FeedReader, deps: RehearsalDeps): Promise<RehearsedFeed> {
  const tally = new Tally(reader.feed, deps.mostChanges);
  const memory = deps.memoryOf(reader.feed);
  const topology = stockSync(deps.normaliserOf, () => memory);
  let rows = 0;
  const log = foldingLog(topicOf(deps.prefix, TOPICS.rawSnapshots), async (record) => {
    for (const { effects } of await runBatch([record], topology)) tally.add(effects);
  });
  const snapshot: SnapshotDeps = {
    ...{ log, partition: PARTITION, prefix: deps.prefix, batchSize: deps.batchSize, limits: deps.limits },
    ...{ acceptAbsences: deps.acceptAbsences, reconcile: deps.reconcile, signal: deps.signal },
    now: () => new Date(),
    newId: randomUUID,
    onProgress: (progress) => {
      rows = progress.rows;
      deps.onProgress(progress);
    },
  };
  try {
    await memory;
    await takeSnapshot(reader, snapshot);
    return { tally: tally.result(rows), changes: tally.changes };
  } catch (error) {
    return { tally: tally.result(rows), changes: tally.changes, error };
  }
}

function foldingLog(topic: string, fold: (record: LogRecord) => Promise<void>): RawLog {
  let offset = FIRST_OFFSET;
  return {
    async append(partition: number, records: readonly RawRecord[]) {
      for (const { key, value, headers } of records) {
        await fold({
          topic,
          partition,
          offset,
          timestamp: Date.now(),
          key,
          value: Buffer.from(value),
          headers,
        });
        offset += 1;
      }
    },
  };
}
