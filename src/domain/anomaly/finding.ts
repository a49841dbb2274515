import type { Source } from '../stock-key.js';

export interface AnomalySettings {
  /** Share of a feed's pieces, 0 to 1: a total that moves by more than this in one snapshot is an alert. */
  readonly threshold: number;
  /** Fewer products than this in a feed that was read completely is an alert; 0: never (MIN_PRODUCTS_THRESHOLD). */
  readonly minProducts: number;
  /** Hours since a feed was last read completely (MAX_SYNC_AGE_HOURS). */
  readonly maxSyncAgeHours: number;
  /** Reads of a feed in a row that came to no good end (FAILURES_THRESHOLD). */
  readonly maxFailures: number;
  /** Pieces at or below which a product is low, by source; 0: never. A product's own threshold goes before. */
  readonly lowStock: Readonly<Record<Source, number>>;
  /** A product that sells out within so many days at its recent rate is an alert; 0: never (RUNS_OUT_DAYS). */
  readonly runsOutDays: number;
}

export interface FeedFacts {
  /** `source:account:endpoint[:warehouse]`. */
  readonly feed: string;
  readonly source: Source;
  readonly account: string;
}

/** A product whose total over all warehouses and schemes of the account went to zero, or rose from it. In pieces. */
export interface Movement {
  readonly productId: string;
  readonly offerId?: string | undefined;
  readonly name?: string | undefined;
  readonly before: number;
  readonly after: number;
}

/** What the rules need to know of an applied snapshot; long lists of movements come in several parts. */
export interface AppliedSnapshot extends FeedFacts {
  readonly type: 'snapshot-applied';
  /** The feed's first complete snapshot: all in it is new, nothing in it is news. */
  readonly first: boolean;
  readonly part: number;
  /** Live products of the feed. */
  readonly products: { readonly before: number; readonly after: number };
  /** Products with stock that were in the feed and are gone from it; undefined in events of older versions. */
  readonly vanished?: number | undefined;
  /** Pieces available over the whole feed. */
  readonly available: { readonly before: number; readonly after: number };
  /** Rows closed because the settings look elsewhere now. */
  readonly rescoped?: number | undefined;
  /** Only what was new was read. */
  readonly partial?: boolean | undefined;
  readonly ranOut: readonly Movement[];
  readonly cameBack: readonly Movement[];
  /** Products none of whose stock is read since. */
  readonly unread?: readonly NamedProduct[] | undefined;
}

export type NamedProduct = Pick<Movement, 'productId' | 'offerId' | 'name'>;

/** A feed that is not read any more; long lists come in several parts. */
export interface RetiredFeed extends FeedFacts {
  readonly type: 'feed-retired';
  readonly part: number;
  readonly unread: readonly NamedProduct[];
}

/** What the rules need to know of a snapshot that the shrink guard held back. */
export interface HeldSnapshot extends FeedFacts {
  readonly type: 'snapshot-held';
  readonly reason: string;
  readonly rowsBefore: number;
  readonly rowsSeen: number;
  readonly inStockBefore: number;
  readonly inStockVanishing: number;
  readonly confirmations: number;
}

/** What the rules need to know of a read that broke off. */
export interface FailedSnapshot extends FeedFacts {
  readonly type: 'snapshot-failed';
  /** When it broke off, Unix milliseconds; without it nothing is said of the length of a wait. */
  readonly at?: number | undefined;
  /** A code of errors.ts. */
  readonly code: string;
  readonly message: string;
  /** Unix milliseconds before which the marketplace will not listen, where it said so. */
  readonly notBefore?: number | undefined;
  /** Reads of the feed in a row, this one included, that came to no good end. */
  readonly failures?: number | undefined;
}

/** A read that came to its end and lacks something. */
export interface IncompleteSnapshot extends FeedFacts {
  readonly type: 'snapshot-incomplete';
  readonly gaps: readonly string[];
  readonly failures?: number | undefined;
}

