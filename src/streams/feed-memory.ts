import { type Feed, isCatalogue } from '../domain/feed.js';
import type { HeldRun } from '../domain/shrink-guard.js';
import type { RowKey, Step, StockRow } from '../domain/stock-change.js';
import type {
  Article,
  ArticlesAsOf,
  FeedState,
  FeedTotals,
  ProjectionReader,
  StoredProduct,
} from '../ports/projection.js';
import type { OpenSnapshot } from './open-snapshot.js';

/** A product's rows in a feed, and what the catalogue of articles knows of it. */
export interface ProductEntry {
  /** Entered in `products`. */
  known: boolean;
  offerId: string | undefined;
  name: string | undefined;
  rows: StockRow[];
}

/** Rows of one product in a feed. */
export interface ProductRows {
  readonly productId: string;
  readonly rows: readonly StockRow[];
}

const CHUNK = 4_096;

function unknownProduct(): ProductEntry {
  return { known: false, offerId: undefined, name: undefined, rows: [] };
}

/**
 * The owner's picture of one feed: running totals, the open snapshot, and the prior state of the diff — all of it
 * where it fits the bound, else the products of the page at hand.
 */
export class FeedMemory {
  readonly feedId: number;
  readonly feed: Feed;
  totals: FeedTotals;
  applied: FeedState['applied'];
  held: HeldRun | null;
  /** Reads in a row that came to no good end. */
  failures: number;
  open: OpenSnapshot | null = null;
  /** The newest snapshot, where it was found incomplete: records of it that are redriven may complete it. */
  incomplete: OpenSnapshot | null = null;
  private readonly products = new Map<string, ProductEntry>();
  private whole = false;
  /** Rows in {@link products}, closed ones included. */
  private entered = 0;
  private articlesAsOf: ArticlesAsOf | undefined;

  private constructor(
    state: FeedState,
    private readonly reader: ProjectionReader,
    /** The life of the raw topic that the records come from. */
    readonly incarnation: number,
  ) {
    this.feedId = state.feedId;
    this.feed = state.feed;
    this.totals = state.totals;
    this.applied = state.applied;
    this.held = state.held;
    this.failures = state.failures;
  }

  /** @param rowBudget rows that may be held in memory; 0 holds none */
  static async load(
    state: FeedState,
    reader: ProjectionReader,
    rowBudget: number,
    incarnation = 1,
  ): Promise<FeedMemory> {
    const memory = new FeedMemory(state, reader, incarnation);
    const { feedId, feed } = state;
    memory.whole = !isCatalogue(feed) && rowBudget > 0 && (await reader.countRows(feedId)) <= rowBudget;
    if (memory.whole) await memory.readAll();
    return memory;
  }

  /**
   * Before a snapshot: takes in what catalogues have said of the products meanwhile.
   *
   * @param anew reads the rows from the tables as well, and counts them, whatever was remembered
   */
  async refresh(anew: boolean): Promise<void> {
    if (anew && !isCatalogue(this.feed)) await this.recount();
    else if (this.whole) await this.readArticles();
  }

  /** What is stored of these products of the feed's account. */
  productsOf(productIds: readonly string[]): Promise<ReadonlyMap<string, StoredProduct>> {
    return this.reader.storedProducts(this.feedId, productIds);
  }

  /** All products of the feed's account that are not removed. */
  currentProducts(): AsyncIterable<readonly { productId: string; firstSeenMs: number }[]> {
    return this.reader.currentProducts(this.feedId);
  }

  /** Are all rows of the feed held in memory? Nothing is read of them then. */
  get isWhole(): boolean {
    return this.whole;
  }

  /** Rows held in memory for good. */
  get heldRows(): number {
    return this.whole ? this.entered : 0;
  }

  /** Makes the entries of these products complete; afterwards {@link entry} answers for them. */
  async fetch(productIds: readonly string[]): Promise<void> {
    // All that there is is here already.
    if (this.whole) return;
    const missing = [...new Set(productIds)].filter((id) => !this.products.has(id));
    if (missing.length === 0) return;
    for (const id of missing) this.products.set(id, unknownProduct());
    this.enter(await this.reader.rowsOfProducts(this.feedId, missing));
    const { articles } = await this.reader.articles(this.feedId, { productIds: missing });
    this.enterArticles(articles);
  }

  entry(productId: string): ProductEntry {
    let entry = this.products.get(productId);
    if (entry === undefined) {
      entry = unknownProduct();
      this.products.set(productId, entry);
    }
    return entry;
  }

  find(key: RowKey): StockRow | undefined {
    return rowAt(this.entry(key.productId), key);
  }

