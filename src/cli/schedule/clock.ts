import { createHash } from 'node:crypto';
import { Cron } from 'croner';
import type { ScheduledJob } from '../../producers/poll-schedule.js';
import { cronPattern, type Job } from './table.js';

export interface ClockOptions {
  readonly timeZone: string;
  /** Most milliseconds by which a run is put off. */
  readonly jitterMs: number;
  /** Differs between installations, so that they are put off differently. */
  readonly seed: string;
}

/**
 * The job as the pure schedule sees it. A time that the change to summer time leaves out is made up for right after
 * it, and one that comes twice in autumn counts once, as Vixie cron does with fixed hours.
 */
export function scheduled(job: Job, { timeZone, jitterMs, seed }: ClockOptions): ScheduledJob {
  const patterns = job.times.map(
    (time) => new Cron(cronPattern(time), { timezone: timeZone, fixedTimeRule: 'no-wildcard' }),
  );
  return {
    name: job.name,
    holds: job.holds,
    covers: job.covers,
    nextAfter: (after) => {
      const runs = patterns.flatMap((pattern) => pattern.nextRun(new Date(after))?.getTime() ?? []);
      return runs.length === 0 ? null : Math.min(...runs);
    },
    delayOf: (dueAt) => Math.floor(jitterMs * share(`${seed} ${job.name} ${dueAt}`)),
  };
}

/** A number from 0 up to but not including 1, by chance but always the same for the same text. */
function share(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32;
}
