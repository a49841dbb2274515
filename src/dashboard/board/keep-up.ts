import { HOUR, MINUTE } from '../../domain/anomaly/time.js';
import { changedSince, writtenSince } from '../../store/board/board-rows.js';
import {
  type BoardFeed,
  type BoardStanding,
  type LedgerOwner,
  type Reader,
  readStanding,
} from '../../store/board/board-standing.js';
import { FeedSets } from './feed-sets.js';
import { Shelf } from './shelf.js';
import { Stocktaking } from './stocktaking.js';

/**
 * A product carries the time of the statement that wrote it and is seen from the commit on. No transaction of ours
 * lasts as long as this: its partition would have been taken from it.
 */
const LATE_COMMITS = 5 * MINUTE;
/** Thresholds and rates have no mark that tells of them. */
const THRESHOLDS_EVERY = MINUTE;
const RATES_EVERY = HOUR;

/**
 * The shelf, brought up to the tables look by look. A look costs a few small statements where nothing has happened,
 * else as much as has changed: the products of new ledger rows, found by a range of its key, and those that were
 * written. A ledger that does not go on from where it was (another life of the topic, a restored database) has the
 * whole shelf read anew, and so has a feed that is retired, or is no longer.
 */
export class KeepUp {
  readonly #owner: LedgerOwner;
  readonly #db: Reader;
  #shelf = new Shelf();
  #feeds = new FeedSets();
  #marks = new Map<number, { incarnation: number; next: number }>();
  /** Per account: products written of late, and when, as far as that has been seen. */
  #written = new Map<number, Map<string, number>>();
  /** What {@link #newlyWritten} has seen, until all that follows from it is on the shelf. */
  #pending = new Map<number, Map<string, number>>();
  #writtenAt = 0;
  #thresholdsAt = 0;
  #ratesAt = 0;
  #isLoaded = false;
  /** Feeds that were retired as of the last whole reading. */
  #retired = '';

  constructor(db: Reader, owner: LedgerOwner) {
    this.#db = db;
    this.#owner = owner;
  }

  /** Another one after every whole reading. */
  get shelf(): Shelf {
    return this.#shelf;
  }

  /** Answers whether anything has changed. Broken off by an error it has lost nothing: the next look does it all. */
  async look(): Promise<boolean> {
    const standing = await readStanding(this.#db, this.#owner);
    if (!this.#isLoaded || !this.#goesOn(standing)) {
      await this.#load(standing);
      return true;
    }
    let isNew = this.#feeds.update(standing.feeds);
    const due = await this.#due(standing);
    const taking = new Stocktaking(this.#db, this.#shelf, this.#feeds);
    for (const account of standing.accounts) {
      const ids = due.get(account.accountId);
      if (ids === undefined || ids.size === 0) continue;
      await taking.some(account, [...ids], standing.at);
      isNew = true;
    }
    this.#settle(standing);
    if (standing.at - this.#thresholdsAt >= THRESHOLDS_EVERY) {
      for (const account of standing.accounts) isNew = (await taking.thresholds(account)) || isNew;
      this.#thresholdsAt = standing.at;
    }
    if (standing.at - this.#ratesAt >= RATES_EVERY) {
      for (const account of standing.accounts) isNew = (await taking.rates(account, standing.at)) || isNew;
      this.#ratesAt = standing.at;
    }
    return isNew;
  }

  /** Thresholds are read with the next look. */
  expectThresholds(): void {
    this.#thresholdsAt = 0;
  }

  async #load(standing: BoardStanding): Promise<void> {
    const shelf = new Shelf();
    const feeds = new FeedSets();
    feeds.update(standing.feeds);
    const taking = new Stocktaking(this.#db, shelf, feeds);
    for (const account of standing.accounts) await taking.whole(account, standing.at);
    this.#shelf = shelf;
    this.#feeds = feeds;
    this.#written = new Map();
    this.#marks = new Map();
    this.#writtenAt = 0;
    this.#thresholdsAt = standing.at;
    this.#ratesAt = standing.at;
    this.#retired = retiredOf(standing.feeds);
    this.#settle(standing);
    this.#isLoaded = true;
  }

  #goesOn({ marks, feeds }: BoardStanding): boolean {
    if (retiredOf(feeds) !== this.#retired) return false;
    const now = new Map(marks.map((mark) => [mark.partition, mark]));
    for (const [partition, was] of this.#marks) {
      const mark = now.get(partition);
      if (mark === undefined || mark.incarnation !== was.incarnation || mark.next < was.next) return false;
    }
    return true;
  }

  /** Products to read again, by account. */
  async #due({ marks, feeds, accounts, at }: BoardStanding): Promise<Map<number, Set<string>>> {
    const accountOf = new Map(feeds.map(({ feedId, accountId }) => [feedId, accountId]));
    const due = new Map<number, Set<string>>(accounts.map(({ accountId }) => [accountId, new Set()]));
    let hasMoved = false;
    for (const mark of marks) {
      const from = this.#marks.get(mark.partition)?.next ?? 0;
      if (mark.next <= from) continue;
      hasMoved = true;
      for (const { feedId, productId } of await changedSince(this.#db, mark, from)) {
        due.get(accountOf.get(feedId) ?? 0)?.add(productId);
      }
    }
    // Whoever writes products moves a mark with them.
    if (!hasMoved && at - this.#writtenAt < MINUTE) return due;
    for (const { accountId } of accounts) {
      const ids = due.get(accountId);
      for (const id of await this.#newlyWritten(accountId)) ids?.add(id);
    }
    return due;
  }

  async #newlyWritten(accountId: number): Promise<string[]> {
    const seen = this.#written.get(accountId);
    const rows = await writtenSince(this.#db, accountId, this.#writtenAt - LATE_COMMITS);
    this.#pending.set(accountId, new Map(rows.map(({ productId, at }) => [productId, at])));
    return rows.filter(({ productId, at }) => seen?.get(productId) !== at).map(({ productId }) => productId);
  }

  /** All that the standing names is on the shelf. */
  #settle({ marks, at }: BoardStanding): void {
    for (const { partition, incarnation, next } of marks) this.#marks.set(partition, { incarnation, next });
    if (this.#pending.size > 0 || this.#writtenAt === 0) this.#writtenAt = at;
    if (this.#pending.size > 0) this.#written = this.#pending;
    this.#pending = new Map();
  }
}

function retiredOf(feeds: readonly BoardFeed[]): string {
  return feeds
    .filter(({ isRetired }) => isRetired)
    .map(({ feedId }) => feedId)
    .join();
}
