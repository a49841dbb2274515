import type { StockChange } from '../events/stock-change.js';
import type { SyncEvent } from '../events/sync-event.js';
import type { LogRecord, Output } from '../ports/log-records.js';
import type { PartitionPlace, Transaction, Work, Written } from '../ports/partition-processor.js';
import type {
  Article,
  ChangeRow,
  FeedPatch,
  ProductPatch,
  ProjectionWriter,
  SnapshotPatch,
} from '../ports/projection.js';
import type { GenerationStore, GenerationVerdict } from '../ports/replay.js';
import type { Effect, RecordEffects } from '../streams/effects.js';
import { unhurried } from '../streams/run-batch.js';
import { type Articles, isNews } from './articles-of.js';
import { changeOutput, syncOutput } from './projector-outputs.js';
import { unreadable } from './unreadable.js';

/** Movements listed in one event; more go on in further events. */
const MOVEMENTS_PER_EVENT = 2_000;

export interface WorkOptions {
  readonly prefix: string;
  readonly store: ProjectionWriter;
  readonly generations?: Pick<GenerationStore, 'settle'> | undefined;
}

/** Numbers what follows from each record, and writes it. */
export async function projectorWork(
  options: WorkOptions,
  place: PartitionPlace,
  folded: readonly RecordEffects[],
  articles: Articles,
): Promise<Work> {
  const { prefix, store } = options;
  const changes: ChangeRow[] = [];
  const ledger: Output[] = [];
  const products = new Map<string, ProductPatch>();
  const snapshots = new Map<number, SnapshotPatch>();
  const feeds = new Map<number, FeedPatch>();
  const verdicts: GenerationVerdict[] = [];
  /** Outbox outputs; those of an applied snapshot are known only when the tables are written. */
  const outbox: ((tx: Transaction) => Promise<readonly Output[]>)[] = [];
  for await (const { record, effects } of unhurried(folded)) {
    let index = 0;
    for (const effect of effects) {
      switch (effect.kind) {
        case 'change': {
          const known = articles.of(effect.feedId, effect.step.row.productId);
          const article = { offerId: effect.offerId ?? known?.offerId, name: known?.name };
          changes.push(changeRow(record.offset, index, effect, article));
          ledger.push(changeOutput(prefix, place, record.offset, index, changeEvent(effect, article)));
          index += 1;
          break;
        }
        case 'product': {
          const { patch, unlessKnown } = effect;
          if (unlessKnown === true && !isNews(patch, articles.of(patch.feedId, patch.productId))) break;
          enterProduct(products, patch);
          break;
        }
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
          const reader = { prefix, place, group: 'projector' } as const;
          const output = unreadable(record, effect.problem, reader, index, 'normalise');
          outbox.push(async () => [output]);
          index += 1;
          break;
        }
        case 'generation':
          verdicts.push(effect.verdict);
          break;
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
      if (products.size > 0) await store.products(tx, [...products.values()]);
      if (changes.length > 0) await store.changes(tx, place, changes);
      if (snapshots.size > 0) await store.snapshots(tx, place, [...snapshots.values()]);
      if (feeds.size > 0) await store.feeds(tx, [...feeds.values()]);
      const outputs: Output[] = [];
      for (const make of outbox) outputs.push(...(await make(tx)));
      for (const verdict of verdicts) await options.generations?.settle(tx, verdict);
      return { ledger, outbox: outputs };
    },
  };
}

type ChangeEffect = Extract<Effect, { kind: 'change' }>;
type AppliedEffect = Extract<Effect, { kind: 'applied' }>;

function changeRow(
  offset: number,
  index: number,
  effect: ChangeEffect,
  { offerId, name }: Article,
): ChangeRow {
  const { feedId, step, snapshot, observedAt } = effect;
  return { offset, index, feedId, step, snapshot, observedAt, offerId, name };
}

function changeEvent(
  { feed, step, snapshotId, observedAt }: ChangeEffect,
  { offerId, name }: Article,
): StockChange {
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
    ...(name === undefined ? {} : { name }),
  };
}

async function appliedOutputs(
  options: WorkOptions,
  place: PartitionPlace,
  record: LogRecord,
  from: number,
  { event, feedId, since, among }: AppliedEffect,
  tx: Transaction,
): Promise<readonly Output[]> {
  // In a feed's first snapshot everything is new, and nothing is news.
  const isFirst = event.type === 'snapshot-applied' && event.first;
  const moved =
    isFirst || among?.length === 0
      ? { ranOut: [], cameBack: [], unread: [] }
      : await options.store.movements(tx, place, feedId, since, record.offset, among);
  const longest = Math.max(...Object.values(moved).map(({ length }) => length));
  const parts = Math.max(1, Math.ceil(longest / MOVEMENTS_PER_EVENT));
  return Array.from({ length: parts }, (_, part) => {
    const slice = <T>(list: readonly T[]) =>
      list.slice(part * MOVEMENTS_PER_EVENT, (part + 1) * MOVEMENTS_PER_EVENT);
    const unread = slice(moved.unread);
    const numbered = { part: part + 1, parts };
    const told: SyncEvent =
      event.type === 'feed-retired'
        ? { ...event, ...numbered, unread }
        : {
            ...event,
            place: { life: place.life, partition: place.partition, from: since, to: record.offset },
            ...numbered,
            ranOut: slice(moved.ranOut),
            cameBack: slice(moved.cameBack),
            ...(unread.length === 0 ? {} : { unread }),
          };
    return syncOutput(options.prefix, place, record, from + part, told);
  });
}

/** Two pages of one batch may each say a part of what is known of a product. */
function enterProduct(products: Map<string, ProductPatch>, patch: ProductPatch): void {
  const id = `${patch.feedId}:${patch.productId}`;
  const earlier = products.get(id);
  if (earlier === undefined) {
    products.set(id, patch);
    return;
  }
  const said = Object.entries(patch).filter(([, value]) => value !== undefined);
  products.set(id, { ...earlier, ...Object.fromEntries(said), seenAt: earlier.seenAt });
}

function merged(earlier: FeedPatch | undefined, later: FeedPatch): FeedPatch {
  if (earlier === undefined) return later;
  return { ...earlier, ...later, staleRecords: earlier.staleRecords + later.staleRecords };
}
