import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoff, mayHaveArrived, retryAfter } from '../../../src/consumers/digest-retry.js';
import { AppError } from '../../../src/errors.js';

const NOW = 1_800_000_000_000;
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
    expect(retryAfter(new AppError('MAIL_UNAVAILABLE', 'away'), 3, NOW)).toBe(120_000);
  });

  test.each(['login', 'tls', 'sender', 'connect', undefined])(
    'refused at %s: a person mends it, nothing is dropped',
    (stage) => {
      expect(retryAfter(refused(stage), 1, NOW)).toBe(QUARTER);
    },
  );

  test.each(['recipient', 'message'])('refused at %s: given up', (stage) => {
    expect(retryAfter(refused(stage), 1, NOW)).toBeNull();
    expect(retryAfter(new AppError('MAIL_UNAVAILABLE', '4xx', { facts: { stage } }), 1, NOW)).toBe(30_000);
  });

  test('not before the time that the receiver names, and never sooner than we would', () => {
    const busy = (notBefore: number) => new AppError('CHANNEL_UNAVAILABLE', '429', { notBefore });
    expect(retryAfter(busy(NOW + 3_600_000), 1, NOW)).toBe(3_600_000);
    expect(retryAfter(busy(NOW + 1_000), 1, NOW)).toBe(30_000);
    expect(retryAfter(busy(NOW - 1_000), 2, NOW)).toBe(60_000);
    expect(retryAfter(new AppError('CHANNEL_REFUSED', '401'), 1, NOW)).toBe(QUARTER);
  });

  test('only what says so may have arrived', () => {
    const lost = (unclear?: boolean) => new AppError('MAIL_UNAVAILABLE', 'x', { facts: { unclear } });
    expect([lost(true), lost(false), lost(), new Error('x')].map(mayHaveArrived)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  test('what nobody foresaw is never a reason to drop', () => {
    expect(retryAfter(new TypeError('bug'), 1, NOW)).toBe(QUARTER);
  });
});
