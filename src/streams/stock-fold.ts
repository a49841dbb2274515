import type { ShrinkFacts } from '../domain/shrink-guard.js';
import {
  type CloseReason,
  close,
  compareRowKeys,
  observe,
  type Step,
  type StockRow,
} from '../domain/stock-change.js';
import type { PageChunk, SnapshotCompleted } from '../events/raw-snapshot.js';
import type { LogRecord } from '../ports/log-records.js';
import type { ObservedItem } from '../ports/marketplace.js';
import { goneFrom } from './gone-rows.js';
import { OpenSnapshot, rowId, standInFor } from './open-snapshot.js';
import { instant, type NormalisedPage, retirementId, SnapshotFold } from './snapshot-fold.js';
import type { RowTable } from './state/row-table.js';

/**
 * Folds a feed of stock: rows against prior state, and at the end of a complete snapshot what is gone. A page of a feed
 * that is wholly in memory reads nothing: it may be folded while the pages before it are still being written.
 */
export class StockFold extends SnapshotFold {
  protected async received(
    open: OpenSnapshot,
    record: LogRecord,
    chunk: PageChunk,
    page: NormalisedPage,
  ): Promise<void> {
    const { memory } = this;
    await memory.fetch(page.items);
    const { table } = memory;
    const observedAt = instant(chunk.fetchedAt);
    const { firstOffset } = open;
    const listed = isListed(chunk);
    for (const item of page.items) {
      const { productId } = item;
      const product = table.products.add(productId);
      const sighting = open.nameLike(table.products, product, listed);
      this.product(product, item, record.timestamp);
      for (const seen of item.rows) {
        const { level } = seen;
        const place = table.places.numberOf(seen);
        // What another method answers along with what the snapshot set out to read is not its business.
        if (!open.covers(place)) continue;
        open.see(sighting, place);
        const row = table.rowAt(product, place);
        if (row >= 0 && table.isSame(row, level)) continue;
        const key = { productId, scheme: seen.scheme, warehouseId: seen.warehouseId };
        if (mustWait(open, table, product, row)) open.deferred.set(rowId(key), { key, level, observedAt });
        else {
          const prior = row < 0 ? undefined : table.stockRow(product, row);
          this.step(open, observe(prior, key, level, firstOffset), observedAt);
        }
      }
    }
  }

  protected async recallPage(open: OpenSnapshot, chunk: PageChunk, page: NormalisedPage): Promise<void> {
    await this.memory.fetch(page.items);
    const { table } = this.memory;
    const listed = isListed(chunk);
    for (const { productId, rows } of page.items) {
      const product = table.products.add(productId);
      const sighting = open.nameLike(table.products, product, listed);
      for (const { scheme, warehouseId, level } of rows) {
        const key = { productId, scheme, warehouseId };
        const place = table.places.numberOf(key);
        if (!open.covers(place)) continue;
        open.see(sighting, place);
        if (mustWait(open, table, product, table.rowAt(product, place)))
          open.deferred.set(rowId(key), { key, level, observedAt: instant(chunk.fetchedAt) });
      }
    }
  }

