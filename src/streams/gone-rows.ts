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
  // Only what is new was read: of the rest nothing is known.
  if (open.started.scope.partial === true) return NOTHING_GONE;
  const rescoped: StockRow[] = [];
  const moved: StockRow[] = [];
  const removed: StockRow[] = [];
  const vanished: StockRow[] = [];
  let inStockVanishing = 0;
  let judged = 0;
  for await (const table of memory.tables()) {
    for (let product = 0; product < table.products.size; product += 1) {
      const first = table.firstRow(product);
      if (first < 0) continue;
      const sighting = open.sightingLike(table.products, product);
      const holds = open.hasRows(sighting);
      const judges = open.judgesAll || open.judges(table.products.idOf(product));
      // Nobody was asked about it, unless it was found all the same.
      const isRemoved = !holds && open.removed.size > 0 && open.removed.has(table.products.idOf(product));
      let isInStock = false;
      for (let row = first; row >= 0; row = table.nextRow(row)) {
        if (table.isClosed(row)) continue;
        const place = table.placeOf(row);
        if (!open.covers(place)) rescoped.push(table.stockRow(product, row));
        else if (!judges) continue;
        else if (isRemoved) removed.push(table.stockRow(product, row));
        else {
          // Not those that it brought itself: whether they are in the tables yet is a matter of how batches were cut.
          if (table.openedIn(row) !== open.firstOffset) judged += 1;
          if (open.holds(sighting, place)) continue;
          (holds ? moved : vanished).push(table.stockRow(product, row));
          isInStock ||= table.available(row) > 0;
        }
      }
      if (isInStock && !holds) inStockVanishing += 1;
    }
  }
  // Memory and tables hold them in different orders; their numbers in the ledger must not depend on that.
  for (const list of [rescoped, moved, removed, vanished]) list.sort(compareRowKeys);
  return { rescoped, moved, removed, vanished, inStockVanishing, judged };
}
