import type { Feed } from '../../../src/domain/feed.js';
import { formatFeed } from '../../../src/domain/feed.js';
import { type RawEvent, rawEvent } from '../../../src/events/raw-snapshot.js';
import type { FeedRegistry } from '../../../src/ports/feed-registry.js';
import type { Logger } from '../../../src/ports/logger.js';
import type { FeedReader, FeedWalk, FetchedPage } from '../../../src/ports/marketplace.js';
import type { RawLog, RawRecord } from '../../../src/ports/raw-log.js';
import type { SnapshotDeps } from '../../../src/producers/take-snapshot.js';

export const FEED = { source: 'ozon', account: '4711', endpoint: 'product-stocks' } as const;
export const FEED_ID = 'ozon:4711:product-stocks';

/** A log in memory that can be told to fail at the n-th append, counted from 1. */
export class MemoryLog implements RawLog {
  readonly records: { partition: number; record: RawRecord }[] = [];
  /** Called before each append with its number; may throw. */
  before: (number: number) => void | Promise<void> = () => undefined;
  #appends = 0;

  async append(partition: number, records: readonly RawRecord[]): Promise<void> {
    this.#appends += 1;
    await this.before(this.#appends);
    for (const record of records) this.records.push({ partition, record });
  }

  /** Every record's value, checked against the contract. */
  get events(): RawEvent[] {
    return this.records.map(({ record }) => rawEvent.parse(JSON.parse(record.value)));
  }
}

export function page(rows: readonly string[], announcedProducts?: number): FetchedPage {
  return { fetchedAt: '2026-11-23T10:00:05.000Z', rows, announcedProducts };
}

/** A reader of these pages; a thrown value in the list is thrown at its turn. */
export function readerOf(...pages: readonly (FetchedPage | Error)[]): FeedReader {
  return readerAs({
    async *pages() {
      for (const next of pages) {
        if (next instanceof Error) throw next;
        yield await Promise.resolve(next);
      }
    },
  });
}

/** A reader whose walk is as told, and over two schemes and no pages where it is not. */
export function readerAs(walk: Partial<FeedWalk>, feed: Feed = FEED): FeedReader {
  const whole = { scope: { schemes: ['fbo', 'fbs'] }, async *pages() {}, ...walk } satisfies FeedWalk;
  return { feed, open: () => Promise.resolve(whole) };
}

export function snapshotDeps(log: RawLog, over: Partial<SnapshotDeps> = {}): SnapshotDeps {
  return {
    log,
    partition: 7,
    prefix: 'inventory',
    batchSize: 1000,
    limits: { absenceLimit: 0.5, absenceMin: 20 },
    acceptAbsences: false,
    now: () => new Date('2026-11-23T10:00:00Z'),
    newId: () => 'snap-1',
    signal: new AbortController().signal,
    ...over,
  };
}

/** Leases by feed, where a call is noted as `<what> <number of the feed>`, feeds numbered as they were registered. */
export class MemoryRegistry implements FeedRegistry {
  readonly calls: string[] = [];
  /** Who holds the leases, by the feed's number. */
  readonly holders = new Map<number, string>();
  /** Called before each lease with its number, from 1; may throw. */
  beforeLease: (number: number) => void | Promise<void> = () => undefined;
  readonly #ids: string[] = [];
  #leases = 0;

  register(feed: Feed): Promise<{ feedId: number; partition: number }> {
    const id = formatFeed(feed);
    if (!this.#ids.includes(id)) this.#ids.push(id);
    const feedId = this.#ids.indexOf(id) + 1;
    this.calls.push(`register ${feedId}`);
    return Promise.resolve({ feedId, partition: 6 + feedId });
  }

  async lease(feedId: number, owner: string): Promise<boolean> {
    this.#leases += 1;
    await this.beforeLease(this.#leases);
    const holder = this.holders.get(feedId) ?? owner;
    this.calls.push(`${holder === owner ? 'lease' : 'refuse'} ${feedId}`);
    this.holders.set(feedId, holder);
    return holder === owner;
  }

  release(feedId: number, owner: string): Promise<void> {
    this.calls.push(`release ${feedId}`);
    if (this.holders.get(feedId) === owner) this.holders.delete(feedId);
    return Promise.resolve();
  }

  holder(feedId: number): Promise<{ owner: string; until: number } | null> {
    const owner = this.holders.get(feedId);
    return Promise.resolve(owner === undefined ? null : { owner, until: Date.parse('2026-11-23T10:01:00Z') });
  }
}

/** Keeps what was said, as `level message`. */
export class MemoryLogger implements Logger {
  readonly lines: string[] = [];
  debug = (_fields: object, message: string) => this.#add('debug', message);
  info = (_fields: object, message: string) => this.#add('info', message);
  warn = (_fields: object, message: string) => this.#add('warn', message);
  error = (_fields: object, message: string) => this.#add('error', message);

  #add(level: string, message: string): void {
    this.lines.push(`${level} ${message}`);
  }
}

/** A promise and the key to it. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}