  /** Puts a step's row in place and keeps the running totals. */
  apply(step: Step): void {
    const entry = this.entry(step.row.productId);
    const before = summary(entry.rows);
    const at = entry.rows.findIndex(
      (row) => row.scheme === step.row.scheme && row.warehouseId === step.row.warehouseId,
    );
    if (at < 0) this.add(entry, step.row);
    else entry.rows[at] = step.row;
    const after = summary(entry.rows);
    this.totals = {
      rows: this.totals.rows + after.live - before.live,
      products: this.totals.products + sign(after.live) - sign(before.live),
      inStock: this.totals.inStock + sign(after.available) - sign(before.available),
      available: this.totals.available + after.available - before.available,
    };
  }

  /** A replay's rows are to take the place of these: what is remembered follows, figures included. */
  adopt(
    rows: readonly StockRow[],
    figures: Pick<FeedState, 'totals' | 'applied' | 'held' | 'failures'>,
  ): void {
    if (this.whole) {
      for (const row of rows) {
        const entry = this.entry(row.productId);
        const at = entry.rows.findIndex(
          (one) => one.scheme === row.scheme && one.warehouseId === row.warehouseId,
        );
        if (at < 0) this.add(entry, row);
        else entry.rows[at] = row;
      }
    }
    this.totals = figures.totals;
    this.applied = figures.applied;
    this.held = figures.held;
    this.failures = figures.failures;
  }

  /**
   * Every product with its rows, closed ones among them, some thousand products at a time. Rows changed since the last
   * commit must belong to the open snapshot.
   */
  async *productsInChunks(): AsyncGenerator<readonly ProductRows[]> {
    if (this.whole) {
      let chunk: ProductRows[] = [];
      for (const [productId, { rows }] of this.products) {
        chunk.push({ productId, rows });
        if (chunk.length < CHUNK) continue;
        yield chunk;
        chunk = [];
      }
      yield chunk;
      return;
    }
    for await (const stored of this.reader.rowsOfFeed(this.feedId)) {
      const chunk: ProductRows[] = [];
      for (let start = 0; start < stored.length; ) {
        const productId = stored[start]?.productId ?? '';
        let end = start;
        while (stored[end]?.productId === productId) end += 1;
        // What this batch has changed already is newer here than in the database.
        chunk.push({ productId, rows: this.products.get(productId)?.rows ?? stored.slice(start, end) });
        start = end;
      }
      yield chunk;
    }
  }

  /**
   * After a commit: what is not held for good is forgotten.
   *
   * @param fits false where all that the process holds has outgrown its bound: this feed is no longer held
   */
  settle(fits: boolean): void {
    this.whole &&= fits;
    if (this.whole) return;
    this.products.clear();
    this.entered = 0;
  }

  private async readAll(): Promise<void> {
    for await (const rows of this.reader.rowsOfFeed(this.feedId)) this.enter(rows);
    this.articlesAsOf = undefined;
    await this.readArticles();
  }

  private async readArticles(): Promise<void> {
    const which = this.articlesAsOf === undefined ? {} : { since: this.articlesAsOf };
    const { articles, asOf } = await this.reader.articles(this.feedId, which);
    this.enterArticles(articles);
    this.articlesAsOf = asOf;
  }

  /** Rows and figures as the tables have them: both drift apart from memory only where hands were in the tables. */
  private async recount(): Promise<void> {
    this.products.clear();
    this.entered = 0;
    if (this.whole) await this.readAll();
    let totals: FeedTotals = { rows: 0, products: 0, inStock: 0, available: 0 };
    for await (const chunk of this.productsInChunks()) {
      for (const { rows } of chunk) {
        const { live, available } = summary(rows);
        totals = {
          rows: totals.rows + live,
          products: totals.products + sign(live),
          inStock: totals.inStock + sign(available),
          available: totals.available + available,
        };
      }
    }
    this.totals = totals;
  }

  private enter(rows: readonly StockRow[]): void {
    for (const row of rows) this.add(this.entry(row.productId), row);
  }

  private add(entry: ProductEntry, row: StockRow): void {
    entry.rows.push(row);
    this.entered += 1;
  }

  private enterArticles(articles: ReadonlyMap<string, Article>): void {
    for (const [productId, { offerId, name }] of articles) {
      const entry = this.entry(productId);
      entry.known = true;
      entry.offerId = offerId;
      entry.name = name;
    }
  }
}

/** The product's row in this place. */
export function rowAt(
  { rows }: ProductEntry,
  { scheme, warehouseId }: Pick<RowKey, 'scheme' | 'warehouseId'>,
): StockRow | undefined {
  for (const row of rows) if (row.warehouseId === warehouseId && row.scheme === scheme) return row;
  return undefined;
}

function summary(rows: readonly StockRow[]): { live: number; available: number } {
  let live = 0;
  let available = 0;
  for (const row of rows) {
    if (row.closed) continue;
    live += 1;
    available += row.level.available;
  }
  return { live, available };
}

function sign(count: number): 0 | 1 {
  return count > 0 ? 1 : 0;
}
