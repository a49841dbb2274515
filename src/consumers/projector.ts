import { type Feed, formatFeed } from '../domain/feed.js';
import { deadLetter } from '../events/dead-letter.js';
import { EVENT_TYPES, envelope, eventId } from '../events/envelope.js';
import { encodeStockChange, type StockChange, stockChangeKey } from '../events/stock-change.js';
import type { SyncEvent } from '../events/sync-event.js';
import { groupOf, TOPICS, topicOf } from '../events/topics.js';
import type { LogRecord, Output } from '../ports/log-records.js';
import type { NormaliserOf } from '../ports/marketplace.js';
import type {
  ConsumerApp,
  PartitionPlace,
  PartitionProcessor,
  Transaction,
  Work,
  Written,
} from '../ports/partition-processor.js';
import type {
  ChangeRow,
  FeedPatch,
  LedgerReader,
  OpenSnapshotState,
  ProductPatch,
  ProjectionReader,
  ProjectionWriter,
  SnapshotPatch,
} from '../ports/projection.js';
import type { Effect, RecordEffects } from '../streams/effects.js';
import { FeedFold } from '../streams/feed-fold.js';
import { FeedMemory } from '../streams/feed-memory.js';
import { OpenSnapshot } from '../streams/open-snapshot.js';
import { runBatch } from '../streams/run-batch.js';
import { readRaw, stockSync } from '../streams/topologies/stock-sync.js';
import { countWithin } from './batch-size.js';

export interface ProjectorOptions {
  readonly prefix: string;
  readonly store: ProjectionReader & ProjectionWriter & LedgerReader;
  readonly normaliserOf: NormaliserOf;
  /** Rows of prior state that this process may hold in memory, over all its feeds. */
  readonly stateRows: number;
}

/** What one transaction may grow to. */
const BATCH = { records: 16, bytes: 4 * 1024 * 1024 };
/** Movements listed in one event; more go on in further events. */
const MOVEMENTS_PER_EVENT = 2_000;

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
      if (begins && count > 0) return count;
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
      await new FeedFold(memory).recall(record, ready.ok ? ready.event : null, ready.ok ? ready.page : null);
    }
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
  const { source, account, endpoint } = feed;
  const time = new Date(state.startedAtMs).toISOString();
  const open = reopened(
    state,
    {
      type: 'snapshot-started',
      feed: state.feed,
      snapshotId: state.snapshotId,
      source,
      account,
      endpoint,
      startedAt: time,
      scope: { schemes: [] },
      limits: { absenceLimit: 0, absenceMin: 0 },
      acceptAbsences: false,
    },
    state.startedAtMs,
  );
  open.truncated = true;
  return open;
}

/** Numbers what follows from each record, and writes it. */
function projectorWork(
  options: ProjectorOptions,
  place: PartitionPlace,
  folded: readonly RecordEffects[],
): Work {
  const { prefix, store } = options;
  const changes: ChangeRow[] = [];
  const ledger: Output[] = [];
  const products: ProductPatch[] = [];
  const snapshots = new Map<number, SnapshotPatch>();
  const feeds = new Map<number, FeedPatch>();
  /** Outbox outputs; those of an applied snapshot are known only when the tables are written. */
  const outbox: ((tx: Transaction) => Promise<readonly Output[]>)[] = [];
  for (const { record, effects } of folded) {
    let index = 0;
    for (const effect of effects) {
      switch (effect.kind) {
        case 'change':
          changes.push(changeRow(record.offset, index, effect));
          ledger.push(changeOutput(prefix, place, record.offset, index, changeEvent(effect)));
          index += 1;
          break;
        case 'product':
          products.push(effect.patch);
          break;
        case 'snapshot':
          snapshots.set(effect.patch.firstOffset, effect.patch);
          break;
        case 'feed':
          feeds.set(effect.patch.feedId, merged(feeds.get(effect.patch.feedId), effect.patch));
          break;
        case 'sync-event': {
          const output = syncOutput(prefix, place, record, index, effect.event);
          outbox.push(async () => [output]);
          index += 1;
          break;
        }
        case 'dead-letter': {
          const output = deadOutput(prefix, place, record, index, effect.problem);
          outbox.push(async () => [output]);
          index += 1;
          break;
        }
        case 'applied': {
          // The last effect that takes numbers: it may take several.
          const from = index;
          outbox.push((tx) => appliedOutputs(options, place, record, from, effect, tx));
          break;
        }
      }
    }
  }
  return {
    async write(tx): Promise<Written> {
      if (products.length > 0) await store.products(tx, products);
      if (changes.length > 0) await store.changes(tx, place, changes);
      if (snapshots.size > 0) await store.snapshots(tx, place, [...snapshots.values()]);
      if (feeds.size > 0) await store.feeds(tx, [...feeds.values()]);
      const outputs: Output[] = [];
      for (const make of outbox) outputs.push(...(await make(tx)));
      return { ledger, outbox: outputs };
    },
  };
}

