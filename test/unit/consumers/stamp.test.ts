import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOurStamp, stampOf } from '../../../src/consumers/stamp.js';

const number = fc.nat({ max: Number.MAX_SAFE_INTEGER });

describe('stamp', () => {
  test('is ours for that life and offset, and for no other', () => {
    fc.assert(
      fc.property(number, number, number, number, (life, offset, otherLife, otherOffset) => {
        const stamp = stampOf(life, offset);
        expect(isOurStamp(stamp, life, offset)).toBe(true);
        expect(isOurStamp(stamp, otherLife, otherOffset)).toBe(life === otherLife && offset === otherOffset);
      }),
    );
  });

  test('is not confused by where one number ends', () => {
    expect(isOurStamp(stampOf(1, 23), 12, 3)).toBe(false);
  });

  test.each([null, '', ' ', 'inventory-sync/1', `${stampOf(1, 2)} `, 'consumer-metadata'])(
    '%j is nobody’s',
    (text) => {
      expect(isOurStamp(text, 1, 2)).toBe(false);
    },
  );
});
