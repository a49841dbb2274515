import type { Feed } from '../../../domain/feed.js';
import type { StockLevel } from '../../../domain/stock-level.js';
import type { SnapshotStatus } from '../../../ports/projection.js';
import type { Effect } from '../../../streams/effects.js';

/** One change of a stock key, as people want to see it. */
export interface ShownChange {
  readonly op: 'c' | 'u' | 'd';
  readonly productId: string;
  /** The seller's article. */
  readonly article: string | null;
  readonly scheme: string;
  /** Empty where the marketplace gives one figure for the scheme. */
  readonly warehouseId: string;
  readonly before: StockLevel | null;
  readonly after: StockLevel;
}

/** What would become of one feed. */
export interface FeedTally {
  readonly feed: Feed;
  readonly status: SnapshotStatus;
  readonly reason: string | null;
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  readonly closed: number;
}

/** Adds up what follows from the records of one snapshot, and keeps the first changes. */
export class Tally {
  readonly changes: ShownChange[] = [];
  #snapshot: Extract<Effect, { kind: 'snapshot' }>['patch'] | null = null;

  /** @param most changes that are kept */
  constructor(
    private readonly feed: Feed,
    private readonly most: number,
  ) {}

  add(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'snapshot') this.#snapshot = effect.patch;
      if (effect.kind === 'change' && this.changes.length < this.most) this.changes.push(shown(effect));
    }
  }

  /** Why it would be held back or counts as incomplete, or null where it would be applied. */
  result(rows: number): FeedTally {
    const { created = 0, updated = 0, closed = 0 } = this.#snapshot?.counts ?? {};
    const { status = 'open', reason = null } = this.#snapshot ?? {};
    return { feed: this.feed, status, reason, rows, created, updated, closed };
  }
}

function shown({ step, offerId }: Extract<Effect, { kind: 'change' }>): ShownChange {
  const { op, before, row } = step;
  const { productId, scheme, warehouseId, level: after } = row;
  return { op, productId, article: offerId ?? null, scheme, warehouseId, before, after };
}
