import { describe, expect, it } from 'vitest';
import { ClockGate, type DatabaseClock, judgeClock, offsetOf } from '../../../../src/cli/check/clock.js';
import type { Finding } from '../../../../src/cli/check/finding.js';

const MINUTE = 60_000;
const levels = (finding: Finding) => ('problems' in finding ? (finding.problems ?? []) : []);
const shop = (ms: number, name = 'Ozon') => ({ name, least: ms - 500, most: ms + 500 });
const database = (ms: number, sessionZone = '+00:00'): DatabaseClock => ({
  ...{ offset: shop(ms, 'MySQL'), sessionZone, serverZone: 'MSK' },
});

describe('the clock', () => {
  it('is told by an answer to the second, and by how long that took', () => {
    const date = 'Mon, 23 Nov 2026 06:00:00 GMT';
    const at = Date.parse(date);
    expect(offsetOf('Ozon', date, at + 300, at + 900)).toEqual({ name: 'Ozon', least: -700, most: 900 });
    expect(offsetOf('Ozon', undefined, at, at)).toBeNull();
    expect(offsetOf('Ozon', 'yesterday', at, at)).toBeNull();
  });

  it('is heard of whatever passes the gate, the quickest answer counting', async () => {
    const gate = new ClockGate(1, 'Ozon');
    const { signal } = new AbortController();
    expect(gate.offset).toBeNull();
    const answer = { status: 403, headers: { date: new Date(Date.now() - 10 * MINUTE).toUTCString() } };
    expect(await gate.run(async () => answer, signal)).toBe(answer);
    expect(await gate.run(async () => 'no answer at all', signal)).toBe('no answer at all');
    await expect(gate.run(() => Promise.reject(new Error('cut')), signal)).rejects.toThrow('cut');
    expect(gate.offset?.least).toBeGreaterThan(9 * MINUTE);
    expect(gate.offset?.most).toBeLessThan(11 * MINUTE);
  });

  it('may differ by seconds, is pointed at beyond, and fails where keys would be misjudged', () => {
    const verdict = (ms: number) => levels(judgeClock([shop(ms)], null, 'en'));
    expect(verdict(4_000)).toEqual([]);
    expect(verdict(-5_400)).toEqual([]);
    expect(verdict(7_000)).toMatchObject([{ level: 'warning', what: expect.stringContaining('ahead of') }]);
    expect(verdict(-6 * MINUTE)).toMatchObject([
      { level: 'error', what: expect.stringContaining('360 s behind') },
    ]);
  });

  it("says whose clock it is: the database's, where the marketplaces agree with us", () => {
    const [alone] = levels(judgeClock([shop(0)], database(90_000), 'en'));
    expect(alone).toMatchObject({ level: 'warning', remedy: expect.stringContaining('machine of MySQL') });
    const both = levels(judgeClock([shop(90_000)], database(90_000), 'en'));
    expect(both.map(({ remedy }) => remedy)).toEqual(Array(2).fill(expect.stringContaining('this machine')));
  });

  it('fails where sessions are not in UTC', () => {
    const finding = judgeClock([], database(0, 'SYSTEM'), 'ru');
    expect(levels(finding)).toMatchObject([{ level: 'error', what: expect.stringContaining('SYSTEM') }]);
    expect(judgeClock([], database(0), 'ru')).toMatchObject({
      details: [expect.stringContaining('MySQL'), expect.stringContaining('UTC')],
    });
  });

  it('is not judged where nobody answers', () => {
    expect(judgeClock([], null, 'en')).toEqual({ unused: expect.any(String) });
  });
});
