import type { Source } from '../stock-key.js';

export interface AnomalySettings {
  /** Share of a feed's pieces, 0 to 1: a total that moves by more than this in one snapshot is an alert. */
  readonly threshold: number;
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
  /** Pieces available over the whole feed. */
  readonly available: { readonly before: number; readonly after: number };
  /** Rows closed because the settings look elsewhere now. */
  readonly rescoped?: number | undefined;
  /** Only what was new was read. */
  readonly partial?: boolean | undefined;
  readonly ranOut: readonly Movement[];
  readonly cameBack: readonly Movement[];
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
  /** A code of errors.ts. */
  readonly code: string;
  readonly message: string;
}

export type JudgedSnapshot = AppliedSnapshot | HeldSnapshot | FailedSnapshot;

/** What a rule says of one snapshot. Whether it is news depends on what is open already: see `newsOf`. */
export interface Finding {
  readonly rule: string;
  readonly severity: 'warning' | 'critical';
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
  readonly product?: Pick<Movement, 'productId' | 'offerId' | 'name'> | undefined;
  readonly text: { readonly ru: string; readonly en: string };
}

/** A rule is a pure function; a snapshot that is none of its business yields nothing. */
export type Rule = (snapshot: JudgedSnapshot, settings: AnomalySettings) => Finding[];
