import type { Source } from '../../domain/stock-key.js';

/** What lists of products are made of: one product of one marketplace account, totals over all its live rows. */
export interface BoardProduct {
  readonly source: Source;
  readonly account: string;
  readonly productId: string;
  readonly offerId: string | null;
  readonly name: string | null;
  readonly sku: string | null;
  readonly size: string | null;
  readonly barcodes: readonly string[];
  readonly archived: boolean;
  readonly present: number;
  readonly reserved: number;
  readonly available: number;
  readonly inWayToClient: number;
  readonly inWayFromClient: number;
  /** Pieces available per scheme, schemes with a live row only. */
  readonly schemes: Readonly<Record<string, number>>;
  /** At the recent rate of sale; null where nothing was sold of late or the history is too short. */
  readonly daysOfStock: number | null;
  /** Low by its own threshold, its marketplace's or the global one; never true where no threshold is set. */
  readonly low: boolean;
  /** Of a feed whose newest complete snapshot is held back. */
  readonly held: boolean;
  /** Unix milliseconds of the newest change; null before the first. */
  readonly changedAt: number | null;
  /** Unix milliseconds: when complete snapshots last confirmed it; null while a feed of it was never read whole. */
  readonly confirmedAt: number | null;
}

export const BOARD_FILTERS = ['out', 'low', 'changed', 'held', 'archived'] as const;
export type BoardFilter = (typeof BOARD_FILTERS)[number];

export const BOARD_SORTS = [
  'article',
  'name',
  'available',
  'reserved',
  'present',
  'days',
  'changed',
] as const;
export type BoardSort = (typeof BOARD_SORTS)[number];

export interface BoardQuery {
  /** Parts of article, name, barcode, SKU or product id, divided by blanks; all must occur. Case does not matter. */
  readonly text?: string | undefined;
  readonly source?: Source | undefined;
  /** All of these hold. `changed`: since midnight in TZ_DISPLAY. */
  readonly filters?: readonly BoardFilter[] | undefined;
  readonly sort?: BoardSort | undefined;
  readonly descending?: boolean | undefined;
}

export interface BoardPage {
  /** How many products the query finds. */
  readonly total: number;
  readonly products: readonly BoardProduct[];
}

/** Everything that was found when it was asked for, in that order; a product is made when it is come to. */
export interface BoardListing extends Iterable<BoardProduct> {
  readonly length: number;
}

/** The same article on both marketplaces; a list each, for one article may stand on several products. */
export interface ArticlePair {
  readonly article: string;
  readonly ozon: readonly BoardProduct[];
  readonly wildberries: readonly BoardProduct[];
}

/** All products, held in memory and kept up with the tables: lists cost no query. */
export interface Board {
  /** Grows whenever anything shown may have changed. */
  readonly version: number;
  /** Null until the first load is done. */
  readonly loadedAt: number | null;
  page(query: BoardQuery, offset: number, limit: number): BoardPage;
  all(query: BoardQuery): BoardListing;
  articles(
    query: BoardQuery,
    offset: number,
    limit: number,
  ): { total: number; pairs: readonly ArticlePair[] };
  /** All products of all these articles, as they stand side by side. */
  allOfArticles(query: BoardQuery): BoardListing;
  /** Reserved pieces by feed id, of feeds with some. */
  reservedByFeed(): ReadonlyMap<number, number>;
  find(source: Source, account: string, productId: string): BoardProduct | null;
  /** Called after the version has grown; answers how to stop listening. */
  onChange(listener: () => void): () => void;
}
