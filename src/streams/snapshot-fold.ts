import { confirmHeld, isConfirmed, type ShrinkFacts, shrinkObjection } from '../domain/shrink-guard.js';
import { completenessGaps } from '../domain/snapshot.js';
import type { AppError } from '../errors.js';
import type { PageChunk, RawEvent, SnapshotCompleted, SnapshotStarted } from '../events/raw-snapshot.js';
import type { LogRecord } from '../ports/log-records.js';
import type { CataloguedProduct, ObservedItem } from '../ports/marketplace.js';
import type { AppliedTotals, FeedPatch, SnapshotStatus } from '../ports/projection.js';
import type { AppliedDraft, Effect } from './effects.js';
import type { FeedMemory } from './feed-memory.js';
import { OpenSnapshot } from './open-snapshot.js';

/** A page chunk whose rows were read; those that could not be are named. */
export interface NormalisedPage {
  /** Of stock. */
  readonly items: readonly ObservedItem[];
  /** Of a catalogue. */
  readonly products: readonly CataloguedProduct[];
  readonly problems: readonly AppError[];
}

/** Reads that were put off by the marketplace, or stopped by a person or a restart: nothing is wrong with the feed. */
const NO_FAILURES: ReadonlySet<string> = new Set(['API_LIMITED', 'TIMED_OUT', 'RUN_BUSY']);

/**
 * Folds the raw records of one feed, in the log's order, into what follows from them: the life of its snapshots,
 * whatever they hold. Asynchronous only in that prior state may have to be read; nothing is written, and the same
 * records always lead to the same effects.
 */
export abstract class SnapshotFold {
  private effects: Effect[] = [];
  private stale = 0;
  private patch: Partial<FeedPatch> = {};
  private touched = false;

  constructor(protected readonly memory: FeedMemory) {}

  /** @param page the normalised rows, for page chunks */
  async apply(record: LogRecord, event: RawEvent, page: NormalisedPage | null): Promise<Effect[]> {
    this.begin();
    this.giveUpDeadSnapshot(record);
    switch (event.type) {
      case 'snapshot-started':
        await this.start(record, event);
        break;
      case 'page-chunk':
        if (page !== null) await this.page(record, event, page);
        break;
      case 'snapshot-completed':
        await this.complete(record, event);
        break;
      case 'snapshot-failed':
        if (this.isOpen(event.snapshotId)) {
          const { code, message, notBefore } = event;
          this.end(record, 'failed', `${code}: ${message}`);
          this.emit({
            ...this.facts(record, event.snapshotId),
            type: 'snapshot-failed',
            code,
            message,
            ...(NO_FAILURES.has(code) ? {} : { failures: this.failedOnceMore() }),
            ...(notBefore === undefined ? {} : { notBefore: instant(notBefore) }),
          });
        } else {
          this.countStale();
        }
        break;
      case 'feed-retired':
        await this.retire(record, event.reason);
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
    await this.recallPage(open, event, page);
  }

  /** Rows of a page that was received for the first time. */
  protected abstract received(
    open: OpenSnapshot,
    record: LogRecord,
    chunk: PageChunk,
    page: NormalisedPage,
  ): Promise<void>;

  /** Rows of a page whose consequences are in the tables already. */
  protected abstract recallPage(open: OpenSnapshot, chunk: PageChunk, page: NormalisedPage): Promise<void>;

  /** All pages are here and add up: closes what is gone and calls {@link applied} or {@link held}. */
  protected abstract judge(open: OpenSnapshot, record: LogRecord, event: SnapshotCompleted): Promise<void>;

  /** The feed is no more. */
  protected abstract retired(record: LogRecord): Promise<void>;

  /** What names the set that a held snapshot is compared by. */
  protected abstract digest(open: OpenSnapshot): string;

  private async start(record: LogRecord, event: SnapshotStarted): Promise<void> {
    if (this.memory.open !== null) this.end(record, 'abandoned', `snapshot ${event.snapshotId} began`);
    await this.memory.refresh(event.reconcile === true);
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
    await this.received(open, record, event, page);
    this.progress(record);
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
      const failures = this.failedOnceMore();
      this.emit({ ...this.facts(record, event.snapshotId), type: 'snapshot-incomplete', gaps, failures });
      return;
    }
    await this.judge(open, record, event);
  }

