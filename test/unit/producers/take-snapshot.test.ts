import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../src/errors.js';
import type { FetchedPage } from '../../../src/ports/marketplace.js';
import { type SnapshotProgress, takeSnapshot } from '../../../src/producers/take-snapshot.js';
import { FEED, FEED_ID, MemoryLog, MemoryLogger, page, readerAs, readerOf, snapshotDeps } from './support.js';

const down = new AppError('API_UNAVAILABLE', 'Ozon answered 502');

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => new Error('nothing was thrown'),
    (error: unknown) => error,
  );
}

describe('a snapshot that succeeds', () => {
  it('is a beginning, chunks and an end, all on the feed’s partition and under its key', async () => {
    const log = new MemoryLog();
    const progress: SnapshotProgress[] = [];
    const deps = snapshotDeps(log, {
      batchSize: 2,
      acceptAbsences: true,
      onProgress: (now) => progress.push(now),
    });
    const receipt = await takeSnapshot(readerOf(page(['1', '2', '3'], 5), page(['4'], 4)), deps);
    expect(receipt).toEqual({ feed: FEED, snapshotId: 'snap-1', pages: 2, rows: 4, partition: 7 });
    const base = { feed: FEED_ID, snapshotId: 'snap-1' };
    const chunk = { type: 'page-chunk', ...base, fetchedAt: '2026-11-23T10:00:05.000Z' };
    expect(log.events).toEqual([
      {
        type: 'snapshot-started',
        ...base,
        source: 'ozon',
        account: '4711',
        endpoint: 'product-stocks',
        startedAt: '2026-11-23T10:00:00.000Z',
        scope: { schemes: ['fbo', 'fbs'] },
        limits: { absenceLimit: 0.5, absenceMin: 20 },
        acceptAbsences: true,
      },
      { ...chunk, page: 1, chunk: 1, chunks: 2, rows: [1, 2] },
      { ...chunk, page: 1, chunk: 2, chunks: 2, rows: [3] },
      { ...chunk, page: 2, chunk: 1, chunks: 1, rows: [4] },
      {
        type: 'snapshot-completed',
        ...base,
        completedAt: '2026-11-23T10:00:00.000Z',
        pages: 2,
        rows: 4,
        products: { least: 4, greatest: 5 },
      },
    ]);
    expect(log.records.every(({ partition, record }) => partition === 7 && record.key === FEED_ID)).toBe(
      true,
    );
    expect(progress).toEqual([
      { feed: FEED, page: 1, rows: 3, announcedProducts: 5 },
      { feed: FEED, page: 2, rows: 4, announcedProducts: 4 },
    ]);
  });

  it('tells how many pages there will be, and remembers the last word on it', async () => {
    const log = new MemoryLog();
    const progress: SnapshotProgress[] = [];
    const pages = [{ ...page(['1'], 9), expectedPages: 2 }, page(['2']), { ...page([]), expectedPages: 3 }];
    await takeSnapshot(readerOf(...pages), snapshotDeps(log, { onProgress: (now) => progress.push(now) }));
    expect(progress.map(({ expectedPages }) => expectedPages)).toEqual([2, 2, 3]);
    expect(progress.map(({ announcedProducts }) => announcedProducts)).toEqual([9, 9, 9]);
  });

  it('says what it set out to read, and where the next partial read goes on', async () => {
    const log = new MemoryLog();
    const scope = {
      schemes: ['fbo', 'fbs', 'rfbs'],
      places: { fbo: 'total', fbs: ['1', '2'], rfbs: 'warehouses' },
      byIds: true,
      partial: true,
    } as const;
    const cursor = vi.fn(() => '2026-11-23T10:00:00Z|47');
    const pages = async function* () {
      expect(cursor).not.toHaveBeenCalled();
      yield await Promise.resolve(page(['1']));
    };
    await takeSnapshot(readerAs({ scope, pages, cursor }), snapshotDeps(log, { reconcile: true }));
    expect(log.events[0]).toMatchObject({ scope, reconcile: true });
    expect(log.events.at(-1)).toMatchObject({
      type: 'snapshot-completed',
      cursor: '2026-11-23T10:00:00Z|47',
    });
  });

  it('leaves out what was not asked for', async () => {
    const log = new MemoryLog();
    const scope = { schemes: [], byIds: false, partial: undefined };
    await takeSnapshot(readerAs({ scope, cursor: () => undefined }), snapshotDeps(log));
    expect(JSON.parse(log.records[0]?.record.value ?? '')).toMatchObject({ scope: { schemes: [] } });
    expect(log.events[0]).not.toHaveProperty('reconcile');
    expect(log.events[0]).not.toHaveProperty('scope.byIds');
    expect(log.events[1]).not.toHaveProperty('cursor');
  });

  it('says in every chunk what its page was asked for, and stays below 900,000 bytes with a thousand ids', async () => {
    const log = new MemoryLog();
    const ids = Array.from({ length: 1000 }, (_, index) => `${9_007_199_254_740_000 + index}`);
    const query = { endpoint: 'fbo-stocks', scheme: 'fbo', productIds: ids, skus: ids } as const;
    const rows = Array.from({ length: 9000 }, (_, index) => `"${'Ж'.repeat(98)}${index % 10}"`);
    await takeSnapshot(
      readerOf({ ...page(rows), query }, page([])),
      snapshotDeps(log, { batchSize: 1_000_000 }),
    );
    const chunks = log.events.filter((event) => event.type === 'page-chunk');
    expect(chunks.map((event) => [event.page, event.query])).toEqual([
      [1, query],
      [1, query],
      [1, query],
      [2, undefined],
    ]);
    const sizes = log.records.map(({ record }) => Buffer.byteLength(record.value));
    expect(Math.max(...sizes)).toBeLessThan(900_000);
    expect(Math.max(...sizes)).toBeGreaterThan(899_500);
    expect(chunks.flatMap((event) => event.rows)).toHaveLength(9000);
  });

  it('numbers its records and names their types in the headers', async () => {
    const log = new MemoryLog();
    await takeSnapshot(readerOf(page(['1'])), snapshotDeps(log));
    expect(log.records.map(({ record }) => [record.headers.ce_id, record.headers.ce_type])).toEqual([
      ['snap-1/1', 'inventory.raw.snapshot-started.v1'],
      ['snap-1/2', 'inventory.raw.page-chunk.v1'],
      ['snap-1/3', 'inventory.raw.snapshot-completed.v1'],
    ]);
    expect(log.records[1]?.record.headers).toMatchObject({
      ce_time: '2026-11-23T10:00:05.000Z',
      ce_source: '/inventory-sync/inventory',
    });
  });

  it('keeps rows as they were written, to the digit and the blank', async () => {
    const log = new MemoryLog();
    const row = '{"product_id": 9007199254740993,\n "x":"Ж\\u0041"}';
    await takeSnapshot(readerOf(page([row, row])), snapshotDeps(log));
    expect(log.records[1]?.record.value).toContain(`"rows":[${row},${row}]`);
  });

  it('says nothing of products where the marketplace names no total', async () => {
    const log = new MemoryLog();
    await takeSnapshot(readerOf(page(['1'])), snapshotDeps(log));
    expect(log.events.at(-1)).not.toHaveProperty('products');
  });

  it('of an empty list has one page without rows', async () => {
    const log = new MemoryLog();
    expect(await takeSnapshot(readerOf(page([], 0)), snapshotDeps(log))).toMatchObject({ pages: 1, rows: 0 });
    expect(log.events[1]).toMatchObject({ type: 'page-chunk', chunk: 1, chunks: 1, rows: [] });
    expect(log.events[2]).toMatchObject({ pages: 1, rows: 0, products: { least: 0, greatest: 0 } });
  });

  it('cuts a large page into values below 900,000 bytes of UTF-8, and fills them', async () => {
    const log = new MemoryLog();
    const rows = Array.from({ length: 120_000 }, (_, index) => `"${'Ж'.repeat(7)}${index % 10}"`);
    await takeSnapshot(readerOf(page(rows)), snapshotDeps(log, { batchSize: 1_000_000 }));
    const chunks = log.records.slice(1, -1).map(({ record }) => Buffer.byteLength(record.value));
    expect(chunks).toHaveLength(3);
    expect(Math.max(...chunks)).toBeLessThan(900_000);
    expect(Math.max(...chunks)).toBeGreaterThan(899_900);
    const written = log.events.flatMap((event) => (event.type === 'page-chunk' ? event.rows : []));
    expect(written).toEqual(rows.map((row) => JSON.parse(row) as unknown));
  });

  it('names the least and the greatest total of products heard on the way', async () => {
    const log = new MemoryLog();
    await takeSnapshot(
      readerOf(page(['1'], 5), page(['2'], 4), page(['3']), page(['4'], 6)),
      snapshotDeps(log),
    );
    expect(log.events.at(-1)).toMatchObject({ products: { least: 4, greatest: 6 } });
  });

  it('does not ask for a page before the one before it is in the log', async () => {
    const order: string[] = [];
    const log = new MemoryLog();
    log.before = (number) => void order.push(`append ${number}`);
    const reader = readerAs({
      async *pages(): AsyncGenerator<FetchedPage> {
        order.push('ask 1');
        yield await Promise.resolve(page(['1']));
        order.push('ask 2');
        yield page(['2']);
      },
    });
    await takeSnapshot(reader, snapshotDeps(log));
    expect(order).toEqual(['append 1', 'ask 1', 'append 2', 'ask 2', 'append 3', 'append 4']);
  });
});

