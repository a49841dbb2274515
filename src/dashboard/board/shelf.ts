import type { Source } from '../../domain/stock-key.js';
import type { BoardProductRow } from '../../store/board/board-rows.js';
import type { BoardAccount } from '../../store/board/board-standing.js';
import { type Entry, haystackOf, type ReservedIn, type Sums } from './entry.js';
import type { FeedSet } from './feed-sets.js';

export interface Described {
  readonly row: BoardProductRow;
  readonly sums: Sums;
  readonly since: number;
  readonly feeds: FeedSet;
  readonly reservedIn: ReservedIn;
  readonly rate: number | null;
  readonly lowStock: number | null;
}

/** All entries, by account and product id. */
export class Shelf {
  readonly #accounts = new Map<number, { account: BoardAccount; entries: Map<string, Entry> }>();
  #next = 1;
  #texts = 0;
  #size = 0;

  /** Grows where an article or a name has changed, or products came or went. */
  get texts(): number {
    return this.#texts;
  }

  get size(): number {
    return this.#size;
  }

  *all(): Generator<Entry> {
    for (const { entries } of this.#accounts.values()) yield* entries.values();
  }

  idsOf(accountId: number): string[] {
    return [...(this.#accounts.get(accountId)?.entries.keys() ?? [])];
  }

  get(accountId: number, productId: string): Entry | undefined {
    return this.#accounts.get(accountId)?.entries.get(productId);
  }

  find(source: Source, account: string, productId: string): Entry | undefined {
    for (const { account: known, entries } of this.#accounts.values()) {
      if (known.source === source && known.account === account) return entries.get(productId);
    }
    return undefined;
  }

  put(account: BoardAccount, said: Described): void {
    let shelf = this.#accounts.get(account.accountId);
    if (shelf === undefined) {
      shelf = { account, entries: new Map() };
      this.#accounts.set(account.accountId, shelf);
    }
    const { row, ...rest } = said;
    const known = shelf.entries.get(row.productId);
    const haystack = haystackOf(row);
    if (known === undefined) {
      const no = this.#next;
      this.#next += 1;
      this.#size += 1;
      this.#texts += 1;
      shelf.entries.set(row.productId, { no, account, ...row, ...rest, haystack, isGone: false, rank: 0 });
      return;
    }
    if (known.haystack !== haystack || known.offerId !== row.offerId) this.#texts += 1;
    Object.assign(known, row, rest, { haystack });
  }

  drop(accountId: number, productId: string): boolean {
    const entries = this.#accounts.get(accountId)?.entries;
    const entry = entries?.get(productId);
    if (entry === undefined) return false;
    entry.isGone = true;
    entries?.delete(productId);
    this.#size -= 1;
    this.#texts += 1;
    return true;
  }
}
