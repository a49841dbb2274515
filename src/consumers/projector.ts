import { type Feed, formatFeed } from '../domain/feed.js';
import { AppError } from '../errors.js';
import { EVENT_TYPES } from '../events/envelope.js';
import { REDRIVE } from '../events/redrive.js';
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
import type { GenerationStore } from '../ports/replay.js';
import type { RecordEffects } from '../streams/effects.js';
import { FeedMemory } from '../streams/feed-memory.js';
import { OpenSnapshot, standInFor } from '../streams/open-snapshot.js';
import { runBatch } from '../streams/run-batch.js';
import type { Places } from '../streams/state/places.js';
import { foldOf, readRaw, type SwapGeneration, stockSync } from '../streams/topologies/stock-sync.js';
import { articlesOf } from './articles-of.js';
import { countWithin } from './batch-size.js';
import { changeOutput } from './projector-outputs.js';
import { projectorWork } from './projector-work.js';
import { swapGeneration } from './replay-swap.js';

export interface ProjectorOptions {
  readonly prefix: string;
  readonly store: ProjectionReader & ProjectionWriter & LedgerReader;
  readonly normaliserOf: NormaliserOf;
  /** Rows of prior state that this process may hold in memory, over all its feeds. */
  readonly stateRows: number;
  /** Milliseconds after which a partition's prior state is let go if no record came; never, unless told. */
  readonly stateTtlMs?: number | undefined;
  /** Replays; without them the records that announce one mean nothing. */
  readonly generations?: GenerationStore | undefined;
  /** How long the owner waits for a replay that is not ready, in milliseconds; 60 s unless told. */
  readonly generationWaitMs?: number | undefined;
}

/**
 * What one transaction may grow to. Many records where little changes, since each transaction has its price; few where
 * much does, since what follows from them is held in memory until it is published.
 */
const MOST_RECORDS = 32;
const MOST_BYTES = 8 * 1024 * 1024;
const CHANGES = 3_000;
/** Before anything is known of how much changes: a page may hold a thousand rows, and all may be new. */
const FIRST_RECORDS = 8;

/** What looks at all rows of a feed must find everything before it in the tables, and nothing behind it in its batch. */
const WHOLE_FEED = [EVENT_TYPES.feedRetired, EVENT_TYPES.generationReady];
const BEGINNINGS: ReadonlySet<string> = new Set([EVENT_TYPES.snapshotStarted, ...WHOLE_FEED]);
const ENDINGS: ReadonlySet<string> = new Set([EVENT_TYPES.snapshotCompleted, ...WHOLE_FEED]);

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
      const refused = await options.store.refused(place, beginning(place, snapshots), place.checkpoint);
      const partition: ProjectorPartition = new ProjectorPartition(
        options,
        place,
        snapshots,
        new Set(refused),
        {
          spare: () => [...held].reduce((left, one) => left - one.heldRows, options.stateRows),
          released: () => held.delete(partition),
        },
      );
      held.add(partition);
      return partition;
    },
    owedFromLedger: owedFromLedger(options),
  };
}

