import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EVENT_TYPES } from '../../src/events/envelope.js';
import { TOPICS } from '../../src/events/topics.js';
import { normaliserOf } from '../../src/marketplaces/normalisers.js';
import type { NormaliserOf } from '../../src/ports/marketplace.js';
import { MemoryWorker } from '../support/memory-worker.js';
import { card, HOUR, RawPartition, WB, WB_CARDS, wb } from '../support/raw-log.js';
import { catalogueOf, fatesOf, stockOf, syncEventsOf } from '../support/stories.js';

const KEY = 'wildberries:a1-b2:wb-warehouses';
const OPEN_HANDED = { acceptAbsences: true, limits: { absenceLimit: 1, absenceMin: 0 } };
const goods = (count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => wb(from + index, 507, 5));
const bad = (id: number) => ({ ...wb(id, 507, 7), quantity: 'много' });
const lettersOf = (worker: MemoryWorker) =>
  worker.outputs.filter(({ topic }) => topic === TOPICS.deadLetters).map(({ offset }) => offset);
/** A program that reads what the present one refuses. */
const newer: NormaliserOf = (source, endpoint) => {
  const normaliser = normaliserOf(source, endpoint);
  if (normaliser?.kind !== 'stock') return normaliser;
  return {
    kind: 'stock',
    read: (row, query) => {
      const { quantity, ...rest } = row as { quantity: unknown };
      return normaliser.read({ ...rest, quantity: quantity === 'много' ? 7 : quantity }, query);
    },
  };
};

