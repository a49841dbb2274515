import { describe, expect, test } from 'vitest';
import { TOPICS } from '../../src/events/topics.js';
import { MemoryWorker } from '../support/memory-worker.js';
import { HOUR, OZON, ozon, RawPartition, type StartOptions, WB, wb } from '../support/raw-log.js';
import { fatesOf, stockOf, storyOf, syncEventsOf } from '../support/stories.js';

const drained = (log: RawPartition, stateRows = 0) => new MemoryWorker(log.records, { stateRows }).drain();

/** Products 1 to `count`, five pieces each. */
const goods = (count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => wb(from + index, 507, 5));
const ozonGoods = (count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => ozon(from + index, ['fbo', 5]));

describe('only a complete snapshot says that something is gone', () => {
  const KEY = 'wildberries:a1-b2:wb-warehouses';
  const half = [wb(1, 507, 5), wb(2, 507, 5)];

  test.each<[string, string, (log: RawPartition, id: string) => unknown]>([
    ['it failed', 'failed', (log, id) => log.chunk(WB, id, 1, half).fail(WB, id)],
    ['it never ended', 'open', (log, id) => log.chunk(WB, id, 1, half)],
    [
      'a page is missing',
      'incomplete',
      (log, id) => log.chunk(WB, id, 1, half).complete(WB, id, { pages: 2, rows: 2 }),
    ],
    [
      'a chunk is missing',
      'incomplete',
      (log, id) => log.chunk(WB, id, 1, half, [2, 2]).complete(WB, id, { pages: 1, rows: 2 }),
    ],
    [
      'a row more was announced',
      'incomplete',
      (log, id) => log.chunk(WB, id, 1, half).complete(WB, id, { pages: 1, rows: 3 }),
    ],
    [
      'a row less was announced',
      'incomplete',
      (log, id) => log.chunk(WB, id, 1, half).complete(WB, id, { pages: 1, rows: 1 }),
    ],
    [
      'there is a page too many',
      'incomplete',
      (log, id) => log.chunk(WB, id, 1, half).chunk(WB, id, 2, []).complete(WB, id, { pages: 1, rows: 2 }),
    ],
    [
      'the marketplace named more products',
      'incomplete',
      (log, id) =>
        log
          .chunk(WB, id, 1, half)
          .complete(WB, id, { pages: 1, rows: 2, products: { least: 3, greatest: 4 } }),
    ],
    [
      'the marketplace named fewer products',
      'incomplete',
      (log, id) =>
        log
          .chunk(WB, id, 1, half)
          .complete(WB, id, { pages: 1, rows: 2, products: { least: 0, greatest: 1 } }),
    ],
    [
      'a row is not what was promised',
      'incomplete',
      (log, id) =>
        log
          .chunk(WB, id, 1, [...half, { ...wb(3, 507, 1), quantity: -1 }])
          .complete(WB, id, { pages: 1, rows: 3 }),
    ],
    [
      'a record is no JSON',
      'incomplete',
      (log, id) => log.chunk(WB, id, 1, half).bytes(KEY, '{"type":').complete(WB, id, { pages: 1, rows: 2 }),
    ],
    [
      'a record is no event',
      'incomplete',
      (log, id) => log.chunk(WB, id, 1, half).bytes(KEY, '{}').complete(WB, id, { pages: 1, rows: 2 }),
    ],
    [
      'a record has no value',
      'incomplete',
      (log, id) => log.chunk(WB, id, 1, half).bytes(KEY, null).complete(WB, id, { pages: 1, rows: 2 }),
    ],
    [
      'a record is no UTF-8',
      'incomplete',
      (log, id) =>
        log
          .chunk(WB, id, 1, half)
          .bytes(KEY, Buffer.from([0x7b, 0xff, 0x7d]))
          .complete(WB, id, { pages: 1, rows: 2 }),
    ],
  ])('nothing closes where %s', async (_name, fate, write) => {
    for (const stateRows of [0, 1000]) {
      const log = new RawPartition();
      log.whole(WB, [goods(4)]);
      const before = log.now;
      log.wait(HOUR);
      write(log, log.start(WB, { acceptAbsences: true, limits: { absenceLimit: 1, absenceMin: 0 } }));
      const worker = await drained(log, stateRows);
      expect(fatesOf(worker)).toEqual(['s1 applied', `s2 ${fate}`]);
      expect(stockOf(worker, WB)).toEqual([1, 2, 3, 4].map((id) => `${id}/fbw@507 5`));
      expect(worker.store.feedRow(WB)).toMatchObject({ watermark: before, applied: { rows: 4 } });

      // And the next complete one says it.
      log.whole(WB, [half]);
      const later = await drained(log, stateRows);
      expect(stockOf(later, WB)).toEqual(['1/fbw@507 5', '2/fbw@507 5']);
    }
  });

  test('a row that cannot be read leaves its neighbours alone, and is told once per record', async () => {
    const log = new RawPartition();
    const bad = { ...wb(3, 507, 1), quantity: 'много' };
    const id = log.start(WB);
    log.chunk(WB, id, 1, [wb(1, 507, 5), bad, bad, wb(2, 507, 6)]).complete(WB, id, { pages: 1, rows: 4 });
    const worker = await drained(log);
    expect(stockOf(worker, WB)).toEqual(['1/fbw@507 5', '2/fbw@507 6']);
    const letters = worker.outputs.filter((output) => output.topic === TOPICS.deadLetters);
    expect(letters).toHaveLength(1);
    expect(letters[0]?.value).toBe(String(log.records[1]?.value));
    expect(letters[0]?.headers).toMatchObject({
      'dlq-offset': '1',
      'dlq-group': 'inventory.projector',
      'dlq-error-class': 'RECORD_INVALID',
    });
    expect(letters[0]?.headers['dlq-error-message']).toMatch(
      /^2 of 4 rows cannot be read: row 2 of 4: .*quantity is "много".*; row 3 of 4: /,
    );
    expect(worker.store.snapshotRows()[0]).toMatchObject({
      status: 'incomplete',
      reason: '2 row(s) could not be read',
      counts: { invalid: 2, rowsRead: 4, created: 2 },
    });
  });

  test.each([
    ['no key', null],
    ['a key that is no feed', 'ozon'],
    ['a key of no marketplace', 'amazon:1:stocks'],
    ['the key of another feed', 'wildberries:other:wb-warehouses'],
  ])('a record with %s goes to dead letters and disturbs nobody', async (_name, key) => {
    const log = new RawPartition();
    const id = log.start(WB);
    log.chunk(WB, id, 1, goods(1));
    const value = log.records[1]?.value ?? null;
    log.bytes(key, value).complete(WB, id, { pages: 1, rows: 1 });
    const worker = await drained(log);
    expect(fatesOf(worker)).toEqual(['s1 applied']);
    const letters = worker.outputs.filter((output) => output.topic === TOPICS.deadLetters);
    expect(letters.map((letter) => letter.offset)).toEqual([2]);
  });

  test('rows of an endpoint that nobody knows go to dead letters', async () => {
    const log = new RawPartition();
    const feed = { source: 'ozon', account: '1', endpoint: 'moon-stocks' } as const;
    log.whole(feed, [[ozon(1, ['fbo', 1])]]);
    const worker = await drained(log);
    expect(fatesOf(worker)).toEqual(['s1 incomplete']);
    expect(worker.outputs.filter((output) => output.topic === TOPICS.deadLetters)).toHaveLength(1);
  });
});

