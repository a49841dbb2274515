import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SCHEMES, SOURCES } from '../../../src/domain/stock-key.js';
import {
  encodeStockChange,
  type StockChange,
  stockChange,
  stockChangeKey,
} from '../../../src/events/stock-change.js';

const pieces = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const level = fc.record({
  present: pieces,
  reserved: pieces,
  available: pieces,
  inWayToClient: pieces,
  inWayFromClient: pieces,
});
const change: fc.Arbitrary<StockChange> = fc.record(
  {
    key: fc.record({
      source: fc.constantFrom(...SOURCES),
      account: fc.stringMatching(/^[\w-]{1,20}$/),
      productId: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String),
      scheme: fc.constantFrom(...SCHEMES),
      warehouseId: fc.constantFrom('', '507', '-999999'),
    }),
    op: fc.constantFrom('c', 'u', 'd'),
    before: fc.oneof(fc.constant(null), level),
    after: level,
    reason: fc.constantFrom('absent', 'moved', 'rescoped'),
    snapshotId: fc.uuid(),
    observedAt: fc
      .date({ min: new Date('2020-01-01'), max: new Date('2037-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    seq: fc.integer({ min: 1 }),
    offerId: fc.string({ unit: 'grapheme' }),
    name: fc.string({ unit: 'grapheme' }),
  },
  { requiredKeys: ['key', 'op', 'before', 'after', 'snapshotId', 'observedAt', 'seq'] },
);

const EXAMPLE: StockChange = {
  key: {
    source: 'wildberries',
    account: 'a1-b2',
    productId: '91663228',
    scheme: 'fbw',
    warehouseId: '-999999',
  },
  op: 'd',
  before: { present: 5, reserved: 0, available: 5, inWayToClient: 1, inWayFromClient: 0 },
  after: { present: 0, reserved: 0, available: 0, inWayToClient: 0, inWayFromClient: 0 },
  reason: 'absent',
  snapshotId: 's1',
  observedAt: '2026-11-22T10:00:00.000Z',
  seq: 7,
  offerId: 'АРТ-1',
};

/** The same value, every object's properties the other way round, as another producer or the ledger may hold it. */
function reversed<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  const turned = Object.entries(value)
    .reverse()
    .map(([name, of]) => [name, reversed(of)] as const);
  return Object.fromEntries(turned) as T;
}

function spelt({ key, ...change }: StockChange): string {
  const level = ['present', 'reserved', 'available', 'inWayToClient', 'inWayFromClient'];
  const ids = ['source', 'account', 'productId', 'scheme', 'warehouseId'];
  const rest = ['op', 'before', 'after', 'reason', 'snapshotId', 'observedAt', 'seq', 'offerId', 'name'];
  const keyText = JSON.stringify(key, ids);
  return `{"key":${keyText},${JSON.stringify(change, [...rest, ...level]).slice(1)}`;
}

describe('stock changes', () => {
  test('are spelt as the contract shows them', () => {
    expect(encodeStockChange(EXAMPLE)).toBe(
      '{"key":{"source":"wildberries","account":"a1-b2","productId":"91663228","scheme":"fbw","warehouseId":"-999999"},' +
        '"op":"d","before":{"present":5,"reserved":0,"available":5,"inWayToClient":1,"inWayFromClient":0},' +
        '"after":{"present":0,"reserved":0,"available":0,"inWayToClient":0,"inWayFromClient":0},"reason":"absent",' +
        '"snapshotId":"s1","observedAt":"2026-11-22T10:00:00.000Z","seq":7,"offerId":"АРТ-1"}',
    );
    expect(stockChangeKey(EXAMPLE)).toBe('wildberries:a1-b2:91663228:fbw:-999999');
  });

  test('have one spelling, however the value came about', () => {
    fc.assert(
      fc.property(change, (one) => {
        const text = encodeStockChange(one);
        expect(encodeStockChange(reversed(one))).toBe(text);
        expect(encodeStockChange({ ...one, internal: 'x' } as StockChange)).toBe(text);
        expect(encodeStockChange(stockChange.parse(JSON.parse(text)))).toBe(text);
      }),
    );
  });

  test('are spelt as JSON.stringify spells the same fields in the same order', () => {
    const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
    const any = fc.oneof(fc.string(), fc.string({ unit, maxLength: 10 }));
    const hostile = fc.record({ account: any, productId: any, warehouseId: any, snapshotId: any, name: any });
    fc.assert(
      fc.property(change, fc.option(hostile), (plain, texts) => {
        const { account, productId, warehouseId, snapshotId, name } = texts ?? { ...plain.key, ...plain };
        const key = { ...plain.key, account, productId, warehouseId };
        const one = { ...plain, key, snapshotId, name, ...(texts && { offerId: texts.name }) };
        expect(encodeStockChange(one)).toBe(spelt(one));
      }),
    );
  });

  test('are read as they were written', () => {
    fc.assert(
      fc.property(change, (one) => {
        expect(stockChange.parse(JSON.parse(encodeStockChange(one)))).toEqual(one);
      }),
    );
  });

  test('what is unknown is left out, not null', () => {
    const { reason: _, offerId: __, ...plain } = EXAMPLE;
    const text = encodeStockChange({ ...plain, reason: undefined, offerId: undefined, name: undefined });
    expect(text).toBe(encodeStockChange(plain));
    expect(text).not.toMatch(/null|undefined|reason|offerId|name/);
    expect(encodeStockChange({ ...plain, op: 'c', before: null })).toContain('"before":null');
  });

  test.each<[string, object]>([
    ['a negative figure', { after: { ...EXAMPLE.after, present: -1 } }],
    ['half a piece', { after: { ...EXAMPLE.after, present: 0.5 } }],
    ['a missing figure', { after: { present: 1 } }],
    ['an unknown op', { op: 'x' }],
    ['a seq of zero', { seq: 0 }],
    ['no before', { before: undefined }],
    ['an id that is a number', { key: { ...EXAMPLE.key, productId: 91663228 } }],
    ['a local time', { observedAt: '2026-11-22T10:00:00+03:00' }],
  ])('%s is refused', (_name, wrong) => {
    expect(stockChange.safeParse({ ...EXAMPLE, ...wrong }).success).toBe(false);
  });
});
