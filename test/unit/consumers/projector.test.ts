import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createProjectorApp } from '../../../src/consumers/projector.js';
import type { StockChange } from '../../../src/events/stock-change.js';
import { stockChange } from '../../../src/events/stock-change.js';
import type { SyncEvent } from '../../../src/events/sync-event.js';
import { syncEvent } from '../../../src/events/sync-event.js';
import { TOPICS } from '../../../src/events/topics.js';
import { normaliserOf } from '../../../src/marketplaces/normalisers.js';
import type { LogRecord } from '../../../src/ports/log-records.js';
import type { PartitionPlace } from '../../../src/ports/partition-processor.js';
import { MemoryProjection } from '../../support/memory-projection.js';
import { MemoryWorker } from '../../support/memory-worker.js';
import { HOUR, OZON, ozon, PREFIX, RAW_TOPIC, RawPartition, WB, wb } from '../../support/raw-log.js';
import { logs, rawPartition } from '../../support/raw-plans.js';
import { fatesOf } from '../../support/stories.js';

const PLACE: PartitionPlace = {
  topic: RAW_TOPIC,
  incarnation: 1,
  life: 1,
  partition: 3,
  checkpoint: 0,
  logStart: 0,
};
const appWith = (store = new MemoryProjection(), stateRows = 1000) =>
  createProjectorApp({ prefix: PREFIX, store, normaliserOf, stateRows });

describe('the app', () => {
  test('reads the raw topic as its group, without gaps', () => {
    expect(appWith()).toMatchObject({
      name: 'projector',
      group: 'inventory.projector',
      topic: 'inventory.raw-snapshots.v1',
      gapless: true,
    });
  });
});

describe('where a batch is cut', () => {
  const taken = async (log: RawPartition, records: readonly LogRecord[] = log.records) => {
    const processor = await appWith().open(PLACE);
    const steps: number[] = [];
    for (let rest = records; rest.length > 0; rest = rest.slice(steps.at(-1)))
      steps.push(processor.take(rest));
    return steps;
  };

  test('in front of each beginning and retirement, behind each end and retirement', async () => {
    const log = new RawPartition();
    log.whole(WB, [[wb(1, 507, 1)], [wb(2, 507, 1)]]);
    const id = log.start(WB);
    log.chunk(WB, id, 1, []).fail(WB, id).chunk(WB, id, 2, []).retire(WB).chunk(WB, id, 3, []);
    log.start(OZON);
    expect(await taken(log)).toEqual([4, 4, 1, 1, 1]);
  });

  test('on both sides of a record that does not say what it is', async () => {
    const log = new RawPartition();
    log.chunk(WB, log.start(WB), 1, []).chunk(WB, 's1', 2, []).chunk(WB, 's1', 3, []).chunk(WB, 's1', 4, []);
    const records = log.records.map((record, at) => (at === 2 ? { ...record, headers: {} } : record));
    expect(await taken(log, records)).toEqual([2, 1, 2]);
  });

  test('at a number of records, and at eight megabytes', async () => {
    const log = new RawPartition();
    const id = log.start(WB);
    for (let page = 1; page <= 40; page += 1) log.chunk(WB, id, page, []);
    expect(await taken(log)).toEqual([8, 8, 8, 8, 8, 1]);
    const large = log.records.map((record) => ({ ...record, value: Buffer.alloc(2_000_000, 32) }));
    expect(await taken(log, large)).toEqual([...Array.from({ length: 10 }, () => 4), 1]);
    const huge = log.records.slice(0, 2).map((record) => ({ ...record, value: Buffer.alloc(9_000_000, 32) }));
    expect(await taken(log, huge)).toEqual([1, 1]);
  });

  test('the sooner, the more the pages before have changed; what is no page says nothing of that', async () => {
    const log = new RawPartition();
    const id = log.start(WB);
    const rows = Array.from({ length: 750 }, (_, index) => wb(index + 1, 507, 1));
    for (let page = 1; page <= 60; page += 1) log.chunk(WB, id, page, page <= 3 ? rows : []);
    const processor = await appWith(undefined, 5_000).open(PLACE);
    const [start, first] = [log.records.slice(0, 1), log.records.slice(1, 2)];
    await processor.fold(start);
    expect(processor.take(log.records.slice(1))).toBe(8);
    await processor.fold(first);
    expect(processor.take(log.records.slice(2))).toBe(4);
    // The same rows again: nothing changes.
    await processor.fold(log.records.slice(2, 4));
    expect(processor.take(log.records.slice(4))).toBe(32);
  });
});

