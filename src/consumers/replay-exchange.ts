import { shrinkObjection } from '../domain/shrink-guard.js';
import type { Step } from '../domain/stock-change.js';
import type { GenerationReady } from '../events/raw-snapshot.js';
import type { LogRecord } from '../ports/log-records.js';
import type { FeedPatch, ProductPatch, ProjectionReader, SnapshotPatch } from '../ports/projection.js';
import type {
  GenerationFeed,
  GenerationOutcome,
  GenerationProduct,
  GenerationStanding,
  GenerationStore,
} from '../ports/replay.js';
import type { Effect } from '../streams/effects.js';
import type { FeedMemory } from '../streams/feed-memory.js';
import { generationDifference, productDifferenceOf } from '../streams/generation-diff.js';

export interface Swapped {
  readonly effects: readonly Effect[];
  /** Rows are exchanged beneath a snapshot that may still go on. */
  readonly inside: boolean;
}

export interface ExchangeDeps {
  readonly generations: GenerationStore;
  readonly live: ProjectionReader;
}

/** One feed's rows for another's, as effects of the record that announces them. */
export class Exchange {
  private readonly folded: GenerationFeed;

  constructor(
    private readonly memory: FeedMemory,
    private readonly record: LogRecord,
    private readonly event: GenerationReady,
    private readonly standing: GenerationStanding,
    private readonly deps: ExchangeDeps,
  ) {
    this.folded = standing.folded;
  }

  async stock(): Promise<Swapped> {
    const { memory, record, event, deps } = this;
    const { generations, live } = deps;
    const { feedId } = memory;
    const { steps, reopened, facts } = await generationDifference(
      live.rowsOfFeed(feedId),
      generations.rowsOfFeed(event.generation, feedId),
      memory.open?.firstOffset ?? null,
    );
    const objection = this.objection(facts);
    if (objection !== null) return this.heldBack(objection);
    const products: Effect[] = [];
    for await (const chunk of generations.productsOfFeed(event.generation, feedId)) {
      products.push(...(await this.products(chunk, false)));
    }
    await memory.fetch(steps.map(({ row }) => row));
    this.nameArticles(steps, products);
    const effects: Effect[] = [
      ...products,
      ...steps.map((step) => this.change(step)),
      ...this.standIn(steps),
      ...this.openAgain(),
      this.feed(),
      verdict(memory, record, event, 'swapped', null, steps.length, reopened),
    ];
    memory.adopt([...steps.map(({ row }) => row), ...reopened], this.figures());
    return { effects, inside: memory.open !== null || memory.incomplete !== null };
  }

  async catalogue(): Promise<Swapped> {
    const { memory, record, event, deps } = this;
    const { generations, live } = deps;
    const known = new Set<string>();
    const products: Effect[] = [];
    for await (const chunk of generations.productsOfFeed(event.generation, memory.feedId)) {
      for (const { productId, removed } of chunk) if (!removed) known.add(productId);
      products.push(...(await this.products(chunk, true)));
    }
    // Those that no record of the range names. One first seen after the last whole read began may be newer than it.
    const before = this.folded.appliedFrom ?? 0;
    let current = 0;
    let gone = 0;
    for await (const chunk of live.currentProducts(memory.feedId)) {
      current += chunk.length;
      for (const { productId, firstSeenMs } of chunk) {
        if (known.has(productId) || firstSeenMs >= before) continue;
        gone += 1;
        products.push(this.product({ productId, removedAt: record.timestamp }));
      }
    }
    const objection = this.objection({
      rowsBefore: current,
      rowsSeen: known.size,
      inStockBefore: current,
      inStockVanishing: gone,
    });
    if (objection !== null) return this.heldBack(objection);
    const settled = verdict(memory, record, event, 'swapped', null, products.length);
    const effects = [...products, ...this.openAgain(), this.feed(), settled];
    memory.adopt([], this.figures());
    return { effects, inside: memory.open !== null || memory.incomplete !== null };
  }

  private async products(chunk: readonly GenerationProduct[], whole: boolean): Promise<Effect[]> {
    const { feedId } = this.memory;
    const stored = await this.deps.live.storedProducts(
      feedId,
      chunk.map(({ productId }) => productId),
    );
    return chunk.flatMap((one): Effect[] => {
      const patch = productDifferenceOf(feedId, stored.get(one.productId), one, whole);
      return patch === null ? [] : [{ kind: 'product', patch }];
    });
  }

