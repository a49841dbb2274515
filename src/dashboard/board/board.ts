import { SOURCES } from '../../domain/stock-key.js';
import { AppError, messageOf } from '../../errors.js';
import type { Logger } from '../../ports/logger.js';
import type { LedgerOwner, Reader } from '../../store/board/board-standing.js';
import type { ArticlePair, Board, BoardListing, BoardPage, BoardProduct, BoardQuery } from './contract.js';
import { type Entry, type LowStock, productOf } from './entry.js';
import { type ByArticle, Finder } from './finder.js';
import { KeepUp } from './keep-up.js';
import { patientReader } from './patient-reader.js';
import { ZoneClock } from './zone.js';

export interface BoardOptions {
  readonly db: Reader;
  readonly owner: LedgerOwner;
  /** Pieces by source, as the rules of alerts have it; 0: no threshold. */
  readonly lowStock: LowStock;
  /** TZ_DISPLAY. */
  readonly timeZone: string;
  readonly logger: Pick<Logger, 'warn' | 'info'>;
  /** Milliseconds between looks while somebody listens, and while nobody does. */
  readonly everyMs?: number | undefined;
  readonly idleEveryMs?: number | undefined;
  /** Milliseconds after which a statement without an answer counts as failed. */
  readonly patienceMs?: number | undefined;
  readonly now?: (() => number) | undefined;
}

/** A board that keeps itself up. */
export interface LiveBoard extends Board {
  /** Begins to look, now; the first look loads everything. */
  start(): void;
  stop(): Promise<void>;
  /** Looks now, or joins the look under way. Does not throw: see `awaySince`. */
  refresh(): Promise<void>;
  /** A product's threshold was set: read them with the next look, and look now. */
  thresholdsChanged(): Promise<void>;
  /** Unix milliseconds since when the tables cannot be read and the board shows them as they were; null: they can. */
  readonly awaySince: number | null;
}

const EVERY_MS = 2_000;
const IDLE_EVERY_MS = 10_000;
/** Looks may take this share of the time: what is slow is looked at less often. */
const SHARE = 0.1;
const MOST_LISTED = 1_000;

export function createBoard(options: BoardOptions): LiveBoard {
  return new MemoryBoard(options);
}

/** About 1 KB a product. One look at a time; readers see the shelf between two statements of it. */
class MemoryBoard implements LiveBoard {
  readonly #keepUp: KeepUp;
  readonly #clock: ZoneClock;
  readonly #listeners = new Set<() => void>();
  readonly #now: () => number;
  #finder: Finder;
  #looking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;
  #version = 0;
  #loadedAt: number | null = null;
  #awaySince: number | null = null;
  #lastTook = 0;

  constructor(private readonly options: BoardOptions) {
    this.#keepUp = new KeepUp(patientReader(options.db, options.patienceMs), options.owner);
    this.#clock = new ZoneClock(options.timeZone);
    this.#now = options.now ?? Date.now;
    this.#finder = this.#newFinder();
  }

  get version(): number {
    return this.#version;
  }

  get loadedAt(): number | null {
    return this.#loadedAt;
  }

  get awaySince(): number | null {
    return this.#awaySince;
  }