describe('what is published', () => {
  test('keeps its contract, under ids of its own, each made of the place of its record', async () => {
    await fc.assert(
      fc.asyncProperty(rawPartition, fc.integer({ min: 1, max: 20 }), async (log, fetch) => {
        const { outputs } = await new MemoryWorker(log.records).drain(fetch);
        const ids = outputs.map((output) => output.headers.ce_id);
        expect(new Set(ids).size).toBe(ids.length);
        for (const { offset, index, headers, key, value, topic } of outputs) {
          expect(headers.ce_id).toBe(`${RAW_TOPIC}/1/3/${offset}/${index}`);
          if (topic === TOPICS.stockChanges) {
            const change = stockChange.parse(JSON.parse(value));
            expect(key).toBe(Object.values(change.key).join(':'));
            expect(headers).toMatchObject({
              ce_type: 'inventory.stock.changed.v1',
              ce_time: change.observedAt,
            });
          } else if (topic === TOPICS.syncEvents) {
            const event = syncEvent.parse(JSON.parse(value));
            expect(event).toEqual(JSON.parse(value));
            expect(key).toBe(event.feed);
            expect(headers).toMatchObject({ ce_type: 'inventory.sync.event.v1', ce_time: event.at });
          }
        }
        // Numbers of a record's outputs run from 0 without a gap.
        for (const { offset } of log.records) {
          const numbers = outputs.filter((output) => output.offset === offset).map((output) => output.index);
          expect(numbers.sort((a, b) => a - b)).toEqual(numbers.map((_, index) => index));
        }
      }),
      logs(100),
    );
  });

  test('after a crash the ledger gives the very same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(rawPartition, fc.nat(), fc.nat(), async (log, a, b) => {
        const worker = await new MemoryWorker(log.records).drain(7);
        const [from = 0, to = 0] = [a, b].map((one) => one % (log.records.length + 1)).sort((x, y) => x - y);
        const owed = await appWith(worker.store).owedFromLedger(PLACE, from, to);
        const published = worker.outputs.filter(
          ({ topic, offset }) => topic === TOPICS.stockChanges && offset >= from && offset < to,
        );
        expect(owed).toEqual(published);
      }),
      logs(100),
    );
  });

  test('many movements go on in further events, none left out, none told twice', async () => {
    const log = new RawPartition();
    const goods = (from: number, to: number, pieces: number) =>
      Array.from({ length: to - from }, (_, index) => wb(from + index, 507, pieces));
    log.whole(WB, [[...goods(1, 4502, 5), ...goods(10_000, 10_001, 0)]]);
    log.wait(HOUR);
    log.whole(WB, [[...goods(1, 4502, 0), ...goods(10_000, 10_001, 1)]]);
    const worker = await new MemoryWorker(log.records).drain();
    const parts = (worker.published(TOPICS.syncEvents) as SyncEvent[])
      .filter((event) => event.type === 'snapshot-applied')
      .slice(1);
    expect(
      parts.map(({ part, parts: of, ranOut, cameBack }) => [part, of, ranOut.length, cameBack.length]),
    ).toEqual([
      [1, 3, 2000, 1],
      [2, 3, 2000, 0],
      [3, 3, 501, 0],
    ]);
    expect(new Set(parts.flatMap((one) => one.ranOut.map((product) => product.productId))).size).toBe(4501);
    const ids = worker.outputs.map((output) => output.headers.ce_id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { available, first } of parts)
      expect([first, available]).toEqual([false, { before: 22_505, after: 1 }]);
  });

  test('a retired feed names all that nobody reads any more, in as many events as it takes', async () => {
    const log = new RawPartition();
    log.whole(WB, [Array.from({ length: 2001 }, (_, index) => wb(index + 1, 507, 1))]);
    log.retire(WB);
    const worker = await new MemoryWorker(log.records).drain();
    const told = (worker.published(TOPICS.syncEvents) as SyncEvent[]).flatMap((event) =>
      event.type === 'feed-retired' ? [[event.part, event.parts, event.unread.length]] : [],
    );
    expect(told).toEqual([
      [1, 2, 2000],
      [2, 2, 1],
    ]);
  });

  test('a product that ran out in a snapshot that failed is told by the next that is applied', async () => {
    const log = new RawPartition();
    log.whole(OZON, [[ozon(1, ['fbo', 5]), ozon(2, ['fbo', 5])]]);
    const id = log.start(OZON);
    log.chunk(OZON, id, 1, [ozon(1, ['fbo', 0])]).fail(OZON, id);
    log.whole(OZON, [[ozon(1, ['fbo', 0]), ozon(2, ['fbo', 5])]]);
    const worker = await new MemoryWorker(log.records).drain();
    expect(worker.published(TOPICS.syncEvents).at(-1)).toMatchObject({
      type: 'snapshot-applied',
      available: { before: 10, after: 5 },
      ranOut: [{ productId: '1', before: 5, after: 0 }],
    });
  });
});

