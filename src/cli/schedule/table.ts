import type { Config } from '../../../config/schema.js';
import { SOURCES, type Source } from '../../domain/stock-key.js';

export type Profile = Config['schedule']['profile'];

export const PROFILES: readonly Profile[] = ['default', 'high-load', 'low-resource', 'split'];

/** Minutes and hours of the day, by the wall clock of the schedule's time zone. */
export interface JobTime {
  readonly minute: number;
  /** Ascending; null: every hour. */
  readonly hours: readonly number[] | null;
  /** Days of the week in a row, 0 is Sunday; null: every day. */
  readonly days: { readonly first: number; readonly last: number } | null;
}

/** One line of the table: what is run, and when. */
export interface Job {
  readonly name: string;
  /** Arguments of `inventory-sync`. */
  readonly args: readonly string[];
  readonly times: readonly JobTime[];
  /** Sources that it reads: two runs that read the same one follow each other. */
  readonly holds: readonly string[];
  /** Jobs whose work it does as well. */
  readonly covers: readonly string[];
  /** The log file that the set-up guide names for it. */
  readonly logFile: string;
}

const BOTH = ['ozon', 'wildberries'];
const FULL_RESYNC_AT = 2;
const SUNDAY = { first: 0, last: 0 };
const MONDAY = { first: 1, last: 1 };

const daily = (minute: number, hours: readonly number[] | null): JobTime => ({ minute, hours, days: null });

function every(step: number): number[] {
  return Array.from({ length: 24 / step }, (_, index) => index * step);
}

/**
 * The same hours on each day, but not at the hour of the full resync on Sunday: cron would start both at once, and
 * whichever came second would find the sources taken.
 */
function exceptFullResync(hours: readonly number[]): JobTime[] {
  const others = hours.filter((hour) => hour !== FULL_RESYNC_AT);
  return [
    { minute: 0, hours, days: { first: 1, last: 6 } },
    { minute: 0, hours: others, days: SUNDAY },
  ];
}

function syncJob(name: string, source: string, holds: readonly string[], times: readonly JobTime[]): Job {
  return { name, args: ['sync', `--source=${source}`], times, holds, covers: [], logFile: 'sync.log' };
}

function syncJobs(profile: Profile): Job[] {
  switch (profile) {
    case 'default':
      return [syncJob('sync', 'all', BOTH, [daily(0, every(6))])];
    case 'high-load':
      return [syncJob('sync', 'all', BOTH, exceptFullResync(every(2)))];
    case 'low-resource':
      return [syncJob('sync', 'all', BOTH, [daily(0, [8, 20])])];
    case 'split':
      return [
        syncJob('sync-ozon', 'ozon', ['ozon'], [daily(0, every(4))]),
        syncJob('sync-wb', 'wb', ['wildberries'], [daily(30, every(4))]),
      ];
  }
}

/**
 * The guide's table. Who comes first has the first right to a source. Where only one marketplace is set up, the jobs
 * name it: one for the other marketplace alone would fail each time for want of a key.
 */
export function jobsOf(profile: Profile, configured: readonly Source[] = SOURCES): readonly Job[] {
  const jobs = allJobs(profile);
  const [only, ...others] = configured;
  if (only === undefined || others.length > 0) return jobs;
  const option = only === 'ozon' ? 'ozon' : 'wb';
  const kept = jobs.filter(({ holds }) => holds.length === 0 || holds.includes(only));
  return kept.map((job) => ({
    ...job,
    args: job.args.map((arg) => (arg === '--source=all' ? `--source=${option}` : arg)),
    holds: job.holds.filter((source) => source === only),
    covers: job.covers.filter((name) => kept.some((one) => one.name === name)),
  }));
}

function allJobs(profile: Profile): readonly Job[] {
  const syncs = syncJobs(profile);
  const report = { holds: [], covers: [], logFile: 'monitor.log' };
  return [
    {
      name: 'full-resync',
      args: ['sync', '--source=all', '--full-resync'],
      times: [{ minute: 0, hours: [FULL_RESYNC_AT], days: SUNDAY }],
      holds: BOTH,
      covers: syncs.map(({ name }) => name),
      logFile: 'sync.log',
    },
    ...syncs,
    { ...report, name: 'health', args: ['monitor', '--health-check'], times: [daily(0, null)] },
    {
      ...report,
      name: 'weekly-report',
      args: ['monitor', '--weekly-report'],
      times: [{ minute: 0, hours: [9], days: MONDAY }],
    },
  ];
}

/** As cron writes it: five fields. Hours are listed, for with steps croner would not count them as fixed. */
export function cronPattern({ minute, hours, days }: JobTime): string {
  const ofDay = hours === null ? '*' : hours.join(',');
  return `${minute} ${ofDay} * * ${days === null ? '*' : range(days, String, '-')}`;
}

const DAY_NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** As OnCalendar= of systemd writes it, with its time zone. */
export function onCalendar({ minute, hours, days }: JobTime, timeZone: string): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = days === null ? '' : `${range(days, (index) => DAY_NAMES[index] ?? '', '..')} `;
  return `${day}*-*-* ${hours === null ? '*' : hours.map(two).join(',')}:${two(minute)}:00 ${timeZone}`;
}

function range({ first, last }: NonNullable<JobTime['days']>, name: (day: number) => string, to: string) {
  return first === last ? name(first) : `${name(first)}${to}${name(last)}`;
}
