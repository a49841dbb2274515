import type { HeldRun } from '../domain/shrink-guard.js';
import type { StockRow } from '../domain/stock-change.js';
import type { Transaction } from './partition-processor.js';
import type {
  AppliedTotals,
  FeedTotals,
  LedgerReader,
  ProjectionReader,
  ProjectionWriter,
  SnapshotPatch,
  StoredProduct,
} from './projection.js';

/** What a replay has folded of a feed, besides rows and products: what the tables keep of a live one. */
export interface GenerationFeed {
  readonly totals: FeedTotals;
  /** As of the last whole snapshot that was applied; null: none was, so the feed keeps its live rows. */
  readonly applied: AppliedTotals | null;
  /** Broker time of that snapshot's first record, and of its last one; Unix milliseconds. */
  readonly appliedFrom: number | null;
  readonly watermark: number | null;
  readonly held: HeldRun | null;
  readonly failures: number;
  readonly cursor: string | null;
  /** Undefined: nothing in the range says. */
  readonly retiredAt?: number | null | undefined;
  /** The newest snapshot, and the same where records may still change it. */
  readonly newest: SnapshotPatch | null;
  readonly open: SnapshotPatch | null;
}

export const NOTHING_FOLDED: GenerationFeed = {
  totals: { rows: 0, products: 0, inStock: 0, available: 0 },
  applied: null,
  appliedFrom: null,
  watermark: null,
  held: null,
  failures: 0,
  cursor: null,
  newest: null,
  open: null,
};

/** A product as a replay knows it. */
export interface GenerationProduct extends StoredProduct {
  readonly removedAt: number | null;
}

/** What became of a feed in a replay: `off` where the generation was not ready in time, `held` by the shrink guard. */
export type GenerationOutcome = 'swapped' | 'off' | 'held';

/** An announcement in the log, as the tables know it. */
export interface GenerationStanding {
  /** Life of the raw topic that was replayed. */
  readonly incarnation: number;
  /** Where in the log the feed's generation stands still; null while it is still on its way there. */
  readonly readyOffset: number | null;
  readonly folded: GenerationFeed;
  /** Of the live feed, Unix milliseconds. */
  readonly liveWatermark: number | null;
}

/** What is decided about a feed's generation. */
export interface GenerationVerdict {
  readonly generation: number;
  readonly feedId: number;
  readonly token: string;
  readonly outcome: GenerationOutcome;
  /** For people; null where all is well. */
  readonly note: string | null;
  readonly changedRows: number;
  /** Rows whose levels are right and that came to life in another snapshot than the live ones say. */
  readonly reopened: readonly StockRow[];
  /** ISO 8601 UTC. */
  readonly at: string;
}

/** What the owner of a partition asks of replays, and writes about them. */
export interface GenerationStore {
  /** Null where nothing is known of this announcement, or it has been dealt with: nothing is to be done. */
  standing(generation: number, feedId: number, token: string): Promise<GenerationStanding | null>;
  /** In key order, closed ones included. */
  rowsOfFeed(generation: number, feedId: number): AsyncIterable<readonly StockRow[]>;
  productsOfFeed(generation: number, feedId: number): AsyncIterable<readonly GenerationProduct[]>;
  /**
   * Notes the verdict in the transaction that carries it out.
   *
   * @throws OWNERSHIP_LOST where the replay was discarded or goes another way meanwhile: the rows that were compared
   *   may not be whole
   */
  settle(tx: Transaction, verdict: GenerationVerdict): Promise<void>;
}

/** The tables of one feed in one replay. Everything written counts together with how far it goes. */
export interface ShadowStore extends ProjectionReader, ProjectionWriter, LedgerReader {
  readonly feedId: number;
  /** The feed's id as its records have it. */
  readonly key: string;
  readonly partition: number;
  readonly folded: GenerationFeed;
  /** Records before this offset have been folded. */
  readonly nextOffset: number;
  readonly token: string | null;
  readonly readyOffset: number | null;
  /** @throws RUN_BUSY where another process goes on with the replay, or it was discarded */
  advance(nextOffset: number, work: (tx: Transaction) => Promise<unknown>): Promise<void>;
  /** From now on there is this announcement in the log, or will be. */
  announce(token: string): Promise<void>;
  /** The feed stands still at its announcement. False where it was given up meanwhile. */
  freeze(offset: number): Promise<boolean>;
}
