import type { Feed } from '../../src/domain/feed.js';
import type { StockChange } from '../../src/events/stock-change.js';
import type { SyncEvent } from '../../src/events/sync-event.js';
import { TOPICS } from '../../src/events/topics.js';
import type { MemoryWorker } from './memory-worker.js';

/** Each change in one line: `offset op product/scheme[@warehouse] before→after [reason]`, pieces available. */
export function storyOf(worker: MemoryWorker): string[] {
  return worker.outputs
    .filter((output) => output.topic === TOPICS.stockChanges)
    .map(({ offset, value }) => `${offset} ${lineOf(JSON.parse(value) as StockChange)}`);
}

function lineOf({ op, key, before, after, reason }: StockChange): string {
  const place = key.warehouseId === '' ? '' : `@${key.warehouseId}`;
  const step = `${before === null ? '' : before.available}→${after.available}`;
  return `${op} ${key.productId}/${key.scheme}${place} ${step}${reason === undefined ? '' : ` ${reason}`}`;
}

/** The live rows of a feed: `product/scheme[@warehouse] available`. */
export function stockOf(worker: MemoryWorker, feed: Feed): string[] {
  return worker.store
    .rowsIn(feed)
    .filter((row) => !row.closed)
    .map(({ productId, scheme, warehouseId, level }) => {
      const place = warehouseId === '' ? '' : `@${warehouseId}`;
      return `${productId}/${scheme}${place} ${level.available}`;
    });
}

/** Product → pieces available over all its rows in the feed, products without a live row left out. */
export function totalsOf(worker: MemoryWorker, feed: Feed): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const { productId, closed, level } of worker.store.rowsIn(feed)) {
    if (!closed) totals[productId] = (totals[productId] ?? 0) + level.available;
  }
  return totals;
}

export function syncEventsOf(worker: MemoryWorker): SyncEvent[] {
  return worker.published(TOPICS.syncEvents) as SyncEvent[];
}

/** How each snapshot ended, in the order of the log. */
export function fatesOf(worker: MemoryWorker): string[] {
  return worker.store.snapshotRows().map(({ snapshotId, status }) => `${snapshotId} ${status}`);
}

/** All products in short: `id [article] [name] [archived] [removed]`. */
export function catalogueOf(worker: MemoryWorker): string[] {
  return worker.store
    .productRows()
    .map(({ productId, offerId, name, archived, removed }) =>
      [productId, offerId, name, archived ? 'archived' : null, removed ? 'removed' : null]
        .filter((word) => word !== null)
        .join(' '),
    );
}