describe('prior state', () => {
  const reads = async (stateRows: number) => {
    const log = new RawPartition();
    log.whole(WB, [[wb(1, 507, 1), wb(2, 507, 1)], [wb(3, 507, 1)]]);
    log.whole(WB, [[wb(1, 507, 2)], [wb(3, 507, 1), wb(2, 507, 1)]]);
    const worker = new MemoryWorker(log.records, { stateRows });
    await worker.fetch(5);
    await worker.takeOver();
    worker.store.reads.length = 0;
    await worker.drain();
    return worker.store.reads;
  };

  test('is read once where it fits, else page by page and only the page’s products', async () => {
    expect(await reads(1000)).toEqual(['*']);
    expect(await reads(3)).toEqual(['*']);
    expect(await reads(2)).toEqual(['1', '3', '2', '*']);
    expect(await reads(0)).toEqual(['1', '3', '2', '*']);
  });

  test('is bounded over all feeds of a process', async () => {
    const log = new RawPartition();
    log.whole(WB, [[wb(1, 507, 1), wb(2, 507, 1), wb(3, 507, 1)]]);
    log.whole(OZON, [[ozon(1, ['fbo', 1]), ozon(2, ['fbo', 1])]]);
    log.whole(WB, [[wb(1, 507, 1), wb(2, 507, 1), wb(3, 507, 1)]]);
    log.whole(OZON, [[ozon(1, ['fbo', 2]), ozon(2, ['fbo', 1])]]);
    const worker = new MemoryWorker(log.records, { stateRows: 4 });
    await worker.fetch(6);
    await worker.takeOver();
    worker.store.reads.length = 0;
    await worker.drain(1);
    expect(worker.store.reads).toEqual(['*', '1', '2', '*']);
  });

  test('that outgrows its bound is let go, whichever feeds it was that grew', async () => {
    const log = new RawPartition();
    log.whole(WB, [[wb(1, 507, 1), wb(2, 507, 1)]]);
    log.whole(OZON, [[ozon(1, ['fbo', 1]), ozon(2, ['fbo', 1])]]);
    log.whole(WB, [[wb(1, 507, 1), wb(2, 507, 1)]]);
    log.whole(OZON, [[ozon(1, ['fbo', 2]), ozon(2, ['fbo', 1])]]);
    const worker = await new MemoryWorker(log.records, { stateRows: 3 }).drain(1);
    // Both began empty, and both would have fitted alone: one of them is read page by page now.
    expect(worker.store.reads.filter((read) => read !== '*')).toEqual(['1', '2']);
  });

  test('counts closed rows too', async () => {
    const log = new RawPartition();
    log.whole(WB, [[wb(1, 507, 1), wb(2, 507, 1)]]);
    log.whole(WB, [[wb(3, 507, 1)]]);
    log.whole(WB, [[wb(3, 507, 1)]]);
    const worker = await new MemoryWorker(log.records, { stateRows: 2 }).drain(1);
    expect(worker.store.reads).toContain('3');
  });

  test('that outgrows its bound is let go at once', async () => {
    const log = new RawPartition();
    log.whole(WB, [[wb(1, 507, 1), wb(2, 507, 1)], [wb(3, 507, 1)]]);
    log.whole(WB, [[wb(1, 507, 1)], [wb(2, 507, 1), wb(3, 507, 1)]]);
    const worker = await new MemoryWorker(log.records, { stateRows: 2 }).drain(1);
    expect(worker.store.reads).toEqual(['*', '*', '1', '2', '3', '*'].slice(-worker.store.reads.length));
    expect(worker.store.reads).toContain('3');
    expect(fatesOf(worker)).toEqual(['s1 applied', 's2 applied']);
  });
});

