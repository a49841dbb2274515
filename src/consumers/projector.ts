import { type Feed, formatFeed } from '../domain/feed.js';
import { EVENT_TYPES } from '../events/envelope.js';
import { groupOf, TOPICS, topicOf } from '../events/topics.js';
import type { LogRecord } from '../ports/log-records.js';
import type { NormaliserOf } from '../ports/marketplace.js';
import type { ConsumerApp, PartitionPlace, PartitionProcessor, Work } from '../ports/partition-processor.js';
import type {
  LedgerReader,
  OpenSnapshotState,
  ProjectionReader,
  ProjectionWriter,
} from '../ports/projection.js';
import { FeedMemory } from '../streams/feed-memory.js';
import { OpenSnapshot, standInFor } from '../streams/open-snapshot.js';
import { runBatch } from '../streams/run-batch.js';
import { foldOf, readRaw, stockSync } from '../streams/topologies/stock-sync.js';
import { countWithin } from './batch-size.js';
import { changeOutput } from './projector-outputs.js';
import { projectorWork } from './projector-work.js';

export interface ProjectorOptions {
  readonly prefix: string;
  readonly store: ProjectionReader & ProjectionWriter & LedgerReader;
  readonly normaliserOf: NormaliserOf;
  /** Rows of prior state that this process may hold in memory, over all its feeds. */
  readonly stateRows: number;
}

/** What one transaction may grow to. */
const BATCH = { records: 16, bytes: 4 * 1024 * 1024 };

/** Raw snapshots → stock levels, ledger and change events. */
export function createProjectorApp(options: ProjectorOptions): ConsumerApp {
  const held = new Set<ProjectorPartition>();
  return {
    name: 'projector',
    group: groupOf(options.prefix, 'projector'),
    topic: topicOf(options.prefix, TOPICS.rawSnapshots),
    gapless: true,
    async open(place) {
      const snapshots = await options.store.openSnapshots(place);
      const partition: ProjectorPartition = new ProjectorPartition(options, place, snapshots, {
        spare: () => [...held].reduce((left, one) => left - one.heldRows, options.stateRows),
        released: () => held.delete(partition),
      });
      held.add(partition);
      return partition;
    },
    async owedFromLedger(place, from, to) {
      const changes = await options.store.ledger(place, from, to);
      return changes.map(({ offset, index, change }) =>
        changeOutput(options.prefix, place, offset, index, change),
      );
    },
  };
}

interface Budget {
  spare(): number;
  released(): void;
}

class ProjectorPartition implements PartitionProcessor {
  readonly rewindTo: number;
  private readonly memories = new Map<string, Promise<FeedMemory>>();
  private loaded: FeedMemory[] = [];

  constructor(
    private readonly options: ProjectorOptions,
    private readonly place: PartitionPlace,
    private readonly openAtStart: readonly OpenSnapshotState[],
    private readonly budget: Budget,
  ) {
    // Of a snapshot that the log no longer holds from its beginning, reading the rest again would tell nothing.
    const whole = openAtStart.map(({ firstOffset }) => firstOffset).filter((at) => at >= place.logStart);
    this.rewindTo = Math.min(place.checkpoint, ...whole);
  }

  get heldRows(): number {
    return this.loaded.reduce((sum, memory) => sum + memory.heldRows, 0);
  }

  take(records: readonly LogRecord[]): number {
    const most = countWithin(records, BATCH);
    for (let count = 0; count < most; count += 1) {
      const type = records[count]?.headers.ce_type;
      // Product totals are judged, and vanishing rows looked for, with everything before in the tables.
      const begins = type === EVENT_TYPES.snapshotStarted || type === EVENT_TYPES.feedRetired;
      // A record that does not say what it is (a tool copied it without its headers) may be any of these: it goes alone.
      if ((begins || type === undefined) && count > 0) return count;
      if (type === undefined) return 1;
      if (type === EVENT_TYPES.snapshotCompleted || type === EVENT_TYPES.feedRetired) return count + 1;
    }
    return most;
  }

  async recall(records: readonly LogRecord[]): Promise<void> {
    for (const ready of await runBatch(records, readRaw(this.options.normaliserOf))) {
      if (ready.feed === null) continue;
      const memory = await this.memoryOf(ready.feed);
      const { record } = ready;
      if (ready.ok && ready.event.type === 'snapshot-started') {
        const state = this.openAtStart.find((one) => one.firstOffset === record.offset);
        if (state !== undefined) memory.open = reopened(state, ready.event, record.timestamp);
      }
      await foldOf(memory).recall(record, ready.ok ? ready.event : null, ready.ok ? ready.page : null);
    }
    this.settled();
  }

  async fold(records: readonly LogRecord[]): Promise<Work> {
    const topology = stockSync(this.options.normaliserOf, (feed) => this.memoryOf(feed));
    const folded = await runBatch(records, topology);
    return projectorWork(this.options, this.place, folded);
  }

  settled(): void {
    for (const memory of this.loaded) memory.settle(this.budget.spare() >= 0);
  }

  close(): void {
    this.budget.released();
  }

  private memoryOf(feed: Feed): Promise<FeedMemory> {
    const id = formatFeed(feed);
    let memory = this.memories.get(id);
    if (memory === undefined) {
      memory = this.load(feed, id);
      this.memories.set(id, memory);
    }
    return memory;
  }

  private async load(feed: Feed, id: string): Promise<FeedMemory> {
    const { store } = this.options;
    const state = await store.feed(feed, this.place.partition);
    const memory = await FeedMemory.load(state, store, this.budget.spare(), this.place.incarnation);
    this.loaded.push(memory);
    // A snapshot whose beginning the log no longer holds can never be proved complete.
    const lost = this.openAtStart.find((one) => one.feed === id && one.firstOffset < this.place.logStart);
    if (lost !== undefined) memory.open = beheaded(lost, feed);
    return memory;
  }
}

function reopened(
  state: OpenSnapshotState,
  started: ConstructorParameters<typeof OpenSnapshot>[0],
  startedAtMs: number,
): OpenSnapshot {
  const open = new OpenSnapshot(started, state.firstOffset, startedAtMs, state.baseRows, state.baseInStock);
  open.created = state.counts.created;
  open.updated = state.counts.updated;
  open.closed = state.counts.closed;
  return open;
}

function beheaded(state: OpenSnapshotState, feed: Feed): OpenSnapshot {
  const open = reopened(state, standInFor(feed, state.snapshotId, state.startedAtMs), state.startedAtMs);
  open.truncated = true;
  return open;
}
