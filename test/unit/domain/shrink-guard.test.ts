import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { confirmHeld, type HeldRun, isConfirmed, shrinkObjection } from '../../../src/domain/shrink-guard.js';

const LIMITS = { absenceLimit: 0.5, absenceMin: 20 };
const objection = (gone: number, base: number, limits = LIMITS) =>
  shrinkObjection({ rowsBefore: base, inStockBefore: base, rowsSeen: 1, inStockVanishing: gone }, limits);

describe('shrinkObjection', () => {
  test('exactly half of 40 is applied, 21 of 40 is held', () => {
    expect(objection(20, 40)).toBeNull();
    expect(objection(21, 40)).toBe('21 of 40 products with stock would vanish, more than 50 %');
  });

  test('19 of 19 is applied, 20 of 20 is held', () => {
    expect(objection(19, 19)).toBeNull();
    expect(objection(20, 20)).not.toBeNull();
    expect(objection(20, 39)).not.toBeNull();
  });

  test('an empty answer after a non-empty one is held, however few rows there were', () => {
    const empty = { rowsSeen: 0, inStockBefore: 0, inStockVanishing: 0 };
    expect(shrinkObjection({ ...empty, rowsBefore: 1 }, LIMITS)).toBe(
      'the answer is empty, 1 rows were known',
    );
    expect(shrinkObjection({ ...empty, rowsBefore: 0 }, LIMITS)).toBeNull();
    expect(shrinkObjection({ ...empty, rowsSeen: 1, rowsBefore: 9 }, LIMITS)).toBeNull();
  });

  test('a limit of one lets everything go, a limit of zero lets fewer than the least number go', () => {
    expect(objection(1000, 1000, { absenceLimit: 1, absenceMin: 0 })).toBeNull();
    expect(objection(4, 1000, { absenceLimit: 0, absenceMin: 5 })).toBeNull();
    expect(objection(5, 1000, { absenceLimit: 0, absenceMin: 5 })).not.toBeNull();
    expect(objection(0, 1000, { absenceLimit: 0, absenceMin: 0 })).toBeNull();
  });

  test('exactly the limit is never too much, whatever a double makes of the share', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 20_000 }),
        (percent, hundreds) => {
          const limits = { absenceLimit: percent / 100, absenceMin: 0 };
          const [gone, base] = [percent * hundreds, 100 * hundreds];
          expect(objection(gone, base, limits)).toBeNull();
          if (gone < base) expect(objection(gone + 1, base, limits)).not.toBeNull();
        },
      ),
    );
  });
});

describe('confirmHeld', () => {
  const HOUR = 60 * 60 * 1000;
  const run = (...seen: readonly (readonly [digest: string, at: number])[]) =>
    seen.reduce<HeldRun | null>((held, [digest, at]) => confirmHeld(held, digest, at), null) as HeldRun;

  test('three equal ones, each an hour after the last counted one', () => {
    expect(isConfirmed(run(['a', 0]))).toBe(false);
    expect(isConfirmed(run(['a', 0], ['a', HOUR]))).toBe(false);
    expect(isConfirmed(run(['a', 0], ['a', HOUR], ['a', 2 * HOUR]))).toBe(true);
    expect(isConfirmed(run(['a', 0], ['a', HOUR], ['a', 2 * HOUR - 1]))).toBe(false);
  });

  test('however many come within the hour, they count once', () => {
    const often = Array.from({ length: 60 }, (_, minute) => ['a', minute * 60_000] as const);
    expect(run(...often)).toEqual({ digest: 'a', count: 1, lastAt: 0 });
    expect(run(...often, ['a', HOUR])).toEqual({ digest: 'a', count: 2, lastAt: HOUR });
  });

  test('another one begins anew, and so does the first again', () => {
    expect(run(['a', 0], ['a', HOUR], ['b', 2 * HOUR])).toEqual({ digest: 'b', count: 1, lastAt: 2 * HOUR });
    expect(run(['a', 0], ['a', HOUR], ['b', 2 * HOUR], ['a', 3 * HOUR])).toMatchObject({ count: 1 });
  });

  test('a clock that goes back confirms nothing', () => {
    expect(run(['a', 5 * HOUR], ['a', 0], ['a', HOUR])).toEqual({ digest: 'a', count: 1, lastAt: 5 * HOUR });
  });
});