describe('a snapshot that cannot begin', () => {
  it('says so in the log, as a read of nothing', async () => {
    const log = new MemoryLog();
    const reader = { feed: FEED, open: () => Promise.reject(down) };
    expect(await failureOf(takeSnapshot(reader, snapshotDeps(log)))).toBe(down);
    expect(log.events).toMatchObject([
      { type: 'snapshot-started', scope: { schemes: [], partial: true } },
      { type: 'snapshot-failed', code: 'API_UNAVAILABLE', message: 'Ozon answered 502' },
    ]);
    expect(log.records.map(({ record }) => record.headers.ce_id)).toEqual(['snap-1/1', 'snap-1/2']);
  });

  it('throws the first reason where the log is away too', async () => {
    const log = new MemoryLog();
    const logger = new MemoryLogger();
    log.before = () => {
      throw new AppError('KAFKA_UNAVAILABLE', 'no broker');
    };
    const reader = { feed: FEED, open: () => Promise.reject(down) };
    expect(await failureOf(takeSnapshot(reader, snapshotDeps(log, { logger })))).toBe(down);
    expect(logger.lines).toEqual(['error the failed snapshot could not be marked as failed']);
  });

  it('because it was stopped asks nothing', async () => {
    const log = new MemoryLog();
    const open = vi.fn();
    const signal = AbortSignal.abort(new Error('Ctrl-C'));
    expect(await failureOf(takeSnapshot({ feed: FEED, open }, snapshotDeps(log, { signal })))).toMatchObject({
      code: 'TIMED_OUT',
    });
    expect(open).not.toHaveBeenCalled();
    expect(log.events.at(-1)).toMatchObject({ type: 'snapshot-failed', code: 'TIMED_OUT' });
  });
});

