import { type Feed, isCatalogue } from '../domain/feed.js';
import type { HeldRun } from '../domain/shrink-guard.js';
import type { RowKey, Step, StockRow } from '../domain/stock-change.js';
import type { FeedState, FeedTotals, ProjectionReader, StoredProduct } from '../ports/projection.js';
import type { OpenSnapshot } from './open-snapshot.js';
import { Places } from './state/places.js';
import { type ProductSums, RowTable } from './state/row-table.js';

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
  /** Prior state: of all products, or of those that {@link fetch} was asked for. */
  readonly table = new RowTable(new Places());
  /**
   * Products of which a row has come to stock, or out of it, since the last applied snapshot; null where that is not
   * known: of others nobody need ask whether they have run out.
   */
  turned: Set<string> | null = null;
  private whole = false;
  /** What has rows is entered in `products` as well; hands in the tables may have seen to it that it is not. */
  private rowsProveProducts = true;

  private constructor(
    state: FeedState,
    private readonly reader: ProjectionReader,
    /** Rows that may be held in memory now; 0 holds none. */
    private readonly rowBudget: () => number,
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

  /** @param rowBudget rows that may be held in memory now; 0 holds none */
  static async load(
    state: FeedState,
    reader: ProjectionReader,
    rowBudget: () => number,
    incarnation = 1,
  ): Promise<FeedMemory> {
    const memory = new FeedMemory(state, reader, rowBudget, incarnation);
    await memory.hold();
    return memory;
  }

  /**
   * Before a snapshot: holds the rows, where they fit and had been let go.
   *
   * @param anew reads the rows from the tables, and counts them, whatever was remembered
   */
  async refresh(anew: boolean): Promise<void> {
    this.rowsProveProducts = !anew;
    if (!this.whole) await this.hold();
    else if (anew) await this.readAll();
    if (anew && !isCatalogue(this.feed)) await this.count();
  }

  /** What is stored of these products of the feed's account. */
  productsOf(productIds: readonly string[]): Promise<ReadonlyMap<string, StoredProduct>> {
    return this.reader.storedProducts(this.feedId, productIds);
  }

  /** All products of the feed's account that are not removed. */
  currentProducts(): AsyncIterable<readonly { productId: string; firstSeenMs: number }[]> {
    return this.reader.currentProducts(this.feedId);
  }

  /** Numbers of the places where the feed's rows lie. */
  get places(): Places {
    return this.table.places;
  }

  /** Are all rows of the feed held in memory? Nothing is read of them then. */
  get isWhole(): boolean {
    return this.whole;
  }

  /** Rows held in memory for good. */
  get heldRows(): number {
    return this.whole ? this.table.size : 0;
  }

  /** Makes what {@link table} holds of these products complete. */
  async fetch(products: readonly { readonly productId: string }[]): Promise<void> {
    // All that there is is here already.
    if (this.whole) return;
    const ids = new Set(products.map(({ productId }) => productId));
    const missing = [...ids].filter((id) => this.table.products.find(id) < 0);
    if (missing.length === 0) return;
    for (const id of missing) this.table.products.add(id);
    this.enter(await this.reader.rowsOfProducts(this.feedId, missing));
  }

  /** What is stored of the key, as far as the table holds its product. */
  find(key: RowKey): StockRow | undefined {
    const product = this.table.products.find(key.productId);
    if (product < 0) return undefined;
    const row = this.table.rowAt(product, this.places.numberOf(key));
    return row < 0 ? undefined : this.table.stockRow(product, row);
  }

  /** The product's article as rows of the feed have told it since it is held. */
  offerId(productId: string): string | undefined {
    const product = this.table.products.find(productId);
    return product < 0 ? undefined : this.table.offerId(product);
  }

  /** The product is about to be entered, with this article unless another one was told. */
  tell({ productId, offerId }: { readonly productId: string; readonly offerId?: string | undefined }): void {
    const product = this.table.products.add(productId);
    this.table.setKnown(product, true);
    if (offerId !== undefined && this.table.offerId(product) === undefined)
      this.table.setOfferId(product, offerId);
  }

  /** Puts a step's row in place and keeps the running totals. */
  apply(step: Step): void {
    const { table } = this;
    const product = table.products.add(step.row.productId);
    const before = table.sums(product);
    table.put(step.row);
    if (hasTurned(step)) this.turned?.add(step.row.productId);
    if (this.turned !== null && this.turned.size > MOST_TURNED) this.turned = null;
    this.totals = moved(this.totals, before, table.sums(product));
  }

  /** A replay's rows are to take the place of these: what is remembered follows, figures included. */
  adopt(
    rows: readonly StockRow[],
    figures: Pick<FeedState, 'totals' | 'applied' | 'held' | 'failures'>,
  ): void {
    if (this.whole) for (const row of rows) this.table.put(row);
    this.turned = null;
    this.totals = figures.totals;
    this.applied = figures.applied;
    this.held = figures.held;
    this.failures = figures.failures;
  }

  /**
   * Every product with its rows, closed ones among them: one table of all, or some thousand products at a time. Rows
   * changed since the last commit must belong to the open snapshot.
   */
  async *tables(): AsyncGenerator<RowTable> {
    if (this.whole) {
      yield this.table;
      return;
    }
    for await (const stored of this.reader.rowsOfFeed(this.feedId)) {
      const chunk = new RowTable(this.places);
      for (const row of stored) {
        // What this batch has changed already is newer here than in the database.
        const newer = this.table.products.find(row.productId);
        if (newer < 0) chunk.put(row);
        else if (chunk.products.find(row.productId) < 0)
          for (const one of this.table.rowsOf(newer)) chunk.put(one);
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
    if (!this.whole) this.table.clear();
  }

  /** Nobody has asked for it in a while: the next snapshot reads it again. Not while one is open, nor before a commit. */
  letGo(): void {
    if (this.open !== null) return;
    this.whole = false;
    this.table.clear();
  }

  /** Reads all rows, where they fit. */
  private async hold(): Promise<void> {
    const budget = this.rowBudget();
    // Closed rows count as well, yet where the live ones are too many there is nothing to count.
    if (isCatalogue(this.feed) || budget <= 0 || this.totals.rows > budget) return;
    this.whole = (await this.reader.countRows(this.feedId)) <= budget;
    if (this.whole) await this.readAll();
  }

  private async readAll(): Promise<void> {
    this.table.clear();
    for await (const rows of this.reader.rowsOfFeed(this.feedId)) this.enter(rows);
  }

  /** Figures as the rows have them: they drift apart only where hands were in the tables. */
  private async count(): Promise<void> {
    let totals: FeedTotals = { rows: 0, products: 0, inStock: 0, available: 0 };
    for await (const table of this.tables()) {
      for (let product = 0; product < table.products.size; product += 1) {
        totals = moved(totals, NONE, table.sums(product));
      }
    }
    this.totals = totals;
  }

  private enter(rows: readonly StockRow[]): void {
    const { table } = this;
    for (const row of rows) {
      table.put(row);
      if (this.rowsProveProducts) table.setKnown(table.products.find(row.productId), true);
    }
  }
}

/** More of them are found as fast by looking at all changes. */
const MOST_TURNED = 1_000;

/** What closes since the settings look elsewhere may be the product's last row. */
function hasTurned({ before, row, reason }: Step): boolean {
  return (before?.available ?? 0) > 0 !== row.level.available > 0 || reason === 'rescoped';
}

const NONE: ProductSums = { live: 0, available: 0 };

/** The totals after a product's rows have become others. */
function moved(totals: FeedTotals, before: ProductSums, after: ProductSums): FeedTotals {
  return {
    rows: totals.rows + after.live - before.live,
    products: totals.products + sign(after.live) - sign(before.live),
    inStock: totals.inStock + sign(after.available) - sign(before.available),
    available: totals.available + after.available - before.available,
  };
}

function sign(count: number): 0 | 1 {
  return count > 0 ? 1 : 0;
}
