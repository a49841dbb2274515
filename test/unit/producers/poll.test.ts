import { beforeEach, describe, expect, it } from 'vitest';
import type { Feed } from '../../../src/domain/feed.js';
import { AppError } from '../../../src/errors.js';
import type { FeedReader, FetchedPage } from '../../../src/ports/marketplace.js';
import { type PollDeps, poll } from '../../../src/producers/poll.js';
import {
  FEED,
  gate,
  MemoryLog,
  MemoryLogger,
  MemoryRegistry,
  page,
  readerAs,
  readerOf,
  snapshotDeps,
} from './support.js';

let log: MemoryLog;
let registry: MemoryRegistry;
let logger: MemoryLogger;
/** Lets the renewal timer beat once. */
let beat: () => void;
let timers: number;

beforeEach(() => {
  log = new MemoryLog();
  registry = new MemoryRegistry();
  logger = new MemoryLogger();
  timers = 0;
});

function deps(over: Partial<PollDeps> = {}): PollDeps {
  return {
    registry,
    partitions: 12,
    owner: 'run-1',
    leaseSeconds: 60,
    snapshot: snapshotDeps(log),
    logger,
    every: (ms, callback) => {
      expect(ms).toBe(20_000);
      timers += 1;
      beat = callback;
      return () => {
        timers -= 1;
      };
    },
    ...over,
  };
}

const OTHER = { source: 'ozon', account: '4711', endpoint: 'product-list' } as const;

/** A reader that stops behind its first page until it is let go on, and says when it got there. */
function slowReader(feed?: Feed) {
  const arrived = gate();
  const goOn = gate();
  const walk = {
    async *pages(signal: AbortSignal): AsyncGenerator<FetchedPage> {
      yield page(['1']);
      arrived.open();
      const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      await Promise.race([goOn.passed, aborted]);
      yield page(['2']);
    },
  };
  return { reader: readerAs(walk, feed), arrived: arrived.passed, goOn: goOn.open };
}

const other = (...pages: readonly (FetchedPage | Error)[]) => ({ ...readerOf(...pages), feed: OTHER });
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const down = new AppError('API_UNAVAILABLE', 'Ozon answered 502');

