import { type Feed, formatFeed } from '../../src/domain/feed.js';
import type { StockRow } from '../../src/domain/stock-change.js';
import type { ProductMovement, UnreadProduct } from '../../src/events/sync-event.js';
import type { PartitionPlace, Transaction } from '../../src/ports/partition-processor.js';
import type {
  Article,
  ChangeRow,
  FeedPatch,
  FeedState,
  LedgerChange,
  LedgerReader,
  Movements,
  OpenSnapshotState,
  ProductPatch,
  ProjectionReader,
  ProjectionWriter,
  SnapshotPatch,
  StoredProduct,
} from '../../src/ports/projection.js';

/** What the table `feeds` would hold. */
export interface FeedRow extends FeedState {
  readonly watermark: number | null;
  readonly retiredAt: number | null;
  readonly staleRecords: number;
  readonly cursor: string | null;
}

/** What the table `products` would hold. */
export interface ProductRow extends StoredProduct {
  readonly removedAt: number | null;
}

interface Tables {
  readonly feeds: ReadonlyMap<string, FeedRow>;
  /** Feed id and row id → row. */
  readonly levels: ReadonlyMap<string, StockRow>;
  readonly ledger: readonly ChangeRow[];
  /** Account and product id → product. */
  readonly products: ReadonlyMap<string, ProductRow>;
  readonly snapshots: ReadonlyMap<number, SnapshotPatch>;
}

const TX: Transaction = { brand: 'transaction' };

/**
 * The projector's tables in memory, for one partition: same promises as the store on MySQL, written as plainly as
 * can be. Rows are never changed in place, so that a transaction is undone by putting the old tables back.
 */
export class MemoryProjection implements ProjectionReader, ProjectionWriter, LedgerReader {
  private tables: Tables = {
    feeds: new Map(),
    levels: new Map(),
    ledger: [],
    products: new Map(),
    snapshots: new Map(),
  };
  /** Offsets of records that have dead letters. */
  readonly letters = new Set<number>();
  /** Which prior state was asked for, by product, or `*` for a whole feed. */
  readonly reads: string[] = [];