type ChangeEffect = Extract<Effect, { kind: 'change' }>;
type AppliedEffect = Extract<Effect, { kind: 'applied' }>;

function changeRow(offset: number, index: number, effect: ChangeEffect): ChangeRow {
  const { feedId, step, snapshot, observedAt, offerId } = effect;
  return { offset, index, feedId, step, snapshot, observedAt, offerId };
}

function changeEvent({ feed, step, snapshotId, observedAt, offerId }: ChangeEffect): StockChange {
  const { productId, scheme, warehouseId, level, seq } = step.row;
  return {
    key: { source: feed.source, account: feed.account, productId, scheme, warehouseId },
    op: step.op,
    before: step.before,
    after: level,
    ...(step.reason === undefined ? {} : { reason: step.reason }),
    snapshotId,
    observedAt,
    seq,
    ...(offerId === undefined ? {} : { offerId }),
  };
}

function changeOutput(
  prefix: string,
  place: PartitionPlace,
  offset: number,
  index: number,
  change: StockChange,
): Output {
  return {
    offset,
    index,
    topic: TOPICS.stockChanges,
    key: stockChangeKey(change),
    value: encodeStockChange(change),
    headers: envelope({
      id: eventId({ ...place, incarnation: place.life, offset, index }),
      type: EVENT_TYPES.stockChanged,
      prefix,
      time: change.observedAt,
    }),
  };
}

function syncOutput(
  prefix: string,
  place: PartitionPlace,
  record: LogRecord,
  index: number,
  event: SyncEvent,
): Output {
  return {
    offset: record.offset,
    index,
    topic: TOPICS.syncEvents,
    key: event.feed,
    value: JSON.stringify(event),
    headers: envelope({
      id: eventId({ ...place, incarnation: place.life, offset: record.offset, index }),
      type: EVENT_TYPES.syncEvent,
      prefix,
      time: event.at,
      traceparent: record.headers.traceparent,
    }),
  };
}

async function appliedOutputs(
  options: ProjectorOptions,
  place: PartitionPlace,
  record: LogRecord,
  from: number,
  { event, feedId, since }: AppliedEffect,
  tx: Transaction,
): Promise<readonly Output[]> {
  // In a feed's first snapshot everything is new, and nothing is news.
  const { ranOut, cameBack } = event.first
    ? { ranOut: [], cameBack: [] }
    : await options.store.movements(tx, place, feedId, since, record.offset);
  const parts = Math.max(1, Math.ceil(Math.max(ranOut.length, cameBack.length) / MOVEMENTS_PER_EVENT));
  return Array.from({ length: parts }, (_, part) => {
    const slice = <T>(list: readonly T[]) =>
      list.slice(part * MOVEMENTS_PER_EVENT, (part + 1) * MOVEMENTS_PER_EVENT);
    return syncOutput(options.prefix, place, record, from + part, {
      ...event,
      part: part + 1,
      parts,
      ranOut: slice(ranOut),
      cameBack: slice(cameBack),
    });
  });
}

function deadOutput(
  prefix: string,
  place: PartitionPlace,
  record: LogRecord,
  index: number,
  error: Error,
): Output {
  const letter = deadLetter(record, {
    prefix,
    incarnation: place.life,
    index,
    group: groupOf(prefix, 'projector'),
    stage: 'normalise',
    error,
    attempts: 1,
  });
  return { offset: record.offset, index, topic: TOPICS.deadLetters, ...letter };
}

function merged(earlier: FeedPatch | undefined, later: FeedPatch): FeedPatch {
  if (earlier === undefined) return later;
  return { ...earlier, ...later, staleRecords: earlier.staleRecords + later.staleRecords };
}
