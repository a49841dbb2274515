/**
 * When is what to be run: pure arithmetic over a table, over what has run, and over a clock's reading. Moments and
 * durations are Unix milliseconds, so changes to summer time, which only `nextAfter` knows of, cannot confuse it.
 */
export interface ScheduledJob {
  readonly name: string;
  /** The first run after this moment; null where there is none. */
  readonly nextAfter: (after: number) => number | null;
  /** By how many milliseconds the run of this moment is put off; always the same answer for the same moment. */
  readonly delayOf: (dueAt: number) => number;
  /** Things that only one run at a time may touch. */
  readonly holds: readonly string[];
  /** Jobs whose work a run of this one does as well. */
  readonly covers: readonly string[];
}

/** By job: every run due up to this moment has been dealt with. */
export type Marks = Readonly<Record<string, number>>;

export interface DueRun {
  readonly name: string;
  /** The oldest moment that this run answers for. */
  readonly dueAt: number;
  /** Further runs that came due since and are not run one by one; counted up to {@link MOST_COUNTED}. */
  readonly missed: number;
}

export interface Tick {
  readonly starts: readonly DueRun[];
  readonly marks: Marks;
}

/** Counting the runs of a machine that slept for a year would serve nobody. */
const MOST_COUNTED = 99;

/**
 * A mark that lies ahead by more than this was made while the clock was wrong. By less, the clock was put right by a
 * little, and waiting for it keeps a run from happening twice.
 */
const CLOCK_DOUBT_MS = 3_600_000;

/** Marks for exactly these jobs. One that is new, or from a clock that was wrong, begins now. */
export function settledMarks(jobs: readonly ScheduledJob[], marks: Marks, now: number): Marks {
  return Object.fromEntries(
    jobs.map(({ name }) => {
      const mark = Object.hasOwn(marks, name) ? marks[name] : undefined;
      return [name, mark === undefined || mark > now + CLOCK_DOUBT_MS ? now : mark];
    }),
  );
}

/** When the job is to be started next; null where its table has no further run. */
function startOf(job: ScheduledJob, mark: number): { dueAt: number; startAt: number } | null {
  const dueAt = job.nextAfter(mark);
  return dueAt === null ? null : { dueAt, startAt: dueAt + job.delayOf(dueAt) };
}

/**
 * What is to be started at this moment, and the marks once that is started. Runs that were missed are run once. A job
 * that runs, or whose things another one holds, stays due until they are free; who comes first in the table has the
 * first right to them. A due job is dropped where one starts that does its work as well.
 *
 * @param marks those of {@link settledMarks}
 * @param running names of the jobs that run now
 */
export function tick(
  jobs: readonly ScheduledJob[],
  marks: Marks,
  running: ReadonlySet<string>,
  now: number,
): Tick {
  const taken = new Set(jobs.filter(({ name }) => running.has(name)).flatMap(({ holds }) => holds));
  const starts: DueRun[] = [];
  const next: Record<string, number> = { ...marks };
  for (const job of jobs) {
    const mark = next[job.name] ?? now;
    const start = startOf(job, mark);
    if (start === null || start.startAt > now) continue;
    const isFree = !running.has(job.name) && !job.holds.some((thing) => taken.has(thing));
    for (const thing of job.holds) taken.add(thing);
    if (!isFree) continue;
    starts.push({ name: job.name, dueAt: start.dueAt, missed: countBetween(job, start.dueAt, now) });
    next[job.name] = now;
    for (const name of job.covers) next[name] = Math.max(next[name] ?? now, now);
  }
  return { starts, marks: next };
}

function countBetween(job: ScheduledJob, after: number, now: number): number {
  let count = 0;
  for (let at = job.nextAfter(after); at !== null && at <= now && count < MOST_COUNTED; count += 1)
    at = job.nextAfter(at);
  return count;
}

/** The next start of every job that has one, the earliest first. */
export function nextStarts(
  jobs: readonly ScheduledJob[],
  marks: Marks,
): readonly { readonly name: string; readonly at: number }[] {
  return jobs
    .flatMap((job) => {
      const start = startOf(job, marks[job.name] ?? 0);
      return start === null ? [] : [{ name: job.name, at: start.startAt }];
    })
    .sort((a, b) => a.at - b.at);
}
