import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../../../../src/domain/json.js';
import {
  normaliseFboAnalyticsRow,
  normaliseFboStock,
  normaliseWarehouseStock,
} from '../../../../src/marketplaces/ozon/to-warehouse-levels.js';
import type { ObservedItem, PageQuery } from '../../../../src/ports/marketplace.js';
import { thrownBy } from '../support/answers.js';

const SELLERS = { endpoint: 'warehouse-stocks', scheme: 'fbs', warehouseId: '1020003080073000' } as const;
const FBO: PageQuery = {
  endpoint: 'fbo-stocks',
  scheme: 'fbo',
  productIds: ['28743', '28743', '99'],
  skus: ['147035011', '147035012', '5'],
};

/** One row that each of the three methods takes: what one of them lacks it ignores. */
const row = (over: object = {}) => ({
  sku: 147035011,
  product_id: 28743,
  offer_id: '02105020-35',
  warehouse_id: 1020003080073000,
  present: 1000,
  reserved: 30,
  available_stock_count: 12,
  updated_at: '2025-09-15T10:36:24.417498Z',
  ...over,
});
const level = (present: number, reserved: number, available: number) => ({
  present,
  reserved,
  available,
  inWayToClient: 0,
  inWayFromClient: 0,
});
const only = (item: ObservedItem) => item.rows[0];

describe('a row of a seller’s warehouse', () => {
  it.each(['fbs', 'rfbs'] as const)('is one level of the scheme and warehouse asked for (%s)', (scheme) => {
    expect(normaliseWarehouseStock(row({ free_stock: 900 }), { ...SELLERS, scheme })).toEqual({
      productId: '28743',
      offerId: '02105020-35',
      rows: [{ scheme, warehouseId: '1020003080073000', level: level(1000, 30, 900) }],
    });
  });

  it.each([
    [{ free_stock: 0 }, 0],
    [{}, 970],
    [{ free_stock: null }, 970],
    [{ present: 5, reserved: 9 }, 0],
    [{ reserved: undefined }, 1000],
  ])('has free what Ozon says, else what is not reserved: %j', (over, available) => {
    expect(only(normaliseWarehouseStock(row(over), SELLERS))?.level.available).toBe(available);
  });

  it.each([
    ['another warehouse', row({ warehouse_id: 7 }), SELLERS],
    ['no warehouse', row({ warehouse_id: undefined }), SELLERS],
    ['a page that says no warehouse', row(), { endpoint: 'warehouse-stocks', scheme: 'fbs' } as const],
    ['a page that says no scheme', row(), { endpoint: 'warehouse-stocks', warehouseId: '7' }],
  ])('refuses %s', (_name, one, query) => {
    expect(thrownBy(() => normaliseWarehouseStock(one, query))).toMatchObject({ code: 'RECORD_INVALID' });
  });

  it('keeps ids exact beyond what a double holds', () => {
    const text = '{"product_id":9007199254740993,"warehouse_id":9007199254740995,"present":1,"sku":1}';
    const query = { ...SELLERS, warehouseId: '9007199254740995' };
    expect(normaliseWarehouseStock(parseExactJson(text), query)).toMatchObject({
      productId: '9007199254740993',
      rows: [{ warehouseId: '9007199254740995' }],
    });
  });
});

describe('a row of Ozon’s warehouses', () => {
  it('of the beta method has what is present and what is reserved', () => {
    expect(normaliseFboStock(row(), FBO)).toEqual({
      productId: '28743',
      offerId: '02105020-35',
      rows: [{ scheme: 'fbo', warehouseId: '1020003080073000', level: level(1000, 30, 970) }],
    });
  });

  it('of the analytics has what can be sold, under the product whose sku was asked for', () => {
    const { present: _present, reserved: _reserved, product_id: _product, ...bare } = row({ sku: 5 });
    expect(normaliseFboAnalyticsRow(bare, FBO)).toEqual({
      productId: '99',
      offerId: '02105020-35',
      rows: [{ scheme: 'fbo', warehouseId: '1020003080073000', level: level(12, 0, 12) }],
    });
  });

  it.each([
    ['a product that nobody asked for', () => normaliseFboStock(row({ product_id: 1 }), FBO)],
    ['a page that does not say what it asked for', () => normaliseFboStock(row(), { scheme: 'fbo' })],
    ['a sku that nobody asked for', () => normaliseFboAnalyticsRow(row({ sku: 6 }), FBO)],
    ['a row without sku', () => normaliseFboAnalyticsRow(row({ sku: undefined }), FBO)],
    ['a negative warehouse', () => normaliseFboStock(row({ warehouse_id: -1 }), FBO)],
  ])('is refused with %s', (_name, call) => {
    expect(thrownBy(call)).toMatchObject({ code: 'RECORD_INVALID' });
  });
});

