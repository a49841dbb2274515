import type { Feed } from '../domain/feed.js';

export interface RegisteredFeed {
  readonly feedId: number;
  /** Partition of raw-snapshots.v1, chosen once at first sight and kept for ever. */
  readonly partition: number;
}

export interface FeedRegistry {
  /** Finds the feed or enters it on the partition that carries the fewest feeds. */
  register(feed: Feed, partitions: number): Promise<RegisteredFeed>;
  /** Takes or renews the poller's lease. False where another run holds it. */
  lease(feedId: number, owner: string, seconds: number): Promise<boolean>;
  release(feedId: number, owner: string): Promise<void>;
  /** Who holds the lease now, and until when it lasts unless renewed (Unix milliseconds). */
  holder(feedId: number): Promise<{ readonly owner: string; readonly until: number } | null>;
}
