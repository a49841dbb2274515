import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../../../../src/domain/json.js';
import { normaliserOf } from '../../../../src/marketplaces/normalisers.js';
import { normaliseOzonItem, OZON_SCHEMES } from '../../../../src/marketplaces/ozon/to-stock-levels.js';
import { thrownBy } from '../support/answers.js';

const item = (over: object = {}) => ({ product_id: 313455276, offer_id: 'A-1', stocks: [stock()], ...over });
const stock = (over: object = {}) => ({
  type: 'fbs',
  present: 150,
  reserved: 25,
  sku: 1,
  warehouse_ids: [],
  ...over,
});

describe('an Ozon item', () => {
  it('is one row per scheme, with what is free', () => {
    expect(
      normaliseOzonItem(item({ stocks: [stock(), stock({ type: 'fbo', present: 75, reserved: 80 })] })),
    ).toEqual({
      productId: '313455276',
      offerId: 'A-1',
      rows: [
        {
          scheme: 'fbs',
          warehouseId: '',
          level: { present: 150, reserved: 25, available: 125, inWayToClient: 0, inWayFromClient: 0 },
        },
        {
          scheme: 'fbo',
          warehouseId: '',
          level: { present: 75, reserved: 80, available: 0, inWayToClient: 0, inWayFromClient: 0 },
        },
      ],
    });
  });

  it('adds up the rows of one scheme', () => {
    const rows = fc.array(
      fc.record({
        type: fc.constantFrom(...OZON_SCHEMES),
        present: fc.nat(1e6),
        reserved: fc.option(fc.nat(1e6), { nil: undefined }),
      }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(rows, (stocks) => {
        const { rows: levels } = normaliseOzonItem(item({ stocks }));
        expect(new Set(levels.map(({ scheme }) => scheme))).toEqual(new Set(stocks.map(({ type }) => type)));
        for (const { scheme, level } of levels) {
          const own = stocks.filter(({ type }) => type === scheme);
          const present = own.reduce((sum, row) => sum + row.present, 0);
          const reserved = own.reduce((sum, row) => sum + (row.reserved ?? 0), 0);
          expect(level).toMatchObject({ present, reserved, available: Math.max(0, present - reserved) });
        }
      }),
    );
  });

  it.each([[[]], [null]])('listed without stock (%j) has no rows', (stocks) => {
    expect(normaliseOzonItem(item({ stocks })).rows).toEqual([]);
  });

  it('keeps ids exact beyond what a double holds', () => {
    const row = parseExactJson('{"product_id":9007199254740993,"offer_id":12345678901234567890,"stocks":[]}');
    expect(normaliseOzonItem(row)).toEqual({
      productId: '9007199254740993',
      offerId: '12345678901234567890',
      rows: [],
    });
    expect(normaliseOzonItem(item({ product_id: '9007199254740993' })).productId).toBe('9007199254740993');
  });

  it.each([
    ['a text, blanks and all', ' арт:1 ', ' арт:1 '],
    ['digits', '007', '007'],
    ['a number', 7, '7'],
    ['null', null, undefined],
    ['an object', {}, undefined],
  ])('takes the article as it is: %s', (_name, offer_id, expected) => {
    expect(normaliseOzonItem(item({ offer_id })).offerId).toBe(expected);
  });

  const QUANTITIES: readonly unknown[] = [
    -1,
    1.5,
    '5',
    '',
    null,
    true,
    2 ** 53,
    1e300,
    [],
    {},
    '9007199254740993',
  ];
  it.each<readonly [string, unknown, unknown]>([
    ...QUANTITIES.map(
      (value) => ['stocks[0].present', item({ stocks: [stock({ present: value })] }), value] as const,
    ),
    ...QUANTITIES.filter((value) => value !== null).map(
      (value) =>
        ['stocks[1].reserved', item({ stocks: [stock(), stock({ reserved: value })] }), value] as const,
    ),
    ['stocks[0].present', item({ stocks: [{ type: 'fbo', reserved: 1 }] }), 'missing'],
    ['stocks[0].type', item({ stocks: [stock({ type: 'fbw' })] }), 'fbw'],
    ['stocks[0].type', item({ stocks: [stock({ type: 'FBO' })] }), 'FBO'],
    ['stocks[0].type', item({ stocks: [stock({ type: undefined })] }), 'missing'],
    ['stocks[0].type', item({ stocks: [stock({ type: 3 })] }), 3],
    ['stocks[0]', item({ stocks: [7] }), 7],
    ['stocks', item({ stocks: { fbo: 1 } }), { fbo: 1 }],
    ['stocks', { product_id: 313455276 }, 'missing'],
  ])('refuses a bad %s (%#)', (field, row, value) => {
    const error = thrownBy(() => normaliseOzonItem(row));
    const shown = value === 'missing' ? 'missing' : JSON.stringify(value);
    expect(error).toMatchObject({ code: 'RECORD_INVALID', facts: { field, value: shown } });
    expect((error as Error).message).toContain(`Ozon product 313455276: ${field} is ${shown}`);
  });

  it('refuses a sum beyond what any warehouse holds', () => {
    const stocks = [stock({ present: 10_000_000_000 }), stock({ present: 1 })];
    expect(thrownBy(() => normaliseOzonItem(item({ stocks })))).toMatchObject({
      code: 'RECORD_INVALID',
      message: expect.stringContaining('sum of present over fbs'),
    });
  });

  it.each([[0], [-5], [1.5], ['x'], ['01'], [null], [undefined], [{}], ['99999999999999999999']])(
    'refuses the product id %j',
    (product_id) => {
      expect(thrownBy(() => normaliseOzonItem(item({ product_id })))).toMatchObject({
        code: 'RECORD_INVALID',
        facts: { field: 'product_id' },
      });
    },
  );

  it.each([[null], [[]], ['x'], [5], [undefined]])('refuses %j in place of an item', (row) => {
    expect(thrownBy(() => normaliseOzonItem(row))).toMatchObject({ code: 'RECORD_INVALID' });
  });

  it('throws nothing but RECORD_INVALID, whatever it is given', () => {
    const odd = fc.anything();
    const almost = fc.record({
      product_id: fc.oneof(fc.nat(), odd),
      stocks: fc.array(fc.record({ type: fc.constantFrom('fbo', 'x'), present: odd, reserved: odd })),
    });
    fc.assert(
      fc.property(fc.oneof(odd, almost), (row) => {
        try {
          normaliseOzonItem(row);
        } catch (error) {
          expect(error).toMatchObject({ code: 'RECORD_INVALID' });
        }
      }),
    );
  });
});

it.each([
  ['product-stocks', 'stock'],
  ['warehouse-stocks', 'stock'],
  ['fbo-stocks', 'stock'],
  ['analytics-stocks', 'stock'],
  ['product-list', 'catalogue'],
  ['product-info', 'catalogue'],
])('normaliserOf knows ozon:%s', (endpoint, kind) => {
  expect(normaliserOf('ozon', endpoint)).toMatchObject({ kind });
});

it.each(['wb-warehouses', 'products', 'toString'])('normaliserOf does not know ozon:%s', (endpoint) => {
  expect(normaliserOf('ozon', endpoint)).toBeUndefined();
});
