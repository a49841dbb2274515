import { describe, expect, it } from 'vitest';
import { anyDuration, isoDuration } from '../../../../src/cli/monitor/duration.js';

const HOUR = 3_600_000;

describe('durations', () => {
  it.each([
    ['P30D', 720 * HOUR],
    ['P2W', 336 * HOUR],
    ['PT12H', 12 * HOUR],
    ['P1DT6H', 30 * HOUR],
    ['PT90M', 1.5 * HOUR],
    ['PT1H0M30S', HOUR + 30_000],
  ])('reads %s', (text, ms) => {
    expect(isoDuration(text)).toBe(ms);
    expect(anyDuration(text)).toBe(ms);
  });

  it.each([
    '',
    'P',
    'PT',
    'P1',
    '30D',
    'p30d',
    'P1M',
    'P1Y',
    'P1.5D',
    'P-1D',
    'P1W2D',
    'P1DT',
    'PT0S',
    'P9999D',
    ' P1D',
  ])('refuses %j', (text) => {
    expect(() => isoDuration(text)).toThrow(/Expected a duration/);
  });

  it.each([
    ['30m', HOUR / 2],
    ['2h', 2 * HOUR],
    ['7d', 168 * HOUR],
    ['1w', 168 * HOUR],
  ])('reads %s as people write it', (text, ms) => {
    expect(anyDuration(text)).toBe(ms);
    expect(() => isoDuration(text)).toThrow();
  });

  it.each(['2', 'h', '2 h', '2y', '0h', '-2h', '1e3h', '9999999w'])(
    'refuses %j as what people write',
    (text) => {
      expect(() => anyDuration(text)).toThrow(/Expected a duration/);
    },
  );
});