describe('rows that were put together', () => {
  it('are added up over the skus of one product', () => {
    const rows = [row(), row({ sku: 147035012, present: 7, reserved: 9 })];
    expect(only(normaliseFboStock(rows, FBO))?.level).toEqual(level(1007, 39, 970));
    expect(only(normaliseFboAnalyticsRow(rows, FBO))?.level).toEqual(level(24, 0, 24));
    expect(only(normaliseWarehouseStock(rows, SELLERS))?.level).toEqual(level(1007, 39, 970));
  });

  it('count a sku that came twice as it came last', () => {
    const rows = [row({ present: 1, reserved: 0 }), row({ present: 5, reserved: 0 })];
    expect(only(normaliseFboStock(rows, FBO))?.level).toEqual(level(5, 0, 5));
  });

  it.each([
    ['two products', [row(), row({ product_id: 99, sku: 5 })]],
    ['two warehouses', [row(), row({ warehouse_id: 8 })]],
    ['nothing', []],
    ['no object', [row(), 7]],
    ['more than any warehouse holds', [row({ present: 10_000_000_000 }), row({ sku: 147035012 })]],
  ])('are refused with %s', (_name, rows) => {
    expect(thrownBy(() => normaliseFboStock(rows, FBO))).toMatchObject({ code: 'RECORD_INVALID' });
  });
});

const QUANTITIES: readonly unknown[] = [-1, 1.5, '5', '', true, 2 ** 53, 1e300, [], {}, '9007199254740993'];
it.each<readonly [string, unknown, (one: unknown) => unknown]>([
  ...QUANTITIES.map((value) => ['present', value, (one: unknown) => normaliseFboStock(one, FBO)] as const),
  ...QUANTITIES.map((value) => ['reserved', value, (one: unknown) => normaliseFboStock(one, FBO)] as const),
  ...QUANTITIES.map(
    (value) => ['free_stock', value, (one: unknown) => normaliseWarehouseStock(one, SELLERS)] as const,
  ),
  ...[...QUANTITIES, null, undefined].map(
    (value) =>
      ['available_stock_count', value, (one: unknown) => normaliseFboAnalyticsRow(one, FBO)] as const,
  ),
  ['present', undefined, (one: unknown) => normaliseWarehouseStock(one, SELLERS)],
])('a bad %s (%j) is refused by name', (field, value, normalise) => {
  const error = thrownBy(() => normalise(row({ [field]: value })));
  expect(error).toMatchObject({ code: 'RECORD_INVALID', facts: { field } });
  expect((error as Error).message).toContain('Ozon product 28743');
});

it('nothing but RECORD_INVALID is thrown, whatever comes', () => {
  const odd = fc.anything();
  const almost = fc.record({
    product_id: fc.constantFrom(28743, 99, 1),
    sku: fc.constantFrom(147035011, 5, '5', null),
    warehouse_id: fc.oneof(fc.constant(1020003080073000), odd),
    present: fc.oneof(fc.nat(), odd),
    reserved: fc.oneof(fc.nat(), odd),
    available_stock_count: fc.oneof(fc.nat(), odd),
    free_stock: fc.oneof(fc.nat(), odd),
  });
  fc.assert(
    fc.property(fc.oneof(odd, almost, fc.array(almost)), (one) => {
      for (const read of [
        () => normaliseWarehouseStock(one, SELLERS),
        () => normaliseFboStock(one, FBO),
        () => normaliseFboAnalyticsRow(one, FBO),
      ]) {
        try {
          const { rows } = read();
          expect(rows).toHaveLength(1);
          for (const figure of Object.values(rows[0]?.level ?? {})) expect(figure).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toMatchObject({ code: 'RECORD_INVALID' });
        }
      }
    }),
  );
});