describe('a redriven page of the newest snapshot', () => {
  /** Four products, and then a snapshot of pages in which product 4 is missing and 3 cannot be read. */
  const spoilt = () => {
    const log = new RawPartition();
    log.whole(WB, [goods(4)]);
    log.wait(HOUR);
    const id = log.start(WB, OPEN_HANDED);
    log.chunk(WB, id, 1, goods(2)).chunk(WB, id, 2, [bad(3)]);
    const page = log.records.length - 1;
    log.complete(WB, id, { pages: 2, rows: 3 });
    return { log, page, completedAt: log.now };
  };

  test.each([
    ['whoever reads it', false],
    ['a new owner', true],
  ])('completes it, and is judged as its end would have been: %s', async (_name, takesOver) => {
    for (const stateRows of [0, 1000]) {
      const { log, page, completedAt } = spoilt();
      const worker = await new MemoryWorker(log.records, { stateRows }).drain();
      expect(fatesOf(worker)).toEqual(['s1 applied', 's2 incomplete']);
      expect(worker.store.feedRow(WB).failures).toBe(1);
      if (takesOver) await worker.takeOver();
      log.wait(HOUR).redriven(page, String(log.records[page]?.value).replace('"много"', '7'));
      await worker.drain();
      expect(fatesOf(worker)).toEqual(['s1 applied', 's2 applied']);
      expect(stockOf(worker, WB)).toEqual(['1/fbw@507 5', '2/fbw@507 5', '3/fbw@507 7']);
      // The stock is as it was when the walk ended, not as it is now.
      const { watermark, applied, failures } = worker.store.feedRow(WB);
      expect({ watermark, failures }).toEqual({ watermark: completedAt, failures: 0 });
      expect(applied?.place.offset).toBe(log.records.length - 1);
      expect(worker.store.snapshotRows()[1]).toMatchObject({
        lastOffset: log.records.length - 1,
        counts: { invalid: 0, rowsRead: 3, updated: 1, closed: 1 },
      });
      expect(syncEventsOf(worker).at(-1)).toMatchObject({
        type: 'snapshot-applied',
        snapshotId: 's2',
        changes: { created: 0, updated: 1, closed: 1 },
      });
      expect(lettersOf(worker)).toEqual([page]);
    }
  });

  test('counts while its snapshot is still open', async () => {
    const log = new RawPartition();
    const id = log.start(WB);
    log.chunk(WB, id, 1, [bad(1)]).redriven(1, String(log.records[1]?.value).replace('"много"', '7'));
    log.complete(WB, id, { pages: 1, rows: 1 });
    const worker = await new MemoryWorker(log.records).drain();
    expect(fatesOf(worker)).toEqual(['s1 applied']);
    expect(stockOf(worker, WB)).toEqual(['1/fbw@507 7']);
  });

  test('stands in for a record that could not be read at all', async () => {
    for (const takesOver of [false, true]) {
      const log = new RawPartition();
      const id = log.start(WB);
      log.chunk(WB, id, 1, goods(1)).chunk(WB, id, 2, goods(1, 2));
      const page = String(log.records.pop()?.value);
      log.bytes(KEY, page.slice(0, -9)).complete(WB, id, { pages: 2, rows: 2 });
      const worker = await new MemoryWorker(log.records).drain();
      expect(worker.store.snapshotRows()[0]?.reason).toContain('1 row(s) could not be read');
      if (takesOver) await worker.takeOver();
      log.redriven(2, page);
      await worker.drain();
      expect(fatesOf(worker)).toEqual(['s1 applied']);
      expect(stockOf(worker, WB)).toHaveLength(2);
    }
  });

  test('an end that could not be read is an end once it can', async () => {
    const log = new RawPartition();
    log.whole(WB, [goods(1)]);
    const whole = String(log.records.pop()?.value);
    log.bytes(KEY, whole.slice(0, -9), EVENT_TYPES.snapshotCompleted);
    const worker = await new MemoryWorker(log.records).drain();
    expect(fatesOf(worker)).toEqual(['s1 open']);
    log.redriven(2, whole);
    await worker.drain();
    expect(fatesOf(worker)).toEqual(['s1 applied']);
  });

  test('dies again where nothing has been mended, and says so in a letter of its own', async () => {
    for (const takesOver of [false, true]) {
      const { log, page } = spoilt();
      log.redriven(page);
      const worker = await new MemoryWorker(log.records).drain();
      expect(lettersOf(worker)).toEqual([page, log.records.length - 1]);
      expect(worker.store.snapshotRows()[1]).toMatchObject({ status: 'incomplete', counts: { invalid: 1 } });
      expect(worker.store.feedRow(WB).failures).toBe(1);
      if (takesOver) await worker.takeOver();
      log.redriven(page, String(log.records[page]?.value).replace('"много"', '7'));
      await worker.drain();
      expect(fatesOf(worker)).toEqual(['s1 applied', 's2 applied']);
    }
  });

  test('a second copy of it changes nothing', async () => {
    const { log, page } = spoilt();
    const mended = String(log.records[page]?.value).replace('"много"', '7');
    log.redriven(page, mended);
    const once = await new MemoryWorker(log.records).drain();
    const before = once.outputs.length;
    log.redriven(page, mended);
    await once.drain();
    expect(once.outputs).toHaveLength(before);
    expect(once.store.feedRow(WB).staleRecords).toBe(1);
  });

  test('is too late once a newer snapshot has begun, the feed is retired, or days have gone by', async () => {
    const afters: ((log: RawPartition) => unknown)[] = [
      (log) => log.start(WB),
      (log) => log.retire(WB),
      (log) => log.wait(73 * HOUR),
    ];
    for (const after of afters) {
      for (const takesOver of [false, true]) {
        const { log, page } = spoilt();
        after(log);
        log.redriven(page, String(log.records[page]?.value).replace('"много"', '9'));
        const worker = new MemoryWorker(log.records);
        while (worker.applied < log.records.length) {
          if (takesOver) await worker.takeOver();
          await worker.fetch(1);
        }
        expect(fatesOf(worker)[1]).toBe('s2 incomplete');
        expect(stockOf(worker, WB)).not.toContain('3/fbw@507 9');
        expect(worker.store.feedRow(WB).staleRecords).toBe(1);
      }
    }
  });

  test('redriven beginnings and retirements say nothing any more, nor does rubbish about the snapshot under way', async () => {
    const log = new RawPartition();
    log.whole(WB, [goods(1)]);
    log.retire(WB);
    const id = log.start(WB);
    log.redriven(0).redriven(3).redriven(1, '{"type":');
    log.chunk(WB, id, 1, goods(1)).complete(WB, id, { pages: 1, rows: 1 });
    const worker = await new MemoryWorker(log.records).drain();
    expect(fatesOf(worker)).toEqual(['s1 applied', 'retired-3 applied', 's2 applied']);
    expect(worker.store.feedRow(WB)).toMatchObject({ staleRecords: 2, retiredAt: null });
  });

  test('a newer program does not take for applied what the older one refused', async () => {
    const log = new RawPartition();
    const id = log.start(WB);
    log
      .chunk(WB, id, 1, [bad(1)])
      .chunk(WB, id, 2, [bad(2)])
      .complete(WB, id, { pages: 2, rows: 2 });
    const worker = await new MemoryWorker(log.records).drain();
    await worker.upgrade({ normaliserOf: newer });
    log.redriven(1);
    await worker.drain();
    expect(fatesOf(worker)).toEqual(['s1 incomplete']);
    expect(stockOf(worker, WB)).toEqual(['1/fbw@507 7']);
    await worker.takeOver();
    log.redriven(2);
    await worker.drain();
    expect(fatesOf(worker)).toEqual(['s1 applied']);
    expect(stockOf(worker, WB)).toEqual(['1/fbw@507 7', '2/fbw@507 7']);
  });

  test('may be held back like any other', async () => {
    const log = new RawPartition();
    log.whole(WB, [goods(40)]);
    log.wait(HOUR);
    const id = log.start(WB);
    log.chunk(WB, id, 1, [bad(1)]).complete(WB, id, { pages: 1, rows: 1 });
    log.redriven(4, String(log.records[4]?.value).replace('"много"', '7'));
    const worker = await new MemoryWorker(log.records).drain();
    expect(fatesOf(worker)).toEqual(['s1 applied', 's2 held']);
    expect(stockOf(worker, WB)).toHaveLength(40);
  });

  test('completes a catalogue too', async () => {
    const log = new RawPartition();
    log.whole(WB_CARDS, [[card(1, 'A', 'Кружка', [11, '0'])], [card(2, 'B', 'Блюдце', [22, '0'])]]);
    log.wait(HOUR);
    const id = log.start(WB_CARDS, OPEN_HANDED);
    log.chunk(WB_CARDS, id, 1, [{ nmID: 1 }]).complete(WB_CARDS, id, { pages: 1, rows: 1 });
    const worker = await new MemoryWorker(log.records).drain();
    expect(catalogueOf(worker)).toEqual(['11 A Кружка', '22 B Блюдце']);
    await worker.takeOver();
    const mended = { ...JSON.parse(String(log.records[5]?.value)), rows: [card(1, 'A', 'Чашка', [11, '0'])] };
    log.redriven(5, JSON.stringify(mended));
    await worker.drain();
    expect(fatesOf(worker)).toEqual(['s1 applied', 's2 applied']);
    expect(catalogueOf(worker)).toEqual(['11 A Чашка', '22 B Блюдце removed']);
  });
});

