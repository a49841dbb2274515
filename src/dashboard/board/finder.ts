import { setImmediate as turn } from 'node:timers/promises';
import { BOARD_SORTS, type BoardFilter, type BoardQuery } from './contract.js';
import { type Entry, fold, isLow, type LowStock } from './entry.js';
import { entryAt, Orders } from './orders.js';
import type { Shelf } from './shelf.js';
import type { ZoneClock } from './zone.js';

/** Answers that are kept, of the present version. */
const MOST_ANSWERS = 16;
const LONGEST_TEXT = 200;

export interface FinderOptions {
  readonly lowStock: LowStock;
  readonly clock: ZoneClock;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** The products of an article, in the order in which they came. */
export type ByArticle = ReadonlyMap<string, readonly Entry[]>;

/** Finds and sorts. What was found is kept as long as nothing has changed: pages of a list are asked for in turn. */
export class Finder {
  readonly #orders: Orders;
  readonly #answers = new Map<string, readonly Entry[]>();
  #version = -1;
  #articles: { texts: number; map: ByArticle } | undefined;
  readonly #articlesOf = new WeakMap<readonly Entry[], readonly string[]>();

  constructor(
    private readonly shelf: Shelf,
    private readonly options: FinderOptions,
  ) {
    this.#orders = new Orders(shelf);
  }

  isOf(shelf: Shelf): boolean {
    return this.shelf === shelf;
  }

  /** Puts in order what every list needs, so that the first page does not wait for it. */
  warm(version: number): void {
    this.#orders.get('name', version);
  }

  /** Every order, once, and the articles: a first sort takes longer than a page may, the next ones are nearly done. */
  async warmAll(version: number): Promise<void> {
    for (const sort of BOARD_SORTS) {
      await turn();
      this.#orders.get(sort, version);
    }
    await turn();
    this.byArticle();
  }

  find(query: BoardQuery, version: number): readonly Entry[] {
    if (this.#version !== version) this.#answers.clear();
    this.#version = version;
    const filters = [...new Set(query.filters)].sort();
    const today = filters.includes('changed') ? this.options.clock.startOfDay(this.options.now()) : 0;
    const parts = partsOf(query.text);
    const { source, sort = 'article', descending = false } = query;
    const key = JSON.stringify([parts, source, filters, today, sort, descending]);
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const order = this.#orders.get(sort, version);
    const tests = filters.map((filter) => this.#testOf(filter, today));
    const found: Entry[] = [];
    for (let at = 0; at < order.entries.length; at += 1) {
      const entry = entryAt(order, at, descending);
      if (source !== undefined && entry.account.source !== source) continue;
      if (tests.every((test) => test(entry)) && parts.every((part) => entry.haystack.includes(part)))
        found.push(entry);
    }
    this.#keep(key, found);
    return found;
  }

  /** Entries without an article are nobody's neighbours. */
  byArticle(): ByArticle {
    if (this.#articles?.texts === this.shelf.texts) return this.#articles.map;
    const map = new Map<string, Entry[]>();
    for (const entry of this.shelf.all()) {
      if (entry.offerId === null || entry.offerId === '') continue;
      const same = map.get(entry.offerId);
      if (same === undefined) map.set(entry.offerId, [entry]);
      else same.push(entry);
    }
    this.#articles = { texts: this.shelf.texts, map };
    return map;
  }

  /** Each once, in the order of the first entry with it. @param found an answer of `find` */
  articlesOf(found: readonly Entry[]): readonly string[] {
    const known = this.#articlesOf.get(found);
    if (known !== undefined) return known;
    const articles = new Set<string>();
    for (const { offerId } of found) if (offerId !== null && offerId !== '') articles.add(offerId);
    const list = [...articles];
    this.#articlesOf.set(found, list);
    return list;
  }

  #keep(key: string, found: readonly Entry[]): void {
    const oldest = this.#answers.keys().next().value;
    if (this.#answers.size >= MOST_ANSWERS && oldest !== undefined) this.#answers.delete(oldest);
    this.#answers.set(key, found);
  }

  #testOf(filter: BoardFilter, today: number): (entry: Entry) => boolean {
    switch (filter) {
      case 'out':
        return ({ sums }) => sums.available <= 0;
      case 'low':
        return (entry) => isLow(entry, this.options.lowStock);
      case 'changed':
        return ({ sums }) => sums.changedAt !== null && sums.changedAt >= today;
      case 'held':
        return ({ feeds }) => feeds.held;
      case 'archived':
        return ({ archived }) => archived;
    }
  }
}

function partsOf(text: string | undefined): string[] {
  return fold((text ?? '').slice(0, LONGEST_TEXT))
    .split(/\s+/)
    .filter((part) => part !== '');
}
