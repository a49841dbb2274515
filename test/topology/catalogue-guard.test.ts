import { describe, expect, test } from 'vitest';
import { MemoryWorker } from '../support/memory-worker.js';
import {
  card,
  HOUR,
  listed,
  OZON_LIST,
  RawPartition,
  type StartOptions,
  WB_CARDS,
} from '../support/raw-log.js';
import { catalogueOf, fatesOf, syncEventsOf } from '../support/stories.js';

const WHOLE: StartOptions = { scope: { schemes: [] } };
const PART: StartOptions = { scope: { schemes: [], partial: true } };

const drained = (log: RawPartition) => new MemoryWorker(log.records).drain();
const range = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index);
const list = (...ids: readonly number[]) => ids.map((id) => listed(id));

describe('a catalogue that shrinks', () => {
  const limits = { absenceLimit: 0.5, absenceMin: 20 };
  const shrunk = async (then: readonly number[], options: StartOptions = {}, fetch = 100) => {
    const log = new RawPartition();
    log.whole(OZON_LIST, [list(...range(40))], WHOLE);
    log.wait(HOUR);
    const pages = [list(...then.slice(0, 5)), list(...then.slice(5))];
    log.whole(OZON_LIST, pages, { ...WHOLE, limits, cursor: 'further', ...options });
    return new MemoryWorker(log.records).drain(fetch);
  };
  const removed = (worker: MemoryWorker) => worker.store.productRows().filter((one) => one.removed).length;

  test('by half is believed, by one more is held: nothing is removed, neither watermark nor cursor move', async () => {
    expect(removed(await shrunk(range(20)))).toBe(20);
    const held = await shrunk(range(19));
    expect(fatesOf(held)).toEqual(['s1 applied', 's2 held']);
    expect(removed(held)).toBe(0);
    expect(syncEventsOf(held).at(-1)).toMatchObject({
      type: 'snapshot-held',
      rowsBefore: 40,
      rowsSeen: 19,
      inStockBefore: 40,
      inStockVanishing: 21,
      confirmations: 1,
    });
    expect(held.store.feedRow(OZON_LIST)).toMatchObject({
      watermark: held.log[0]?.timestamp,
      cursor: null,
      applied: { rows: 40 },
    });
  });

  test.each([1, 2, 100])(
    'what it brings itself does not make up for what it lacks (%i records at a time)',
    async (fetch) => {
      const held = await shrunk([...range(19), ...range(60, 100)], {}, fetch);
      expect(fatesOf(held)).toEqual(['s1 applied', 's2 held']);
      expect(syncEventsOf(held).at(-1)).toMatchObject({ rowsBefore: 40, rowsSeen: 79, inStockVanishing: 21 });
      // They are in the catalogue all the same.
      expect(held.store.productRows()).toHaveLength(100);
    },
  );

  test('to nothing is held, however small it was', async () => {
    const log = new RawPartition();
    log.whole(OZON_LIST, [list(1)], WHOLE);
    log.wait(HOUR).whole(OZON_LIST, [[]], WHOLE);
    expect(fatesOf(await drained(log))).toEqual(['s1 applied', 's2 held']);
  });

  test('a person’s word releases it', async () => {
    const worker = await shrunk([1], { acceptAbsences: true });
    expect(fatesOf(worker)).toEqual(['s1 applied', 's2 applied']);
    expect(removed(worker)).toBe(39);
    expect(worker.store.feedRow(OZON_LIST)).toMatchObject({ cursor: 'further', held: null });
  });

  test('so do three that name the same products, an hour apart', async () => {
    const log = new RawPartition();
    log.whole(OZON_LIST, [list(...range(40))], WHOLE);
    for (const [hours, ids] of [
      [1, [1, 2]],
      [1, [1, 3]],
      [1, [3, 1]],
      [0, [1, 3]],
      [1, [1, 3]],
    ] as const) {
      log.wait(hours * HOUR);
      log.whole(OZON_LIST, [list(...ids)], { ...WHOLE, limits });
    }
    const worker = await new MemoryWorker(log.records).drain(1);
    expect(fatesOf(worker).slice(1)).toEqual(['s2 held', 's3 held', 's4 held', 's5 held', 's6 applied']);
    expect(removed(worker)).toBe(38);
    const counted = syncEventsOf(worker).flatMap((one) =>
      one.type === 'snapshot-held' ? [one.confirmations] : [],
    );
    expect(counted).toEqual([1, 1, 2, 2]);
  });
});

