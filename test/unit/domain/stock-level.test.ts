import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isQuantity,
  levelOfPresentAndReserved,
  levelOfQuantity,
  NO_STOCK,
  sameLevel,
} from '../../../src/domain/stock-level.js';

const pieces = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

describe('levels', () => {
  test('Ozon: what is free is what is present less what is reserved, and never below zero', () => {
    expect(levelOfPresentAndReserved(10, 3)).toEqual({ ...NO_STOCK, present: 10, reserved: 3, available: 7 });
    expect(levelOfPresentAndReserved(3, 10)).toEqual({ ...NO_STOCK, present: 3, reserved: 10, available: 0 });
    fc.assert(
      fc.property(pieces, pieces, (present, reserved) => {
        const { available } = levelOfPresentAndReserved(present, reserved);
        expect(isQuantity(available)).toBe(true);
        expect(available + Math.min(present, reserved)).toBe(present);
      }),
    );
  });

  test('Wildberries: a quantity is what is present and what is free', () => {
    expect(levelOfQuantity(5)).toEqual({ ...NO_STOCK, present: 5, available: 5 });
    expect(levelOfQuantity(0, 2, 3)).toEqual({ ...NO_STOCK, inWayToClient: 2, inWayFromClient: 3 });
  });

  test('are the same where all five figures are', () => {
    const small = fc.integer({ min: 0, max: 1 });
    const level = fc.record({
      present: small,
      reserved: small,
      available: small,
      inWayToClient: small,
      inWayFromClient: small,
    });
    fc.assert(
      fc.property(level, level, (a, b) => {
        expect(sameLevel(a, b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  test('NO_STOCK cannot be changed by accident', () => {
    expect(Object.isFrozen(NO_STOCK)).toBe(true);
    expect(Object.values(NO_STOCK)).toEqual([0, 0, 0, 0, 0]);
  });

  test.each([-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, '5', null, undefined, 5n, []])(
    '%s is no quantity',
    (value) => {
      expect(isQuantity(value)).toBe(false);
    },
  );
});
