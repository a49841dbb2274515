import type { Feed } from '../domain/feed.js';
import type { HeldRun } from '../domain/shrink-guard.js';
import type { Step, StockRow } from '../domain/stock-change.js';
import type { StockChange } from '../events/stock-change.js';
import type { ProductMovement } from '../events/sync-event.js';
import type { PartitionPlace, Transaction } from './partition-processor.js';

/** Running figures of a feed's live rows. */
export interface FeedTotals {
  readonly rows: number;
  readonly products: number;
  readonly inStock: number;
  readonly available: number;
}

/** A feed's figures as of its last applied snapshot, and where in the log that was completed. */
export interface AppliedTotals {
  readonly rows: number;
  readonly products: number;
  readonly available: number;
  readonly place: { readonly incarnation: number; readonly offset: number };
}

/** What is stored of a feed. */
export interface FeedState {
  readonly feedId: number;
  readonly feed: Feed;
  readonly totals: FeedTotals;
  /** As of the last applied snapshot; null before the first. */
  readonly applied: AppliedTotals | null;
  readonly held: HeldRun | null;
}

/** A snapshot that is open in a partition. */
export interface OpenSnapshotState {
  readonly snapshotId: string;
  readonly feedId: number;
  readonly feed: string;
  readonly firstOffset: number;
  /** Broker time of the first record, Unix milliseconds. */
  readonly startedAtMs: number;
  readonly baseRows: number;
  readonly baseInStock: number;
  readonly counts: SnapshotCounts;
}

export interface SnapshotCounts {
  readonly pages: number;
  readonly rowsRead: number;
  readonly created: number;
  readonly updated: number;
  readonly closed: number;
  readonly invalid: number;
}

export type SnapshotStatus = 'open' | 'applied' | 'held' | 'incomplete' | 'failed' | 'abandoned';

/** Prior state, read by the partition's owner between its transactions. */
export interface ProjectionReader {
  /** Finds the feed or enters it (a fresh database that reads an older topic). */
  feed(feed: Feed, partition: number): Promise<FeedState>;
  openSnapshots(place: PartitionPlace): Promise<readonly OpenSnapshotState[]>;
  /** All rows of these products in the feed, closed ones included. */
  rowsOfProducts(feedId: number, productIds: readonly string[]): Promise<readonly StockRow[]>;
  /** Rows of a feed in chunks, in key order, closed ones included. */
  rowsOfFeed(feedId: number): AsyncIterable<readonly StockRow[]>;
  /** How many rows the feed has, closed ones included. */
  countRows(feedId: number): Promise<number>;
  /** Products of the feed's account, with the article where one is known; all of them, or only these. */
  offerIds(feedId: number, productIds?: readonly string[]): Promise<ReadonlyMap<string, string | undefined>>;
}

/** One change as it goes to levels and ledger. */
export interface ChangeRow {
  readonly offset: number;
  readonly index: number;
  readonly feedId: number;
  readonly step: Step;
  /** Offset of the snapshot's first record. */
  readonly snapshot: number;
  readonly observedAt: string;
  readonly offerId: string | undefined;
}

export interface SnapshotPatch {
  readonly feedId: number;
  readonly snapshotId: string;
  readonly firstOffset: number;
  readonly lastOffset: number | null;
  readonly status: SnapshotStatus;
  readonly reason: string | null;
  readonly baseRows: number;
  readonly baseInStock: number;
  readonly counts: SnapshotCounts;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

export interface FeedPatch {
  readonly feedId: number;
  readonly totals: FeedTotals;
  /** Set when a snapshot was applied. */
  readonly applied?: AppliedTotals | undefined;
  /** Broker time (Unix milliseconds) of the record that completed the applied snapshot. */
  readonly watermark?: number | undefined;
  readonly held?: HeldRun | null | undefined;
  readonly staleRecords: number;
  /** Null where a snapshot was applied: a feed that is read again is retired no longer. */
  readonly retiredAt?: number | null | undefined;
}

export interface ProductPatch {
  readonly feedId: number;
  readonly productId: string;
  readonly offerId: string | undefined;
}

/** Writes of the projector, inside the transaction that also advances its checkpoint. */
export interface ProjectionWriter {
  changes(tx: Transaction, place: PartitionPlace, rows: readonly ChangeRow[]): Promise<void>;
  products(tx: Transaction, products: readonly ProductPatch[]): Promise<void>;
  snapshots(tx: Transaction, place: PartitionPlace, patches: readonly SnapshotPatch[]): Promise<void>;
  feeds(tx: Transaction, patches: readonly FeedPatch[]): Promise<void>;
  /**
   * Products whose total over all feeds of the account went from something to nothing (or back) with the changes
   * that this feed's records in [firstOffset, lastOffset] made, judged as of this transaction.
   */
  movements(
    tx: Transaction,
    place: PartitionPlace,
    feedId: number,
    firstOffset: number,
    lastOffset: number,
  ): Promise<{ ranOut: readonly ProductMovement[]; cameBack: readonly ProductMovement[] }>;
}

/** Changes read back from the ledger, ready to be published again. */
export interface LedgerReader {
  /** The changes of the records in [from, to), in order. */
  ledger(place: PartitionPlace, from: number, to: number): Promise<readonly LedgerChange[]>;
}

export interface LedgerChange {
  readonly offset: number;
  readonly index: number;
  readonly change: StockChange;
}