/** What a look at a source found, apart from any read of it. Times are Unix milliseconds. */
export interface SourceObserved extends FeedFacts {
  readonly type: 'source-observed';
  readonly at: number;
  /** When the feed was last confirmed by a complete snapshot; null: never, undefined: not looked at. */
  readonly lastSyncAt?: number | null | undefined;
  /** When key or token run out; undefined where that is not known. */
  readonly keyExpiresAt?: number | undefined;
  /** Why key or token is no good, where it is not even tried. */
  readonly keyRefused?: string | undefined;
}

/** What a look at the pipe itself found. Its `feed` is `pipeline`, its source the one that it matters to. */
export interface PipelineObserved extends FeedFacts {
  readonly type: 'pipeline-observed';
  readonly at: number;
  /** Records of the raw topic that wait to be applied, and since when the oldest does (Unix milliseconds). */
  readonly lag: { readonly records: number; readonly oldestAt: number | null };
  /** Dead letters of the last 24 hours. */
  readonly deadLetters: number;
}

/** One hour of a product's life in which anything happened, in pieces over all places. */
export interface ProductHour {
  /** Whole hours since 1970, UTC. */
  readonly hour: number;
  /** Pieces that left and that came, each not negative. Moves between places and rescoping are neither. */
  readonly sold: number;
  readonly received: number;
}

/** What product rules need to know of one product that a snapshot has changed; totals over all places. */
export interface ProductFacts {
  readonly productId: string;
  readonly offerId?: string | undefined;
  readonly name?: string | undefined;
  /** Available, in pieces. */
  readonly before: number;
  readonly after: number;
  readonly present: { readonly before: number; readonly after: number };
  readonly reserved: { readonly before: number; readonly after: number };
  /** The product's own low-stock threshold, where it has one. */
  readonly lowStock?: number | undefined;
  /** Newest last, the present hour included, at most {@link HISTORY_DAYS} back; hours without events are missing. */
  readonly hours: readonly ProductHour[];
  /** When the product's history begins, Unix milliseconds. */
  readonly since: number;
}

/** How far back product rules look. */
export const HISTORY_DAYS = 28;

/** Products that one applied snapshot has changed: all of them, or where they are many a piece of them. */
export interface ProductsChanged extends FeedFacts {
  readonly type: 'products-changed';
  readonly at: number;
  readonly products: readonly ProductFacts[];
  /** Only with a piece: what is known of all products of the snapshot. */
  readonly whole?: WholeChange | undefined;
}

/** What rules must know of all products that a snapshot has changed before they judge a piece of them. */
export interface WholeChange {
  /** Number of the piece, from 1. */
  readonly piece: number;
  /** When any of the products was seen to move before, Unix milliseconds. */
  readonly movedBefore: number;
  /** Unusual jumps among all of them, and the pieces in stock before and after these; 0 where they are few. */
  readonly jumps: Jumps;
}

export interface Jumps {
  readonly count: number;
  readonly before: number;
  readonly after: number;
}

/** Everything that rules judge. */
export type JudgedSnapshot =
  | AppliedSnapshot
  | HeldSnapshot
  | FailedSnapshot
  | IncompleteSnapshot
  | RetiredFeed
  | SourceObserved
  | PipelineObserved
  | ProductsChanged;

/** What a rule says of one snapshot. Whether it is news depends on what is open already: see `newsOf`. */
export interface Finding {
  readonly rule: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly state: 'raised' | 'resolved';
  /** What it is about, whatever its figures: one fingerprint is one incident. */
  readonly fingerprint: string;
  /** Raised again while the incident is open, because every breach is news. */
  readonly evenIfOpen?: true | undefined;
  readonly evidence: {
    readonly before?: number | undefined;
    readonly after?: number | undefined;
    readonly threshold?: number | undefined;
    readonly reason?: string | undefined;
  };
  readonly product?: NamedProduct | undefined;
  readonly text: { readonly ru: string; readonly en: string };
}

/** A rule is a pure function; a snapshot that is none of its business yields nothing. */
export type Rule = (snapshot: JudgedSnapshot, settings: AnomalySettings) => Finding[];