  protected async judge(open: OpenSnapshot, record: LogRecord, event: SnapshotCompleted): Promise<void> {
    const gone = await goneFrom(this.memory, open);
    const facts: ShrinkFacts = {
      rowsBefore: gone.judged,
      inStockBefore: open.baseInStock,
      rowsSeen: open.keys,
      inStockVanishing: gone.inStockVanishing,
    };
    const objection = this.objection(record, open, facts);
    const waiting = [...open.deferred.values()];
    const closing = [...gone.rescoped, ...gone.moved, ...gone.removed];
    if (objection === null) closing.push(...gone.vanished);
    // A step needs the product's other rows: a page's products are at hand, these may have been let go since.
    await this.memory.fetch([...waiting.map(({ key }) => key), ...closing]);
    for (const { key, level, observedAt } of waiting) {
      this.step(open, observe(this.memory.find(key), key, level, open.firstOffset), observedAt);
    }
    const at = instant(event.completedAt);
    this.close(open, gone.rescoped, 'rescoped', at);
    this.close(open, gone.moved, 'moved', at);
    this.close(open, gone.removed, 'absent', at);
    if (objection === null) {
      this.close(open, gone.vanished, 'absent', at);
      const before = this.memory.applied;
      // Also what snapshots changed that never came to a good end has happened since the last one that did.
      const since = before?.place.incarnation === this.memory.incarnation ? before.place.offset + 1 : 0;
      const draft = this.applied(record, open, event);
      // What it lists without any stock is sold out, not gone.
      const unlisted = gone.vanished.filter((row) => row.level.available > 0 && !open.names(row.productId));
      const vanished = new Set(unlisted.map(({ productId }) => productId)).size;
      const { feedId, turned } = this.memory;
      const among = turned === null ? undefined : [...turned];
      this.memory.turned = new Set();
      this.push({ kind: 'applied', feedId, since, among, event: { ...draft, vanished } });
    } else {
      this.heldBack(record, open, facts, objection);
    }
  }

  protected async retired(record: LogRecord): Promise<void> {
    const rows: StockRow[] = [];
    for await (const table of this.memory.tables()) {
      for (let product = 0; product < table.products.size; product += 1) {
        rows.push(...table.rowsOf(product).filter((row) => !row.closed));
      }
    }
    await this.memory.fetch(rows);
    const started = standInFor(this.memory.feed, retirementId(record), record.timestamp);
    const { totals } = this.memory;
    const open = new OpenSnapshot(started, record.offset, record.timestamp, totals.rows, totals.inStock);
    this.memory.open = open;
    this.close(open, rows.sort(compareRowKeys), 'rescoped', started.startedAt);
    this.end(record, 'applied', 'feed retired');
  }

  protected digest(open: OpenSnapshot): string {
    return open.digest();
  }

  /** What the list says of the product itself: to be entered, unless it is known already. */
  private product(product: number, { productId, offerId }: ObservedItem, seenAt: number): void {
    const { table, feedId } = this.memory;
    const before = table.offerId(product);
    if (table.isKnown(product) && (offerId === undefined || offerId === before)) return;
    table.setKnown(product, true);
    if (offerId !== undefined) table.setOfferId(product, offerId);
    // What it was told before stands in the tables, or will: only without that may the tables know it already.
    const effect = { kind: 'product', patch: { feedId, productId, offerId, seenAt } } as const;
    this.push(before === undefined ? { ...effect, unlessKnown: true } : effect);
  }

  private close(open: OpenSnapshot, rows: readonly StockRow[], reason: CloseReason, at: string): void {
    if (reason === 'rescoped') open.rescoped += rows.length;
    for (const row of rows) this.step(open, close(row, reason), at);
  }

  private step(open: OpenSnapshot, step: Step | null, observedAt: string): void {
    if (step === null) return;
    const { memory } = this;
    memory.apply(step);
    if (step.op === 'c') open.created += 1;
    else if (step.op === 'u') open.updated += 1;
    else open.closed += 1;
    this.push({
      kind: 'change',
      feedId: memory.feedId,
      feed: memory.feed,
      step,
      snapshotId: open.started.snapshotId,
      snapshot: open.firstOffset,
      observedAt,
      offerId: memory.offerId(step.row.productId),
    });
  }
}

/**
 * A key that comes to life while its product stands elsewhere in the feed may be the same pieces under another
 * warehouse. It waits until the snapshot is complete, and is applied together with what closes.
 */
function mustWait(open: OpenSnapshot, table: RowTable, product: number, row: number): boolean {
  if (row >= 0 && !table.isClosed(row)) return false;
  return table.livesBesides(product, open.firstOffset);
}

function isListed({ query }: PageChunk): boolean {
  return query?.endpoint === undefined;
}
