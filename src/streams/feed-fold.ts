import { confirmHeld, isConfirmed, type ShrinkFacts, shrinkObjection } from '../domain/shrink-guard.js';
import { completenessGaps } from '../domain/snapshot.js';
import {
  close,
  compareRowKeys,
  observe,
  type RowKey,
  type Step,
  type StockRow,
} from '../domain/stock-change.js';
import type { AppError } from '../errors.js';
import type { PageChunk, RawEvent, SnapshotCompleted, SnapshotStarted } from '../events/raw-snapshot.js';
import type { LogRecord } from '../ports/log-records.js';
import type { ObservedItem } from '../ports/marketplace.js';
import type { FeedPatch, SnapshotStatus } from '../ports/projection.js';
import type { Effect } from './effects.js';
import type { FeedMemory } from './feed-memory.js';
import { goneFrom } from './gone-rows.js';
import { OpenSnapshot, standInFor } from './open-snapshot.js';

/** A page chunk whose rows were read; those that could not be are named. */
export interface NormalisedPage {
  readonly items: readonly ObservedItem[];
  readonly problems: readonly AppError[];
}

/**
 * Folds the raw records of one feed, in the log's order, into what follows from them. Asynchronous only in that
 * prior state may have to be read; nothing is written, and the same records always lead to the same effects.
 */
export class FeedFold {
  private effects: Effect[] = [];
  private stale = 0;
  private patch: Partial<FeedPatch> = {};
  private touched = false;

  constructor(private readonly memory: FeedMemory) {}

  /** @param page the normalised rows, for page chunks */
  async apply(record: LogRecord, event: RawEvent, page: NormalisedPage | null): Promise<Effect[]> {
    this.begin();
    this.giveUpDeadSnapshot(record);
    switch (event.type) {
      case 'snapshot-started':
        this.start(record, event);
        break;
      case 'page-chunk':
        if (page !== null) await this.page(record, event, page);
        break;
      case 'snapshot-completed':
        await this.complete(record, event);
        break;
      case 'snapshot-failed':
        if (this.isOpen(event.snapshotId)) {
          this.end(record, 'failed', `${event.code}: ${event.message}`);
          this.emit({
            ...this.facts(record, event.snapshotId),
            type: 'snapshot-failed',
            code: event.code,
            message: event.message,
          });
        } else {
          this.countStale();
        }
        break;
      case 'feed-retired':
        await this.retire(record);
        break;
    }
    return this.finish();
  }

  /** A record of this feed that can never be read: its snapshot cannot prove absence any more. */
  reject(record: LogRecord, problem: AppError): Effect[] {
    this.begin();
    this.giveUpDeadSnapshot(record);
    const { open } = this.memory;
    if (open !== null) {
      open.invalid += 1;
      this.progress(record);
    }
    this.effects.push({ kind: 'dead-letter', problem });
    return this.finish();
  }

  /**
   * A record before the checkpoint, read once more at a take-over: what followed from it is done already, only the
   * open snapshot is brought to mind.
   */
  async recall(record: LogRecord, event: RawEvent | null, page: NormalisedPage | null): Promise<void> {
    const { open } = this.memory;
    if (open === null || record.offset < open.firstOffset) return;
    if (event === null) open.invalid += 1;
    if (event?.type !== 'page-chunk' || page === null || event.snapshotId !== open.started.snapshotId) return;
    if (!open.receive(event)) return;
    open.invalid += page.problems.length;
    await this.memory.fetch(page.items.map((item) => item.productId));
    for (const item of page.items) {
      open.name(item.productId);
      for (const row of item.rows) {
        const key = { productId: item.productId, scheme: row.scheme, warehouseId: row.warehouseId };
        const id = open.see(key);
        if (this.mustWait(open, key))
          open.deferred.set(id, { key, level: row.level, observedAt: instant(event.fetchedAt) });
      }
    }
  }

  private start(record: LogRecord, event: SnapshotStarted): void {
    if (this.memory.open !== null) this.end(record, 'abandoned', `snapshot ${event.snapshotId} began`);
    const { rows, inStock } = this.memory.totals;
    this.memory.open = new OpenSnapshot(event, record.offset, record.timestamp, rows, inStock);
    this.progress(record);
    this.emit({ ...this.facts(record, event.snapshotId), type: 'snapshot-started' });
  }