describe('take-over in mid-snapshot', () => {
  test('reads again from the first record of what is open, and no further back', async () => {
    const log = new RawPartition();
    log.whole(WB, [[wb(1, 507, 1)]]);
    const id = log.start(WB);
    log
      .chunk(WB, id, 1, [wb(1, 507, 2)])
      .chunk(WB, id, 2, [wb(2, 507, 2)])
      .complete(WB, id, { pages: 2, rows: 2 });
    const worker = new MemoryWorker(log.records);
    await worker.fetch(3);
    await worker.takeOver();
    await worker.fetch(2);
    expect(worker.recalled).toEqual([]);
    await worker.takeOver();
    await worker.fetch(1);
    expect(worker.recalled).toEqual([3, 4]);
    await worker.drain();
    await worker.takeOver();
    expect(fatesOf(worker)).toEqual(['s1 applied', 's2 applied']);
    expect(worker.store.snapshotRows()[1]?.counts).toEqual({
      pages: 2,
      rowsRead: 2,
      created: 1,
      updated: 1,
      closed: 0,
      invalid: 0,
    });
  });

  test('a snapshot whose beginning the log no longer holds proves nothing', async () => {
    const log = new RawPartition();
    log.whole(WB, [[wb(1, 507, 1), wb(2, 507, 1)]]);
    const id = log.start(WB);
    log
      .chunk(WB, id, 1, [wb(1, 507, 2)])
      .chunk(WB, id, 2, [])
      .complete(WB, id, { pages: 2, rows: 1 });
    const worker = new MemoryWorker(log.records);
    await worker.fetch(5);
    worker.logStart = 5;
    await worker.takeOver();
    await worker.drain();
    expect(worker.store.snapshotRows()[1]).toMatchObject({
      status: 'incomplete',
      reason: expect.stringContaining('the beginning of the snapshot is no longer in the log'),
    });
    expect(worker.store.rowsIn(WB).map((row) => row.closed)).toEqual([false, false]);
  });

  test('nor is believed in its rows: what it set out to read is no longer known', async () => {
    const log = new RawPartition();
    log.whole(WB, [[wb(1, 507, 1)]]);
    const id = log.start(WB);
    log.chunk(WB, id, 1, [wb(1, 507, 2)]).chunk(WB, id, 2, [wb(1, 507, 3), wb(2, 117986, 4)]);
    const worker = new MemoryWorker(log.records);
    await worker.fetch(5);
    worker.logStart = 5;
    await worker.takeOver();
    await worker.drain();
    expect(worker.store.rowsIn(WB).map(({ level }) => level.available)).toEqual([2]);
    // The next snapshot says it.
    log.whole(WB, [[wb(1, 507, 3), wb(2, 117986, 4)]]);
    await worker.drain();
    expect(worker.store.rowsIn(WB).map(({ level }) => level.available)).toEqual([3, 4]);
  });

  test('and so is not read again, however much of the log there is behind it', async () => {
    const log = new RawPartition();
    log.start(OZON);
    log.whole(WB, [[wb(1, 507, 1)]]);
    log.whole(WB, [[wb(1, 507, 2)]]);
    const worker = new MemoryWorker(log.records);
    await worker.fetch(4);
    worker.logStart = 1;
    await worker.takeOver();
    await worker.drain();
    expect(worker.recalled).toEqual([]);
    expect(fatesOf(worker)).toEqual(['s1 open', 's2 applied', 's3 applied']);
  });

  test('what was looked up for that is let go again', async () => {
    const log = new RawPartition();
    const id = log.start(WB);
    log
      .chunk(WB, id, 1, [wb(1, 507, 5)])
      .chunk(WB, id, 2, [wb(1, 507, 6)])
      .complete(WB, id, { pages: 2, rows: 2 });
    const worker = new MemoryWorker(log.records, { stateRows: 0 });
    await worker.fetch(2);
    await worker.takeOver();
    worker.store.reads.length = 0;
    await worker.drain(1);
    expect(worker.store.reads).toEqual(['1', '1', '*']);
  });

  test('what waits for the end of the snapshot is brought to mind too', async () => {
    const log = new RawPartition();
    log.whole(WB, [[wb(1, 507, 5)]]);
    const id = log.start(WB);
    log.chunk(WB, id, 1, [wb(1, -999999, 5)]).complete(WB, id, { pages: 1, rows: 1 });
    for (const stateRows of [0, 1000]) {
      const worker = new MemoryWorker(log.records, { stateRows });
      await worker.fetch(5);
      await worker.takeOver();
      await worker.drain();
      const changes = worker.published(TOPICS.stockChanges) as StockChange[];
      expect(
        changes.map((change) => `${change.op} ${change.key.warehouseId} ${change.after.available}`),
      ).toEqual(['c 507 5', 'c -999999 5', 'd 507 0']);
    }
  });
});
