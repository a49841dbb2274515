import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  close,
  compareRowKeys,
  observe,
  type RowKey,
  type Step,
  type StockRow,
} from '../../../src/domain/stock-change.js';
import { SCHEMES } from '../../../src/domain/stock-key.js';
import { NO_STOCK, type StockLevel } from '../../../src/domain/stock-level.js';

const KEY: RowKey = { productId: '42', scheme: 'fbw', warehouseId: '507' };
const pieces = fc.integer({ min: 0, max: 3 });
const level: fc.Arbitrary<StockLevel> = fc.record({
  present: pieces,
  reserved: pieces,
  available: pieces,
  inWayToClient: pieces,
  inWayFromClient: pieces,
});
/** What happens to a key, in order: it is seen with a level, or it is gone. */
const life = fc.array(fc.oneof(level, fc.constantFrom('absent' as const, 'moved' as const)), {
  maxLength: 30,
});

function lived(events: readonly (StockLevel | 'absent' | 'moved')[]): Step[] {
  const steps: Step[] = [];
  let row: StockRow | undefined;
  for (const [snapshot, event] of events.entries()) {
    let step: Step | null = null;
    if (typeof event !== 'string') step = observe(row, KEY, event, snapshot);
    else if (row !== undefined && !row.closed) step = close(row, event);
    if (step === null) continue;
    steps.push(step);
    row = step.row;
  }
  return steps;
}

describe('the life of a key', () => {
  test('c comes first and once, seq grows by one, before is the previous after', () => {
    fc.assert(
      fc.property(life, (events) => {
        const steps = lived(events);
        expect(steps.map((step) => step.row.seq)).toEqual(steps.map((_, index) => index + 1));
        expect(steps.map((step) => step.op === 'c')).toEqual(steps.map((_, index) => index === 0));
        expect(steps.map((step) => step.before)).toEqual(
          steps.map((_, index) => steps[index - 1]?.row.level ?? null),
        );
      }),
    );
  });

  test('d means zeroes and closed, anything else is open; after d comes u', () => {
    fc.assert(
      fc.property(life, (events) => {
        const steps = lived(events);
        for (const [index, { op, row, reason }] of steps.entries()) {
          expect(row.closed).toBe(op === 'd');
          expect(reason === undefined).toBe(op !== 'd');
          if (op === 'd') expect(row.level).toEqual(NO_STOCK);
          if (steps[index - 1]?.op === 'd') expect(op).toBe('u');
        }
      }),
    );
  });

  test('u without a return changes at least one figure', () => {
    fc.assert(
      fc.property(life, (events) => {
        const steps = lived(events);
        for (const [index, { op, before, row }] of steps.entries()) {
          if (op === 'u' && steps[index - 1]?.op !== 'd') expect(row.level).not.toEqual(before);
        }
      }),
    );
  });

  test('a key is opened in the snapshot in which it last came to life', () => {
    fc.assert(
      fc.property(life, (events) => {
        let openedIn = -1;
        let open = false;
        let row: StockRow | undefined;
        for (const [snapshot, event] of events.entries()) {
          if (typeof event === 'string') {
            if (row !== undefined && open) row = close(row, event).row;
            open = false;
          } else {
            if (!open) openedIn = snapshot;
            open = true;
            row = observe(row, KEY, event, snapshot)?.row ?? row;
          }
          if (row !== undefined) expect(row.openedIn).toBe(openedIn);
        }
      }),
    );
  });

  test.each(['present', 'reserved', 'available', 'inWayToClient', 'inWayFromClient'] as const)(
    'a change of %s alone is a change',
    (figure) => {
      const first = observe(undefined, KEY, { ...NO_STOCK }, 1)?.row;
      expect(observe(first, KEY, { ...NO_STOCK }, 2)).toBeNull();
      expect(observe(first, KEY, { ...NO_STOCK, [figure]: 1 }, 2)).toMatchObject({
        op: 'u',
        row: { seq: 2 },
      });
    },
  );

  test('a return with nothing is still a return', () => {
    const first = observe(undefined, KEY, { ...NO_STOCK, present: 1 }, 1) as Step;
    const gone = close(first.row, 'absent');
    expect(gone).toEqual({
      op: 'd',
      before: { ...NO_STOCK, present: 1 },
      row: { ...KEY, level: NO_STOCK, seq: 2, closed: true, openedIn: 1 },
      reason: 'absent',
    });
    expect(observe(gone.row, KEY, NO_STOCK, 7)).toEqual({
      op: 'u',
      before: NO_STOCK,
      row: { ...KEY, level: NO_STOCK, seq: 3, closed: false, openedIn: 7 },
    });
  });

  test('steps leave what they came from as it was, and carry no more of a key than its parts', () => {
    const prior = Object.freeze({ ...KEY, level: NO_STOCK, seq: 1, closed: false, openedIn: 3, extra: 'x' });
    const step = observe(prior, KEY, { ...NO_STOCK, present: 1 }, 9);
    expect(Object.keys(step?.row ?? {}).sort()).toEqual(
      ['closed', 'level', 'openedIn', 'productId', 'scheme', 'seq', 'warehouseId'].sort(),
    );
    expect(step?.row.openedIn).toBe(3);
  });
});

describe('the order of keys', () => {
  const key = fc.record<RowKey>({
    productId: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String),
    scheme: fc.constantFrom(...SCHEMES),
    warehouseId: fc.constantFrom('', '507', '-999999', '5'),
  });

  test('is one for every set of keys, and follows the product numbers', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 20 }), fc.infiniteStream(fc.nat()), (keys, dice) => {
        const shuffled = keys
          .map((one) => ({ one, by: dice.next().value }))
          .sort((a, b) => a.by - b.by)
          .map(({ one }) => one);
        const sorted = [...keys].sort(compareRowKeys);
        expect(shuffled.sort(compareRowKeys)).toEqual(sorted);
        const numbers = sorted.map((one) => BigInt(one.productId));
        expect(numbers).toEqual([...numbers].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
      }),
    );
  });

  test('is zero for the same key alone', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(compareRowKeys(a, b) === 0).toBe(
          a.productId === b.productId && a.scheme === b.scheme && a.warehouseId === b.warehouseId,
        );
        expect(Math.sign(compareRowKeys(a, b))).toBe(0 - Math.sign(compareRowKeys(b, a)));
      }),
    );
  });
});
