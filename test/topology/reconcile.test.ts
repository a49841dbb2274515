import { describe, expect, test } from 'vitest';
import type { StockRow } from '../../src/domain/stock-change.js';
import { NO_STOCK } from '../../src/domain/stock-level.js';
import { MemoryWorker } from '../support/memory-worker.js';
import { OZON, ozon, RawPartition, WB, wb } from '../support/raw-log.js';
import { stockOf, storyOf, syncEventsOf } from '../support/stories.js';

// `--full-resync` compares every row with the tables themselves: hands that were in them are put right.
const GOODS = [ozon(1, ['fbo', 5]), ozon(2, ['fbo', 3], ['fbs', 2]), ozon(3, ['fbo', 4])];

/** Product 1 has a wrong level, product 2 lost a row, product 3 is as it was. */
function byHand(row: StockRow): StockRow {
  if (row.productId === '1') return { ...row, level: { ...row.level, present: 50, available: 50 } };
  if (row.productId === '2' && row.scheme === 'fbs') return { ...row, level: NO_STOCK, closed: true };
  return row;
}

async function tampered(log: RawPartition, stateRows: number): Promise<MemoryWorker> {
  const worker = await new MemoryWorker(log.records, { stateRows }).drain();
  worker.store.tamper(OZON, byHand);
  expect(stockOf(worker, OZON)).toEqual(['1/fbo 50', '2/fbo 3', '3/fbo 4']);
  return worker;
}

describe.each([0, 3, 1000])('a snapshot that reconciles, %i rows of prior state held', (stateRows) => {
  test.each([1, 100])(
    'puts right what hands have changed, figures included (%i records at a time)',
    async (fetch) => {
      const log = new RawPartition();
      log.whole(OZON, [GOODS]);
      log.whole(WB, [[wb(1, 507, 9)]]);
      const worker = await tampered(log, stateRows);
      log.whole(OZON, [GOODS.slice(0, 2), GOODS.slice(2)], { reconcile: true });
      await worker.drain(fetch);
      expect(stockOf(worker, OZON)).toEqual(['1/fbo 5', '2/fbo 3', '2/fbs 2', '3/fbo 4']);
      expect(storyOf(worker).slice(5)).toEqual(['7 u 1/fbo 50→5', '9 u 2/fbs 0→2']);
      expect(worker.store.rowsIn(OZON).map((row) => row.seq)).toEqual([2, 1, 2, 1]);
      const totals = { rows: 4, products: 3, inStock: 3, available: 14 };
      expect(worker.store.feedRow(OZON)).toMatchObject({ totals, applied: { rows: 4, available: 14 } });
      expect(syncEventsOf(worker).at(-1)).toMatchObject({ available: { before: 14, after: 14 } });
      // Of the other feed nothing was said.
      expect(worker.store.feedRow(WB).totals.available).toBe(9);
    },
  );

  test('judges absences by what the tables hold', async () => {
    const log = new RawPartition();
    log.whole(OZON, [GOODS]);
    const worker = await tampered(log, stateRows);
    log.whole(OZON, [[ozon(1, ['fbo', 50])]], { reconcile: true });
    await worker.drain();
    expect(storyOf(worker).slice(4)).toEqual(['5 d 2/fbo 3→0 absent', '5 d 3/fbo 4→0 absent']);
    expect(worker.store.feedRow(OZON).totals).toEqual({ rows: 1, products: 1, inStock: 1, available: 50 });
  });

  test('is as good when somebody else takes over half-way', async () => {
    const log = new RawPartition();
    log.whole(OZON, [GOODS]);
    const worker = await tampered(log, stateRows);
    log.whole(OZON, [GOODS.slice(0, 1), GOODS.slice(1)], { reconcile: true });
    while (worker.applied < log.records.length) {
      await worker.takeOver();
      await worker.fetch(1);
    }
    expect(stockOf(worker, OZON)).toEqual(['1/fbo 5', '2/fbo 3', '2/fbs 2', '3/fbo 4']);
    expect(worker.store.feedRow(OZON).totals).toEqual({ rows: 4, products: 3, inStock: 3, available: 14 });
  });
});

test('whoever holds its rows in memory sees none of this without being told', async () => {
  const log = new RawPartition();
  log.whole(OZON, [GOODS]);
  const worker = await tampered(log, 1000);
  log.whole(OZON, [GOODS]);
  await worker.drain();
  expect(stockOf(worker, OZON)).toEqual(['1/fbo 50', '2/fbo 3', '3/fbo 4']);
});
