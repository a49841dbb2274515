import { confirmHeld, isConfirmed, type ShrinkFacts, shrinkObjection } from '../domain/shrink-guard.js';
import { AppError } from '../errors.js';
import type {
  PageChunk,
  RawEvent,
  SnapshotCompleted,
  SnapshotFailed,
  SnapshotStarted,
} from '../events/raw-snapshot.js';
import { redrivenFrom } from '../events/redrive.js';
import type { LogRecord } from '../ports/log-records.js';
import type { CataloguedProduct, ObservedItem } from '../ports/marketplace.js';
import type { AppliedTotals, SnapshotStatus } from '../ports/projection.js';
import type { AppliedDraft, Effect } from './effects.js';
import { FoldEffects } from './fold-effects.js';
import { OpenSnapshot, type SnapshotEnding } from './open-snapshot.js';

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
export abstract class SnapshotFold extends FoldEffects {
  /** @param page the normalised rows, for page chunks */
  async apply(record: LogRecord, event: RawEvent, page: NormalisedPage | null): Promise<Effect[]> {
    this.begin();
    this.giveUpDeadSnapshot(record);
    const from = redrivenFrom(record);
    if (from !== null) await this.again(record, event, page, from);
    else await this.take(record, event, page);
    return this.finish();
  }

  private async take(record: LogRecord, event: RawEvent, page: NormalisedPage | null): Promise<void> {
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
        this.fail(record, event);
        break;
      case 'feed-retired':
        await this.retire(record, event.reason);
        break;
      case 'generation-ready':
        // Says nothing of stock: whoever hands out the records sees to the swap.
        break;
    }
  }

  /** A record of this feed that can never be read: its snapshot cannot prove absence any more. */
  reject(record: LogRecord, problem: AppError): Effect[] {
    this.begin();
    this.giveUpDeadSnapshot(record);
    const { open } = this.memory;
    // One that was redriven stands for a record that was counted where it lay first.
    if (open !== null && redrivenFrom(record) === null) {
      open.unreadable.add(record.offset);
      this.progress(record);
    }
    this.refuse(problem);
    return this.finish();
  }

  /**
   * A record before the checkpoint, read once more at a take-over: what followed from it is done already, only the
   * snapshot that is open, or incomplete and may still be mended, is brought to mind.
   *
   * @param refused it has a dead letter: what this program makes of it was not made of it then
   */
  async recall(
    record: LogRecord,
    event: RawEvent | null,
    page: NormalisedPage | null,
    refused = false,
  ): Promise<void> {
    this.forgetLate(record);
    const open = this.memory.open ?? this.memory.incomplete;
    if (open === null || record.offset < open.firstOffset) return;
    const from = redrivenFrom(record);
    if (event === null || (refused && event.type !== 'page-chunk')) {
      if (from === null && this.memory.open !== null) open.unreadable.add(record.offset);
      return;
    }
    if (from !== null && this.concernedBy(event) === null) return;
    if (from !== null) open.unreadable.delete(from);
    if (event.type === 'feed-retired') this.memory.incomplete = null;
    else if (event.type === 'snapshot-completed' && this.isOpen(event.snapshotId))
      this.leaveOpen(record, event);
    else if (event.type === 'page-chunk' && page !== null && event.snapshotId === open.started.snapshotId) {
      // Behind its end only what was redriven counts.
      if (from === null && this.memory.open === null) return;
      if (!(from === null ? open.receive(event) : open.receiveAgain(event))) return;
      open.lacks(event, refused ? Math.max(1, page.problems.length) : page.problems.length);
      // All understood now, by another program than then: its rows count when it is redriven.
      if (!refused || page.problems.length > 0) await this.recallPage(open, event, page);
    }
  }

  /** Rows of a page that was received for the first time, or once more because some of it could not be read. */
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
    this.memory.incomplete = null;
    await this.memory.refresh(event.reconcile === true);
    const { rows, inStock } = this.memory.totals;
    const { places } = this.memory;
    this.memory.open = new OpenSnapshot(event, record.offset, record.timestamp, rows, inStock, places);
    this.progress(record);
    this.emit({ ...this.facts(record, event.snapshotId), type: 'snapshot-started' });
  }

  private async page(record: LogRecord, event: PageChunk, page: NormalisedPage): Promise<void> {
    const { open } = this.memory;
    if (open === null || !this.isOpen(event.snapshotId) || !open.receive(event)) {
      this.countStale();
      return;
    }
    await this.rows(open, record, event, page);
    this.progress(record);
  }

  /**
   * What was redriven counts for the newest snapshot alone: a beginning that is redriven has no pages behind it, and
   * whether a feed is read no more is said by whoever knows it now.
   */
  private concernedBy(event: RawEvent): OpenSnapshot | null {
    const open = this.memory.open ?? this.memory.incomplete;
    if (event.type === 'snapshot-started' || !('snapshotId' in event)) return null;
    return open?.started.snapshotId === event.snapshotId ? open : null;
  }

  /**
   * A record that could not be read, or not wholly, where it lay first. It may be the last that its snapshot lacked.
   *
   * @param from where that was
   */
  private async again(
    record: LogRecord,
    event: RawEvent,
    page: NormalisedPage | null,
    from: number,
  ): Promise<void> {
    const open = this.concernedBy(event);
    const isNews = open?.unreadable.delete(from) === true;
    if (open === null || event.type !== 'page-chunk') {
      if (open === null) this.countStale();
      else await this.take(record, event, page);
      return;
    }
    if (page !== null && open.receiveAgain(event)) await this.rows(open, record, event, page);
    else if (!isNews) {
      this.countStale();
      return;
    }
    if (open.ending === null) this.progress(record);
    else await this.settle(open, open.ending, record);
  }

  /** Of an incomplete snapshot something more has come: is it complete now? */
  private async settle(open: OpenSnapshot, ending: SnapshotEnding, record: LogRecord): Promise<void> {
    const gaps = open.gaps(ending.event);
    if (gaps.length > 0) {
      this.enter(open, ending, 'incomplete', gaps.join('; '));
      return;
    }
    this.memory.open = open;
    this.memory.incomplete = null;
    await this.judge(open, record, ending.event);
  }

  private async rows(
    open: OpenSnapshot,
    record: LogRecord,
    event: PageChunk,
    page: NormalisedPage,
  ): Promise<void> {
    open.lacks(event, page.problems.length);
    const problem = problemOf(page, event.rows.length);
    if (problem !== null) this.refuse(problem);
    await this.received(open, record, event, page);
  }

  private async complete(record: LogRecord, event: SnapshotCompleted): Promise<void> {
    const { open } = this.memory;
    if (open === null || !this.isOpen(event.snapshotId)) {
      this.countStale();
      return;
    }
    const gaps = open.gaps(event);
    if (gaps.length > 0) {
      this.enter(open, record, 'incomplete', gaps.join('; '));
      this.leaveOpen(record, event);
      const failures = this.failedOnceMore();
      this.emit({ ...this.facts(record, event.snapshotId), type: 'snapshot-incomplete', gaps, failures });
      return;
    }
    await this.judge(open, record, event);
  }

  private fail(record: LogRecord, event: SnapshotFailed): void {
    if (!this.isOpen(event.snapshotId)) {
      this.countStale();
      return;
    }
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
  }

  /** It is over, and incomplete. What could not be read of it may come once more. */
  private leaveOpen({ offset, timestamp }: LogRecord, event: SnapshotCompleted): void {
    const { open } = this.memory;
    if (open === null) return;
    open.ending = { event, offset, timestamp };
    this.memory.incomplete = open;
    this.memory.open = null;
  }

  /** Broker time as of which the snapshot says how things are. */
  protected asOf(open: OpenSnapshot, record: LogRecord): number {
    return open.ending?.timestamp ?? record.timestamp;
  }

  /** Nothing is wrong any more with what nobody reads; what its products had is told with it. */
  private async retire(record: LogRecord, reason: string): Promise<void> {
    if (this.memory.open !== null) this.end(record, 'abandoned', 'the feed was retired');
    this.memory.incomplete = null;
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
    const run = confirmHeld(this.memory.held, this.digest(open), this.asOf(open, record));
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
    this.note({ applied: after, watermark: this.asOf(open, record), held: null, retiredAt: null });
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

  protected end(record: LogRecord, status: SnapshotStatus, reason: string | null): void {
    if (this.memory.open !== null) this.enter(this.memory.open, record, status, reason);
    this.memory.open = null;
  }

  private isOpen(snapshotId: string): boolean {
    return this.memory.open?.started.snapshotId === snapshotId;
  }

  private giveUpDeadSnapshot(record: LogRecord): void {
    if (this.memory.open?.isStaleAt(record.timestamp))
      this.end(record, 'abandoned', 'not completed within 24 hours');
    this.forgetLate(record);
  }

  private forgetLate(record: LogRecord): void {
    if (this.memory.incomplete?.isPastMendingAt(record.timestamp)) this.memory.incomplete = null;
  }

  private progress(record: LogRecord): void {
    if (this.memory.open !== null) this.enter(this.memory.open, record, 'open', null);
  }
}

/** Of a page with many bad rows some are named: they mostly have one cause. */
const NAMED_PROBLEMS = 3;

/** One error for all rows of a chunk that could not be understood, or null. */
function problemOf({ problems }: NormalisedPage, rows: number): AppError | null {
  const [first] = problems;
  if (first === undefined || problems.length === 1) return first ?? null;
  const named = problems.slice(0, NAMED_PROBLEMS).map(({ message }) => message);
  const more = problems.length - named.length;
  return new AppError(
    first.code,
    `${problems.length} of ${rows} rows cannot be read: ${named.join('; ')}${more === 0 ? '' : `; and ${more} more`}`,
    { cause: first },
  );
}

/** The record that retires a feed stands in for a snapshot, in the ledger and wherever one is named. */
export function retirementId({ offset }: LogRecord): string {
  return `retired-${offset}`;
}

/** The same instant, written as the ledger keeps it. */
export function instant(iso: string): string {
  return new Date(iso).toISOString();
}
