import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.js';
import type { FetchedPage } from '../../../src/ports/marketplace.js';
import { type PollDeps, poll } from '../../../src/producers/poll.js';
import { gate, MemoryLog, MemoryLogger, MemoryRegistry, page, readerOf, snapshotDeps } from './support.js';

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

/** A reader that stops behind its first page until it is let go on, and says when it got there. */
function slowReader() {
  const arrived = gate();
  const goOn = gate();
  const reader = {
    ...readerOf(),
    async *pages(signal: AbortSignal): AsyncGenerator<FetchedPage> {
      yield page(['1']);
      arrived.open();
      const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      await Promise.race([goOn.passed, aborted]);
      yield page(['2']);
    },
  };
  return { reader, arrived: arrived.passed, goOn: goOn.open };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('poll', () => {
  it('registers the feed, reads it under a lease and gives that back', async () => {
    const outcome = await poll([readerOf(page(['1']))], deps());
    expect(outcome).toMatchObject({ receipts: [{ rows: 1, partition: 7 }], failures: [] });
    expect(registry.calls).toEqual(['register', 'lease taken', 'release']);
    expect(registry.holder).toBeNull();
    expect(timers).toBe(0);
  });

  it('reads the other feeds when one fails, and gives back the lease of that one too', async () => {
    const down = new AppError('API_UNAVAILABLE', 'Ozon answered 502');
    const outcome = await poll([readerOf(down), readerOf(page(['1']))], deps());
    expect(outcome.failures).toMatchObject([{ error: down }]);
    expect(outcome.receipts).toHaveLength(1);
    expect(registry.calls).toEqual([
      'register',
      'lease taken',
      'release',
      'register',
      'lease taken',
      'release',
    ]);
    expect(logger.lines).toEqual(['warn feed not read: Ozon answered 502']);
  });

  it('leaves alone a feed that another run reads, and names it', async () => {
    registry.holder = 'run-2';
    const { failures } = await poll([readerOf(page(['1']))], deps());
    expect(failures).toMatchObject([
      { error: { code: 'RUN_BUSY', message: expect.stringContaining('ozon:4711:product-stocks') } },
    ]);
    expect(registry.calls).toEqual(['register', 'lease refused']);
    expect(log.records).toEqual([]);
    expect(registry.holder).toBe('run-2');
  });

  it('says what went wrong with the registry', async () => {
    registry.register = () => Promise.reject(new AppError('DB_UNAVAILABLE', 'gone'));
    expect((await poll([readerOf(page(['1']))], deps())).failures).toMatchObject([
      { error: { code: 'DB_UNAVAILABLE' } },
    ]);
  });

  it('keeps the result where the lease cannot be given back', async () => {
    registry.release = () => Promise.reject(new AppError('DB_UNAVAILABLE', 'gone'));
    expect((await poll([readerOf(page(['1']))], deps())).receipts).toHaveLength(1);
    expect(logger.lines).toEqual([expect.stringContaining('could not be given back')]);
  });

  it('renews the lease while it reads', async () => {
    const { reader, arrived, goOn } = slowReader();
    const outcome = poll([reader], deps());
    await arrived;
    for (let count = 0; count < 5; count += 1) {
      beat();
      await settled();
    }
    goOn();
    expect((await outcome).receipts).toMatchObject([{ pages: 2 }]);
    expect(registry.calls).toEqual(['register', ...Array(6).fill('lease taken'), 'release']);
  });

  it('stops reading when another run took the lease over, and leaves that lease alone', async () => {
    const { reader, arrived } = slowReader();
    const outcome = poll([reader], deps());
    await arrived;
    registry.holder = 'run-2';
    beat();
    expect((await outcome).failures).toMatchObject([
      { error: { code: 'RUN_BUSY', message: expect.stringContaining('took it over') } },
    ]);
    expect(log.events.map(({ type }) => type)).toEqual(['snapshot-started', 'page-chunk', 'snapshot-failed']);
    expect(registry.holder).toBe('run-2');
  });

  it('bears a failed renewal, and stops when the lease has run out', async () => {
    const { reader, arrived } = slowReader();
    registry.beforeLease = (number) => {
      if (number > 1) throw new AppError('DB_UNAVAILABLE', 'gone');
    };
    const outcome = poll([reader], deps());
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

  it('gives the lease back only after a renewal under way has ended', async () => {
    const { reader, arrived, goOn } = slowReader();
    const renewal = gate();
    registry.beforeLease = (number) => (number === 2 ? renewal.passed : undefined);
    const outcome = poll([reader], deps());
    await arrived;
    beat();
    beat();
    goOn();
    await settled();
    expect(registry.calls).toEqual(['register', 'lease taken']);
    renewal.open();
    await outcome;
    expect(registry.calls).toEqual(['register', 'lease taken', 'lease taken', 'release']);
    expect(registry.holder).toBeNull();
  });

  it('ends by the caller’s signal', async () => {
    const { reader, arrived } = slowReader();
    const stop = new AbortController();
    const outcome = poll([reader], deps({ snapshot: snapshotDeps(log, { signal: stop.signal }) }));
    await arrived;
    stop.abort(new Error('Ctrl-C'));
    expect((await outcome).failures).toMatchObject([{ error: { code: 'TIMED_OUT' } }]);
    expect(registry.holder).toBeNull();
  });

  it('does not begin with a feed once it was stopped', async () => {
    const signal = AbortSignal.abort(new Error('Ctrl-C'));
    const outcome = await poll([readerOf(page(['1']))], deps({ snapshot: snapshotDeps(log, { signal }) }));
    expect(outcome.failures).toMatchObject([{ error: { code: 'TIMED_OUT' } }]);
    expect(registry.calls).toEqual([]);
    expect(log.records).toEqual([]);
  });
});
