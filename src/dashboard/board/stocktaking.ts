import type { BoardProductRow } from '../../store/board/board-rows.js';
import {
  type BoardLevelRow,
  levelSums,
  productsAfter,
  productsOf,
  type Span,
  soldByDay,
  thresholds,
} from '../../store/board/board-rows.js';
import type { BoardAccount, Reader } from '../../store/board/board-standing.js';
import { type ReservedIn, rateOf, sumsOf } from './entry.js';
import type { FeedSets } from './feed-sets.js';
import type { Shelf } from './shelf.js';

/** Products of one statement when all are read; those of a list of ids go in smaller numbers. */
const RANGE = 5_000;
const LIST = 1_000;

/** Rows of a retired feed do not count, as in `inventory_data`, even where it is about to be read again. */
const NOTHING = {
  ...{ present: 0, reserved: 0, available: 0, inWayToClient: 0, inWayFromClient: 0 },
  isLive: false,
} as const;

/** Shared by all products of which nothing is reserved. */
const NONE_RESERVED: ReservedIn = [];

interface Stock {
  readonly feedIds: number[];
  readonly rows: BoardLevelRow[];
  /** Pieces by feed. */
  readonly reserved: Map<number, number>;
}

/** Enters products on the shelf as the tables have them: stock over all feeds, rate of sale, threshold. */
export class Stocktaking {
  constructor(
    private readonly db: Reader,
    private readonly shelf: Shelf,
    private readonly feeds: FeedSets,
  ) {}

  /** All products of an account. @param at Unix milliseconds, for rates of sale */
  async whole(account: BoardAccount, at: number): Promise<void> {
    for (let after: string | null = null; ; ) {
      const rows = await productsAfter(this.db, account.accountId, after, RANGE);
      const last = rows.at(-1);
      if (last === undefined) return;
      await this.#enter(account, rows, { after, upTo: last.productId }, at);
      if (rows.length < RANGE) return;
      after = last.productId;
    }
  }

  /** Some products; those that are removed, or that nobody knows, leave the shelf. */
  async some(account: BoardAccount, ids: readonly string[], at: number): Promise<void> {
    for (let from = 0; from < ids.length; from += LIST) {
      const some = ids.slice(from, from + LIST);
      const rows = await productsOf(this.db, account.accountId, some);
      const present = new Set(rows.map(({ productId }) => productId));
      for (const id of some) if (!present.has(id)) this.shelf.drop(account.accountId, id);
      if (rows.length > 0) await this.#enter(account, rows, { ids: [...present] }, at);
    }
  }

  /** Rates of sale anew, for time goes by; answers whether any has changed. */
  async rates(account: BoardAccount, at: number): Promise<boolean> {
    const { accountId } = account;
    let isNew = false;
    const all = this.shelf.idsOf(accountId);
    for (let from = 0; from < all.length; from += LIST) {
      const ids = all.slice(from, from + LIST);
      const days = await soldByDay(this.db, accountId, { ids }, at);
      for (const productId of ids) {
        const entry = this.shelf.get(accountId, productId);
        if (entry === undefined) continue;
        const { since, sums } = entry;
        const rate = rateOf({ productId, since, available: sums.available }, days.get(productId) ?? [], at);
        isNew ||= rate !== entry.rate;
        entry.rate = rate;
      }
    }
    return isNew;
  }

  /** Thresholds of single products anew; answers whether any has changed. */
  async thresholds({ accountId }: BoardAccount): Promise<boolean> {
    const set = await thresholds(this.db, accountId);
    let isNew = false;
    for (const productId of this.shelf.idsOf(accountId)) {
      const entry = this.shelf.get(accountId, productId);
      const lowStock = set.get(productId) ?? null;
      if (entry === undefined || entry.lowStock === lowStock) continue;
      entry.lowStock = lowStock;
      isNew = true;
    }
    return isNew;
  }

  async #enter(
    account: BoardAccount,
    rows: readonly BoardProductRow[],
    span: Span,
    at: number,
  ): Promise<void> {
    const { accountId, historySince } = account;
    const levels = new Map<string, Stock>();
    for (const { feedId, isRetired } of this.feeds.stockFeeds(accountId)) {
      for (const found of await levelSums(this.db, feedId, span)) {
        const level = isRetired ? { ...found, ...NOTHING } : found;
        const known: Stock = levels.get(level.productId) ?? { feedIds: [], rows: [], reserved: new Map() };
        levels.set(level.productId, known);
        known.rows.push(level);
        if (known.feedIds.at(-1) !== feedId) known.feedIds.push(feedId);
        if (level.reserved !== 0)
          known.reserved.set(feedId, (known.reserved.get(feedId) ?? 0) + level.reserved);
      }
    }
    const days = await soldByDay(this.db, accountId, span, at);
    const set = await thresholds(this.db, accountId, span);
    for (const row of rows) {
      const { productId } = row;
      const stock = levels.get(productId);
      const sums = sumsOf(stock?.rows ?? []);
      const since = Math.max(row.firstSeenAt, historySince);
      const product = { productId, since, available: sums.available };
      this.shelf.put(account, {
        ...{ row, sums, since },
        feeds: this.feeds.of(accountId, stock?.feedIds ?? []),
        reservedIn: stock === undefined || stock.reserved.size === 0 ? NONE_RESERVED : [...stock.reserved],
        rate: rateOf(product, days.get(productId) ?? [], at),
        lowStock: set.get(productId) ?? null,
      });
    }
  }
}
