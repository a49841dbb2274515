import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoff, retryAfter } from '../../../src/consumers/digest-retry.js';
import { AppError } from '../../../src/errors.js';

const QUARTER = 15 * 60_000;
const refused = (stage?: string) => new AppError('MAIL_REFUSED', 'no', { facts: { stage } });

describe('when a digest is tried again', () => {
  test('30 s, doubled each time, never above 15 minutes', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map(backoff)).toEqual(
      [30, 60, 120, 240, 480, 900, 900].map((s) => s * 1000),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), (attempt) => {
        expect(backoff(attempt)).toBeGreaterThanOrEqual(30_000);
        expect(backoff(attempt)).toBeLessThanOrEqual(QUARTER);
        expect(backoff(attempt + 1)).toBeGreaterThanOrEqual(backoff(attempt));
      }),
    );
  });

  test('a server that is away is asked again by the number of the try', () => {
    expect(retryAfter(new AppError('MAIL_UNAVAILABLE', 'away'), 3)).toBe(120_000);
  });

  test.each(['login', 'tls', 'sender', 'connect', undefined])(
    'refused at %s: a person mends it, nothing is dropped',
    (stage) => {
      expect(retryAfter(refused(stage), 1)).toBe(QUARTER);
    },
  );

  test.each(['recipient', 'message'])('refused at %s: given up', (stage) => {
    expect(retryAfter(refused(stage), 1)).toBeNull();
    expect(retryAfter(new AppError('MAIL_UNAVAILABLE', '4xx', { facts: { stage } }), 1)).toBe(30_000);
  });

  test('what nobody foresaw is never a reason to drop', () => {
    expect(retryAfter(new TypeError('bug'), 1)).toBe(QUARTER);
  });
});
