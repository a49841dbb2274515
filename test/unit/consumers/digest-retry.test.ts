import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoff, isOwnFault, mayHaveArrived, retryAfter } from '../../../src/consumers/digest-retry.js';
import { AppError } from '../../../src/errors.js';

const NOW = 1_800_000_000_000;
const QUARTER = 15 * 60_000;
const first = { attempt: 1 };
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
    expect(retryAfter(new AppError('MAIL_UNAVAILABLE', 'away'), { attempt: 3 }, NOW)).toBe(120_000);
  });

  test.each(['login', 'tls', 'sender', 'recipient', 'connect', undefined])(
    'refused at %s: a person mends it, nothing is dropped',
    (stage) => {
      expect(retryAfter(refused(stage), first, NOW)).toBe(QUARTER);
      expect(retryAfter(refused(stage), { attempt: 100 }, NOW)).toBe(QUARTER);
    },
  );

  test('a message refused for good is given up, one refused for now is not', () => {
    expect(retryAfter(refused('message'), first, NOW)).toBeNull();
    const later = new AppError('MAIL_UNAVAILABLE', '4xx', { facts: { stage: 'message' } });
    expect(retryAfter(later, { attempt: 1, asideMs: 100 * QUARTER }, NOW)).toBe(30_000);
  });

  test.each([refused('recipient'), new AppError('CHANNEL_REFUSED', '400')])(
    'a refused recipient or chat: given up two hours after others may pass, never while it is in the way (%s)',
    (error) => {
      expect(retryAfter(error, { attempt: 50 }, NOW)).toBe(QUARTER);
      expect(retryAfter(error, { attempt: 8, asideMs: 8 * QUARTER - 1 }, NOW)).toBe(QUARTER);
      expect(retryAfter(error, { attempt: 9, asideMs: 8 * QUARTER }, NOW)).toBeNull();
    },
  );

  test('not before the time that the receiver names, and never sooner than we would', () => {
    const busy = (notBefore: number) => new AppError('CHANNEL_UNAVAILABLE', '429', { notBefore });
    expect(retryAfter(busy(NOW + 3_600_000), first, NOW)).toBe(3_600_000);
    expect(retryAfter(busy(NOW + 1_000), first, NOW)).toBe(30_000);
    expect(retryAfter(busy(NOW - 1_000), { attempt: 2 }, NOW)).toBe(60_000);
    expect(retryAfter(new AppError('CHANNEL_REFUSED', '401'), first, NOW)).toBe(QUARTER);
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
    expect(retryAfter(new TypeError('bug'), first, NOW)).toBe(QUARTER);
  });
});

describe('whether others may go although one cannot', () => {
  const away = (facts: AppError['facts'], code: 'MAIL_UNAVAILABLE' | 'CHANNEL_UNAVAILABLE') =>
    new AppError(code, 'x', { facts });

  test('at once: what was refused for its recipient or its content, and what cannot be rendered', () => {
    const own = [
      refused('recipient'),
      refused('message'),
      new AppError('CHANNEL_REFUSED', '400'),
      new TypeError('x'),
    ];
    expect(own.map((error) => isOwnFault(error, 1))).toEqual([true, true, true, true]);
  });

  test('never: a server that is not there or lets nobody in', () => {
    const all = [
      ...['login', 'tls', 'sender', 'connect'].map(refused),
      away({ stage: 'connect', unclear: false }, 'MAIL_UNAVAILABLE'),
      away({ unclear: false }, 'CHANNEL_UNAVAILABLE'),
      away({ status: 429 }, 'CHANNEL_UNAVAILABLE'),
    ];
    expect(all.map((error) => isOwnFault(error, 100))).toEqual(all.map(() => false));
  });

  test.each([
    away({ stage: 'message' }, 'MAIL_UNAVAILABLE'),
    away({ stage: 'recipient' }, 'MAIL_UNAVAILABLE'),
    away({ stage: 'connect', unclear: true }, 'MAIL_UNAVAILABLE'),
    away({ status: 500 }, 'CHANNEL_UNAVAILABLE'),
    away({ unclear: true }, 'CHANNEL_UNAVAILABLE'),
  ])('after some minutes: what the server puts off or drops again and again (%#)', (error) => {
    expect([1, 4, 5, 6].map((attempt) => isOwnFault(error, attempt))).toEqual([false, false, true, true]);
  });
});
