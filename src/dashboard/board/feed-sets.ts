import type { BoardFeed } from '../../store/board/board-standing.js';

/** The feeds that hold rows of a product; shared by all products with the same. */
export interface FeedSet {
  readonly accountId: number;
  readonly feedIds: readonly number[];
  /** As of the last look at the feeds. */
  confirmedAt: number | null;
  held: boolean;
}

/**
 * What feeds say of the products in them. A whole snapshot confirms a hundred thousand products at once: they are not
 * touched, only the few sets of feeds in which they stand.
 */
export class FeedSets {
  readonly #sets = new Map<string, FeedSet>();
  #feeds = new Map<number, BoardFeed>();
  #seen = '';

  /** Takes the feeds as they are now; answers whether anything that products show has changed. */
  update(feeds: readonly BoardFeed[]): boolean {
    const seen = JSON.stringify(
      feeds.map((feed) => [feed.feedId, feed.completeAt, feed.held > 0, feed.isRetired]),
    );
    if (seen === this.#seen) return false;
    this.#seen = seen;
    this.#feeds = new Map(feeds.map((feed) => [feed.feedId, feed]));
    for (const set of this.#sets.values()) this.#judge(set);
    return true;
  }

  /** @param feedIds in rising order */
  of(accountId: number, feedIds: readonly number[]): FeedSet {
    const key = `${accountId}:${feedIds.join()}`;
    let set = this.#sets.get(key);
    if (set === undefined) {
      set = { accountId, feedIds, confirmedAt: null, held: false };
      this.#judge(set);
      this.#sets.set(key, set);
    }
    return set;
  }

  stockFeeds(accountId: number): readonly BoardFeed[] {
    return [...this.#feeds.values()].filter((feed) => feed.isStock && feed.accountId === accountId);
  }

  /** A product without any row was confirmed by all feeds that would have told of it: as `inventory_data` has it. */
  #judge(set: FeedSet): void {
    const read = ({ isStock, isRetired }: BoardFeed) => isStock && !isRetired;
    let feeds = set.feedIds.flatMap((id) => this.#feeds.get(id) ?? []).filter(read);
    if (feeds.length === 0) {
      feeds = [...this.#feeds.values()].filter((feed) => read(feed) && feed.accountId === set.accountId);
    }
    const times = feeds.map(({ completeAt }) => completeAt).filter((at) => at !== null);
    set.confirmedAt = times.length === feeds.length && times.length > 0 ? Math.min(...times) : null;
    set.held = feeds.some(({ held }) => held > 0);
  }
}