  /** @param rangeRows rows per range when a whole feed is read */
  constructor(private readonly rangeRows = 3) {}

  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const before = this.tables;
    try {
      return await work(TX);
    } catch (error) {
      this.tables = before;
      throw error;
    }
  }

  async feed(feed: Feed): Promise<FeedState> {
    const id = formatFeed(feed);
    const known = this.tables.feeds.get(id);
    if (known !== undefined) return known;
    const row: FeedRow = {
      feedId: this.tables.feeds.size + 1,
      feed,
      totals: { rows: 0, products: 0, inStock: 0, available: 0 },
      applied: null,
      held: null,
      watermark: null,
      retiredAt: null,
      staleRecords: 0,
      cursor: null,
      failures: 0,
    };
    this.tables = { ...this.tables, feeds: new Map([...this.tables.feeds, [id, row]]) };
    return row;
  }

  async openSnapshots(): Promise<readonly OpenSnapshotState[]> {
    const all = [...this.tables.snapshots.values()];
    const isNewest = ({ feedId, firstOffset }: SnapshotPatch) =>
      all.every((other) => other.feedId !== feedId || other.firstOffset <= firstOffset);
    return all
      .filter((patch) => patch.status === 'open' || (patch.status === 'incomplete' && isNewest(patch)))
      .map((patch) => ({
        ...patch,
        status: patch.status === 'open' ? ('open' as const) : ('incomplete' as const),
        feed: formatFeed(this.feedById(patch.feedId).feed),
        startedAtMs: Date.parse(patch.startedAt),
      }));
  }

  async rowsOfProducts(feedId: number, productIds: readonly string[]): Promise<readonly StockRow[]> {
    this.reads.push(...productIds);
    return this.rows(feedId).filter((row) => productIds.includes(row.productId));
  }

  async *rowsOfFeed(feedId: number): AsyncGenerator<readonly StockRow[]> {
    this.reads.push('*');
    const rows = this.rows(feedId);
    for (let start = 0; start < rows.length; ) {
      let end = Math.min(start + this.rangeRows, rows.length);
      while (end < rows.length && rows[end]?.productId === rows[end - 1]?.productId) end += 1;
      yield rows.slice(start, end);
      start = end;
    }
  }

  async countRows(feedId: number): Promise<number> {
    return this.rows(feedId).length;
  }

  async articles(feedId: number, productIds: readonly string[]): Promise<ReadonlyMap<string, Article>> {
    const found = new Map<string, Article>();
    for (const { productId, offerId, name } of this.productsOfAccount(feedId)) {
      if (!productIds.includes(productId)) continue;
      found.set(productId, { offerId: offerId ?? undefined, name: name ?? undefined });
    }
    return found;
  }

  async storedProducts(feedId: number, productIds: readonly string[]): Promise<Map<string, StoredProduct>> {
    const products = this.productsOfAccount(feedId).filter(({ productId }) => productIds.includes(productId));
    return new Map(products.map((product) => [product.productId, product]));
  }

  async *currentProducts(feedId: number): AsyncGenerator<readonly StoredProduct[]> {
    const products = this.productsOfAccount(feedId).filter(({ removed }) => !removed);
    for (let start = 0; start < products.length; start += this.rangeRows) {
      yield products.slice(start, start + this.rangeRows);
    }
  }

  async changes(_tx: Transaction, _place: PartitionPlace, rows: readonly ChangeRow[]): Promise<void> {
    const levels = new Map(this.tables.levels);
    for (const { feedId, step } of rows) levels.set(levelKey(feedId, step.row), step.row);
    this.tables = { ...this.tables, levels, ledger: [...this.tables.ledger, ...rows] };
  }

  async products(_tx: Transaction, patches: readonly ProductPatch[]): Promise<void> {
    const products = new Map(this.tables.products);
    for (const patch of patches) {
      const key = `${this.accountOf(patch.feedId)}:${patch.productId}`;
      products.set(key, patched(products.get(key), patch));
    }
    this.tables = { ...this.tables, products };
  }

  async snapshots(
    _tx: Transaction,
    _place: PartitionPlace,
    patches: readonly SnapshotPatch[],
  ): Promise<void> {
    const entries = patches.map((patch) => [patch.firstOffset, patch] as const);
    this.tables = { ...this.tables, snapshots: new Map([...this.tables.snapshots, ...entries]) };
  }

  async feeds(_tx: Transaction, patches: readonly FeedPatch[]): Promise<void> {
    const feeds = new Map(this.tables.feeds);
    for (const patch of patches) {
      const row = this.feedById(patch.feedId);
      feeds.set(formatFeed(row.feed), {
        ...row,
        totals: patch.totals,
        applied: patch.applied ?? row.applied,
        watermark: patch.watermark ?? row.watermark,
        held: patch.held === undefined ? row.held : patch.held,
        retiredAt: patch.retiredAt === undefined ? row.retiredAt : patch.retiredAt,
        staleRecords: row.staleRecords + patch.staleRecords,
        cursor: patch.cursor ?? row.cursor,
        failures: patch.failures ?? row.failures,
      });
    }
    this.tables = { ...this.tables, feeds };
  }

  async movements(
    _tx: Transaction,
    _place: PartitionPlace,
    feedId: number,
    firstOffset: number,
    lastOffset: number,
    among?: readonly string[],
  ): Promise<Movements> {
    const ranOut: ProductMovement[] = [];
    const cameBack: ProductMovement[] = [];
    const unread: UnreadProduct[] = [];
    const rescoped = new Set<string>();
    const deltas = new Map<string, number>();
    const fell = new Set<string>();
    const rose = new Set<string>();
    for (const { feedId: of, offset, step } of this.tables.ledger) {
      if (of !== feedId || offset < firstOffset || offset > lastOffset) continue;
      const { productId, level } = step.row;
      if (among?.includes(productId) === false) continue;
      const before = step.before?.available ?? 0;
      const delta = level.available - before;
      if (before > 0 && level.available === 0 && step.reason !== 'rescoped') fell.add(productId);
      if (before === 0 && level.available > 0) rose.add(productId);
      if (step.reason === 'rescoped') rescoped.add(productId);
      deltas.set(productId, (deltas.get(productId) ?? 0) + delta);
    }
    const totals = this.accountTotals(this.accountOf(feedId));
    const live = this.liveProducts(this.accountOf(feedId));
    for (const [productId, delta] of deltas) {
      if (rescoped.has(productId) && !fell.has(productId) && !live.has(productId)) {
        unread.push({ productId });
        continue;
      }
      const after = totals.get(productId) ?? 0;
      const movement = { productId, before: after - delta, after };
      if (fell.has(productId) && movement.before > 0 && after === 0) ranOut.push(movement);
      if (rose.has(productId) && movement.before === 0 && after > 0) cameBack.push(movement);
    }
    return { ranOut, cameBack, unread };
  }

  async ledger(_place: PartitionPlace, from: number, to: number): Promise<readonly LedgerChange[]> {
    const rows = this.tables.ledger.filter((row) => row.offset >= from && row.offset < to);
    return rows.map((row) => this.ledgerChange(row));
  }

  async refused(_place: PartitionPlace, from: number, to: number): Promise<readonly number[]> {
    return [...this.letters].filter((offset) => offset >= from && offset < to);
  }

  /** The feed's row, or throws where no record of it was ever folded. */
  feedRow(feed: Feed): FeedRow {
    const row = this.tables.feeds.get(formatFeed(feed));
    if (row === undefined) throw new Error(`no feed ${formatFeed(feed)}`);
    return row;
  }

  /** All rows of the feed in key order, closed ones included. */
  rowsIn(feed: Feed): readonly StockRow[] {
    return this.rows(this.feedRow(feed).feedId);
  }

  /** Somebody's hands in the tables: rows as they like, and nothing else knows. */
  tamper(feed: Feed, change: (row: StockRow) => StockRow): void {
    const { feedId } = this.feedRow(feed);
    const changed = this.rows(feedId).map((row) => [levelKey(feedId, row), change(row)] as const);
    this.tables = { ...this.tables, levels: new Map([...this.tables.levels, ...changed]) };
  }

  snapshotRows(): readonly SnapshotPatch[] {
    return [...this.tables.snapshots.values()];
  }

  feedRows(): readonly FeedRow[] {
    return [...this.tables.feeds.values()];
  }

  productRows(): readonly ProductRow[] {
    return [...this.tables.products.values()].sort((a, b) => (a.productId < b.productId ? -1 : 1));
  }

  private productsOfAccount(feedId: number): ProductRow[] {
    const prefix = `${this.accountOf(feedId)}:`;
    return [...this.tables.products].filter(([key]) => key.startsWith(prefix)).map(([, row]) => row);
  }

  private rows(feedId: number): StockRow[] {
    const prefix = `${feedId}|`;
    const found = [...this.tables.levels].filter(([key]) => key.startsWith(prefix)).map(([, row]) => row);
    return found.sort(inKeyOrder);
  }

  private feedById(feedId: number): FeedRow {
    const row = [...this.tables.feeds.values()].find((one) => one.feedId === feedId);
    if (row === undefined) throw new Error(`no feed ${feedId}`);
    return row;
  }

  private accountOf(feedId: number): string {
    const { source, account } = this.feedById(feedId).feed;
    return `${source}:${account}`;
  }

  /** Product → pieces available over all feeds of the account. */
  private accountTotals(account: string): Map<string, number> {
    const totals = new Map<string, number>();
    for (const { feedId } of this.tables.feeds.values()) {
      if (this.accountOf(feedId) !== account) continue;
      for (const { productId, level } of this.rows(feedId)) {
        totals.set(productId, (totals.get(productId) ?? 0) + level.available);
      }
    }
    return totals;
  }

  /** Products with a row that is not closed in any feed of the account. */
  private liveProducts(account: string): Set<string> {
    const feeds = [...this.tables.feeds.values()].filter(({ feedId }) => this.accountOf(feedId) === account);
    const rows = feeds.flatMap(({ feedId }) => this.rows(feedId));
    return new Set(rows.filter(({ closed }) => !closed).map(({ productId }) => productId));
  }

  private ledgerChange({
    feedId,
    step,
    snapshot,
    offset,
    index,
    observedAt,
    offerId,
    name,
  }: ChangeRow): LedgerChange {
    const { source, account } = this.feedById(feedId).feed;
    const { productId, scheme, warehouseId, level, seq } = step.row;
    const snapshotId = this.tables.snapshots.get(snapshot)?.snapshotId ?? '';
    return {
      offset,
      index,
      change: {
        key: { source, account, productId, scheme, warehouseId },
        op: step.op,
        before: step.before,
        after: level,
        ...(step.reason === undefined ? {} : { reason: step.reason }),
        snapshotId,
        observedAt,
        seq,
        ...(offerId === undefined ? {} : { offerId }),
        ...(name === undefined ? {} : { name }),
      },
    };
  }
}

