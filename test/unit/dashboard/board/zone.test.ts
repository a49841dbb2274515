import { describe, expect, it } from 'vitest';
import { ZoneClock } from '../../../../src/dashboard/board/zone.js';

const at = (iso: string) => Date.parse(iso);

describe('a clock in a time zone', () => {
  it('knows the local midnight, on days on which the clocks are changed too', () => {
    const starts = (zone: string, iso: string) =>
      new Date(new ZoneClock(zone).startOfDay(at(iso))).toISOString();
    expect(starts('Europe/Moscow', '2026-11-23T20:59:00Z')).toBe('2026-11-22T21:00:00.000Z');
    expect(starts('Europe/Moscow', '2026-11-23T21:00:00Z')).toBe('2026-11-23T21:00:00.000Z');
    expect(starts('UTC', '2026-11-23T00:00:00Z')).toBe('2026-11-23T00:00:00.000Z');
    expect(starts('Asia/Kolkata', '2026-11-23T18:29:59Z')).toBe('2026-11-22T18:30:00.000Z');
    expect(starts('America/New_York', '2026-03-08T20:00:00Z')).toBe('2026-03-08T05:00:00.000Z');
    expect(starts('Europe/Berlin', '2026-10-25T12:00:00Z')).toBe('2026-10-24T22:00:00.000Z');
  });

  it('spells local times', () => {
    expect(new ZoneClock('Asia/Vladivostok').text(at('2026-12-31T14:05:59Z'))).toBe('2027-01-01 00:05');
    expect(new ZoneClock('America/St_Johns').text(at('2026-01-01T00:00:00Z'))).toBe('2025-12-31 20:30');
  });
});