/** The changes that a projector publishes, as the ledger has them. */
export function owedFromLedger({
  prefix,
  store,
}: Pick<ProjectorOptions, 'prefix' | 'store'>): ConsumerApp['owedFromLedger'] {
  return async (place, from, to) => {
    const changes = await store.ledger(place, from, to);
    return changes.map(({ offset, index, change }) => changeOutput(prefix, place, offset, index, change));
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
  /** Rows were exchanged beneath a snapshot that is not over. */
  private swappedInside = false;
  private folding = false;
  /** Folds of which the work has not been committed. */
  private unsettled = 0;
  private idle: NodeJS.Timeout | undefined;
  /** How many records one transaction is expected to be right for. */
  private records = FIRST_RECORDS;

  constructor(
    private readonly options: ProjectorOptions,
    private readonly place: PartitionPlace,
    private readonly openAtStart: readonly OpenSnapshotState[],
    /** Offsets before the checkpoint whose records have dead letters. */
    private readonly refused: ReadonlySet<number>,
    private readonly budget: Budget,
  ) {
    this.rewindTo = beginning(place, openAtStart);
  }

  get heldRows(): number {
    return this.loaded.reduce((sum, memory) => sum + memory.heldRows, 0);
  }

  take(records: readonly LogRecord[]): number {
    const most = countWithin(records, { records: this.records, bytes: MOST_BYTES });
    for (let count = 0; count < most; count += 1) {
      const type = records[count]?.headers.ce_type;
      // Product totals are judged, and vanishing rows looked for, with everything before in the tables.
      const begins = type !== undefined && BEGINNINGS.has(type);
      // A record that does not say what it is (a tool copied it without its headers) may be any of these: it goes alone.
      // One that was redriven may complete a snapshot, whatever it is.
      const alone = type === undefined || records[count]?.headers[REDRIVE.from] !== undefined;
      if ((begins || alone) && count > 0) return count;
      if (alone) return 1;
      if (type !== undefined && ENDINGS.has(type)) return count + 1;
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
        if (state !== undefined) memory.open = reopened(state, ready.event, record.timestamp, memory.places);
      }
      const [event, page] = ready.ok ? [ready.event, ready.page] : [null, null];
      await foldOf(memory).recall(record, event, page, this.refused.has(record.offset));
    }
    this.watchIdleness();
    this.settled();
  }

  async fold(records: readonly LogRecord[], signal?: AbortSignal): Promise<Work> {
    const { normaliserOf } = this.options;
    const topology = stockSync(normaliserOf, (feed) => this.memoryOf(feed), this.swap(signal));
    this.folding = true;
    this.unsettled += 1;
    this.watchIdleness();
    try {
      const folded = await runBatch(records, topology);
      const articles = await articlesOf(folded, this.options.store);
      this.records = recordsFor(folded) ?? this.records;
      return await projectorWork(this.options, this.place, folded, articles);
    } finally {
      this.folding = false;
    }
  }

  /** Pages of feeds whose rows are all in memory: nothing is read for them. */
  mayFoldAhead(records: readonly LogRecord[]): boolean {
    if (this.budget.spare() < 0) return false;
    const whole = new Set(this.loaded.filter(({ isWhole }) => isWhole).map(({ feed }) => formatFeed(feed)));
    return records.every(
      ({ key, headers }) =>
        headers.ce_type === EVENT_TYPES.pageChunk &&
        headers[REDRIVE.from] === undefined &&
        key !== null &&
        whole.has(key),
    );
  }

  settled(): void {
    this.unsettled = Math.max(0, this.unsettled - 1);
    if (this.swappedInside) throw readAgain();
    // What is being folded stands on what is held now: the end of its own work is soon enough to let go.
    if (this.folding) return;
    for (const memory of this.loaded) memory.settle(this.budget.spare() >= 0);
  }

  close(): void {
    clearTimeout(this.idle);
    this.budget.released();
  }

  /** Begins to wait anew: memory that nobody uses is better given back. */
  private watchIdleness(): void {
    const { stateTtlMs } = this.options;
    if (stateTtlMs === undefined) return;
    clearTimeout(this.idle);
    this.idle = setTimeout(() => {
      // What is not committed is nowhere but here.
      if (this.unsettled > 0) this.watchIdleness();
      else for (const memory of this.loaded) memory.letGo();
    }, stateTtlMs).unref();
  }

  private swap(signal: AbortSignal | undefined): SwapGeneration | undefined {
    const { generations, store, generationWaitMs: waitMs } = this.options;
    if (generations === undefined) return undefined;
    return async (memory, record, event) => {
      const swapped = await swapGeneration(memory, record, event, {
        generations,
        live: store,
        waitMs,
        signal,
      });
      this.swappedInside ||= swapped.inside;
      return swapped.effects;
    };
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
    const memory = await FeedMemory.load(state, store, () => this.budget.spare(), this.place.incarnation);
    this.loaded.push(memory);
    // A snapshot whose beginning the log no longer holds can never be proved complete.
    const lost = this.openAtStart.find(
      (one) => one.status === 'open' && one.feed === id && one.firstOffset < this.place.logStart,
    );
    if (lost !== undefined) memory.open = beheaded(lost, feed, memory.places);
    return memory;
  }
}

/** How many pages like these would bring about as many changes as one transaction should hold. */
function recordsFor(folded: readonly RecordEffects[]): number | undefined {
  let pages = 0;
  let changes = 0;
  for (const { record, effects } of folded) {
    if (record.headers.ce_type === EVENT_TYPES.pageChunk) pages += 1;
    for (const { kind } of effects) if (kind === 'change') changes += 1;
  }
  if (pages === 0) return undefined;
  const fitting = Math.floor((CHANGES * pages) / Math.max(1, changes));
  return Math.max(1, Math.min(MOST_RECORDS, fitting));
}

/** Which keys of the snapshot wait for its end depends on the rows: it is brought to mind as at any take-over. */
function readAgain(): AppError {
  return new AppError(
    'OWNERSHIP_LOST',
    'a replay has exchanged rows in the middle of a snapshot, whose records are read again',
  );
}

/** Of a snapshot that the log no longer holds from its beginning, reading the rest again would tell nothing. */
function beginning(
  { checkpoint, logStart }: PartitionPlace,
  snapshots: readonly OpenSnapshotState[],
): number {
  return Math.min(
    checkpoint,
    ...snapshots.map(({ firstOffset }) => firstOffset).filter((at) => at >= logStart),
  );
}

function reopened(
  state: OpenSnapshotState,
  started: ConstructorParameters<typeof OpenSnapshot>[0],
  startedAtMs: number,
  places: Places,
): OpenSnapshot {
  const { firstOffset, baseRows, baseInStock } = state;
  const open = new OpenSnapshot(started, firstOffset, startedAtMs, baseRows, baseInStock, places);
  open.created = state.counts.created;
  open.updated = state.counts.updated;
  open.closed = state.counts.closed;
  return open;
}

function beheaded(state: OpenSnapshotState, feed: Feed, places: Places): OpenSnapshot {
  const { snapshotId, startedAtMs } = state;
  const open = reopened(state, standInFor(feed, snapshotId, startedAtMs), startedAtMs, places);
  open.truncated = true;
  return open;
}
