import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduled } from '../../../src/cli/schedule/clock.js';
import { jobsOf, PROFILES, type Profile } from '../../../src/cli/schedule/table.js';
import {
  type Marks,
  nextStarts,
  type ScheduledJob,
  settledMarks,
  tick,
} from '../../../src/producers/poll-schedule.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const idle: ReadonlySet<string> = new Set();

/** Runs at every multiple of its period. */
function job(name: string, period: number, more: Partial<ScheduledJob> = {}): ScheduledJob {
  const nextAfter = (after: number) => (Math.floor(after / period) + 1) * period;
  return { name, nextAfter, delayOf: () => 0, holds: [], covers: [], ...more };
}

const names = (starts: readonly { name: string }[]) => starts.map(({ name }) => name);

describe('what is due', () => {
  it('is started at its time, once, and not before', () => {
    const jobs = [job('a', HOUR)];
    expect(tick(jobs, { a: 0 }, idle, HOUR - 1).starts).toEqual([]);
    const at = tick(jobs, { a: 0 }, idle, HOUR);
    expect(at.starts).toEqual([{ name: 'a', dueAt: HOUR, missed: 0 }]);
    expect(tick(jobs, at.marks, idle, HOUR + 1).starts).toEqual([]);
  });

  it('is run once after a sleep, however much was missed', () => {
    const woken = tick([job('a', HOUR)], { a: 0 }, idle, 7.5 * HOUR);
    expect(woken.starts).toEqual([{ name: 'a', dueAt: HOUR, missed: 6 }]);
    expect(tick([job('a', HOUR)], woken.marks, idle, 8 * HOUR - 1).starts).toEqual([]);
    expect(tick([job('a', MINUTE)], { a: 0 }, idle, 365 * DAY).starts).toMatchObject([{ missed: 99 }]);
  });

  it('waits for its jitter, but not again when it is late', () => {
    const jobs = [job('a', HOUR, { delayOf: () => 5 * MINUTE })];
    expect(tick(jobs, { a: 0 }, idle, HOUR + 5 * MINUTE - 1).starts).toEqual([]);
    expect(tick(jobs, { a: 0 }, idle, HOUR + 5 * MINUTE).starts).toHaveLength(1);
  });

  it('waits for who runs and for who holds its things, and stays due', () => {
    const jobs = [job('a', HOUR, { holds: ['x'] }), job('b', HOUR, { holds: ['x'] }), job('c', HOUR)];
    const first = tick(jobs, { a: 0, b: 0, c: 0 }, idle, HOUR);
    expect(names(first.starts)).toEqual(['a', 'c']);
    expect(tick(jobs, first.marks, new Set(['a']), HOUR + 1).starts).toEqual([]);
    expect(names(tick(jobs, first.marks, idle, HOUR + 2).starts)).toEqual(['b']);
    expect(tick(jobs, { a: 0, b: 0, c: 0 }, new Set(['a', 'c']), HOUR).starts).toEqual([]);
  });

  it('gives a job that needs several things its turn, although single ones come free', () => {
    const jobs = [
      job('both', HOUR, { holds: ['x', 'y'] }),
      job('x', HOUR, { holds: ['x'] }),
      job('y', HOUR, { holds: ['y'] }),
    ];
    // x still runs, y is free: yet y waits, or the two could take turns for ever.
    expect(tick(jobs, { both: 0, x: HOUR, y: 0 }, new Set(['x']), HOUR).starts).toEqual([]);
  });

  it('is dropped where a job starts that does its work too', () => {
    const jobs = [job('all', DAY, { holds: ['x'], covers: ['part'] }), job('part', HOUR, { holds: ['x'] })];
    const at = tick(jobs, { all: 0, part: 0 }, idle, DAY);
    expect(names(at.starts)).toEqual(['all']);
    expect(tick(jobs, at.marks, idle, DAY + HOUR - 1).starts).toEqual([]);
    expect(names(tick(jobs, at.marks, idle, DAY + HOUR).starts)).toEqual(['part']);
  });
});