describe('shrink guard', () => {
  const limits = { absenceLimit: 0.5, absenceMin: 20 };
  const after = async (known: unknown[], then: unknown[], options: StartOptions = {}, stateRows = 0) => {
    const log = new RawPartition();
    log.whole(WB, [known]);
    log.wait(HOUR);
    log.whole(WB, [then], { limits, ...options });
    return drained(log, stateRows);
  };

  test('exactly half may go, one more is held', async () => {
    expect(fatesOf(await after(goods(40), goods(20)))).toEqual(['s1 applied', 's2 applied']);
    const held = await after(goods(40), goods(19));
    expect(fatesOf(held)).toEqual(['s1 applied', 's2 held']);
    expect(stockOf(held, WB)).toHaveLength(40);
    expect(syncEventsOf(held).at(-1)).toMatchObject({
      type: 'snapshot-held',
      reason: '21 of 40 products with stock would vanish, more than 50 %',
      rowsBefore: 40,
      rowsSeen: 19,
      inStockBefore: 40,
      inStockVanishing: 21,
      confirmations: 1,
    });
  });

  test('fewer than the least number may all go, but not to an empty answer', async () => {
    expect(fatesOf(await after(goods(19), [wb(99, 507, 1)]))).toEqual(['s1 applied', 's2 applied']);
    expect(fatesOf(await after(goods(20), [wb(99, 507, 1)]))).toEqual(['s1 applied', 's2 held']);
    const empty = await after(goods(1), []);
    expect(fatesOf(empty)).toEqual(['s1 applied', 's2 held']);
    expect(syncEventsOf(empty).at(-1)).toMatchObject({ reason: 'the answer is empty, 1 rows were known' });
  });

  test('an empty answer after an empty one is just that', async () => {
    expect(fatesOf(await after([], []))).toEqual(['s1 applied', 's2 applied']);
  });

  test('only products with stock count', async () => {
    const empty = Array.from({ length: 100 }, (_, index) => wb(1000 + index, 507, 0));
    expect(fatesOf(await after([...goods(40), ...empty], goods(20)))).toEqual(['s1 applied', 's2 applied']);
    expect(fatesOf(await after([...goods(40), ...empty], [...goods(19), ...empty]))).toEqual([
      's1 applied',
      's2 held',
    ]);
  });

  test('a product listed without stock rows has vanished as far as stock goes', async () => {
    const log = new RawPartition();
    log.whole(OZON, [ozonGoods(30)]);
    log.whole(OZON, [Array.from({ length: 30 }, (_, index) => ozon(1 + index))]);
    const worker = await drained(log);
    expect(fatesOf(worker)).toEqual(['s1 applied', 's2 held']);
    expect(stockOf(worker, OZON)).toHaveLength(30);
  });

  test('a held snapshot still says what it says of the rows it holds', async () => {
    const then = [wb(1, 507, 4), wb(2, 507, 5), wb(500, 507, 9)];
    const held = await after(goods(40), then);
    expect(storyOf(held).slice(40)).toEqual(['4 u 1/fbw@507 5→4', '4 c 500/fbw@507 →9']);
    expect(held.store.feedRow(WB)).toMatchObject({
      watermark: Date.parse('2026-11-22T10:00:00Z'),
      applied: { rows: 40, available: 200 },
      totals: { rows: 41, available: 208 },
    });
  });

  test('what has moved is applied even while the guard holds', async () => {
    const known = goods(40).flatMap((row, index) => (index === 0 ? [row, wb(1, 117986, 7)] : [row]));
    for (const stateRows of [0, 1000]) {
      const held = await after(known, [wb(1, -999999, 12)], {}, stateRows);
      expect(fatesOf(held)).toEqual(['s1 applied', 's2 held']);
      expect(storyOf(held).slice(41)).toEqual([
        '5 c 1/fbw@-999999 →12',
        '5 d 1/fbw@117986 7→0 moved',
        '5 d 1/fbw@507 5→0 moved',
      ]);
      expect(held.store.feedRow(WB).totals).toEqual({ rows: 40, products: 40, inStock: 40, available: 207 });
    }
  });

  test('accept-absences releases it', async () => {
    for (const [then, stateRows] of [
      [[], 0],
      [goods(3), 1000],
    ] as const) {
      const worker = await after(goods(40), [...then], { acceptAbsences: true }, stateRows);
      expect(fatesOf(worker)).toEqual(['s1 applied', 's2 applied']);
      expect(stockOf(worker, WB)).toHaveLength(then.length);
      expect(worker.store.feedRow(WB).totals).toMatchObject({ rows: then.length, inStock: then.length });
    }
  });

  test('three equal complete snapshots an hour apart release it', async () => {
    const log = new RawPartition();
    log.whole(WB, [goods(40)]);
    // Levels may move meanwhile: what is missing is what must be the same.
    for (let hour = 0; hour < 3; hour += 1) {
      log.wait(HOUR);
      log.whole(WB, [goods(2).map((row) => ({ ...row, quantity: 5 + hour }))], { limits });
    }
    for (const stateRows of [0, 1000]) {
      const worker = await drained(log, stateRows);
      expect(fatesOf(worker)).toEqual(['s1 applied', 's2 held', 's3 held', 's4 applied']);
      expect(stockOf(worker, WB)).toEqual(['1/fbw@507 7', '2/fbw@507 7']);
      expect(worker.store.feedRow(WB)).toMatchObject({ held: null, watermark: log.now });
      const confirmations = syncEventsOf(worker).flatMap((one) =>
        one.type === 'snapshot-held' ? [one.confirmations] : [],
      );
      expect(confirmations).toEqual([1, 2]);
    }
  });

  test('neither snapshots close together nor different ones confirm each other', async () => {
    const log = new RawPartition();
    log.whole(WB, [goods(40)]);
    for (const [wait, count] of [
      [HOUR, 2],
      [HOUR - 1, 2],
      [HOUR - 1, 2],
      [HOUR, 3],
      [HOUR, 2],
      [HOUR, 2],
    ] as const) {
      log.wait(wait);
      log.whole(WB, [goods(count)], { limits });
    }
    const worker = await drained(log);
    expect(fatesOf(worker).slice(1)).toEqual(Array.from({ length: 6 }, (_, at) => `s${at + 2} held`));
    const counted = syncEventsOf(worker).flatMap((one) =>
      one.type === 'snapshot-held' ? [one.confirmations] : [],
    );
    expect(counted).toEqual([1, 1, 2, 1, 1, 2]);
  });

  test('a feed that comes back in between begins the count anew', async () => {
    const log = new RawPartition();
    log.whole(WB, [goods(40)]);
    for (const count of [2, 2, 40, 2, 2]) {
      log.wait(HOUR);
      log.whole(WB, [goods(count)], { limits });
    }
    expect(fatesOf(await drained(log)).slice(1)).toEqual([
      's2 held',
      's3 held',
      's4 applied',
      's5 held',
      's6 held',
    ]);
  });
});

