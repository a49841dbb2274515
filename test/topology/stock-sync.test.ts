import { describe, expect, test } from 'vitest';
import { TOPICS } from '../../src/events/topics.js';
import { MemoryWorker } from '../support/memory-worker.js';
import { HOUR, OZON, ozon, RawPartition, WB, wb } from '../support/raw-log.js';
import { fatesOf, stockOf, storyOf, syncEventsOf } from '../support/stories.js';

const drained = (log: RawPartition, stateRows = 0) => new MemoryWorker(log.records, { stateRows }).drain();

describe('diff', () => {
  test('the first sight of a key is c, another level u, the same level nothing', async () => {
    const log = new RawPartition();
    log.whole(OZON, [[ozon(1, ['fbo', 10, 3]), ozon(2, ['fbs', 4])]]);
    log.whole(OZON, [[ozon(1, ['fbo', 9, 3]), ozon(2, ['fbs', 4])]]);
    const worker = await drained(log);
    expect(storyOf(worker)).toEqual(['1 c 1/fbo →7', '1 c 2/fbs →4', '4 u 1/fbo 7→6']);
    expect(fatesOf(worker)).toEqual(['s1 applied', 's2 applied']);
  });

  test('a level that changes only in what is on its way is another level', async () => {
    const log = new RawPartition();
    log.whole(WB, [[wb(1, 507, 5, 1, 2)]]);
    log.whole(WB, [[wb(1, 507, 5, 1, 3)]]);
    const [, second] = (await drained(log)).published(TOPICS.stockChanges);
    expect(second).toMatchObject({
      op: 'u',
      before: { present: 5, reserved: 0, available: 5, inWayToClient: 1, inWayFromClient: 2 },
      after: { present: 5, reserved: 0, available: 5, inWayToClient: 1, inWayFromClient: 3 },
      seq: 2,
    });
  });

  test('one key twice in a batch diffs in sequence', async () => {
    const log = new RawPartition();
    log.whole(WB, [[wb(1, 507, 5), wb(1, 507, 6)], [wb(1, 507, 6), wb(2, 507, 1)], [wb(1, 507, 0)]]);
    const worker = new MemoryWorker(log.records);
    await worker.fetch(100);
    expect(storyOf(worker)).toEqual([
      '1 c 1/fbw@507 →5',
      '1 u 1/fbw@507 5→6',
      '2 c 2/fbw@507 →1',
      '3 u 1/fbw@507 6→0',
    ]);
    const seqs = worker.published(TOPICS.stockChanges).map((change) => (change as { seq: number }).seq);
    expect(seqs).toEqual([1, 2, 1, 3]);
    expect(worker.store.rowsIn(WB)).toMatchObject([{ seq: 3, level: { available: 0 } }, { seq: 1 }]);
  });

  test('a row that comes again on a later page is not added: the later one holds', async () => {
    const log = new RawPartition();
    log.whole(OZON, [[ozon(1, ['fbo', 10]), ozon(2, ['fbo', 3])], [ozon(2, ['fbo', 4])]], {
      products: { least: 2, greatest: 2 },
    });
    const worker = await drained(log);
    expect(stockOf(worker, OZON)).toEqual(['1/fbo 10', '2/fbo 4']);
    expect(fatesOf(worker)).toEqual(['s1 applied']);
    expect(worker.store.feedRow(OZON).totals).toEqual({ rows: 2, products: 2, inStock: 2, available: 14 });
  });

  test('several rows of one scheme in one item are one level', async () => {
    const log = new RawPartition();
    log.whole(OZON, [[ozon(1, ['fbs', 3, 1], ['fbo', 5], ['fbs', 4, 9])]]);
    expect(stockOf(await drained(log), OZON)).toEqual(['1/fbo 5', '1/fbs 0']);
  });

  test('an item without stock makes a product and no row', async () => {
    const log = new RawPartition();
    log.whole(OZON, [[ozon(7), ozon(8, ['fbo', 1])]], { products: { least: 2, greatest: 2 } });
    const worker = await drained(log);
    expect(storyOf(worker)).toEqual(['1 c 8/fbo →1']);
    expect(worker.store.productRows().map(({ productId, offerId }) => [productId, offerId])).toEqual([
      ['7', 'ART-7'],
      ['8', 'ART-8'],
    ]);
    expect(worker.store.feedRow(OZON).totals.products).toBe(1);
  });

  test('a product that loses all its stock rows but is still listed closes as absent', async () => {
    const log = new RawPartition();
    log.whole(OZON, [[ozon(7, ['fbo', 3], ['fbs', 1]), ozon(8, ['fbo', 1])]]);
    log.whole(OZON, [[ozon(7), ozon(8, ['fbo', 1])]]);
    expect(storyOf(await drained(log)).slice(3)).toEqual(['5 d 7/fbo 3→0 absent', '5 d 7/fbs 1→0 absent']);
  });

  test('ids beyond 2^53 stay apart', async () => {
    const log = new RawPartition();
    const text = (id: string, quantity: number) =>
      JSON.stringify(wb(1, 507, quantity)).replace('"chrtId":1,', `"chrtId":${id},`);
    log.whole(WB, [
      [text('9007199254740993', 1), text('9007199254740992', 2), text('9223372036854775807', 3)],
    ]);
    expect(stockOf(await drained(log), WB)).toEqual([
      '9007199254740992/fbw@507 2',
      '9007199254740993/fbw@507 1',
      '9223372036854775807/fbw@507 3',
    ]);
  });

  test('a closed key that returns is u, with the next number, even where it returns with nothing', async () => {
    const log = new RawPartition();
    log.whole(WB, [[wb(1, 507, 5), wb(2, 507, 1)]]);
    log.whole(WB, [[wb(2, 507, 1)]]);
    log.whole(WB, [[wb(1, 507, 0), wb(2, 507, 1)]]);
    log.whole(WB, [[wb(1, 507, 0), wb(2, 507, 1)]]);
    for (const stateRows of [0, 1000]) {
      const worker = await drained(log, stateRows);
      expect(storyOf(worker).slice(2)).toEqual(['5 d 1/fbw@507 5→0 absent', '7 u 1/fbw@507 0→0']);
      expect(worker.store.rowsIn(WB)[0]).toMatchObject({ seq: 3, closed: false });
      expect(worker.store.feedRow(WB).totals).toEqual({ rows: 2, products: 2, inStock: 1, available: 1 });
    }
  });

  test('a key that returns while its product stands elsewhere is u as well', async () => {
    const log = new RawPartition();
    log.whole(WB, [[wb(1, 507, 5)]]);
    log.whole(WB, [[wb(1, 117986, 5)]]);
    log.whole(WB, [[wb(1, 507, 4), wb(1, 117986, 1)]]);
    for (const stateRows of [0, 1000]) {
      const worker = await drained(log, stateRows);
      const seqs = worker.published(TOPICS.stockChanges).map((change) => (change as { seq: number }).seq);
      expect(storyOf(worker)).toEqual([
        '1 c 1/fbw@507 →5',
        '5 c 1/fbw@117986 →5',
        '5 d 1/fbw@507 5→0 moved',
        '7 u 1/fbw@117986 5→1',
        '8 u 1/fbw@507 0→4',
      ]);
      expect(seqs).toEqual([1, 1, 2, 2, 3]);
    }
  });

  test('a new product on three warehouses over two pages is there at once', async () => {
    const log = new RawPartition();
    log.whole(WB, [
      [wb(1, 507, 5), wb(2, 1, 7)],
      [wb(2, 2, 8), wb(2, 3, 9)],
    ]);
    const worker = new MemoryWorker(log.records);
    await worker.fetch(2);
    expect(stockOf(worker, WB)).toEqual(['1/fbw@507 5', '2/fbw@1 7']);
    await worker.fetch(1);
    expect(stockOf(worker, WB)).toEqual(['1/fbw@507 5', '2/fbw@1 7', '2/fbw@2 8', '2/fbw@3 9']);
    await worker.drain();
    expect(fatesOf(worker)).toEqual(['s1 applied']);
  });

  test('an article that was renamed is renamed', async () => {
    const log = new RawPartition();
    log.whole(OZON, [[ozon(1, ['fbo', 1])]]);
    log.whole(OZON, [[{ ...ozon(1, ['fbo', 2]), offer_id: 'новый' }]]);
    const worker = await drained(log);
    expect(worker.published(TOPICS.stockChanges).at(-1)).toMatchObject({ offerId: 'новый' });
    expect(worker.store.productRows()).toMatchObject([{ productId: '1', offerId: 'новый' }]);
  });
});

