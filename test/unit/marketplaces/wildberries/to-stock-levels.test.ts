import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseWbRow } from '../../../../src/marketplaces/wildberries/to-stock-levels.js';
import { thrownBy } from '../support/answers.js';

const row = (over: object = {}) => ({
  nmId: 47254354,
  chrtId: 91663228,
  warehouseId: 507,
  warehouseName: 'Коледино',
  regionName: 'Центральный',
  quantity: 43,
  inWayToClient: 14,
  inWayFromClient: 11,
  ...over,
});

const pieces = fc.integer({ min: 0, max: 10_000_000_000 });

describe('a row of wb-warehouses', () => {
  it('is one size on one warehouse', () => {
    const level = { present: 43, reserved: 0, available: 43, inWayToClient: 14, inWayFromClient: 11 };
    expect(normaliseWbRow(row())).toEqual({
      productId: '91663228',
      rows: [{ scheme: 'fbw', warehouseId: '507', level }],
    });
  });

  it('may stand for all warehouses', () => {
    expect(normaliseWbRow(row({ warehouseId: -999999 })).rows[0]?.warehouseId).toBe('-999999');
  });

  it('may lack what is on its way', () => {
    const level = { inWayToClient: 0, inWayFromClient: 0 };
    expect(
      normaliseWbRow(row({ inWayToClient: undefined, inWayFromClient: null })).rows[0]?.level,
    ).toMatchObject(level);
  });

  it('is present and available in full, whatever the figures', () => {
    fc.assert(
      fc.property(pieces, pieces, (quantity, inWayToClient) => {
        const [only] = normaliseWbRow(row({ quantity, inWayToClient })).rows;
        expect(only?.level).toMatchObject({
          present: quantity,
          available: quantity,
          reserved: 0,
          inWayToClient,
        });
      }),
    );
  });

  const QUANTITIES: readonly unknown[] = [-1, 0.5, '5', true, 2 ** 53, [], {}];
  it.each([
    ...QUANTITIES.flatMap((value) =>
      ['quantity', 'inWayToClient', 'inWayFromClient'].map((field) => [field, value] as const),
    ),
    ['quantity', null] as const,
    ['quantity', undefined] as const,
    ['warehouseId', undefined] as const,
    ['warehouseId', 1.5] as const,
    ['warehouseId', 'Коледино'] as const,
  ])('is refused with %s %j', (field, value) => {
    const shown = value === undefined ? 'missing' : JSON.stringify(value);
    expect(thrownBy(() => normaliseWbRow(row({ [field]: value })))).toMatchObject({
      code: 'RECORD_INVALID',
      message: expect.stringContaining(`Wildberries size 91663228: ${field} is ${shown}`),
    });
  });

  it.each([[0], [-1], [undefined], [null], ['x'], [1.5]])('is refused with the chrtId %j', (chrtId) => {
    expect(thrownBy(() => normaliseWbRow(row({ chrtId })))).toMatchObject({
      code: 'RECORD_INVALID',
      facts: { field: 'chrtId' },
    });
  });

  it.each([[null], [[]], ['x']])('is not %j', (value) => {
    expect(thrownBy(() => normaliseWbRow(value))).toMatchObject({ code: 'RECORD_INVALID' });
  });
});
