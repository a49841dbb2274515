import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryWorker } from '../support/memory-worker.js';
import { RawPartition, WB, wb } from '../support/raw-log.js';
import { fatesOf, stockOf, totalsOf } from '../support/stories.js';

// Since August 2026 Wildberries reports either real warehouses or one pretended warehouse for all of them, and
// switches without notice. The same pieces must never be counted twice, nor be missing, at any moment.
const MERGED = -999999;

type Pieces = Readonly<Record<number, Readonly<Record<number, number>>>>;

const realRows = (goods: Pieces) =>
  Object.entries(goods).flatMap(([product, places]) =>
    Object.entries(places).map(([place, pieces]) => wb(Number(product), Number(place), pieces)),
  );
const sums = (goods: Pieces) =>
  Object.fromEntries(
    Object.entries(goods).map(([product, places]) => [
      product,
      Object.values(places).reduce((a, b) => a + b, 0),
    ]),
  );
const mergedRows = (goods: Pieces) =>
  Object.entries(sums(goods)).map(([product, pieces]) => wb(Number(product), MERGED, pieces));

const paged = (rows: readonly unknown[], size: number) =>
  Array.from({ length: Math.ceil(rows.length / size) }, (_, at) => rows.slice(at * size, (at + 1) * size));

const GOODS: Pieces = { 1: { 507: 5, 117986: 7, 120762: 1 }, 2: { 507: 3 }, 3: { 117986: 0, 120762: 4 } };

describe.each([0, 1000])('merging and splitting warehouses, %i rows of prior state held', (stateRows) => {
  test('totals stand still while rows move, record by record', async () => {
    const log = new RawPartition();
    log.whole(WB, paged(realRows(GOODS), 2));
    const settled = log.records.length;
    log.whole(WB, paged(mergedRows(GOODS), 1));
    log.whole(WB, paged(mergedRows(GOODS), 2));
    log.whole(WB, paged(realRows(GOODS), 1));
    log.whole(WB, paged(mergedRows(GOODS), 3));
    const worker = new MemoryWorker(log.records, { stateRows });
    await worker.fetch(settled);
    while (worker.applied < log.records.length) {
      expect(totalsOf(worker, WB)).toEqual({ 1: 13, 2: 3, 3: 4 });
      expect(worker.store.feedRow(WB).totals).toMatchObject({ products: 3, inStock: 3, available: 20 });
      await worker.takeOver();
      await worker.fetch(1);
    }
    expect(stockOf(worker, WB)).toEqual(['1/fbw@-999999 13', '2/fbw@-999999 3', '3/fbw@-999999 4']);
    const lives = worker.store.rowsIn(WB).map((row) => `${row.closed ? 'closed' : 'live'} ${row.seq}`);
    expect([...new Set(lives)].sort()).toEqual(['closed 4', 'live 3']);
  });

  test('a merge that fails half-way changes nothing, and the next one is as good', async () => {
    const log = new RawPartition();
    log.whole(WB, [realRows(GOODS)]);
    const id = log.start(WB);
    log.chunk(WB, id, 1, mergedRows(GOODS).slice(0, 2)).fail(WB, id);
    const failed = await new MemoryWorker(log.records, { stateRows }).drain();
    expect(stockOf(failed, WB)).toHaveLength(6);
    log.whole(WB, [mergedRows(GOODS)]);
    const done = await new MemoryWorker(log.records, { stateRows }).drain();
    expect(totalsOf(done, WB)).toEqual({ 1: 13, 2: 3, 3: 4 });
    expect(stockOf(done, WB)).toHaveLength(3);
  });

  test('a merge in which most products vanish is applied for those that moved, held for those that are gone', async () => {
    const log = new RawPartition();
    log.whole(WB, [realRows(GOODS)]);
    log.whole(WB, [[wb(1, MERGED, 13)]], { limits: { absenceLimit: 0.5, absenceMin: 1 } });
    const worker = await new MemoryWorker(log.records, { stateRows }).drain();
    expect(fatesOf(worker)).toEqual(['s1 applied', 's2 held']);
    expect(totalsOf(worker, WB)).toEqual({ 1: 13, 2: 3, 3: 4 });
    expect(stockOf(worker, WB)[0]).toBe('1/fbw@-999999 13');
  });

  test('at every moment each total is what the last or the coming complete snapshot says', async () => {
    const goods = fc.dictionary(
      fc.constantFrom('1', '2', '3', '4'),
      fc.dictionary(fc.constantFrom('507', '117986', '120762'), fc.integer({ min: 0, max: 9 }), {
        minKeys: 1,
      }),
      { minKeys: 1 },
    );
    const stages = fc.array(
      fc.record({ goods, perPage: fc.integer({ min: 1, max: 4 }), broken: fc.boolean() }),
      {
        minLength: 2,
        maxLength: 6,
      },
    );
    await fc.assert(
      fc.asyncProperty(stages, async (plan) => {
        const log = new RawPartition();
        const said: Record<string, number>[] = [{}];
        /** For each record: which of the above it stands between. */
        const between: number[] = [];
        for (const [index, stage] of plan.entries()) {
          const rows = index % 2 === 0 ? realRows(stage.goods) : mergedRows(stage.goods);
          if (stage.broken) {
            const id = log.start(WB);
            // Half of the pages, and no end. Only rows that move: others may be believed page by page.
            log.chunk(WB, id, 1, index === 0 ? [] : rows.slice(0, 2)).fail(WB, id);
          }
          const limits = { absenceLimit: 1, absenceMin: 1 };
          log.whole(WB, paged(rows, stage.perPage), { limits, acceptAbsences: true });
          said.push(sums(stage.goods));
          while (between.length < log.records.length) between.push(index);
        }
        const worker = new MemoryWorker(log.records, { stateRows });
        for (const index of between) {
          await worker.fetch(1);
          const totals = totalsOf(worker, WB);
          for (const product of ['1', '2', '3', '4']) {
            const now = totals[product] ?? 0;
            const before = said[index]?.[product] ?? 0;
            const after = said[index + 1]?.[product] ?? 0;
            // A product that is new, or was gone, has nothing to be mixed up with: it fills up page by page.
            if (before === 0 || now === before) expect(now).toBeLessThanOrEqual(Math.max(before, after));
            else expect(now).toBe(after);
          }
        }
        expect(totalsOf(worker, WB)).toEqual(said.at(-1));
      }),
      { numRuns: 150, interruptAfterTimeLimit: 30_000 },
    );
  });
});