describe('records that are for no open snapshot', () => {
  test('a chunk that is there already changes nothing and is counted', async () => {
    const log = new RawPartition();
    const id = log.start(WB);
    log
      .chunk(WB, id, 1, [wb(1, 507, 5)])
      .again(-1)
      .chunk(WB, id, 1, [wb(1, 507, 99)]);
    log.complete(WB, id, { pages: 1, rows: 1 });
    const worker = await drained(log);
    expect(storyOf(worker)).toEqual(['1 c 1/fbw@507 →5']);
    expect(fatesOf(worker)).toEqual(['s1 applied']);
    expect(worker.store.feedRow(WB).staleRecords).toBe(2);
  });

  test.each<[string, (log: RawPartition) => unknown]>([
    ['a chunk', (log) => log.chunk(WB, 's0', 1, [wb(1, 507, 99), wb(9, 507, 1)])],
    ['an end', (log) => log.complete(WB, 's0', { pages: 0, rows: 0 })],
    ['a failure', (log) => log.fail(WB, 's0')],
  ])('%s of another snapshot changes nothing and is counted', async (_name, write) => {
    const log = new RawPartition();
    log.whole(WB, [[wb(1, 507, 5)]]);
    write(log);
    const id = log.start(WB);
    write(log);
    log.chunk(WB, id, 1, [wb(1, 507, 5)]).complete(WB, id, { pages: 1, rows: 1 });
    write(log);
    const worker = await drained(log);
    expect(storyOf(worker)).toEqual(['1 c 1/fbw@507 →5']);
    expect(fatesOf(worker)).toEqual(['s1 applied', 's2 applied']);
    expect(worker.store.feedRow(WB).staleRecords).toBe(3);
    expect(worker.published(TOPICS.deadLetters)).toEqual([]);
  });

  test('a new snapshot abandons the open one; what it said so far stays, its late records count for nothing', async () => {
    const log = new RawPartition();
    const first = log.start(WB);
    log.chunk(WB, first, 1, [wb(1, 507, 5)]);
    const second = log.start(WB);
    log.chunk(WB, first, 2, [wb(2, 507, 5)]).complete(WB, first, { pages: 2, rows: 2 });
    log.chunk(WB, second, 1, [wb(3, 507, 5)]).complete(WB, second, { pages: 1, rows: 1 });
    const worker = await drained(log);
    expect(fatesOf(worker)).toEqual(['s1 abandoned', 's2 applied']);
    expect(stockOf(worker, WB)).toEqual(['3/fbw@507 5']);
    expect(worker.store.snapshotRows()[0]).toMatchObject({ reason: 'snapshot s2 began', lastOffset: 2 });
  });

  test('a snapshot is given up after 24 hours, and not a moment before', async () => {
    for (const [ms, fate] of [
      [24 * HOUR, 's1 applied'],
      [24 * HOUR + 1, 's1 abandoned'],
    ] as const) {
      const log = new RawPartition();
      const id = log.start(WB);
      log
        .chunk(WB, id, 1, [wb(1, 507, 5)])
        .wait(ms)
        .complete(WB, id, { pages: 1, rows: 1 });
      expect(fatesOf(await drained(log))).toEqual([fate]);
    }
  });

  test('feeds of one partition do not disturb each other', async () => {
    const log = new RawPartition();
    const [a, b] = [log.start(OZON), log.start(WB)];
    log.chunk(WB, b, 1, [wb(1, 507, 5)]).chunk(OZON, a, 1, [ozon(1, ['fbo', 3])]);
    log.fail(OZON, a).complete(WB, b, { pages: 1, rows: 1 });
    const worker = await drained(log);
    expect(fatesOf(worker)).toEqual(['s1 failed', 's2 applied']);
    expect(worker.store.feedRow(OZON)).toMatchObject({ applied: null, watermark: null });
    expect(worker.store.feedRow(WB)).toMatchObject({ watermark: log.now });
  });
});

