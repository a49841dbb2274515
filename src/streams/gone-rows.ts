import { scopeCovers } from '../domain/snapshot.js';
import { compareRowKeys, type StockRow } from '../domain/stock-change.js';
import type { FeedMemory } from './feed-memory.js';
import { type OpenSnapshot, rowId } from './open-snapshot.js';

export interface GoneRows {
  /** Outside what the feed covers by now: the settings look elsewhere, or the warehouse is no more. */
  readonly rescoped: readonly StockRow[];
  /** Their product stands elsewhere in the same snapshot. */
  readonly moved: readonly StockRow[];
  /** Their product is gone by the word of the complete catalogue. */
  readonly removed: readonly StockRow[];
  /** The snapshot holds no row of their product. */
  readonly vanished: readonly StockRow[];
  /** Products with stock among the vanished. */
  readonly inStockVanishing: number;
  /** Rows from before the snapshot that it could have held: neither rescoped nor of products nobody asked about. */
  readonly judged: number;
}

const NOTHING_GONE: GoneRows = {
  rescoped: [],
  moved: [],
  removed: [],
  vanished: [],
  inStockVanishing: 0,
  judged: 0,
};

/** Live rows that the snapshot does not hold. Says something only about a complete snapshot. */
export async function goneFrom(memory: FeedMemory, open: OpenSnapshot): Promise<GoneRows> {
  const { scope } = open.started;
  // Only what is new was read: of the rest nothing is known.
  if (scope.partial === true) return NOTHING_GONE;
  const rescoped: StockRow[] = [];
  const moved: StockRow[] = [];
  const removed: StockRow[] = [];
  const vanished: StockRow[] = [];
  let inStockVanishing = 0;
  let judged = 0;
  for await (const { productId, rows } of memory.liveProducts()) {
    const covered = rows.filter((row) => scopeCovers(scope, row));
    if (covered.length < rows.length) rescoped.push(...rows.filter((row) => !scopeCovers(scope, row)));
    if (!open.judges(productId)) continue;
    // Nobody was asked about it, unless it was found all the same.
    if (open.removed.has(productId) && !open.holds(productId)) {
      removed.push(...covered);
      continue;
    }
    // Not those that it brought itself: whether they are in the tables yet is a matter of how batches were cut.
    judged += covered.filter((row) => row.openedIn !== open.firstOffset).length;
    const gone = covered.filter((row) => !open.seen.has(rowId(row)));
    if (gone.length === 0) continue;
    if (open.holds(productId)) {
      moved.push(...gone);
    } else {
      vanished.push(...gone);
      if (gone.some((row) => row.level.available > 0)) inStockVanishing += 1;
    }
  }
  // Memory and tables hold them in different orders; their numbers in the ledger must not depend on that.
  for (const list of [rescoped, moved, removed, vanished]) list.sort(compareRowKeys);
  return { rescoped, moved, removed, vanished, inStockVanishing, judged };
}