  private async page(record: LogRecord, event: PageChunk, page: NormalisedPage): Promise<void> {
    const { open } = this.memory;
    if (open === null || !this.isOpen(event.snapshotId) || !open.receive(event)) {
      this.countStale();
      return;
    }
    open.invalid += page.problems.length;
    const [first] = page.problems;
    if (first !== undefined) this.effects.push({ kind: 'dead-letter', problem: first });
    await this.memory.fetch(page.items.map((item) => item.productId));
    const observedAt = instant(event.fetchedAt);
    for (const item of page.items) this.item(open, item, observedAt);
    this.progress(record);
  }

  private item(open: OpenSnapshot, item: ObservedItem, observedAt: string): void {
    const entry = this.memory.entry(item.productId);
    open.name(item.productId);
    if (!entry.known || (item.offerId !== undefined && item.offerId !== entry.offerId)) {
      entry.known = true;
      entry.offerId = item.offerId ?? entry.offerId;
      const { feedId } = this.memory;
      this.effects.push({
        kind: 'product',
        patch: { feedId, productId: item.productId, offerId: item.offerId },
      });
    }
    for (const row of item.rows) {
      const key = { productId: item.productId, scheme: row.scheme, warehouseId: row.warehouseId };
      const id = open.see(key);
      if (this.mustWait(open, key)) open.deferred.set(id, { key, level: row.level, observedAt });
      else this.step(open, observe(this.memory.find(key), key, row.level, open.firstOffset), observedAt);
    }
  }

  /**
   * A key that comes to life while its product stands elsewhere in the feed may be the same pieces under another
   * warehouse. It waits until the snapshot is complete, and is applied together with what closes.
   */
  private mustWait(open: OpenSnapshot, key: RowKey): boolean {
    const prior = this.memory.find(key);
    if (prior !== undefined && !prior.closed) return false;
    return this.memory
      .entry(key.productId)
      .rows.some((row) => !row.closed && row.openedIn !== open.firstOffset);
  }

  private async complete(record: LogRecord, event: SnapshotCompleted): Promise<void> {
    const { open } = this.memory;
    if (open === null || !this.isOpen(event.snapshotId)) {
      this.countStale();
      return;
    }
    const gaps = completenessGaps(open, { pages: event.pages, rows: event.rows, products: event.products });
    if (gaps.length > 0) {
      this.end(record, 'incomplete', gaps.join('; '));
      this.emit({ ...this.facts(record, event.snapshotId), type: 'snapshot-incomplete', gaps });
      return;
    }
    const gone = await goneFrom(this.memory, open);
    const facts: ShrinkFacts = {
      rowsBefore: open.baseRows,
      inStockBefore: open.baseInStock,
      rowsSeen: open.seen.size,
      inStockVanishing: gone.inStockVanishing,
    };
    const objection = this.objection(record, open, facts);
    const at = instant(event.completedAt);
    const waiting = [...open.deferred.values()];
    const keys = waiting.map(({ key }) => key);
    await this.fetch([...keys, ...gone.moved, ...(objection === null ? gone.vanished : [])]);
    for (const { key, level, observedAt } of waiting) {
      this.step(open, observe(this.memory.find(key), key, level, open.firstOffset), observedAt);
    }
    for (const row of gone.moved) this.step(open, close(row, 'moved'), at);
    if (objection === null) {
      for (const row of gone.vanished) this.step(open, close(row, 'absent'), at);
      this.applied(record, open);
    } else {
      this.held(record, open, facts, objection);
    }
  }

  private objection(record: LogRecord, open: OpenSnapshot, facts: ShrinkFacts): string | null {
    if (open.started.acceptAbsences) return null;
    const objection = shrinkObjection(facts, open.started.limits);
    if (objection === null) return null;
    const run = confirmHeld(this.memory.held, open.digest(), record.timestamp);
    this.memory.held = run;
    return isConfirmed(run) ? null : objection;
  }

  private applied(record: LogRecord, open: OpenSnapshot): void {
    const { totals, applied: before } = this.memory;
    const after = {
      rows: totals.rows,
      products: totals.products,
      available: totals.available,
      place: { incarnation: this.memory.incarnation, offset: record.offset },
    };
    this.memory.applied = after;
    this.memory.held = null;
    this.patch = { ...this.patch, applied: after, watermark: record.timestamp, held: null, retiredAt: null };
    const { created, updated, closed } = open;
    this.end(record, 'applied', null);
    this.effects.push({
      kind: 'applied',
      feedId: this.memory.feedId,
      // Also what snapshots changed that never came to a good end has happened since the last one that did.
      since: before?.place.incarnation === this.memory.incarnation ? before.place.offset + 1 : 0,
      event: {
        ...this.facts(record, open.started.snapshotId),
        type: 'snapshot-applied',
        first: before === null,
        rows: { before: before?.rows ?? 0, after: after.rows },
        products: { before: before?.products ?? 0, after: after.products },
        available: { before: before?.available ?? 0, after: after.available },
        changes: { created, updated, closed },
      },
    });
  }