describe('what is told of a snapshot', () => {
  test('began, then applied with totals before and after', async () => {
    const log = new RawPartition();
    log.whole(OZON, [[ozon(1, ['fbo', 10, 3]), ozon(2, ['fbs', 4])]]);
    log.wait(HOUR);
    log.whole(OZON, [[ozon(1, ['fbo', 0]), ozon(3, ['fbs', 4])]]);
    const events = syncEventsOf(await drained(log));
    expect(events.map((event) => event.type)).toEqual([
      'snapshot-started',
      'snapshot-applied',
      'snapshot-started',
      'snapshot-applied',
    ]);
    expect(events[1]).toEqual({
      type: 'snapshot-applied',
      feed: 'ozon:100500:product-stocks',
      source: 'ozon',
      account: '100500',
      snapshotId: 's1',
      at: '2026-11-22T10:00:00.000Z',
      first: true,
      rows: { before: 0, after: 2 },
      products: { before: 0, after: 2 },
      available: { before: 0, after: 11 },
      changes: { created: 2, updated: 0, closed: 0 },
      vanished: 0,
      place: { life: 1, partition: 3, from: 0, to: 2 },
      part: 1,
      parts: 1,
      ranOut: [],
      cameBack: [],
    });
    expect(events[3]).toMatchObject({
      first: false,
      at: '2026-11-22T11:00:00.000Z',
      rows: { before: 2, after: 2 },
      products: { before: 2, after: 2 },
      available: { before: 11, after: 4 },
      changes: { created: 1, updated: 1, closed: 1 },
      ranOut: [
        { productId: '1', before: 7, after: 0 },
        { productId: '2', before: 4, after: 0 },
      ],
      cameBack: [{ productId: '3', before: 0, after: 4 }],
    });
  });

  test('a failure with the words of whoever read', async () => {
    const log = new RawPartition();
    log.fail(OZON, log.start(OZON));
    expect(syncEventsOf(await drained(log))[1]).toMatchObject({
      type: 'snapshot-failed',
      code: 'API_UNAVAILABLE',
      message: 'HTTP 503',
    });
  });
});
