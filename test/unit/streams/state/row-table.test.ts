import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSame, type StockRow } from '../../../../src/domain/stock-change.js';
import { SCHEMES } from '../../../../src/domain/stock-key.js';
import { Places } from '../../../../src/streams/state/places.js';
import { RowTable } from '../../../../src/streams/state/row-table.js';

/** Figures on both sides of what a word of 32 bits holds. */
const figure = fc.oneof(
  fc.nat(3),
  fc.constantFrom(2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER),
);
const level = fc.record({
  present: figure,
  reserved: figure,
  available: figure,
  inWayToClient: figure,
  inWayFromClient: figure,
});
const stockRow: fc.Arbitrary<StockRow> = fc.record({
  productId: fc.constantFrom('1', '2', '3', '4294967297', '9223372036854775807'),
  scheme: fc.constantFrom(...SCHEMES),
  warehouseId: fc.constantFrom('', '1', '2', '-999999'),
  level,
  seq: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  closed: fc.boolean(),
  openedIn: fc.oneof(fc.nat(3), fc.constantFrom(-1, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER)),
});

const keyOf = ({ productId, scheme, warehouseId }: StockRow) => `${productId} ${scheme} ${warehouseId}`;
const byKey = (rows: Iterable<StockRow>) => [...rows].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

function allOf(table: RowTable): StockRow[] {
  return Array.from({ length: table.products.size }, (_, product) => table.rowsOf(product)).flat();
}

describe('rows in numbers', () => {
  test('are what was put there last, key by key', () => {
    fc.assert(
      fc.property(fc.array(stockRow, { maxLength: 60 }), stockRow, level, (rows, other, seen) => {
        const table = new RowTable(new Places());
        const model = new Map<string, StockRow>();
        for (const row of rows) {
          table.put(row);
          model.set(keyOf(row), row);
        }
        expect(byKey(allOf(table))).toEqual(byKey(model.values()));
        expect(table.size).toBe(model.size);
        for (const row of [...model.values(), other]) {
          const product = table.products.find(row.productId);
          const at = product < 0 ? -1 : table.rowAt(product, table.places.numberOf(row));
          const stored = model.get(keyOf(row));
          if (stored === undefined) {
            expect(at).toBe(-1);
            continue;
          }
          expect(table.stockRow(product, at)).toEqual(stored);
          expect(table.isClosed(at)).toBe(stored.closed);
          expect(table.openedIn(at)).toBe(stored.openedIn);
          expect(table.available(at)).toBe(stored.level.available);
          for (const one of [stored.level, seen, { ...stored.level, reserved: seen.reserved }])
            expect(table.isSame(at, one)).toBe(isSame(stored, one));
        }
      }),
    );
  });

  test('are summed by product, and tell whether one lives that another snapshot opened', () => {
    fc.assert(
      fc.property(fc.uniqueArray(stockRow, { selector: keyOf }), fc.nat(3), (rows, snapshot) => {
        const table = new RowTable(new Places());
        for (const row of rows) table.put(row);
        for (const id of new Set(rows.map(({ productId }) => productId))) {
          const live = rows.filter((row) => row.productId === id && !row.closed);
          const product = table.products.find(id);
          expect(table.sums(product)).toEqual({
            live: live.length,
            available: live.reduce((sum, row) => sum + row.level.available, 0),
          });
          expect(table.livesBesides(product, snapshot)).toBe(live.some((row) => row.openedIn !== snapshot));
        }
      }),
    );
  });

  test('articles and what is known of a product go with the rows', () => {
    const table = new RowTable(new Places());
    const [first, second] = [table.products.add('1'), table.products.add('2')];
    table.setOfferId(second, 'A2');
    table.setKnown(first, true);
    expect([first, second].map((product) => table.offerId(product))).toEqual([undefined, 'A2']);
    expect([first, second].map((product) => table.isKnown(product))).toEqual([true, false]);
    table.clear();
    expect([table.size, table.products.size, table.offerId(second)]).toEqual([0, 0, undefined]);
  });
});
