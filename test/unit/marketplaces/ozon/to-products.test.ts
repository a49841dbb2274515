import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../../../../src/domain/json.js';
import { cataloguedOzonItem, cataloguedOzonProduct } from '../../../../src/marketplaces/ozon/to-products.js';
import { thrownBy } from '../support/answers.js';

const ARTICLES = ['0'.repeat(3), '007', 'х'.repeat(300), '👟 кеды «35»', '"in quotes"', "' OR 1=1", ' a\tb '];

describe('an element of the product list', () => {
  it('names product, article, sku and whether it is archived', () => {
    const row = {
      product_id: 28743,
      offer_id: 'A-1',
      sku: 147035011,
      archived: true,
      has_fbo_stocks: true,
      quants: [],
      new_field: { x: 1 },
    };
    expect(cataloguedOzonItem(row)).toEqual([
      { productId: '28743', offerId: 'A-1', sku: '147035011', archived: true },
    ]);
  });

  it('leaves open what it does not say', () => {
    expect(cataloguedOzonItem({ product_id: 1 })).toEqual([
      { productId: '1', offerId: undefined, sku: undefined, archived: undefined },
    ]);
    expect(cataloguedOzonItem({ product_id: 1, sku: 0, offer_id: null, archived: 'yes' })).toEqual([
      { productId: '1', offerId: undefined, sku: undefined, archived: undefined },
    ]);
  });

  it.each(ARTICLES)('takes the article as it is: %s', (offer_id) => {
    expect(cataloguedOzonItem({ product_id: 1, offer_id })[0]?.offerId).toBe(offer_id);
  });

  it('keeps ids exact to the last digit', () => {
    const row = parseExactJson('{"product_id":9007199254740993,"sku":9007199254740995,"offer_id":"1"}');
    expect(cataloguedOzonItem(row)).toMatchObject([
      { productId: '9007199254740993', sku: '9007199254740995' },
    ]);
  });

  it.each([[null], ['x'], [[]], [{}], [{ product_id: 0 }], [{ product_id: -1 }], [{ product_id: '01' }]])(
    'refuses %j',
    (row) => {
      expect(thrownBy(() => cataloguedOzonItem(row))).toMatchObject({ code: 'RECORD_INVALID' });
    },
  );
});

describe('an element of the product info', () => {
  const info = (over: object = {}) => ({
    id: 28743,
    offer_id: 'A-1',
    name: 'Кеды «Прогулка», 35',
    barcodes: ['0460000000017', 'OZN147035011'],
    is_archived: false,
    is_autoarchived: false,
    sku: 147035011,
    sources: [{ sku: 1, source: 'SDS' }],
    ...over,
  });
  const read = (over: object = {}) => cataloguedOzonProduct(info(over), { productIds: ['28743'] })[0];

  it('has name and barcodes', () => {
    expect(read()).toEqual({
      productId: '28743',
      offerId: 'A-1',
      name: 'Кеды «Прогулка», 35',
      sku: '147035011',
      barcodes: ['0460000000017', 'OZN147035011'],
      archived: false,
    });
  });

  it.each([
    [{ is_archived: true }, true],
    [{ is_autoarchived: true }, true],
    [{ is_archived: undefined }, false],
    [{ is_archived: undefined, is_autoarchived: undefined }, undefined],
    [{ is_archived: 1, is_autoarchived: null }, undefined],
  ])('is archived by hand or by Ozon: %j', (over, archived) => {
    expect(read(over)?.archived).toBe(archived);
  });

  it.each([
    [{ sku: undefined }, '1'],
    [{ sku: 0, sources: [{ sku: 0 }, 'x', { sku: '77' }] }, '77'],
    [{ sku: undefined, sources: null }, undefined],
    [{ sku: undefined, sources: [] }, undefined],
  ])('takes the sku of its sources where it has none: %j', (over, sku) => {
    expect(read(over)?.sku).toBe(sku);
  });

  it.each([
    [[], []],
    [null, undefined],
    ['4600', undefined],
    [
      ['1', '1', '', 2, null, {}],
      ['1', '2'],
    ],
  ])('reads the barcodes %j', (barcodes, expected) => {
    expect(read({ barcodes })?.barcodes).toEqual(expected);
  });

  it.each([
    ['', undefined],
    [null, undefined],
    ['x'.repeat(600), 'x'.repeat(600)],
    ['👟 "35"', '👟 "35"'],
  ])('takes the name as it is: %j', (name, expected) => {
    expect(read({ name })?.name).toBe(expected);
  });

  it('refuses a product that nobody asked for', () => {
    expect(thrownBy(() => read({ id: 1 }))).toMatchObject({ code: 'RECORD_INVALID', facts: { field: 'id' } });
  });
});

it('nothing but RECORD_INVALID is thrown, whatever comes', () => {
  const odd = fc.anything();
  const almost = fc.record({
    id: fc.oneof(fc.nat(), odd),
    product_id: fc.oneof(fc.nat(), odd),
    offer_id: odd,
    name: odd,
    barcodes: fc.oneof(fc.array(odd), odd),
    sources: fc.oneof(fc.array(odd), odd),
    sku: odd,
  });
  fc.assert(
    fc.property(fc.oneof(odd, almost), (row) => {
      for (const read of [() => cataloguedOzonItem(row), () => cataloguedOzonProduct(row, {})]) {
        try {
          expect(read()).toHaveLength(1);
        } catch (error) {
          expect(error).toMatchObject({ code: 'RECORD_INVALID' });
        }
      }
    }),
  );
});