describe('whatever was spoilt and redriven, in whatever order', () => {
  const way = fc.record({
    before: fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { maxLength: 8 }),
    pages: fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 5,
    }),
    /** What becomes of each page at first, and how late it comes once more: before its snapshot's end or behind it. */
    harms: fc.array(fc.constantFrom('none', 'bad row', 'rubbish'), { minLength: 5, maxLength: 5 }),
    late: fc.array(fc.nat(5), { minLength: 5, maxLength: 5 }),
    copies: fc.array(fc.nat(4), { maxLength: 3 }),
    takeOvers: fc.array(fc.boolean(), { minLength: 3, maxLength: 20 }),
    stateRows: fc.constantFrom(0, 1_000_000),
  });

  test('stock and verdict are those of a snapshot that nothing was wrong with', async () => {
    await fc.assert(
      fc.asyncProperty(way, async ({ before, pages, harms, late, copies, takeOvers, stateRows }) => {
        // A product stands in one page only; in another warehouse than before, so that some rows must wait.
        const rows = pages.map((page, at) => page.map((n) => wb(at * 3 + n, at % 2 === 0 ? 507 : 117986, n)));
        const write = (log: RawPartition, spoil: boolean) => {
          log.whole(WB, [before.map((id) => wb(id, 507, 5))], OPEN_HANDED);
          log.wait(HOUR);
          const id = log.start(WB, OPEN_HANDED);
          const again: { offset: number; value: string; late: number }[] = [];
          for (const [at, page] of rows.entries()) {
            log.chunk(WB, id, at + 1, page);
            if (!spoil || harms[at] === 'none') continue;
            const value = String(log.records.pop()?.value);
            const harmed =
              harms[at] === 'rubbish' ? value.slice(0, -5) : value.replace(/"quantity":\d+/, '"quantity":-1');
            log.bytes(KEY, harmed);
            again.push({ offset: log.records.length - 1, value, late: late[at] ?? 0 });
          }
          const send = (which: typeof again) => {
            for (const { offset, value } of which.sort((a, b) => a.late - b.late))
              log.redriven(offset, value);
          };
          send(again.filter((one) => one.late === 0));
          log.complete(WB, id, { pages: rows.length, rows: rows.flat().length });
          send(again.filter((one) => one.late > 0));
          send(copies.flatMap((at) => again[at] ?? []));
        };
        const [clean, spoilt] = [new RawPartition(), new RawPartition()];
        write(clean, false);
        write(spoilt, true);
        const wanted = await new MemoryWorker(clean.records, { stateRows }).drain();
        const worker = new MemoryWorker(spoilt.records, { stateRows });
        for (let turn = 0; worker.applied < spoilt.records.length; turn += 1) {
          if (takeOvers[turn % takeOvers.length] === true) await worker.takeOver();
          await worker.fetch(1 + (turn % 3));
        }
        expect(stockOf(worker, WB)).toEqual(stockOf(wanted, WB));
        expect(fatesOf(worker)).toEqual(fatesOf(wanted));
        expect(worker.store.feedRow(WB).totals).toEqual(wanted.store.feedRow(WB).totals);
        const counts = (of: MemoryWorker) => of.store.snapshotRows()[1]?.counts;
        expect(counts(worker)).toEqual(counts(wanted));
      }),
      { numRuns: 150 },
    );
  });
});