describe('scope', () => {
  test('what lies outside of it closes with another reason', async () => {
    const log = new RawPartition();
    log.whole(OZON, [[ozon(1, ['fbo', 1], ['fbs', 2]), ozon(2, ['fbo', 3]), ozon(3, ['fbs', 4])]]);
    log.whole(OZON, [[ozon(1, ['fbo', 1])]], { scope: { schemes: ['fbo'] } });
    for (const stateRows of [0, 1000]) {
      const worker = await drained(log, stateRows);
      expect(storyOf(worker).slice(4)).toEqual([
        '5 d 1/fbs 2→0 rescoped',
        '5 d 3/fbs 4→0 rescoped',
        '5 d 2/fbo 3→0 absent',
      ]);
      expect(syncEventsOf(worker).at(-1)).toMatchObject({ rescoped: 2, changes: { closed: 3 } });
    }
  });

  test('rows outside of it are not looked at, and still make their product a listed one', async () => {
    const log = new RawPartition();
    const scope = { schemes: ['fbo', 'fbs'], places: { fbo: 'total', fbs: 'warehouses' } } as const;
    log.whole(OZON, [[ozon(1, ['fbs', 2]), ozon(2, ['fbo', 3], ['rfbs', 1])]], {
      scope,
      products: { least: 2, greatest: 2 },
    });
    const worker = await drained(log);
    expect(fatesOf(worker)).toEqual(['s1 applied']);
    expect(stockOf(worker, OZON)).toEqual(['2/fbo 3']);
    expect(worker.store.productRows().map(({ productId }) => productId)).toEqual(['1', '2']);
  });

  test('warehouses', async () => {
    const log = new RawPartition();
    log.whole(WB, [[wb(1, 507, 1), wb(2, 117986, 2)]]);
    log.whole(WB, [[wb(3, 507, 1)]], { scope: { schemes: ['fbw'], places: { fbw: ['507'] } } });
    const worker = await drained(log);
    expect(stockOf(worker, WB)).toEqual(['3/fbw@507 1']);
    expect(storyOf(worker).slice(-2)).toEqual(['5 d 2/fbw@117986 2→0 rescoped', '5 d 1/fbw@507 1→0 absent']);
  });
});