  /** Nothing is wrong any more with what nobody reads; what its products had is told with it. */
  private async retire(record: LogRecord, reason: string): Promise<void> {
    if (this.memory.open !== null) this.end(record, 'abandoned', 'the feed was retired');
    await this.retired(record);
    this.recovered();
    this.memory.held = null;
    this.note({ retiredAt: record.timestamp, held: null });
    const event = { ...this.facts(record, retirementId(record)), type: 'feed-retired', reason } as const;
    this.push({ kind: 'applied', feedId: this.memory.feedId, since: record.offset, event });
  }

  /** Why the guard holds the snapshot back, or null. Counts it among the equal ones that release it. */
  protected objection(record: LogRecord, open: OpenSnapshot, facts: ShrinkFacts): string | null {
    if (open.started.acceptAbsences) return null;
    const objection = shrinkObjection(facts, open.started.limits);
    if (objection === null) return null;
    const run = confirmHeld(this.memory.held, this.digest(open), record.timestamp);
    this.memory.held = run;
    return isConfirmed(run) ? null : objection;
  }

  /** All of it is in: the next partial read may go on where this one ended. */
  protected reached({ cursor }: SnapshotCompleted): void {
    if (cursor !== undefined) this.note({ cursor });
  }

  /** The snapshot says how things are: figures, watermark and cursor follow it. */
  protected applied(record: LogRecord, open: OpenSnapshot, event: SnapshotCompleted): AppliedDraft {
    this.reached(event);
    const { totals, applied: before } = this.memory;
    const after: AppliedTotals = {
      rows: totals.rows,
      products: totals.products,
      available: totals.available,
      place: { incarnation: this.memory.incarnation, offset: record.offset },
    };
    this.memory.applied = after;
    this.memory.held = null;
    this.recovered();
    this.note({ applied: after, watermark: record.timestamp, held: null, retiredAt: null });
    const { created, updated, closed, rescoped } = open;
    this.end(record, 'applied', null);
    return {
      ...this.facts(record, open.started.snapshotId),
      type: 'snapshot-applied',
      first: before === null,
      rows: { before: before?.rows ?? 0, after: after.rows },
      products: { before: before?.products ?? 0, after: after.products },
      available: { before: before?.available ?? 0, after: after.available },
      changes: { created, updated, closed },
      ...(rescoped === 0 ? {} : { rescoped }),
    };
  }

  protected heldBack(record: LogRecord, open: OpenSnapshot, facts: ShrinkFacts, reason: string): void {
    this.note({ held: this.memory.held });
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

  private failedOnceMore(): number {
    this.memory.failures += 1;
    this.note({ failures: this.memory.failures });
    return this.memory.failures;
  }

  /** The feed can be read again. */
  protected recovered(): void {
    if (this.memory.failures === 0) return;
    this.memory.failures = 0;
    this.note({ failures: 0 });
  }

  protected push(effect: Effect): void {
    this.effects.push(effect);
    this.touched = true;
  }

  protected note(patch: Partial<FeedPatch>): void {
    this.patch = { ...this.patch, ...patch };
    this.touched = true;
  }

  protected end(record: LogRecord, status: SnapshotStatus, reason: string | null): void {
    this.snapshotPatch(record, status, reason);
    this.memory.open = null;
  }

  protected facts(record: LogRecord, snapshotId: string) {
    const { source, account } = this.memory.feed;
    return {
      feed: record.key ?? '',
      source,
      account,
      snapshotId,
      at: new Date(record.timestamp).toISOString(),
    };
  }

  protected emit(event: Extract<Effect, { kind: 'sync-event' }>['event']): void {
    this.effects.push({ kind: 'sync-event', event });
  }

  private isOpen(snapshotId: string): boolean {
    return this.memory.open?.started.snapshotId === snapshotId;
  }

  private giveUpDeadSnapshot(record: LogRecord): void {
    if (this.memory.open?.isStaleAt(record.timestamp))
      this.end(record, 'abandoned', 'not completed within 24 hours');
  }

  private progress(record: LogRecord): void {
    this.snapshotPatch(record, 'open', null);
  }

  private snapshotPatch(record: LogRecord, status: SnapshotStatus, reason: string | null): void {
    const { open, feedId } = this.memory;
    if (open === null) return;
    const ended = status !== 'open';
    this.push({
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

/** The record that retires a feed stands in for a snapshot, in the ledger and wherever one is named. */
export function retirementId({ offset }: LogRecord): string {
  return `retired-${offset}`;
}

/** The same instant, written as the ledger keeps it. */
export function instant(iso: string): string {
  return new Date(iso).toISOString();
}