describe('a clock that is put right', () => {
  const jobs = [job('a', HOUR)];

  it('by a little backwards repeats nothing', () => {
    const ran = tick(jobs, settledMarks(jobs, {}, HOUR - 1), idle, HOUR);
    const back = settledMarks(jobs, ran.marks, HOUR - 10 * MINUTE);
    expect(tick(jobs, back, idle, HOUR).starts).toEqual([]);
    expect(tick(jobs, back, idle, 2 * HOUR).starts).toHaveLength(1);
  });

  it('by years backwards does not stop the schedule for years', () => {
    const ahead = tick(jobs, { a: 0 }, idle, 3650 * DAY);
    const back = settledMarks(jobs, ahead.marks, 10 * HOUR);
    expect(back).toEqual({ a: 10 * HOUR });
    expect(tick(jobs, back, idle, 11 * HOUR).starts).toHaveLength(1);
  });

  it('marks of jobs that are no more are forgotten, new jobs begin now, whatever the file says', () => {
    expect(settledMarks([...jobs, job('constructor', HOUR)], { gone: 1, a: 2 }, 5)).toEqual({
      a: 2,
      constructor: 5,
    });
  });
});

describe('with the real tables', () => {
  const zones = ['Europe/Moscow', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'UTC'];
  const start = Date.UTC(2026, 0, 1);
  const scenario = fc.record({
    profile: fc.constantFrom<Profile>(...PROFILES),
    timeZone: fc.constantFrom(...zones),
    jitterMs: fc.constantFrom(0, 30_000, 30 * MINUTE),
    from: fc.integer({ min: 0, max: 365 * 24 * 60 }).map((minutes) => start + minutes * MINUTE),
    // Ticks apart by seconds up to a week of sleep, now and then backwards.
    steps: fc.array(
      fc.oneof(
        { weight: 6, arbitrary: fc.integer({ min: 1_000, max: 40 * MINUTE }) },
        { weight: 1, arbitrary: fc.integer({ min: HOUR, max: 7 * DAY }) },
        { weight: 1, arbitrary: fc.integer({ min: -3 * DAY, max: -1 }) },
      ),
      { minLength: 1, maxLength: 40 },
    ),
    lasts: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 40, maxLength: 40 }),
  });

  it('nothing overlaps, nothing runs twice for one moment, and nothing due is forgotten', () => {
    fc.assert(
      fc.property(scenario, ({ profile, timeZone, jitterMs, from, steps, lasts }) => {
        const jobs = jobsOf(profile).map((one) => scheduled(one, { timeZone, jitterMs, seed: 'test' }));
        let now = from;
        let marks: Marks = settledMarks(jobs, {}, now);
        const running = new Map<string, number>();
        for (const [index, step] of steps.entries()) {
          now += step;
          for (const [name, left] of running) left === 0 ? running.delete(name) : running.set(name, left - 1);
          marks = settledMarks(jobs, marks, now);
          const before = marks;
          const { starts, marks: after } = tick(jobs, marks, new Set(running.keys()), now);
          for (const { name, dueAt } of starts) {
            expect(running.has(name)).toBe(false);
            expect(dueAt).toBeGreaterThan(before[name] ?? Number.NaN);
            expect(dueAt).toBeLessThanOrEqual(now);
            running.set(name, lasts[index] ?? 0);
          }
          marks = after;
          const held = jobs.filter(({ name }) => running.has(name)).flatMap(({ holds }) => holds);
          expect(new Set(held).size).toBe(held.length);
          // Whatever is due and was not started waits for somebody who runs.
          for (const { name, at } of nextStarts(jobs, marks)) {
            if (at > now) continue;
            const waiting = jobs.find((one) => one.name === name);
            expect(running.has(name) || waiting?.holds.some(() => held.length > 0)).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  // Berlin, from midnight to midnight: the clock goes forward on 29 March and back on 25 October.
  const spring = [Date.UTC(2026, 2, 22, 23), Date.UTC(2026, 3, 5, 22)] as const;
  const autumn = [Date.UTC(2026, 9, 18, 22), Date.UTC(2026, 10, 1, 23)] as const;
  const syncs: Record<Profile, Record<string, number[]>> = {
    default: { sync: [4] },
    'high-load': { sync: [11, 12] },
    'low-resource': { sync: [2] },
    split: { 'sync-ozon': [6], 'sync-wb': [6] },
  };

  it.each(
    PROFILES.flatMap((profile) => [
      [profile, 'spring', spring, 14 * 24 - 1, 23] as const,
      [profile, 'autumn', autumn, 14 * 24 + 1, 25] as const,
    ]),
  )(
    '%s: awake through two weeks of %s, every day has its runs',
    (profile, _, [begin, end], hours, oddDay) => {
      const timeZone = 'Europe/Berlin';
      const jobs = jobsOf(profile).map((one) => scheduled(one, { timeZone, jitterMs: 0, seed: '' }));
      const perDay = new Map<string, Map<string, number>>();
      const day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
      let marks: Marks = settledMarks(jobs, {}, begin - 1);
      for (let now: number = begin; now < end; ) {
        const { starts, marks: after } = tick(jobs, marks, idle, now);
        for (const { name } of starts) {
          const count = perDay.get(name) ?? new Map<string, number>();
          perDay.set(name, count.set(day.format(now), (count.get(day.format(now)) ?? 0) + 1));
        }
        marks = after;
        now = nextStarts(jobs, marks)[0]?.at ?? end;
      }
      const counts = (name: string) => [...(perDay.get(name)?.values() ?? [])];
      expect(counts('full-resync')).toEqual([1, 1]);
      expect(counts('weekly-report')).toEqual([1, 1]);
      const health = counts('health');
      expect(health.filter((count) => count !== 24)).toEqual([oddDay]);
      expect([health.length, health.reduce((sum, count) => sum + count, 0)]).toEqual([14, hours]);
      for (const [name, times] of Object.entries(syncs[profile])) {
        expect(counts(name)).toHaveLength(14);
        expect([...new Set(counts(name))].sort((a, b) => a - b)).toEqual(times);
      }
    },
  );

  it.each([
    ['there is no midnight', Date.UTC(2026, 2, 29, 1), Date.UTC(2026, 2, 29, 23)],
    ['midnight comes twice', Date.UTC(2026, 9, 25, 0), Date.UTC(2026, 9, 26, 1)],
  ])('reads four times on the day when %s', (_, midnight, end) => {
    // On the Azores the clock is changed at that very hour.
    const [, sync] = jobsOf('default');
    if (sync === undefined) throw new Error('no sync');
    const { nextAfter } = scheduled(sync, { timeZone: 'Atlantic/Azores', jitterMs: 0, seed: '' });
    const runs: number[] = [];
    for (let at = nextAfter(midnight - 1); at !== null && at < end; at = nextAfter(at)) runs.push(at);
    expect(runs).toHaveLength(4);
    expect(runs[0]).toBe(midnight);
  });

  it('puts the runs where the guide says, by the clock on the wall', () => {
    const wall = (timeZone: string) =>
      new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit' });
    const runs = (profile: Profile, timeZone: string, name: string) => {
      const [one] = jobsOf(profile).filter((each) => each.name === name);
      if (one === undefined) throw new Error(name);
      const { nextAfter } = scheduled(one, { timeZone, jitterMs: 0, seed: '' });
      const first = nextAfter(Date.UTC(2026, 10, 23));
      return [first, nextAfter(first ?? 0)].map((at) => wall(timeZone).format(at ?? 0));
    };
    expect(runs('default', 'Europe/Moscow', 'sync')).toEqual(['Mon 06:00', 'Mon 12:00']);
    expect(runs('default', 'Asia/Vladivostok', 'full-resync')).toEqual(['Sun 02:00', 'Sun 02:00']);
    expect(runs('default', 'Europe/Moscow', 'weekly-report')).toEqual(['Mon 09:00', 'Mon 09:00']);
    expect(runs('low-resource', 'Europe/Moscow', 'sync')).toEqual(['Mon 08:00', 'Mon 20:00']);
    expect(runs('split', 'Europe/Moscow', 'sync-wb')).toEqual(['Mon 04:30', 'Mon 08:30']);
  });
});
