import type { Feed } from '../domain/feed.js';
import type { Step } from '../domain/stock-change.js';
import type { AppError } from '../errors.js';
import type { SyncEvent } from '../events/sync-event.js';
import type { LogRecord } from '../ports/log-records.js';
import type { FeedPatch, ProductPatch, SnapshotPatch } from '../ports/projection.js';
import type { GenerationVerdict } from '../ports/replay.js';

/** What follows from one raw record: nothing has been written yet. */
export type Effect =
  | {
      readonly kind: 'change';
      readonly feedId: number;
      readonly feed: Feed;
      readonly step: Step;
      readonly snapshotId: string;
      /** Offset of the snapshot's first record. */
      readonly snapshot: number;
      /** ISO 8601 UTC with milliseconds. */
      readonly observedAt: string;
      /** As the feed told it; where it does not, the catalogue's word is looked up when the change is written. */
      readonly offerId: string | undefined;
    }
  | {
      readonly kind: 'product';
      readonly patch: ProductPatch;
      /** Nothing is written where the tables know all of this already. */
      readonly unlessKnown?: true | undefined;
    }
  | { readonly kind: 'snapshot'; readonly patch: SnapshotPatch }
  | { readonly kind: 'feed'; readonly patch: FeedPatch }
  | { readonly kind: 'sync-event'; readonly event: SyncEvent }
  /** An applied snapshot, or a retired feed: the movements of products over all feeds are read when it is written. */
  | {
      readonly kind: 'applied';
      readonly event: AppliedDraft | RetiredDraft;
      readonly feedId: number;
      /** Offset from which on changes have not been judged yet. */
      readonly since: number;
      /** Products that alone can have run out or come back by then, where that is known. */
      readonly among?: readonly string[] | undefined;
    }
  | { readonly kind: 'dead-letter'; readonly problem: AppError }
  /** What is decided about a replay's generation of the feed. */
  | { readonly kind: 'generation'; readonly verdict: GenerationVerdict };

export type AppliedDraft = Omit<
  Extract<SyncEvent, { type: 'snapshot-applied' }>,
  'part' | 'parts' | 'place' | 'ranOut' | 'cameBack' | 'unread'
>;
export type RetiredDraft = Omit<Extract<SyncEvent, { type: 'feed-retired' }>, 'part' | 'parts' | 'unread'>;

export interface RecordEffects {
  readonly record: LogRecord;
  readonly effects: readonly Effect[];
}