  private held(record: LogRecord, open: OpenSnapshot, facts: ShrinkFacts, reason: string): void {
    this.patch = { ...this.patch, held: this.memory.held };
    this.end(record, 'held', reason);
    const confirmations = this.memory.held?.count ?? 1;
    this.emit({
      ...this.facts(record, open.started.snapshotId),
      type: 'snapshot-held',
      reason,
      ...facts,
      confirmations,
    });
  }

  private async retire(record: LogRecord): Promise<void> {
    if (this.memory.open !== null) this.end(record, 'abandoned', 'the feed was retired');
    const rows: StockRow[] = [];
    for await (const product of this.memory.liveProducts()) rows.push(...product.rows);
    await this.fetch(rows);
    // A life of its own in the ledger: the retirement record stands in for a snapshot.
    const started = standInFor(this.memory.feed, `retired-${record.offset}`, record.timestamp);
    const { totals } = this.memory;
    const open = new OpenSnapshot(started, record.offset, record.timestamp, totals.rows, totals.inStock);
    this.memory.open = open;
    for (const row of rows.sort(compareRowKeys)) this.step(open, close(row, 'rescoped'), started.startedAt);
    this.end(record, 'applied', 'feed retired');
    this.patch = { ...this.patch, retiredAt: record.timestamp };
  }

  /** A step needs the product's other rows: a page's products are at hand, these may have been let go since. */
  private fetch(keys: readonly RowKey[]): Promise<void> {
    return this.memory.fetch(keys.map(({ productId }) => productId));
  }

  private step(open: OpenSnapshot, step: Step | null, observedAt: string): void {
    if (step === null) return;
    const { memory } = this;
    memory.apply(step);
    this.touched = true;
    if (step.op === 'c') open.created += 1;
    else if (step.op === 'u') open.updated += 1;
    else open.closed += 1;
    this.effects.push({
      kind: 'change',
      feedId: memory.feedId,
      feed: memory.feed,
      step,
      snapshotId: open.started.snapshotId,
      snapshot: open.firstOffset,
      observedAt,
      offerId: memory.entry(step.row.productId).offerId,
    });
  }

  private isOpen(snapshotId: string): boolean {
    return this.memory.open?.started.snapshotId === snapshotId;
  }

  private giveUpDeadSnapshot(record: LogRecord): void {
    if (this.memory.open?.isStaleAt(record.timestamp))
      this.end(record, 'abandoned', 'not completed within 24 hours');
  }

  private end(record: LogRecord, status: SnapshotStatus, reason: string | null): void {
    this.snapshotPatch(record, status, reason);
    this.memory.open = null;
  }

  private progress(record: LogRecord): void {
    this.snapshotPatch(record, 'open', null);
  }

  private snapshotPatch(record: LogRecord, status: SnapshotStatus, reason: string | null): void {
    const { open, feedId } = this.memory;
    if (open === null) return;
    const ended = status !== 'open';
    this.effects.push({
      kind: 'snapshot',
      patch: {
        feedId,
        snapshotId: open.started.snapshotId,
        firstOffset: open.firstOffset,
        lastOffset: ended ? record.offset : null,
        status,
        reason,
        baseRows: open.baseRows,
        baseInStock: open.baseInStock,
        counts: open.counts(),
        startedAt: new Date(open.startedAtMs).toISOString(),
        endedAt: ended ? new Date(record.timestamp).toISOString() : null,
      },
    });
    this.touched = true;
  }

  private facts(record: LogRecord, snapshotId: string) {
    const { source, account } = this.memory.feed;
    return {
      feed: record.key ?? '',
      source,
      account,
      snapshotId,
      at: new Date(record.timestamp).toISOString(),
    };
  }

  private emit(event: Extract<Effect, { kind: 'sync-event' }>['event']): void {
    this.effects.push({ kind: 'sync-event', event });
  }

  private countStale(): void {
    this.stale += 1;
    this.touched = true;
  }

  private begin(): void {
    this.effects = [];
    this.stale = 0;
    this.patch = {};
    this.touched = false;
  }

  private finish(): Effect[] {
    if (this.touched) {
      const { feedId, totals } = this.memory;
      this.effects.push({ kind: 'feed', patch: { ...this.patch, feedId, totals, staleRecords: this.stale } });
    }
    return this.effects;
  }
}

/** The same instant, written as the ledger keeps it. */
function instant(iso: string): string {
  return new Date(iso).toISOString();
}
