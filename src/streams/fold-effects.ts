import type { AppError } from '../errors.js';
import type { LogRecord } from '../ports/log-records.js';
import type { FeedPatch, SnapshotStatus } from '../ports/projection.js';
import type { Effect } from './effects.js';
import type { FeedMemory } from './feed-memory.js';
import type { OpenSnapshot } from './open-snapshot.js';

/** Gathers what follows from one record of a feed, in order, and the feed's own line behind it. */
export abstract class FoldEffects {
  private effects: Effect[] = [];
  private stale = 0;
  private patch: Partial<FeedPatch> = {};
  private touched = false;

  constructor(protected readonly memory: FeedMemory) {}

  protected begin(): void {
    this.effects = [];
    this.stale = 0;
    this.patch = {};
    this.touched = false;
  }

  protected finish(): Effect[] {
    if (this.touched) {
      const { feedId, totals } = this.memory;
      this.effects.push({ kind: 'feed', patch: { ...this.patch, feedId, totals, staleRecords: this.stale } });
    }
    return this.effects;
  }

  protected push(effect: Effect): void {
    this.effects.push(effect);
    this.touched = true;
  }

  protected note(patch: Partial<FeedPatch>): void {
    this.patch = { ...this.patch, ...patch };
    this.touched = true;
  }

  protected refuse(problem: AppError): void {
    this.effects.push({ kind: 'dead-letter', problem });
  }

  protected emit(event: Extract<Effect, { kind: 'sync-event' }>['event']): void {
    this.effects.push({ kind: 'sync-event', event });
  }

  /** The record says nothing any more: its snapshot is not the one that counts. */
  protected countStale(): void {
    this.stale += 1;
    this.touched = true;
  }

  /** How far the snapshot has come. */
  protected enter(
    open: OpenSnapshot,
    at: Pick<LogRecord, 'offset' | 'timestamp'>,
    status: SnapshotStatus,
    reason: string | null,
  ): void {
    const { feedId } = this.memory;
    const ended = status !== 'open';
    this.push({
      kind: 'snapshot',
      patch: {
        feedId,
        snapshotId: open.started.snapshotId,
        firstOffset: open.firstOffset,
        lastOffset: ended ? at.offset : null,
        status,
        reason,
        baseRows: open.baseRows,
        baseInStock: open.baseInStock,
        counts: open.counts(),
        startedAt: new Date(open.startedAtMs).toISOString(),
        endedAt: ended ? new Date(at.timestamp).toISOString() : null,
      },
    });
  }

  /** What every event says of its snapshot. */
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
}
