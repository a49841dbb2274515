import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { close, observe, type StockRow } from '../../../src/domain/stock-change.js';
import { levelOfQuantity } from '../../../src/domain/stock-level.js';
import type { FeedState } from '../../../src/ports/projection.js';
import { FeedMemory } from '../../../src/streams/feed-memory.js';
import { MemoryProjection } from '../../support/memory-projection.js';
import { OZON_LIST, WB } from '../../support/raw-log.js';

const place = { topic: 't', incarnation: 1, life: 1, partition: 0, checkpoint: 0, logStart: 0 };
const tx = { brand: 'transaction' } as const;
const rowOf = (productId: string, warehouseId: string, pieces: number, closed = false): StockRow => ({
  productId,
  scheme: 'fbw',
  warehouseId,
  level: levelOfQuantity(closed ? 0 : pieces),
  seq: 1,
  closed,
  openedIn: 0,
});

async function stored(
  rows: readonly StockRow[],
  rangeRows = 3,
): Promise<{ store: MemoryProjection; state: FeedState }> {
  const store = new MemoryProjection(rangeRows);
  const { feedId } = await store.feed(WB);
  const about = {
    offset: 0,
    feedId,
    snapshot: 0,
    observedAt: '2026-11-22T10:00:00.000Z',
    offerId: undefined,
    name: undefined,
  };
  await store.changes(
    tx,
    place,
    rows.map((row, index) => ({ ...about, index, step: { op: 'c', before: null, row } })),
  );
  await store.products(
    tx,
    [...new Set(rows.map((row) => row.productId))].map((productId) => ({
      feedId,
      productId,
      offerId: `A${productId}`,
      seenAt: 0,
    })),
  );
  const live = rows.filter((row) => !row.closed);
  const totals = {
    rows: live.length,
    products: new Set(live.map((row) => row.productId)).size,
    inStock: new Set(live.filter((row) => row.level.available > 0).map((row) => row.productId)).size,
    available: live.reduce((sum, row) => sum + row.level.available, 0),
  };
  await store.feeds(tx, [{ feedId, totals, staleRecords: 0 }]);
  return { store, state: await store.feed(WB) };
}

async function liveOf(memory: FeedMemory): Promise<string[]> {
  const found: string[] = [];
  for await (const table of memory.tables()) {
    for (let product = 0; product < table.products.size; product += 1) {
      const live = table.rowsOf(product).filter((row) => !row.closed);
      found.push(...live.map((row) => `${row.productId}@${row.warehouseId} ${row.level.available}`));
    }
  }
  return found.sort();
}

function rowsOf({ table }: FeedMemory, id: string): StockRow[] {
  return table.rowsOf(table.products.add(id));
}

const fetched = (memory: FeedMemory, ...ids: readonly string[]) =>
  memory.fetch(ids.map((productId) => ({ productId })));

const row = fc
  .tuple(
    fc.integer({ min: 1, max: 5 }),
    fc.constantFrom('1', '2', '3'),
    fc.integer({ min: 0, max: 3 }),
    fc.boolean(),
  )
  .map(([product, warehouse, pieces, closed]) => rowOf(String(product), warehouse, pieces, closed));
const rows = fc.uniqueArray(row, { selector: (one) => `${one.productId} ${one.warehouseId}`, maxLength: 12 });

describe('what an owner remembers of a feed', () => {
  test('answers the same, whether all of it is held or only the products asked for', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 6 }), async (some, rangeRows) => {
        const { store, state } = await stored(some, rangeRows);
        const answers: unknown[] = [];
        for (const budget of [0, 1000]) {
          const memory = await FeedMemory.load(state, store, () => budget);
          const ids = ['1', '2', '3', '4', '5', '6'];
          await fetched(memory, ...ids);
          const entries = ids.map((id) => ({
            known: memory.table.isKnown(memory.table.products.add(id)),
            rows: rowsOf(memory, id).sort((a, b) => (a.warehouseId < b.warehouseId ? -1 : 1)),
          }));
          answers.push([entries, await liveOf(memory)]);
        }
        expect(answers[0]).toEqual(answers[1]);
        expect(await liveOf(await FeedMemory.load(state, store, () => 0))).toEqual(
          some
            .filter((one) => !one.closed)
            .map((one) => `${one.productId}@${one.warehouseId} ${one.level.available}`)
            .sort(),
        );
      }),
    );
  });

  test('what this batch has changed is newer than the tables', async () => {
    for (const budget of [0, 1000]) {
      const { store, state } = await stored([rowOf('1', '1', 5), rowOf('1', '2', 3), rowOf('2', '1', 1)]);
      const memory = await FeedMemory.load(state, store, () => budget);
      await fetched(memory, '1');
      const [first, second] = rowsOf(memory, '1');
      if (first === undefined || second === undefined) throw new Error('not found');
      memory.apply(close(first, 'moved'));
      const step = observe(second, second, levelOfQuantity(9), 4);
      if (step !== null) memory.apply(step);
      expect(await liveOf(memory)).toEqual(['1@2 9', '2@1 1']);
      expect(memory.totals).toEqual({ rows: 2, products: 2, inStock: 2, available: 10 });
      expect(memory.find({ productId: '1', scheme: 'fbw', warehouseId: '1' })).toMatchObject({
        closed: true,
      });
    }
  });

  test('after a commit it holds what it may hold, and forgets the rest', async () => {
    const { store, state } = await stored([rowOf('1', '1', 5), rowOf('2', '1', 1, true)]);
    const whole = await FeedMemory.load(state, store, () => 2);
    expect(whole.heldRows).toBe(2);
    whole.settle(true);
    await fetched(whole, '1');
    expect(store.reads).toEqual(['*']);
    whole.settle(false);
    expect(whole.heldRows).toBe(0);
    await fetched(whole, '1');
    await fetched(whole, '1');
    expect(store.reads).toEqual(['*', '1']);
    expect((await FeedMemory.load(state, store, () => 1)).heldRows).toBe(0);
  });

  test('let go, it is read again before the next snapshot, if it fits then', async () => {
    const { store, state } = await stored([rowOf('1', '1', 5), rowOf('2', '1', 1)]);
    let budget = 2;
    const memory = await FeedMemory.load(state, store, () => budget);
    memory.letGo();
    expect(memory.heldRows).toBe(0);
    await fetched(memory, '1');
    expect(memory.find({ productId: '1', scheme: 'fbw', warehouseId: '1' })?.level.available).toBe(5);
    memory.settle(true);
    await memory.refresh(false);
    expect(memory.heldRows).toBe(2);
    expect(await liveOf(memory)).toEqual(['1@1 5', '2@1 1']);
    expect(store.reads).toEqual(['*', '1', '*']);
    memory.letGo();
    budget = 1;
    await memory.refresh(false);
    expect(memory.heldRows).toBe(0);
    expect(await liveOf(memory)).toEqual(['1@1 5', '2@1 1']);
  });
});