  page(query: BoardQuery, offset: number, limit: number): BoardPage {
    const found = this.#find(query);
    return { total: found.length, products: this.#shown(slice(found, offset, limit)) };
  }

  all(query: BoardQuery): BoardListing {
    const found = this.#find(query);
    return this.#listing(found.length, found);
  }

  /** Articles with a product that the query finds, in the order of the first such product; all their products. */
  articles(
    query: BoardQuery,
    offset: number,
    limit: number,
  ): { total: number; pairs: readonly ArticlePair[] } {
    const found = this.#find(query);
    const articles = this.#finder.articlesOf(found);
    const byArticle = this.#finder.byArticle();
    const pairs = slice(articles, offset, limit).map((article) => {
      const products = this.#shown(byArticle.get(article) ?? []);
      const of = (source: BoardProduct['source']) => products.filter((product) => product.source === source);
      return { article, ozon: of('ozon'), wildberries: of('wildberries') };
    });
    return { total: articles.length, pairs };
  }

  allOfArticles(query: BoardQuery): BoardListing {
    const articles = this.#finder.articlesOf(this.#find(query));
    const byArticle = this.#finder.byArticle();
    const length = articles.reduce((sum, article) => sum + (byArticle.get(article)?.length ?? 0), 0);
    return this.#listing(length, sideBySide(articles, byArticle));
  }

  reservedByFeed(): ReadonlyMap<number, number> {
    const reserved = new Map<number, number>();
    for (const { reservedIn } of this.#keepUp.shelf.all())
      for (const [feedId, pieces] of reservedIn) reserved.set(feedId, (reserved.get(feedId) ?? 0) + pieces);
    return reserved;
  }

  find(source: BoardProduct['source'], account: string, productId: string): BoardProduct | null {
    const entry = this.#keepUp.shelf.find(source, account, productId);
    return entry === undefined ? null : productOf(entry, this.options.lowStock);
  }

  onChange(listener: () => void): () => void {
    // A function of its own for each: the same listener may be handed in twice.
    const own = () => listener();
    const isFirst = this.#listeners.size === 0;
    this.#listeners.add(own);
    if (isFirst && this.#isRunning && this.#looking === undefined) this.#schedule(0);
    return () => this.#listeners.delete(own);
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#schedule(0);
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#listeners.clear();
    clearTimeout(this.#timer);
    await this.#looking;
  }

  refresh(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async thresholdsChanged(): Promise<void> {
    await this.#looking;
    this.#keepUp.expectThresholds();
    await this.refresh();
  }

  async #look(): Promise<void> {
    const { logger } = this.options;
    const begun = performance.now();
    let isNew = false;
    try {
      isNew = await this.#keepUp.look();
      if (this.#loadedAt === null || this.#awaySince !== null) isNew = true;
      if (this.#awaySince !== null) logger.info({}, 'the list of products follows the database again');
      this.#awaySince = null;
      this.#loadedAt ??= this.#now();
    } catch (error) {
      if (this.#awaySince === null) {
        this.#awaySince = this.#now();
        isNew = true;
        logger.warn(
          { error: messageOf(error) },
          'the list of products stays as it is: the database cannot be read',
        );
      }
    }
    this.#lastTook = performance.now() - begun;
    if (isNew) this.#tell();
  }

  #tell(): void {
    this.#version += 1;
    const isFirst = this.#version === 1 || !this.#finder.isOf(this.#keepUp.shelf);
    if (!this.#finder.isOf(this.#keepUp.shelf)) this.#finder = this.#newFinder();
    this.#finder.warm(this.#version);
    if (isFirst) void this.#finder.warmAll(this.#version);
    for (const listener of [...this.#listeners]) {
      try {
        listener();
      } catch (error) {
        this.options.logger.warn({ error }, 'a listener of the list of products failed');
      }
    }
  }

  #newFinder(): Finder {
    const { lowStock } = this.options;
    return new Finder(this.#keepUp.shelf, { lowStock, clock: this.#clock, now: this.#now });
  }

  #schedule(afterMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      void this.refresh().then(() => {
        if (this.#isRunning) this.#schedule(this.#pause());
      });
    }, afterMs);
    this.#timer.unref();
  }

  #pause(): number {
    const { everyMs = EVERY_MS, idleEveryMs = IDLE_EVERY_MS } = this.options;
    const wanted = this.#listeners.size > 0 || this.#awaySince !== null ? everyMs : idleEveryMs;
    return Math.max(wanted, this.#lastTook / SHARE);
  }

  #find(query: BoardQuery): readonly Entry[] {
    return this.#finder.find(query, this.#version);
  }

  #listing(length: number, entries: Iterable<Entry>): BoardListing {
    const { lowStock } = this.options;
    return {
      length,
      *[Symbol.iterator]() {
        for (const entry of entries) yield productOf(entry, lowStock);
      },
    };
  }

  #shown(entries: readonly Entry[]): BoardProduct[] {
    return entries.map((entry) => productOf(entry, this.options.lowStock));
  }
}

function sideBySide(articles: readonly string[], byArticle: ByArticle): Iterable<Entry> {
  return {
    *[Symbol.iterator]() {
      for (const article of articles) {
        const entries = byArticle.get(article) ?? [];
        for (const source of SOURCES) yield* entries.filter(({ account }) => account.source === source);
      }
    },
  };
}

function slice<T>(found: readonly T[], offset: number, limit: number): readonly T[] {
  if (!Number.isSafeInteger(offset) || offset < 0 || !Number.isSafeInteger(limit) || limit < 0) {
    throw new AppError('INVARIANT', `no page: ${limit} from ${offset} on`);
  }
  return found.slice(offset, offset + Math.min(limit, MOST_LISTED));
}
