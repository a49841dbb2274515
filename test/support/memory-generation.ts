import { type Feed, formatFeed } from '../../src/domain/feed.js';
import { EVENT_TYPES, envelope } from '../../src/events/envelope.js';
import type { GenerationReady } from '../../src/events/raw-snapshot.js';
import type { LogRecord } from '../../src/ports/log-records.js';
import type { Transaction } from '../../src/ports/partition-processor.js';
import type {
  GenerationProduct,
  GenerationStanding,
  GenerationStore,
  GenerationVerdict,
} from '../../src/ports/replay.js';
import type { MemoryWorker } from './memory-worker.js';
import { PREFIX } from './raw-log.js';

const TIME = '2026-11-22T10:00:00.000Z';

/** The log with an announcement of each feed at this place. */
export function withAnnouncements(
  records: readonly LogRecord[],
  at: number,
  feeds: readonly Feed[],
  options: Partial<GenerationReady> = {},
): LogRecord[] {
  const { topic, partition } = records[0] ?? { topic: 'raw', partition: 0 };
  const announcements = feeds.map((feed, index): LogRecord => {
    const event: GenerationReady = {
      ...{ type: 'generation-ready', feed: formatFeed(feed), generation: 1, token: String(at + index) },
      ...{ readyAt: TIME, limits: { absenceLimit: 0, absenceMin: 0 }, acceptAbsences: true },
      ...options,
    };
    const headers = envelope({ id: 'r', type: EVENT_TYPES.generationReady, prefix: PREFIX, time: TIME });
    const timestamp = records[Math.max(0, at - 1)]?.timestamp ?? 0;
    const value = Buffer.from(JSON.stringify(event));
    return { topic, partition, offset: 0, timestamp, key: event.feed, value, headers };
  });
  return [...records.slice(0, at), ...announcements, ...records.slice(at)].map((record, offset) => ({
    ...record,
    offset,
  }));
}

/** A generation as another worker has folded it, standing still at the announcements. */
export class MemoryGeneration implements GenerationStore {
  live: MemoryWorker | undefined;
  readonly verdicts: GenerationVerdict[] = [];
  /** Exchanges beneath an open snapshot. */
  inside = 0;

  /** @param shadow has folded the log up to the announcements; it may go on only when they have been dealt with */
  constructor(private readonly shadow: MemoryWorker) {}

  get swapped(): Feed[] {
    return this.verdicts
      .filter(({ outcome }) => outcome === 'swapped')
      .map(({ feedId }) => this.feedOf(feedId));
  }

  async standing(_generation: number, feedId: number, token: string): Promise<GenerationStanding | null> {
    if (this.verdicts.some((one) => one.token === token)) return null;
    const feed = this.feedOf(feedId);
    const row = this.shadow.store.feedRows().find((one) => formatFeed(one.feed) === formatFeed(feed));
    if (row === undefined || row.applied === null) return null;
    const { totals, applied, watermark, held, failures, cursor, retiredAt } = row;
    const own = this.shadow.store.snapshotRows().filter((one) => one.feedId === row.feedId);
    const open = own.find(({ status }) => status === 'open') ?? null;
    if (open !== null) this.inside += 1;
    const whole = own.find(({ lastOffset }) => lastOffset === applied.place.offset);
    return {
      incarnation: 1,
      readyOffset: Number(token),
      folded: {
        ...{ totals, applied, watermark, held, failures, cursor, retiredAt, open, newest: open },
        appliedFrom: whole === undefined ? null : Date.parse(whole.startedAt),
      },
      liveWatermark: this.live?.store.feedRow(feed).watermark ?? null,
    };
  }

  rowsOfFeed(_generation: number, feedId: number) {
    return this.shadow.store.rowsOfFeed(this.shadow.store.feedRow(this.feedOf(feedId)).feedId);
  }

  async *productsOfFeed(): AsyncGenerator<readonly GenerationProduct[]> {
    yield this.shadow.store.productRows();
  }

  async settle(_tx: Transaction, verdict: GenerationVerdict): Promise<void> {
    this.verdicts.push(verdict);
    this.live?.store.tamper(
      this.feedOf(verdict.feedId),
      (row) =>
        verdict.reopened.find(
          ({ productId, scheme, warehouseId }) =>
            productId === row.productId && scheme === row.scheme && warehouseId === row.warehouseId,
        ) ?? row,
    );
  }

  private feedOf(feedId: number): Feed {
    const row = this.live?.store.feedRows().find((one) => one.feedId === feedId);
    if (row === undefined) throw new Error(`no feed ${feedId}`);
    return row.feed;
  }
}
