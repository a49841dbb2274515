import { describe, expect, it } from 'vitest';
import { Daemon, type DaemonParts } from '../../../../src/cli/schedule/daemon.js';
import type { Ended } from '../../../../src/cli/schedule/job-child.js';
import type { Standing } from '../../../../src/cli/schedule/lead.js';
import type { Marks, ScheduledJob } from '../../../../src/producers/poll-schedule.js';

const HOUR = 3_600_000;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

const hourly = (name: string, holds: readonly string[] = []): ScheduledJob => ({
  name,
  holds,
  covers: [],
  delayOf: () => 0,
  nextAfter: (after) => (Math.floor(after / HOUR) + 1) * HOUR,
});

/** A daemon whose clock only moves when the test says so, and whose jobs end when the test says so. */
function world(jobs: readonly ScheduledJob[], more: Partial<DaemonParts> = {}) {
  const stop = new AbortController();
  const told: string[] = [];
  const jobsRunning = new Map<string, (ended: Ended) => void>();
  let now = 0;
  let kept: Marks = {};
  let standing: Standing = 'ours';
  let wake: (() => void) | undefined;
  let idle: (() => void) | undefined;
  let isIdle = new Promise<void>((resolve) => (idle = resolve));
  const daemon = new Daemon({
    jobs,
    marks: { read: () => kept, write: (marks) => void (kept = marks) },
    lead: { standing: async () => standing },
    run: (name) => {
      told.push(`run ${name}`);
      return {
        ended: new Promise((resolve) => jobsRunning.set(name, resolve)),
        stop: (signal) => void told.push(`${signal} ${name}`),
      };
    },
    begin: (name) => (code) => void told.push(`end ${name} ${code}`),
    alive: () => void told.push('alive'),
    onStanding: (now_, before) => void told.push(`${before} → ${now_}`),
    logger: quiet,
    now: () => now,
    wait: (ms, signal) => {
      told.push(`wait ${ms}`);
      idle?.();
      return new Promise<void>((resolve) => {
        wake = resolve;
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    },
    ...more,
  });
  const done = daemon.run(stop.signal);
  const settled = async () => {
    await isIdle;
    return told.splice(0).filter((line) => !line.startsWith('wait') && line !== 'alive');
  };
  const next = () => {
    isIdle = new Promise<void>((resolve) => (idle = resolve));
  };
  return {
    settled,
    waits: () => told.filter((line) => line.startsWith('wait')),
    async at(moment: number) {
      next();
      now = moment;
      wake?.();
      return settled();
    },
    end(name: string, ended: Ended) {
      next();
      jobsRunning.get(name)?.(ended);
    },
    set standing(value: Standing) {
      standing = value;
    },
    get kept() {
      return kept;
    },
    set kept(value: Marks) {
      kept = value;
    },
    stop,
    done,
    told,
    jobsRunning,
  };
}

const fine: Ended = { code: 0, signal: null };

describe('the scheduler', () => {
  it('starts what is due, keeps that, and tells how it ended', async () => {
    const one = world([hourly('a')]);
    expect(await one.settled()).toEqual(['null → ours']);
    expect(await one.at(HOUR)).toEqual(['run a']);
    expect(one.kept).toEqual({ a: HOUR });
    one.end('a', { code: 3, signal: null });
    expect(await one.settled()).toEqual(['end a 3']);
    expect(await one.at(2 * HOUR)).toEqual(['run a']);
    one.end('a', fine);
    await one.settled();
    one.stop.abort();
    await one.done;
  });

  it('starts what waited for a source as soon as that is free, without waiting for the clock', async () => {
    const one = world([hourly('a', ['x']), hourly('b', ['x'])]);
    await one.settled();
    expect(await one.at(HOUR)).toEqual(['run a']);
    one.end('a', fine);
    expect(await one.settled()).toEqual(['end a 0', 'run b']);
    one.end('b', fine);
    await one.settled();
    one.stop.abort();
    await one.done;
  });

  it('does nothing while another one leads, and makes up only for what comes after that has gone', async () => {
    const one = world([hourly('a')]);
    await one.settled();
    one.standing = 'elsewhere';
    expect(await one.at(HOUR + 1)).toEqual(['ours → elsewhere']);
    expect(await one.at(2 * HOUR + 1)).toEqual([]);
    one.standing = 'ours';
    expect(await one.at(2 * HOUR + 2)).toEqual(['elsewhere → ours']);
    expect(await one.at(3 * HOUR)).toEqual(['run a']);
    one.end('a', fine);
    await one.settled();
    one.stop.abort();
    await one.done;
  });

  it('goes by the schedule while the database is away', async () => {
    const one = world([hourly('a')]);
    await one.settled();
    one.standing = 'unknown';
    expect(await one.at(HOUR)).toEqual(['ours → unknown', 'run a']);
    one.end('a', fine);
    await one.settled();
    one.stop.abort();
    await one.done;
  });

  it('told to stop, tells its jobs, insists in the end, and reports nothing as failed', async () => {
    const one = world([hourly('a')]);
    await one.settled();
    await one.at(HOUR);
    const before = one.told.length;
    one.stop.abort();
    // The wait before the insisting is the next thing that it waits for.
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(one.told.slice(before)).toEqual(['SIGTERM a', 'wait 18000']);
    one.jobsRunning.get('a')?.({ code: 143, signal: null });
    await one.done;
    expect(one.told.slice(before)).toEqual(['SIGTERM a', 'wait 18000', 'end a null']);
  });

  it('ends with the error of a database that no waiting mends', async () => {
    const refusal = new Error('Access denied');
    const one = world([hourly('a')], { lead: { standing: () => Promise.reject(refusal) } });
    await expect(one.done).rejects.toBe(refusal);
  });

  it('ends at once when it is told to while the database keeps it waiting', async () => {
    const one = world([hourly('a')], { lead: { standing: () => new Promise<never>(() => undefined) } });
    one.stop.abort();
    await one.done;
    expect(one.told).toEqual(['wait 18000']);
  });

  it('makes up for what was missed while it was not running', async () => {
    const one = world([hourly('a')], { marks: { read: () => ({ a: -5 * HOUR }), write: () => undefined } });
    expect(await one.settled()).toEqual(['null → ours', 'run a']);
    one.end('a', fine);
    await one.settled();
    one.stop.abort();
    await one.done;
  });
});
