import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareRowKeys, type StockRow } from '../../../src/domain/stock-change.js';
import { levelOfQuantity, NO_STOCK } from '../../../src/domain/stock-level.js';
import type { GenerationProduct } from '../../../src/ports/replay.js';
import {
  generationDifference,
  productDifference,
  productDifferenceOf,
} from '../../../src/streams/generation-diff.js';

const row = (productId: string, warehouseId: string, pieces: number | null, seq = 3): StockRow => ({
  ...{ productId, scheme: 'fbw', warehouseId, seq, closed: pieces === null, openedIn: 10 },
  level: pieces === null ? NO_STOCK : levelOfQuantity(pieces),
});

/** Rows of a feed as the tables have them: by product, one a key. */
const rows = fc
  .uniqueArray(
    fc.record({
      product: fc.constantFrom('-5', '1', '2', '10', '9007199254740993'),
      warehouse: fc.constantFrom('507', '-999999', '12'),
      pieces: fc.option(fc.integer({ min: 0, max: 3 })),
      seq: fc.integer({ min: 1, max: 9 }),
    }),
    { selector: ({ product, warehouse }) => `${product}/${warehouse}`, maxLength: 15 },
  )
  .map((list) =>
    list
      .map(({ product, warehouse, pieces, seq }) => row(product, warehouse, pieces, seq))
      .sort((a, b) => {
        const [one, other] = [BigInt(a.productId), BigInt(b.productId)];
        return one < other ? -1 : one > other ? 1 : compareRowKeys(a, b);
      }),
  );

/** In chunks that may end inside a product's rows only where the tables' do: never. */
async function* walk(list: readonly StockRow[], size: number): AsyncGenerator<StockRow[]> {
  for (let start = 0; start < list.length; ) {
    let end = Math.min(list.length, start + size);
    while (end < list.length && list[end]?.productId === list[end - 1]?.productId) end += 1;
    yield list.slice(start, end);
    start = end;
  }
}

const open = (list: readonly StockRow[]) =>
  list
    .filter(({ closed }) => !closed)
    .map(({ productId, warehouseId, level }) => `${productId}/${warehouseId}=${level.available}`)
    .sort();
const keyOf = ({ productId, warehouseId }: StockRow) => `${productId}/${warehouseId}`;

describe('the way from the live rows to a generation', () => {
  test('leads there, by one step a key that goes on from the live one, and not back again', async () => {
    await fc.assert(
      fc.asyncProperty(rows, rows, fc.integer({ min: 1, max: 4 }), async (live, shadow, size) => {
        const { steps, facts } = await generationDifference(walk(live, size), walk(shadow, size), null);
        const applied = new Map(live.map((one) => [keyOf(one), one]));
        for (const step of steps) {
          const prior = applied.get(keyOf(step.row));
          expect(step.before).toEqual(prior?.level ?? null);
          expect(step.row.seq).toBe((prior?.seq ?? 0) + 1);
          expect(step.op === 'c').toBe(prior === undefined);
          expect(step.op === 'd').toBe(step.row.closed);
          applied.set(keyOf(step.row), step.row);
        }
        expect(new Set(steps.map((step) => keyOf(step.row))).size).toBe(steps.length);
        expect(open([...applied.values()])).toEqual(open(shadow));
        expect(facts.rowsBefore).toBe(open(live).length);
        expect(facts.rowsSeen).toBe(open(shadow).length);
        const again = await generationDifference(
          walk([...applied.values()].sort(inOrder), size),
          walk(shadow, size),
          null,
        );
        expect(again.steps).toEqual([]);
      }),
    );
  });

  test('a product that stands elsewhere has moved, one that stands nowhere is absent', () => {
    const moved = productDifference([row('1', '507', 4)], [row('1', '12', 4)], null);
    expect(moved.steps.map(({ op, reason }) => [op, reason])).toEqual([
      ['c', undefined],
      ['d', 'moved'],
    ]);
    expect(moved.vanishes).toBe(false);
    const gone = productDifference([row('1', '507', 4)], [row('1', '507', null)], null);
    expect(gone.steps.map(({ op, reason }) => [op, reason])).toEqual([['d', 'absent']]);
    expect(gone.vanishes).toBe(true);
    expect(productDifference([row('1', '507', 0)], [], null).vanishes).toBe(false);
  });
});

function inOrder(a: StockRow, b: StockRow): number {
  const [one, other] = [BigInt(a.productId), BigInt(b.productId)];
  return one < other ? -1 : one > other ? 1 : compareRowKeys(a, b);
}

const product = (more: Partial<GenerationProduct> = {}): GenerationProduct => ({
  ...{ productId: '1', offerId: 'A', name: 'Cup', sku: null, cardId: null, size: null, barcodes: ['4'] },
  ...{ archived: false, removed: false, removedAt: null, firstSeenMs: 5, ...more },
});

describe('products', () => {
  test('a catalogue says what differs, and nothing of what it does not know', () => {
    const shadow = product({ sku: null, name: 'Mug' });
    expect(productDifferenceOf(7, product({ sku: '9' }), shadow, true)).toEqual({
      ...{ feedId: 7, productId: '1', seenAt: 5, name: 'Mug' },
    });
    expect(productDifferenceOf(7, product(), product(), true)).toBeNull();
    expect(productDifferenceOf(7, product({ removed: true }), product(), true)).toMatchObject({
      removedAt: null,
    });
    const removed = product({ removed: true, removedAt: 99 });
    expect(productDifferenceOf(7, product(), removed, true)).toMatchObject({ removedAt: 99 });
  });

  test('a feed of stock enters products, and fills in what is not known', () => {
    expect(productDifferenceOf(7, product(), product({ offerId: 'B' }), false)).toBeNull();
    expect(productDifferenceOf(7, product({ offerId: null }), product(), false)).toMatchObject({
      offerId: 'A',
    });
    expect(productDifferenceOf(7, undefined, product({ name: null }), false)).toMatchObject({
      ...{ feedId: 7, productId: '1', offerId: 'A', seenAt: 5 },
    });
  });
});
