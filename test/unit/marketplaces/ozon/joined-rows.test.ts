import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../../../../src/domain/json.js';
import { joinRows } from '../../../../src/marketplaces/ozon/joined-rows.js';
import { normaliseFboStock } from '../../../../src/marketplaces/ozon/to-warehouse-levels.js';

interface Row {
  readonly product_id: number;
  readonly sku: number;
  readonly warehouse_id: number;
  readonly present: number;
}

/** Skus belong to one product each: product 1 has 10 … 13, product 2 has 20 … 23. */
const row = fc
  .record({
    product_id: fc.integer({ min: 1, max: 3 }),
    nth: fc.nat(3),
    warehouse_id: fc.integer({ min: 1, max: 2 }),
    present: fc.nat(9),
  })
  .map(({ nth, ...rest }): Row => ({ ...rest, sku: rest.product_id * 10 + nth }));
const query = { productIds: ['1', '2', '3'] };

describe('rows that make up one stock', () => {
  it('are put together, and none is lost, doubled or rewritten', () => {
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const texts = rows.map((one) => JSON.stringify(one));
        const { rows: joined, placed } = joinRows(texts);
        const flat = joined.flatMap((text) => parseExactJson(text) as Row | Row[]);
        expect(flat.map((one) => JSON.stringify(one)).sort()).toEqual([...texts].sort());
        expect(placed).toHaveLength(rows.length);
        const places = rows.map((one) => `${one.product_id}@${one.warehouse_id}`);
        expect(joined).toHaveLength(new Set(places).size);
      }),
    );
  });

  it('come to the sum over the skus, each as it came last', () => {
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const wanted = new Map<string, Map<number, number>>();
        for (const { product_id, warehouse_id, sku, present } of rows) {
          const key = `${product_id}@${warehouse_id}`;
          wanted.set(key, (wanted.get(key) ?? new Map<number, number>()).set(sku, present));
        }
        const items = joinRows(rows.map((one) => JSON.stringify(one))).rows.map((text) =>
          normaliseFboStock(parseExactJson(text), query),
        );
        const sums = items.map(({ productId, rows: [level] }) => [
          `${productId}@${level?.warehouseId}`,
          level?.level.present,
        ]);
        const expected = [...wanted].map(([key, skus]) => [
          key,
          [...skus.values()].reduce((a, b) => a + b, 0),
        ]);
        expect(sums).toEqual(expected);
      }),
    );
  });

  it.each(['7', 'null', '[]', '"x"', '{"sku":1}'])('leave alone what has no place: %s', (text) => {
    expect(joinRows([text, text])).toEqual({ rows: [text, text], placed: [] });
  });

  it('leave alone a sku that nobody asked for', () => {
    const [asked, other] = ['{"sku":1,"warehouse_id":5}', '{"sku":2,"warehouse_id":5}'];
    const { rows, placed } = joinRows([asked, other, asked], new Map([['1', '77']]));
    expect(rows).toEqual([`[${asked},${asked}]`, other]);
    expect(placed.map(({ product }) => product)).toEqual(['77', '77']);
  });
});