describe('a read of only what is new', () => {
  const shop = [card(7, 'V-7', 'Футболка', [71, 'S'], [72, 'M']), card(8, 'V-8', 'Кружка', [81, '0'])];

  test('enters what it brings and removes nothing; of the feed’s standing it moves the cursor alone', async () => {
    const log = new RawPartition();
    log.whole(WB_CARDS, [shop], { ...WHOLE, cursor: 'one' });
    const before = (await drained(log)).store.feedRow(WB_CARDS);
    expect(before).toMatchObject({ cursor: 'one', watermark: log.now });
    log.wait(HOUR);
    log.whole(WB_CARDS, [[card(7, 'V-7', 'Майка', [72, 'M'], [73, 'L'])]], { ...PART, cursor: 'two' });
    const worker = await drained(log);
    expect(catalogueOf(worker)).toEqual(['71 V-7 Футболка', '72 V-7 Майка', '73 V-7 Майка', '81 V-8 Кружка']);
    expect(worker.store.feedRow(WB_CARDS)).toEqual({ ...before, cursor: 'two' });
    expect(syncEventsOf(worker).at(-1)).toMatchObject({
      type: 'snapshot-applied',
      first: false,
      partial: true,
      products: { before: 3, after: 3 },
      changes: { created: 1, updated: 0, closed: 0 },
    });
    expect(fatesOf(worker)).toEqual(['s1 applied', 's2 applied']);
  });

  test('that brings nothing is just that: no guard, no word', async () => {
    const log = new RawPartition();
    log.whole(WB_CARDS, [shop], { ...WHOLE, cursor: 'one' });
    log.whole(WB_CARDS, [[]], PART);
    const worker = await drained(log);
    expect(fatesOf(worker)).toEqual(['s1 applied', 's2 applied']);
    expect(worker.store.feedRow(WB_CARDS)).toMatchObject({ cursor: 'one', applied: { rows: 3 } });
    expect(catalogueOf(worker)).toHaveLength(3);
  });

  test.each<[string, (log: RawPartition, id: string) => unknown]>([
    ['broke off', (log, id) => log.fail(WB_CARDS, id)],
    ['is not complete', (log, id) => log.complete(WB_CARDS, id, { pages: 2, rows: 9, cursor: 'two' })],
  ])('that %s leaves the cursor where it was', async (_name, finish) => {
    const log = new RawPartition();
    log.whole(WB_CARDS, [shop], { ...WHOLE, cursor: 'one' });
    const id = log.start(WB_CARDS, PART);
    finish(log.chunk(WB_CARDS, id, 1, [shop[0]]), id);
    expect((await drained(log)).store.feedRow(WB_CARDS).cursor).toBe('one');
  });

  test('does not undo a held run: the whole is not proved by a part', async () => {
    const log = new RawPartition();
    log.whole(WB_CARDS, [shop], WHOLE);
    log.wait(HOUR).whole(WB_CARDS, [[]], WHOLE);
    const held = (await drained(log)).store.feedRow(WB_CARDS).held;
    expect(held).toMatchObject({ count: 1 });
    log.whole(WB_CARDS, [shop.slice(1)], PART);
    expect((await drained(log)).store.feedRow(WB_CARDS).held).toEqual(held);
  });

  test('brings back what was removed', async () => {
    const log = new RawPartition();
    log.whole(WB_CARDS, [shop], WHOLE);
    log.wait(HOUR).whole(WB_CARDS, [shop.slice(1)], WHOLE);
    log.whole(WB_CARDS, [shop.slice(0, 1)], PART);
    const worker = await drained(log);
    expect(worker.store.productRows().some(({ removed }) => removed)).toBe(false);
    expect(syncEventsOf(worker).at(-1)).toMatchObject({ changes: { created: 0, updated: 2, closed: 0 } });
  });
});