  /** Changes of products that are only now entered tell their article too. */
  private nameArticles(steps: readonly Step[], products: readonly Effect[]): void {
    const changed = new Set(steps.map(({ row }) => row.productId));
    for (const effect of products) {
      if (effect.kind !== 'product' || !changed.has(effect.patch.productId)) continue;
      this.memory.tell(effect.patch);
    }
  }

  private product(patch: Pick<ProductPatch, 'productId' | 'removedAt'>): Effect {
    const { memory, record } = this;
    return { kind: 'product', patch: { ...patch, feedId: memory.feedId, seenAt: record.timestamp } };
  }

  /** A generation that lacks what is live must be believed like a snapshot that does. */
  private objection(facts: Parameters<typeof shrinkObjection>[0]): string | null {
    return this.event.acceptAbsences ? null : shrinkObjection(facts, this.event.limits);
  }

  private heldBack(objection: string): Swapped {
    return { effects: [verdict(this.memory, this.record, this.event, 'held', objection)], inside: false };
  }

  private change(step: Step): Effect {
    const { memory, record } = this;
    const offerId = memory.offerId(step.row.productId);
    return {
      ...{ kind: 'change', feedId: memory.feedId, feed: memory.feed, step, offerId },
      ...{ snapshotId: this.snapshotId, snapshot: record.offset, observedAt: timeOf(record) },
    };
  }

  private get snapshotId(): string {
    return `replay-${this.event.generation}-${this.record.offset}`;
  }

  /** The ledger names a snapshot with every change: the announcement stands in for one. */
  private standIn(steps: readonly Step[]): Effect[] {
    if (steps.length === 0) return [];
    const { memory, record } = this;
    const count = (op: Step['op']) => steps.filter((step) => step.op === op).length;
    const patch: SnapshotPatch = {
      ...{ feedId: memory.feedId, snapshotId: this.snapshotId, status: 'applied', reason: 'replayed' },
      ...{ firstOffset: record.offset, lastOffset: record.offset },
      ...{ baseRows: memory.totals.rows, baseInStock: memory.totals.inStock },
      counts: {
        pages: 0,
        rowsRead: 0,
        created: count('c'),
        updated: count('u'),
        closed: count('d'),
        invalid: 0,
      },
      ...{ startedAt: timeOf(record), endedAt: timeOf(record) },
    };
    return [{ kind: 'snapshot', patch }];
  }

  /** The guard compares the snapshot that is open with the rows at its beginning: by now with the generation's. */
  private openAgain(): Effect[] {
    const { memory } = this;
    const { open } = memory;
    const shadow = this.folded.open;
    if (open === null || shadow === null || shadow.firstOffset !== open.firstOffset) return [];
    const patch: SnapshotPatch = {
      ...{ feedId: memory.feedId, snapshotId: open.started.snapshotId, status: 'open', reason: null },
      ...{ firstOffset: open.firstOffset, lastOffset: null, counts: open.counts() },
      ...{ baseRows: shadow.baseRows, baseInStock: shadow.baseInStock },
      ...{ startedAt: new Date(open.startedAtMs).toISOString(), endedAt: null },
    };
    return [{ kind: 'snapshot', patch }];
  }

  private feed(): Effect {
    const { folded, standing, memory } = this;
    const { retiredAt, watermark } = folded;
    const patch: FeedPatch = {
      feedId: memory.feedId,
      ...this.figures(),
      watermark: watermark === null ? undefined : Math.max(watermark, standing.liveWatermark ?? 0),
      cursor: folded.cursor ?? undefined,
      retiredAt,
      staleRecords: 0,
    };
    return { kind: 'feed', patch };
  }

  /**
   * The generation's figures, so that the exchange itself is no movement of the total. The place stays where the live
   * feed's is: the next applied snapshot tells of everything since, the exchange included. A feed that had never been
   * applied begins here.
   */
  private figures() {
    const { folded, memory, record } = this;
    const place = memory.applied?.place ?? { incarnation: memory.incarnation, offset: record.offset };
    const applied = folded.applied === null ? memory.applied : { ...folded.applied, place };
    const { totals, held, failures } = folded;
    return { totals, held, failures, applied: applied as NonNullable<typeof applied> };
  }
}

export function verdict(
  { feedId }: FeedMemory,
  record: LogRecord,
  { generation, token }: GenerationReady,
  outcome: GenerationOutcome,
  note: string | null,
  changedRows = 0,
  reopened: Extract<Effect, { kind: 'generation' }>['verdict']['reopened'] = [],
): Effect {
  return {
    kind: 'generation',
    verdict: { generation, feedId, token, outcome, note, changedRows, reopened, at: timeOf(record) },
  };
}

function timeOf({ timestamp }: LogRecord): string {
  return new Date(timestamp).toISOString();
}
