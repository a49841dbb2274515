import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../../../src/errors.js';
import { backoffMs, retryWait } from '../../../../src/marketplaces/http/retry.js';
import { notBeforeOf } from '../../../../src/marketplaces/http/retry-after.js';

const NOW = Date.parse('2026-11-23T10:00:00Z');
const POLICY = { retries: 3, delayMs: 5000 };
const at = (over: { random?: number; allowedMs?: number } = {}) => ({
  now: NOW,
  random: 0,
  allowedMs: 60_000,
  ...over,
});
const error = (code: ErrorCode, notBefore?: number) => new AppError(code, 'x', { notBefore });

describe('retryWait', () => {
  it.each<ErrorCode>(['API_CREDENTIALS', 'API_RETIRED', 'API_REJECTED', 'RECORD_INVALID', 'TIMED_OUT'])(
    'gives up at once on %s',
    (code) => {
      expect(retryWait(error(code), 1, POLICY, at())).toBeNull();
    },
  );

  it('gives up on what nobody foresaw', () => {
    expect(retryWait(new TypeError('bug'), 1, POLICY, at())).toBeNull();
  });

  it.each<ErrorCode>(['API_UNAVAILABLE', 'API_BAD_ANSWER'])('tries %s again, three times', (code) => {
    expect([1, 2, 3, 4].map((attempt) => retryWait(error(code), attempt, POLICY, at()))).toEqual([
      2500,
      5000,
      10_000,
      null,
    ]);
    expect(retryWait(error(code), 1, POLICY, at({ random: 1 }))).toBe(5000);
    expect(retryWait(error(code), 1, { ...POLICY, retries: 0 }, at())).toBeNull();
  });

  it('waits for what is not a limit even where no waiting for limits is allowed', () => {
    expect(retryWait(error('API_UNAVAILABLE'), 1, POLICY, at({ allowedMs: 0 }))).toBe(2500);
  });

  it('waits for a limit as long as told, if that is allowed', () => {
    const limited = error('API_LIMITED', NOW + 20_000);
    expect(retryWait(limited, 1, POLICY, at())).toBe(20_000);
    expect(retryWait(limited, 1, POLICY, at({ random: 0.5 }))).toBe(20_500);
    expect(retryWait(limited, 1, POLICY, at({ allowedMs: 20_000, random: 0.5 }))).toBe(20_000);
    expect(retryWait(limited, 1, POLICY, at({ allowedMs: 19_999 }))).toBeNull();
    expect(retryWait(error('API_LIMITED', NOW - 5000), 1, POLICY, at())).toBe(0);
    expect(retryWait(error('API_LIMITED'), 2, POLICY, at())).toBe(5000);
    expect(retryWait(error('API_LIMITED'), 2, POLICY, at({ allowedMs: 4999 }))).toBeNull();
  });

  it('never waits less than told for a limit, nor more than allowed', () => {
    fc.assert(
      fc.property(
        fc.nat(100_000),
        fc.nat(100_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (due, allowedMs, random) => {
          const wait = retryWait(error('API_LIMITED', NOW + due), 1, POLICY, { now: NOW, random, allowedMs });
          if (wait === null) {
            expect(due).toBeGreaterThan(allowedMs);
            return;
          }
          expect(wait).toBeGreaterThanOrEqual(due);
          expect(wait).toBeLessThanOrEqual(allowedMs);
        },
      ),
    );
  });

  it('backs off no longer than five minutes', () => {
    expect(backoffMs(30, 5000, 1)).toBe(300_000);
  });
});

describe('notBeforeOf', () => {
  it.each<[string, Record<string, string>, number | undefined]>([
    ['no header', {}, undefined],
    ['seconds of Ozon', { 'retry-after': '7' }, NOW + 7000],
    ['seconds of Wildberries, hours of them', { 'x-ratelimit-retry': '18236' }, NOW + 18_236_000],
    ['fractions', { 'retry-after': '1.5' }, NOW + 1500],
    ['both: the later one', { 'retry-after': '2', 'x-ratelimit-retry': '29' }, NOW + 29_000],
    ['a date', { 'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT' }, NOW + 30_000],
    [
      'a date, by the clock of the server',
      { date: 'Mon, 23 Nov 2026 12:00:00 GMT', 'retry-after': 'Mon, 23 Nov 2026 12:00:30 GMT' },
      NOW + 30_000,
    ],
    ['a date gone by', { 'retry-after': 'Mon, 23 Nov 2020 10:00:30 GMT' }, NOW],
    ['words', { 'retry-after': 'soon' }, undefined],
    ['a negative number', { 'retry-after': '-3' }, undefined],
    ['an absurd number', { 'retry-after': '99999999999999999999' }, NOW + 2 * 86_400_000],
    ['nothing', { 'retry-after': '' }, undefined],
  ])('reads %s', (_name, headers, expected) => {
    expect(notBeforeOf(headers, NOW)).toBe(expected);
  });
});