function patched(prior: ProductRow | undefined, patch: ProductPatch): ProductRow {
  const removedAt = patch.removedAt === undefined ? (prior?.removedAt ?? null) : patch.removedAt;
  return {
    productId: patch.productId,
    offerId: patch.offerId ?? prior?.offerId ?? null,
    name: patch.name ?? prior?.name ?? null,
    sku: patch.sku ?? prior?.sku ?? null,
    cardId: patch.cardId ?? prior?.cardId ?? null,
    size: patch.size ?? prior?.size ?? null,
    barcodes: patch.barcodes ?? prior?.barcodes ?? null,
    archived: patch.archived ?? prior?.archived ?? false,
    removed: removedAt !== null,
    removedAt,
    firstSeenMs: Math.min(prior?.firstSeenMs ?? patch.seenAt, patch.seenAt),
  };
}

function levelKey(feedId: number, row: StockRow): string {
  return `${feedId}|${row.productId}|${row.scheme}|${row.warehouseId}`;
}

/** As MySQL has it: ids by number, the rest byte by byte. */
function inKeyOrder(a: StockRow, b: StockRow): number {
  const [one, other] = [BigInt(a.productId), BigInt(b.productId)];
  if (one !== other) return one < other ? -1 : 1;
  const [left, right] = [`${a.scheme} ${a.warehouseId}`, `${b.scheme} ${b.warehouseId}`];
  return left < right ? -1 : left > right ? 1 : 0;
}
