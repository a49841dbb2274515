import { describe, expect, test } from 'vitest';
import { MemoryWorker } from '../support/memory-worker.js';
import { asked, type Page, RawPartition, WB_FBS, type WholeOptions, wbFbs } from '../support/raw-log.js';
import { fatesOf, stockOf, storyOf, syncEventsOf } from '../support/stories.js';

const drained = (log: RawPartition, stateRows = 0) => new MemoryWorker(log.records, { stateRows }).drain();
const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe.each([0, 1000])(
  'Wildberries’ seller warehouses by ids, %i rows of prior state held',
  (stateRows) => {
    const BY_IDS: WholeOptions = { scope: { schemes: ['fbs'], places: { fbs: ['31', '32'] }, byIds: true } };
    /** Asks a warehouse for these sizes; those with an amount of null it has no record of. */
    const ask = (warehouseId: number, amounts: Readonly<Record<number, number | null>>): Page =>
      asked(
        { warehouseId: String(warehouseId), productIds: Object.keys(amounts) },
        ...Object.entries(amounts).flatMap(([id, amount]) =>
          amount === null ? [] : [{ chrtId: Number(id), amount }],
        ),
      );
    const removed = (...ids: readonly number[]): Page =>
      asked({ productIds: ids.map(String), removed: true });
    const many = (count: number, amount: number | null) =>
      Object.fromEntries(range(count).map((id) => [id, amount]));

    test('a size that was not asked for stays, one that was asked for and is not there closes', async () => {
      const log = new RawPartition();
      log.whole(WB_FBS, [ask(31, { 1: 5, 2: 6, 3: 7 }), ask(32, { 1: 1, 2: 2, 3: 3 })], BY_IDS);
      // Size 3 has been added to the catalogue by another run in between, or the catalogue could not be read.
      log.whole(WB_FBS, [ask(31, { 1: 5, 2: null }), ask(32, { 1: null, 2: null })], BY_IDS);
      const worker = await drained(log, stateRows);
      expect(stockOf(worker, WB_FBS)).toEqual(['1/fbs@31 5', '3/fbs@31 7', '3/fbs@32 3']);
      expect(storyOf(worker).slice(6)).toEqual([
        '7 d 1/fbs@32 1→0 moved',
        '7 d 2/fbs@31 6→0 absent',
        '7 d 2/fbs@32 2→0 absent',
      ]);
    });

    test('nobody asked about anything, nothing is gone', async () => {
      const log = new RawPartition();
      log.whole(WB_FBS, [ask(31, many(30, 5))], BY_IDS);
      log.whole(WB_FBS, [], BY_IDS);
      log.whole(WB_FBS, [ask(31, {}), ask(32, {})], BY_IDS);
      const worker = await drained(log, stateRows);
      expect(fatesOf(worker)).toEqual(['s1 applied', 's2 applied', 's3 applied']);
      expect(stockOf(worker, WB_FBS)).toHaveLength(30);
    });

    test('asked for and all gone is for the guard', async () => {
      const log = new RawPartition();
      log.whole(WB_FBS, [ask(31, many(30, 5))], BY_IDS);
      log.whole(WB_FBS, [ask(31, many(30, null))], BY_IDS);
      const worker = await drained(log, stateRows);
      expect(fatesOf(worker)).toEqual(['s1 applied', 's2 held']);
      expect(syncEventsOf(worker).at(-1)).toMatchObject({
        reason: 'the answer is empty, 30 rows were known',
      });
    });

    test('gone by the catalogue’s word closes without the guard, though it is most of the stock', async () => {
      const log = new RawPartition();
      log.whole(WB_FBS, [ask(31, many(30, 5)), ask(32, many(30, 1))], BY_IDS);
      const left = { 29: 5, 30: 5 };
      log.whole(WB_FBS, [removed(...range(28)), ask(31, left), ask(32, { 29: 1, 30: 1 })], BY_IDS);
      const worker = await drained(log, stateRows);
      expect(fatesOf(worker)).toEqual(['s1 applied', 's2 applied']);
      expect(stockOf(worker, WB_FBS)).toEqual(['29/fbs@31 5', '29/fbs@32 1', '30/fbs@31 5', '30/fbs@32 1']);
      const gone = storyOf(worker).slice(60);
      expect(gone).toHaveLength(56);
      expect(gone.every((line) => line.endsWith(' absent'))).toBe(true);
      // They have run out all the same, and the account is told.
      const last = syncEventsOf(worker).at(-1);
      expect(last?.type === 'snapshot-applied' && last.ranOut).toHaveLength(28);
      expect(last).not.toHaveProperty('rescoped');
    });

    test('even where the whole catalogue is gone: an answer about nothing is not an empty answer', async () => {
      const log = new RawPartition();
      log.whole(WB_FBS, [ask(31, many(30, 5))], BY_IDS);
      log.whole(WB_FBS, [removed(...range(30))], BY_IDS);
      const worker = await drained(log, stateRows);
      expect(fatesOf(worker)).toEqual(['s1 applied', 's2 applied']);
      expect(stockOf(worker, WB_FBS)).toEqual([]);
    });

    test('while the guard holds what vanished, what the catalogue says is gone goes', async () => {
      const log = new RawPartition();
      log.whole(WB_FBS, [ask(31, many(60, 5))], BY_IDS);
      const rest = Object.fromEntries(
        range(61)
          .slice(10)
          .map((id) => [id, id >= 60 ? 5 : null]),
      );
      log.whole(WB_FBS, [removed(...range(10)), ask(31, rest)], BY_IDS);
      for (const fetch of [1, 100]) {
        const worker = await new MemoryWorker(log.records, { stateRows }).drain(fetch);
        expect(fatesOf(worker)).toEqual(['s1 applied', 's2 held']);
        expect(stockOf(worker, WB_FBS)).toHaveLength(51);
        // Neither those that nobody asked about count as known before, nor the one that is new.
        const facts = { rowsBefore: 50, rowsSeen: 2, inStockVanishing: 49 };
        expect(syncEventsOf(worker).at(-1)).toMatchObject(facts);
      }
    });

    test('one that is said to be removed and is found all the same stays', async () => {
      const log = new RawPartition();
      log.whole(WB_FBS, [ask(31, { 1: 5 }), ask(32, { 1: 2 })], BY_IDS);
      log.whole(WB_FBS, [removed(1), ask(31, { 1: 4 })], BY_IDS);
      expect(stockOf(await drained(log, stateRows), WB_FBS)).toEqual(['1/fbs@31 4']);
    });

    test('nothing is removed by a read that broke off', async () => {
      const log = new RawPartition();
      log.whole(WB_FBS, [ask(31, many(3, 5))], BY_IDS);
      const id = log.start(WB_FBS, BY_IDS);
      log
        .chunk(WB_FBS, id, 1, removed(1, 2))
        .chunk(WB_FBS, id, 2, ask(31, { 3: null }))
        .fail(WB_FBS, id);
      const worker = await drained(log, stateRows);
      expect(stockOf(worker, WB_FBS)).toHaveLength(3);
    });

    test('asked ids and removed ones are brought to mind by whoever takes over', async () => {
      const log = new RawPartition();
      log.whole(WB_FBS, [ask(31, { 1: 5, 2: 6, 3: 7, 4: 8 })], BY_IDS);
      log.whole(WB_FBS, [removed(1), ask(31, { 2: null, 4: 8 })], BY_IDS);
      const worker = new MemoryWorker(log.records, { stateRows });
      while (worker.applied < log.records.length) {
        await worker.takeOver();
        await worker.fetch(1);
      }
      expect(stockOf(worker, WB_FBS)).toEqual(['3/fbs@31 7', '4/fbs@31 8']);
    });

    test('which method reads it makes no difference', async () => {
      const log = new RawPartition();
      log.whole(WB_FBS, [ask(31, { 1: 5, 2: 6 }), ask(32, { 1: 1, 2: null })], BY_IDS);
      log.whole(WB_FBS, [[wbFbs(1, 31, 5), wbFbs(1, 32, 1), wbFbs(2, 31, 6)]], {
        scope: { schemes: ['fbs'] },
      });
      log.whole(WB_FBS, [ask(31, { 1: 5, 2: 6 }), ask(32, { 1: 1, 2: null })], BY_IDS);
      const worker = await drained(log, stateRows);
      expect(storyOf(worker)).toHaveLength(3);
      expect(fatesOf(worker)).toEqual(['s1 applied', 's2 applied', 's3 applied']);
    });
  },
);
