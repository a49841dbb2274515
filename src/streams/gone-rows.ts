import { scopeCovers } from '../domain/snapshot.js';
import { compareRowKeys, type StockRow } from '../domain/stock-change.js';
import type { FeedMemory } from './feed-memory.js';
import type { OpenSnapshot } from './open-snapshot.js';

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
  for await (const products of memory.productsInChunks()) {
    for (const { productId, rows } of products) {
      const sighting = open.sighting(productId);
      const holds = sighting?.hasRows === true;
      const judges = open.judges(productId);
      // Nobody was asked about it, unless it was found all the same.
      const isRemoved = !holds && open.removed.has(productId);
      let isInStock = false;
      for (const row of rows) {
        if (row.closed) continue;
        if (!scopeCovers(scope, row)) rescoped.push(row);
        else if (!judges) continue;
        else if (isRemoved) removed.push(row);
        else {
          // Not those that it brought itself: whether they are in the tables yet is a matter of how batches were cut.
          if (row.openedIn !== open.firstOffset) judged += 1;
          if (sighting?.holds(row) === true) continue;
          (holds ? moved : vanished).push(row);
          isInStock ||= row.level.available > 0;
        }
      }
      if (isInStock && !holds) inStockVanishing += 1;
    }
  }
  // Memory and tables hold them in different orders; their numbers in the ledger must not depend on that.
  for (const list of [rescoped, moved, removed, vanished]) list.sort(compareRowKeys);
  return { rescoped, moved, removed, vanished, inStockVanishing, judged };
}
