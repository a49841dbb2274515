import { scopeContains } from '../domain/snapshot.js';
import { compareRowKeys, type StockRow } from '../domain/stock-change.js';
import type { FeedMemory } from './feed-memory.js';
import { type OpenSnapshot, rowId } from './open-snapshot.js';

export interface GoneRows {
  /** Their product stands elsewhere in the same snapshot. */
  readonly moved: readonly StockRow[];
  /** The snapshot holds no row of their product. */
  readonly vanished: readonly StockRow[];
  /** Products with stock among the vanished. */
  readonly inStockVanishing: number;
}

/** Live rows of the snapshot's scope that it does not hold. Says something only about a complete snapshot. */
export async function goneFrom(memory: FeedMemory, open: OpenSnapshot): Promise<GoneRows> {
  const moved: StockRow[] = [];
  const vanished: StockRow[] = [];
  let inStockVanishing = 0;
  for await (const { productId, rows } of memory.liveProducts()) {
    const gone = rows.filter((row) => !open.seen.has(rowId(row)) && scopeContains(open.started.scope, row));
    if (gone.length === 0) continue;
    if (open.named.get(productId) === true) {
      moved.push(...gone);
      continue;
    }
    vanished.push(...gone);
    if (gone.some((row) => row.level.available > 0)) inStockVanishing += 1;
  }
  // Memory and tables hold them in different orders; their numbers in the ledger must not depend on that.
  return { moved: moved.sort(compareRowKeys), vanished: vanished.sort(compareRowKeys), inStockVanishing };
}