describe('a snapshot that fails', () => {
  it('in mid-walk says so and throws what happened', async () => {
    const log = new MemoryLog();
    expect(await failureOf(takeSnapshot(readerOf(page(['1']), down), snapshotDeps(log)))).toBe(down);
    expect(log.events.map(({ type }) => type)).toEqual(['snapshot-started', 'page-chunk', 'snapshot-failed']);
    expect(log.events[2]).toMatchObject({
      code: 'API_UNAVAILABLE',
      message: 'Ozon answered 502',
      failedAt: '2026-11-23T10:00:00.000Z',
    });
    expect(log.records[2]?.record.headers.ce_id).toBe('snap-1/3');
  });

  it.each<[string, number, string | undefined]>([
    ['when the marketplace listens again', Date.UTC(2026, 10, 23, 16, 30), '2026-11-23T16:30:00.000Z'],
    ['nothing of a moment that no column holds', Date.UTC(2099, 0, 1), undefined],
    ['nothing of one before all time', -5, undefined],
  ])('tells %s', async (_name, notBefore, told) => {
    const log = new MemoryLog();
    const limited = new AppError('API_LIMITED', 'Ozon answered 429', { notBefore });
    expect(await failureOf(takeSnapshot(readerOf(page(['1']), limited), snapshotDeps(log)))).toBe(limited);
    const last = log.events.at(-1);
    expect(last).toMatchObject({ type: 'snapshot-failed', code: 'API_LIMITED' });
    expect((last as { notBefore?: string }).notBefore).toBe(told);
    if (told === undefined) expect(last).not.toHaveProperty('notBefore');
  });

  it('by something unforeseen is called that, and its words are cut', async () => {
    const log = new MemoryLog();
    const bug = new TypeError('x'.repeat(5000));
    expect(await failureOf(takeSnapshot(readerOf(bug), snapshotDeps(log)))).toBe(bug);
    expect(log.events[1]).toMatchObject({ code: 'UNEXPECTED', message: 'x'.repeat(1000) });
  });

  it('by a row that no record can hold writes no chunk of that page', async () => {
    const log = new MemoryLog();
    const rows = ['1', JSON.stringify('Ж'.repeat(450_000))];
    const error = await failureOf(takeSnapshot(readerOf(page(rows)), snapshotDeps(log)));
    expect(error).toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringContaining('row 2 of the page has 900002 bytes'),
    });
    expect(log.events.map(({ type }) => type)).toEqual(['snapshot-started', 'snapshot-failed']);
  });

  it('by an abort between pages writes nothing more but the failure', async () => {
    const log = new MemoryLog();
    const stop = new AbortController();
    const lost = new AppError('RUN_BUSY', 'the lease is lost');
    const deps = snapshotDeps(log, { signal: stop.signal, onProgress: () => stop.abort(lost) });
    expect(await failureOf(takeSnapshot(readerOf(page(['1']), page(['2'])), deps))).toBe(lost);
    expect(log.events.map(({ type }) => type)).toEqual(['snapshot-started', 'page-chunk', 'snapshot-failed']);
    expect(log.events[2]).toMatchObject({ code: 'RUN_BUSY' });
  });

  it('by an abort behind the last page does not complete', async () => {
    const log = new MemoryLog();
    const stop = new AbortController();
    const deps = snapshotDeps(log, {
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('Ctrl-C')),
    });
    expect(await failureOf(takeSnapshot(readerOf(page(['1'])), deps))).toMatchObject({
      code: 'TIMED_OUT',
      message: expect.stringContaining('Ctrl-C'),
    });
    expect(log.events.at(-1)?.type).toBe('snapshot-failed');
  });

  it.each([1, 2, 3])('by the log itself at append %i throws that error', async (failing) => {
    const log = new MemoryLog();
    const gone = new AppError('KAFKA_UNAVAILABLE', 'no broker');
    log.before = (number) => {
      if (number === failing) throw gone;
    };
    expect(await failureOf(takeSnapshot(readerOf(page(['1'])), snapshotDeps(log)))).toBe(gone);
    expect(log.events).toHaveLength(failing);
    expect(log.events.at(-1)?.type).toBe('snapshot-failed');
  });

  it('keeps to the first error where even the failure cannot be written, and logs the second', async () => {
    const log = new MemoryLog();
    const logger = new MemoryLogger();
    log.before = (number) => {
      if (number === 3) throw new AppError('KAFKA_UNAVAILABLE', 'no broker');
    };
    expect(await failureOf(takeSnapshot(readerOf(page(['1']), down), snapshotDeps(log, { logger })))).toBe(
      down,
    );
    expect(logger.lines).toEqual(['error the failed snapshot could not be marked as failed']);
  });
});
