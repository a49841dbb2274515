import type { Feed } from '../domain/feed.js';
import type { HeldRun } from '../domain/shrink-guard.js';
import type { Step, StockRow } from '../domain/stock-change.js';
import type { StockChange } from '../events/stock-change.js';
import type { ProductMovement, UnreadProduct } from '../events/sync-event.js';
import type { CataloguedProduct } from './marketplace.js';
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
  /** Reads in a row that came to no good end. */
  readonly failures: number;
}

/** What is stored of a product. Null: not known. */
export interface StoredProduct {
  readonly productId: string;
  readonly offerId: string | null;
  readonly name: string | null;
  readonly sku: string | null;
  readonly cardId: string | null;
  readonly size: string | null;
  readonly barcodes: readonly string[] | null;
  readonly archived: boolean;
  readonly removed: boolean;
  /** Unix milliseconds of the record that first named it. */
  readonly firstSeenMs: number;
}

/** What change events say of a product besides its key. */
export interface Article {
  readonly offerId: string | undefined;
  readonly name: string | undefined;
}

/** A snapshot of a partition that records may still change. */
export interface OpenSnapshotState {
  readonly status: 'open' | 'incomplete';
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
  /** The open ones, and of each other feed the newest one where it was found incomplete. */
  openSnapshots(place: PartitionPlace): Promise<readonly OpenSnapshotState[]>;
  /** All rows of these products in the feed, closed ones included. */
  rowsOfProducts(feedId: number, productIds: readonly string[]): Promise<readonly StockRow[]>;
  /** Rows of a feed in chunks, in key order, closed ones included. */
  rowsOfFeed(feedId: number): AsyncIterable<readonly StockRow[]>;
  /** How many rows the feed has, closed ones included. */
  countRows(feedId: number): Promise<number>;
  /** What change events say of these products of the feed's account; those that are not there are missing. */
  articles(feedId: number, productIds: readonly string[]): Promise<ReadonlyMap<string, Article>>;
  /** These products of the feed's account; those that are not there are missing from the answer. */
  storedProducts(feedId: number, productIds: readonly string[]): Promise<ReadonlyMap<string, StoredProduct>>;
  /** All products of the feed's account that are not removed, in chunks, by product id. */
  currentProducts(feedId: number): AsyncIterable<readonly { productId: string; firstSeenMs: number }[]>;
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
  readonly name: string | undefined;
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
  readonly failures?: number | undefined;
  /** Where the next partial read goes on; set by applied snapshots that say so. */
  readonly cursor?: string | undefined;
}

/** What became known of a product. Fields that are undefined stay as they are. */
export interface ProductPatch extends CataloguedProduct {
  readonly feedId: number;
  /** Broker time of the record, Unix milliseconds: when it was first seen, if it was not known before. */
  readonly seenAt: number;
  /** A number: gone from the complete catalogue as of then. Null: in the catalogue (again). */
  readonly removedAt?: number | null | undefined;
}

/** Writes of the projector, inside the transaction that also advances its checkpoint. */
export interface ProjectionWriter {
  changes(tx: Transaction, place: PartitionPlace, rows: readonly ChangeRow[]): Promise<void>;
  products(tx: Transaction, products: readonly ProductPatch[]): Promise<void>;
  snapshots(tx: Transaction, place: PartitionPlace, patches: readonly SnapshotPatch[]): Promise<void>;
  feeds(tx: Transaction, patches: readonly FeedPatch[]): Promise<void>;
  /**
   * Products whose total over all feeds of the account went from something to nothing (or back) with the changes
   * that this feed's records in [firstOffset, lastOffset] made, judged as of this transaction. Apart from these,
   * `unread`: those whose last live rows over all feeds these records have closed as rescoped.
   *
   * @param among products that alone can be meant, where that is known
   */
  movements(
    tx: Transaction,
    place: PartitionPlace,
    feedId: number,
    firstOffset: number,
    lastOffset: number,
    among?: readonly string[],
  ): Promise<Movements>;
}

export interface Movements {
  readonly ranOut: readonly ProductMovement[];
  readonly cameBack: readonly ProductMovement[];
  readonly unread: readonly UnreadProduct[];
}

/** What was decided about records, read back: changes ready to be published again, and which were refused. */
export interface LedgerReader {
  /** The changes of the records in [from, to), in order. */
  ledger(place: PartitionPlace, from: number, to: number): Promise<readonly LedgerChange[]>;
  /** Offsets in [from, to) of records that were put among the dead letters, wholly or for some of their rows. */
  refused(place: PartitionPlace, from: number, to: number): Promise<readonly number[]>;
}

export interface LedgerChange {
  readonly offset: number;
  readonly index: number;
  readonly change: StockChange;
}
