import type { BoardSort } from './contract.js';
import { daysOfStock, type Entry, fold } from './entry.js';
import type { Shelf } from './shelf.js';

/** All entries in one order, rising; those without a value stand at the end, from `known` on. */
export interface Order {
  readonly entries: readonly Entry[];
  readonly known: number;
}

interface Kept {
  entries: Entry[];
  known: number;
  /** As of which state of the shelf. */
  basis: number;
  /** The same of the shelf's texts, which tell of what came and went. */
  texts: number;
  /** The newest entry that is in it. */
  upTo: number;
}

/** Nothing was put in order yet. */
const NEVER = -1;

/** Null: it has no value. */
const FIGURES: Readonly<Record<Exclude<BoardSort, 'article' | 'name'>, (entry: Entry) => number | null>> = {
  available: ({ sums }) => sums.available,
  reserved: ({ sums }) => sums.reserved,
  present: ({ sums }) => sums.present,
  days: daysOfStock,
  changed: ({ sums }) => sums.changedAt,
};

/**
 * Orders are kept from one version to the next: few products change at a time, and what is nearly in order is put in
 * order by little more than one walk over it. Equal ones stand by article: their places in that order are numbers.
 */
export class Orders {
  readonly #kept = new Map<BoardSort, Kept>();

  constructor(private readonly shelf: Shelf) {}

  get(sort: BoardSort, version: number): Order {
    if (sort === 'article') return this.#renewed(sort, this.shelf.texts, byArticle);
    this.get('article', version);
    if (sort === 'name') return this.#renewed(sort, this.shelf.texts, byName);
    return this.#renewed(sort, version, (entries) => byFigure(entries, FIGURES[sort]));
  }

  /** @param put puts entries in order and answers how many of them have a value */
  #renewed(sort: BoardSort, basis: number, put: (entries: Entry[]) => number): Order {
    const kept = this.#kept.get(sort) ?? { entries: [], known: 0, basis: NEVER, texts: NEVER, upTo: 0 };
    this.#kept.set(sort, kept);
    if (kept.basis === basis) return kept;
    if (kept.texts !== this.shelf.texts) this.#takeUp(kept);
    kept.known = put(kept.entries);
    kept.basis = basis;
    return kept;
  }

  /** What is new on the shelf goes to the end, what has left it goes. */
  #takeUp(kept: Kept): void {
    const entries = kept.entries.filter(({ isGone }) => !isGone);
    const before = kept.upTo;
    for (const entry of this.shelf.all()) {
      if (entry.no <= before) continue;
      entries.push(entry);
      kept.upTo = Math.max(kept.upTo, entry.no);
    }
    kept.entries = entries;
    kept.texts = this.shelf.texts;
  }
}

/** The article comes first in the haystack, and no visible character sorts before the end of its line. */
function byArticle(entries: Entry[]): number {
  entries.sort((a, b) => {
    const has = Number(hasArticle(b)) - Number(hasArticle(a));
    if (has !== 0) return has;
    if (a.haystack !== b.haystack) return a.haystack < b.haystack ? -1 : 1;
    return a.account.accountId - b.account.accountId || a.no - b.no;
  });
  for (const [rank, entry] of entries.entries()) entry.rank = rank;
  return countOf(entries, hasArticle);
}

function byName(entries: Entry[]): number {
  const named = entries.map((entry) => ({ entry, name: entry.name === null ? '' : fold(entry.name) }));
  named.sort((a, b) => {
    if (a.name === b.name) return a.entry.rank - b.entry.rank;
    if (a.name === '') return 1;
    return b.name === '' || a.name < b.name ? -1 : 1;
  });
  for (const [index, { entry }] of named.entries()) entries[index] = entry;
  return named.filter(({ name }) => name !== '').length;
}

/** Places in the order of articles are sorted, not entries: comparing numbers of two lists costs a fifth of the time. */
function byFigure(entries: Entry[], figureOf: (entry: Entry) => number | null): number {
  const figures = new Float64Array(entries.length);
  const byRank: Entry[] = new Array(entries.length);
  let known = 0;
  for (const entry of entries) {
    const figure = figureOf(entry);
    if (figure !== null) known += 1;
    figures[entry.rank] = figure ?? Number.POSITIVE_INFINITY;
    byRank[entry.rank] = entry;
  }
  const ranks = entries.map(({ rank }) => rank);
  // Two without a figure differ by nothing that is a number.
  ranks.sort((a, b) => (figures[a] as number) - (figures[b] as number) || a - b);
  for (const [index, rank] of ranks.entries()) entries[index] = byRank[rank] as Entry;
  return known;
}

function hasArticle({ offerId }: Entry): boolean {
  return offerId !== null && offerId !== '';
}

function countOf(entries: readonly Entry[], test: (entry: Entry) => boolean): number {
  let count = 0;
  for (const entry of entries) if (test(entry)) count += 1;
  return count;
}

/** The entry at a place of the order, read the other way round if wanted; what has no value stays at the end. */
export function entryAt({ entries, known }: Order, index: number, descending: boolean): Entry {
  return entries[descending && index < known ? known - 1 - index : index] as Entry;
}
