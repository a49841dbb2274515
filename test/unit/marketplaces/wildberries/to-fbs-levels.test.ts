import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../../../../src/domain/json.js';
import { normaliseWbFbsRow } from '../../../../src/marketplaces/wildberries/to-fbs-levels.js';
import { thrownBy } from '../support/answers.js';

const level = (quantity: number) => ({
  present: quantity,
  reserved: 0,
  available: quantity,
  inWayToClient: 0,
  inWayFromClient: 0,
});
const asked = { warehouseId: '507', productIds: ['91663228', '5'] };
const reported = { nmId: 1, chrtId: 91663228, warehouseId: 507, warehouseName: 'Мой', quantity: 4 };

describe('a row of FBS stock', () => {
  it('of the marketplace method lies in the warehouse that was asked', () => {
    expect(normaliseWbFbsRow({ chrtId: 91663228, amount: 10 }, asked)).toEqual({
      productId: '91663228',
      rows: [{ scheme: 'fbs', warehouseId: '507', level: level(10) }],
    });
  });

  it('of the report names its warehouse itself', () => {
    expect(normaliseWbFbsRow(reported, {})).toEqual({
      productId: '91663228',
      rows: [{ scheme: 'fbs', warehouseId: '507', level: level(4) }],
    });
  });

  it('has the same key whichever method read it', () => {
    const keyOf = ({ productId, rows }: ReturnType<typeof normaliseWbFbsRow>) => [
      productId,
      rows[0]?.scheme,
      rows[0]?.warehouseId,
    ];
    expect(keyOf(normaliseWbFbsRow(reported, {}))).toEqual(
      keyOf(normaliseWbFbsRow({ chrtId: 91663228, amount: 1 }, asked)),
    );
  });

  it('keeps long ids exact', () => {
    const row = parseExactJson('{"chrtId":9007199254740993,"warehouseId":9007199254740995,"quantity":1}');
    expect(normaliseWbFbsRow(row, {})).toMatchObject({
      productId: '9007199254740993',
      rows: [{ warehouseId: '9007199254740995' }],
    });
  });

  it('passes over fields nobody knows', () => {
    expect(normaliseWbFbsRow({ chrtId: 5, amount: 0, sku: 'x', new: {} }, asked).rows[0]?.level).toEqual(
      level(0),
    );
  });

  it.each([
    ['a size that nobody asked for', { chrtId: 6, amount: 1 }, asked, 'chrtId'],
    ['another warehouse', { chrtId: 5, amount: 1, warehouseId: 508 }, asked, 'warehouseId'],
    ['no warehouse at all', { chrtId: 5, amount: 1 }, {}, 'warehouseId'],
    ['an unreadable warehouse', { ...reported, warehouseId: 'Мой' }, {}, 'warehouseId'],
    ['neither figure', { chrtId: 5 }, asked, 'quantity'],
    ['the wrong spelling of chrtID', { chrtID: 5, amount: 1 }, asked, 'chrtId'],
  ])('with %s is refused', (_name, row, query, field) => {
    expect(thrownBy(() => normaliseWbFbsRow(row, query))).toMatchObject({
      code: 'RECORD_INVALID',
      facts: { field },
    });
  });

  it.each([0, -1, null, undefined, 'x', 1.5, true, {}])('with the chrtId %j is refused', (chrtId) => {
    expect(thrownBy(() => normaliseWbFbsRow({ chrtId, amount: 1 }, { warehouseId: '1' }))).toMatchObject({
      code: 'RECORD_INVALID',
      facts: { field: 'chrtId' },
    });
  });

  it.each([-1, 0.5, '5', 2 ** 53, null, true, []])('with the quantity %j is refused', (figure) => {
    for (const [row, query, field] of [
      [{ chrtId: 5, amount: figure }, asked, 'amount'],
      [{ ...reported, quantity: figure }, {}, 'quantity'],
    ] as const) {
      expect(thrownBy(() => normaliseWbFbsRow(row, query))).toMatchObject({
        code: 'RECORD_INVALID',
        facts: { field },
      });
    }
  });

  it.each([null, [], 'x', 5])('is not %j', (row) => {
    expect(thrownBy(() => normaliseWbFbsRow(row, asked))).toMatchObject({ code: 'RECORD_INVALID' });
  });
});