describe('before a snapshot', () => {
  test.each([0, 1000])(
    'anew: what has rows need not be entered as a product any more (%i rows held)',
    async (budget) => {
      const { store, state } = await stored([rowOf('1', '1', 5)]);
      const memory = await FeedMemory.load(state, store, () => budget);
      const isKnown = async () => {
        memory.settle(true);
        await fetched(memory, '1', '2');
        return ['1', '2'].map((id) => memory.table.isKnown(memory.table.products.add(id)));
      };
      expect(await isKnown()).toEqual([true, false]);
      await memory.refresh(true);
      expect(await isKnown()).toEqual([false, false]);
    },
  );

  test.each([
    [0, 1],
    [0, 3],
    [1000, 3],
  ])('anew: rows and figures as the tables have them (%i rows held, ranges of %i)', async (budget, range) => {
    const { store, state } = await stored(
      [rowOf('1', '1', 5), rowOf('1', '2', 3), rowOf('2', '1', 1)],
      range,
    );
    const memory = await FeedMemory.load(state, store, () => budget);
    const { feedId } = state;
    const about = { offset: 9, feedId, snapshot: 9, observedAt: '', offerId: undefined, name: undefined };
    const byHand = [rowOf('1', '2', 30), rowOf('2', '1', 1, true), rowOf('3', '1', 0)];
    await store.changes(
      tx,
      place,
      byHand.map((row, index) => ({ ...about, index, step: { op: 'u', before: null, row } })),
    );
    await memory.refresh(false);
    expect(memory.totals).toEqual({ rows: 3, products: 2, inStock: 2, available: 9 });
    await memory.refresh(true);
    expect(memory.totals).toEqual({ rows: 3, products: 2, inStock: 1, available: 35 });
    expect(await liveOf(memory)).toEqual(['1@1 5', '1@2 30', '3@1 0']);
    await fetched(memory, '1', '2', '3');
    expect(memory.find({ productId: '2', scheme: 'fbw', warehouseId: '1' })).toMatchObject({ closed: true });
    expect(memory.heldRows).toBe(budget === 0 ? 0 : 4);
  });

  test('the figures of a catalogue are not counted from rows, of which it has none', async () => {
    const store = new MemoryProjection();
    const { feedId } = await store.feed(OZON_LIST);
    const totals = { rows: 7, products: 7, inStock: 0, available: 0 };
    await store.feeds(tx, [{ feedId, totals, staleRecords: 0 }]);
    const memory = await FeedMemory.load(await store.feed(OZON_LIST), store, () => 1000);
    await memory.refresh(true);
    expect([memory.totals, memory.heldRows, store.reads]).toEqual([totals, 0, []]);
  });
});

test('products whose rows came to stock, or out of it, are remembered until nobody can know them all', async () => {
  const { store, state } = await stored([rowOf('1', '7', 3), rowOf('2', '7', 3), rowOf('3', '7', 0)]);
  const memory = await FeedMemory.load(state, store, () => 1_000);
  const to = (productId: string, pieces: number) => {
    const key = { productId, scheme: 'fbw' as const, warehouseId: '7' };
    const step = observe(memory.find(key), key, levelOfQuantity(pieces), 9);
    if (step !== null) memory.apply(step);
  };
  // What happened before it was loaded is nowhere in it.
  to('1', 0);
  expect(memory.turned).toBeNull();
  memory.turned = new Set();
  to('1', 2);
  to('2', 1);
  to('4', 0);
  to('5', 1);
  expect(memory.turned).toEqual(new Set(['1', '5']));
  const two = memory.find({ productId: '2', scheme: 'fbw', warehouseId: '7' });
  const three = memory.find({ productId: '3', scheme: 'fbw', warehouseId: '7' });
  if (two === undefined || three === undefined) throw new Error('not found');
  memory.apply(close(two, 'absent'));
  memory.apply(close(three, 'rescoped'));
  expect(memory.turned).toEqual(new Set(['1', '5', '2', '3']));
  for (let product = 10; product <= 1_006; product += 1) to(String(product), 1);
  expect(memory.turned).toBeNull();
  // A replay's rows have histories of their own.
  memory.turned = new Set();
  memory.adopt([], memory);
  expect(memory.turned).toBeNull();
});