describe('poll', () => {
  it('registers the feed, reads it under a lease and gives that back', async () => {
    const outcome = await poll([[readerOf(page(['1']))]], deps());
    expect(outcome).toMatchObject({ receipts: [{ rows: 1, partition: 7 }], failures: [] });
    expect(registry.calls).toEqual(['register 1', 'lease 1', 'release 1']);
    expect(registry.holders.size).toBe(0);
    expect(timers).toBe(0);
  });

  it('has the leases of all feeds before it reads any, in the order of their ids', async () => {
    await registry.register(FEED);
    await registry.register(OTHER);
    registry.calls.length = 0;
    log.before = (number) => void (number === 1 && registry.calls.push('read'));
    await poll([[other(page(['1']))], [readerOf(page(['2']))]], deps());
    expect(registry.calls).toEqual([
      'register 2',
      'register 1',
      'lease 1',
      'lease 2',
      'read',
      'release 2',
      'release 1',
    ]);
  });

  it('reads the other feeds of a lane when one fails', async () => {
    const outcome = await poll([[readerOf(down), other(page(['1']))]], deps());
    expect(outcome.failures).toMatchObject([{ feed: FEED, error: down }]);
    expect(outcome.receipts).toMatchObject([{ feed: OTHER, partition: 8 }]);
    expect(registry.holders.size).toBe(0);
    expect(logger.lines).toEqual(['warn feed not read: Ozon answered 502']);
  });

  it('opens a reader only when those before it in its lane are done, however they ended', async () => {
    const order: string[] = [];
    const noting = (reader: FeedReader, name: string): FeedReader => ({
      ...reader,
      open: (signal) => {
        order.push(`${name} begins behind ${log.events.at(-1)?.type}`);
        return reader.open(signal);
      },
    });
    await poll([[noting(readerOf(down), 'first'), noting(other(page(['1'])), 'second')]], deps());
    expect(order).toEqual(['first begins behind undefined', 'second begins behind snapshot-failed']);
  });

  it('reads lanes side by side, and answers in their order', async () => {
    const first = slowReader();
    const second = slowReader(OTHER);
    const outcome = poll([[first.reader], [second.reader]], deps());
    await Promise.all([first.arrived, second.arrived]);
    second.goOn();
    await settled();
    first.goOn();
    expect((await outcome).receipts).toMatchObject([{ feed: FEED }, { feed: OTHER }]);
  });

  it('reads nothing where another run holds one of the leases, and says who', async () => {
    await registry.register(FEED);
    registry.holders.set(2, 'sync 1234@depot');
    await expect(poll([[readerOf(page(['1'])), other(page(['2']))]], deps())).rejects.toMatchObject({
      code: 'RUN_BUSY',
      message:
        'ozon:4711:product-list: "sync 1234@depot" is reading it; its lease lasts until ' +
        '2026-11-23T10:01:00.000Z unless renewed',
      facts: { owner: 'sync 1234@depot', until: '2026-11-23T10:01:00.000Z' },
      advice: { ru: { remedy: expect.any(String) } },
    });
    expect(registry.calls.slice(-3)).toEqual(['lease 1', 'refuse 2', 'release 1']);
    expect(log.records).toEqual([]);
    expect(Object.fromEntries(registry.holders)).toEqual({ 2: 'sync 1234@depot' });
    expect(timers).toBe(0);
  });

  it.each([
    ['has left in between', () => Promise.resolve(null)],
    ['cannot be asked after', () => Promise.reject(new AppError('DB_UNAVAILABLE', 'gone'))],
  ])('is busy also where the holder %s', async (_name, holder) => {
    registry.holders.set(1, 'run-2');
    registry.holder = holder;
    await expect(poll([[readerOf(page(['1']))]], deps())).rejects.toMatchObject({
      code: 'RUN_BUSY',
      message: 'ozon:4711:product-stocks: another run is reading it',
    });
  });

  it('says what went wrong with the registry, and keeps no lease', async () => {
    registry.beforeLease = (number) => {
      if (number === 2) throw new AppError('DB_UNAVAILABLE', 'gone');
    };
    const lanes = [[readerOf(page(['1'])), other(page(['2']))]];
    await expect(poll(lanes, deps())).rejects.toMatchObject({ code: 'DB_UNAVAILABLE' });
    expect(registry.holders.size).toBe(0);
    expect(log.records).toEqual([]);
  });

  it('keeps the result where the lease cannot be given back', async () => {
    registry.release = () => Promise.reject(new AppError('DB_UNAVAILABLE', 'gone'));
    expect((await poll([[readerOf(page(['1']))]], deps())).receipts).toHaveLength(1);
    expect(logger.lines).toEqual([expect.stringContaining('could not be given back')]);
  });

  it('renews all leases while it reads', async () => {
    const { reader, arrived, goOn } = slowReader();
    const outcome = poll([[other(page(['1']))], [reader]], deps());
    await arrived;
    for (let count = 0; count < 5; count += 1) {
      beat();
      await settled();
    }
    goOn();
    expect((await outcome).receipts).toHaveLength(2);
    const renewals = Array(6).fill(['lease 1', 'lease 2']).flat();
    expect(registry.calls.slice(2)).toEqual([...renewals, 'release 2', 'release 1']);
  });

  it('stops reading all of them when another run took one over, and leaves that lease alone', async () => {
    const { reader, arrived } = slowReader();
    const second = slowReader(OTHER);
    const outcome = poll([[reader], [second.reader, readerOf(page(['3']))]], deps());
    await Promise.all([arrived, second.arrived]);
    registry.holders.set(2, 'run-2');
    beat();
    const busy = { error: { code: 'RUN_BUSY', message: expect.stringContaining('"run-2" is reading it') } };
    expect((await outcome).failures).toMatchObject([busy, busy, busy]);
    const types = log.events.map(({ type }) => type).sort();
    expect(types).toEqual([
      'page-chunk',
      'page-chunk',
      'snapshot-failed',
      'snapshot-failed',
      'snapshot-started',
      'snapshot-started',
    ]);
    expect(Object.fromEntries(registry.holders)).toEqual({ 2: 'run-2' });
  });

  it('bears a failed renewal, and stops when the lease has run out', async () => {
    const { reader, arrived } = slowReader();
    registry.beforeLease = (number) => {
      if (number > 1) throw new AppError('DB_UNAVAILABLE', 'gone');
    };
    const outcome = poll([[reader]], deps());
    await arrived;
    beat();
    await settled();
    beat();
    await settled();
    expect(log.events.at(-1)?.type).toBe('page-chunk');
    beat();
    expect((await outcome).failures).toMatchObject([
      { error: { code: 'RUN_BUSY', message: expect.stringContaining('in time') } },
    ]);
    expect(logger.lines.filter((line) => line.includes('could not be renewed'))).toHaveLength(3);
  });

  it('does not count the renewal of some as that of all', async () => {
    const { reader, arrived } = slowReader();
    registry.beforeLease = (number) => {
      if (number > 2 && number % 2 === 0) throw new AppError('DB_UNAVAILABLE', 'gone');
    };
    const outcome = poll([[other(page(['1']))], [reader]], deps());
    await arrived;
    for (let count = 0; count < 3; count += 1) {
      beat();
      await settled();
    }
    expect((await outcome).failures).toMatchObject([{ feed: FEED, error: { code: 'RUN_BUSY' } }]);
  });

  it('gives the lease back only after a renewal under way has ended', async () => {
    const { reader, arrived, goOn } = slowReader();
    const renewal = gate();
    registry.beforeLease = (number) => (number === 2 ? renewal.passed : undefined);
    const outcome = poll([[reader]], deps());
    await arrived;
    beat();
    beat();
    goOn();
    await settled();
    expect(registry.calls).toEqual(['register 1', 'lease 1']);
    renewal.open();
    await outcome;
    expect(registry.calls).toEqual(['register 1', 'lease 1', 'lease 1', 'release 1']);
    expect(registry.holders.size).toBe(0);
  });

  it('ends by the caller’s signal, and marks as failed what was under way and nothing else', async () => {
    const { reader, arrived } = slowReader();
    const stop = new AbortController();
    const stopped = deps({ snapshot: snapshotDeps(log, { signal: stop.signal }) });
    const outcome = poll([[reader, other(page(['1']))]], stopped);
    await arrived;
    stop.abort(new Error('Ctrl-C'));
    expect((await outcome).failures).toMatchObject([
      { feed: FEED, error: { code: 'TIMED_OUT' } },
      { feed: OTHER, error: { code: 'TIMED_OUT' } },
    ]);
    expect(log.events.map(({ type }) => type)).toEqual(['snapshot-started', 'page-chunk', 'snapshot-failed']);
    expect(log.events.at(-1)).toMatchObject({
      code: 'TIMED_OUT',
      message: expect.stringContaining('Ctrl-C'),
    });
    expect(registry.holders.size).toBe(0);
  });

  it('does not begin once it was stopped', async () => {
    const signal = AbortSignal.abort(new Error('Ctrl-C'));
    const stopped = deps({ snapshot: snapshotDeps(log, { signal }) });
    await expect(poll([[readerOf(page(['1']))]], stopped)).rejects.toMatchObject({ code: 'TIMED_OUT' });
    expect(registry.calls).toEqual([]);
    expect(log.records).toEqual([]);
  });
});
