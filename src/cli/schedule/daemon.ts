import type { Logger } from '../../ports/logger.js';
import {
  type DueRun,
  type Marks,
  nextStarts,
  type ScheduledJob,
  settledMarks,
  tick,
} from '../../producers/poll-schedule.js';
import type { Ended } from './job-child.js';
import type { Standing } from './lead.js';

/** A computer that slept, or whose clock was put right, is noticed within this long. */
const LONGEST_WAIT_MS = 15_000;
/** Long enough for what a job must finish; the process itself is ended a little later. */
const STOP_MS = 18_000;
const ALIVE_EVERY_MS = 300_000;

export interface RunningJob {
  readonly ended: Promise<Ended>;
  stop(signal: 'SIGTERM' | 'SIGKILL'): void;
}

export interface DaemonParts {
  readonly jobs: readonly ScheduledJob[];
  readonly marks: { read(): Marks; write(marks: Marks): void };
  readonly lead: { standing(): Promise<Standing> };
  readonly run: (job: string) => RunningJob;
  /** Called at the begin of a run; the answer at its end, with null where we ended it ourselves. */
  readonly begin: (job: string) => (code: number | null) => void;
  /** Called about every five minutes. */
  readonly alive: () => void;
  /** Called each time that the daemon comes round, every fifteen seconds or so. */
  readonly turned?: (() => void) | undefined;
  readonly onStanding: (standing: Standing, before: Standing | null) => void;
  readonly logger: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Resolves after so many milliseconds, or when told to stop. */
  readonly wait: (ms: number, stop: AbortSignal) => Promise<void>;
}

/** Goes by the schedule until told to stop. */
export class Daemon {
  readonly #running = new Map<string, RunningJob>();
  readonly #ends = new Set<Promise<void>>();
  #marks: Marks = {};
  #standing: Standing | null = null;
  #aliveAt = Number.NEGATIVE_INFINITY;
  #isStopping = false;
  #wake = new AbortController();

  constructor(private readonly parts: DaemonParts) {}

  async run(stop: AbortSignal): Promise<void> {
    const { now, jobs, wait } = this.parts;
    this.#marks = settledMarks(jobs, this.parts.marks.read(), now());
    const stopped = new Promise<null>((resolve) => {
      stop.addEventListener('abort', () => resolve(null), { once: true });
    });
    try {
      while (!stop.aborted) {
        this.#wake = new AbortController();
        // Told to stop, nobody waits for a database that does not answer.
        const standing = await Promise.race([this.parts.lead.standing(), stopped]);
        if (standing === null || stop.aborted) break;
        this.#turn(standing);
        await wait(this.#pause(), AbortSignal.any([stop, this.#wake.signal]));
      }
    } finally {
      await this.#stopAll();
    }
  }

  #turn(standing: Standing): void {
    const { jobs, now, onStanding, alive, turned } = this.parts;
    turned?.();
    if (standing !== this.#standing) onStanding(standing, this.#standing);
    this.#standing = standing;
    const at = now();
    if (Math.abs(at - this.#aliveAt) >= ALIVE_EVERY_MS) {
      this.#aliveAt = at;
      alive();
    }
    this.#marks = settledMarks(jobs, this.#marks, at);
    if (standing === 'elsewhere') {
      // The other one does what is due: only what comes due after it has gone is ours to make up for.
      this.#marks = Object.fromEntries(jobs.map(({ name }) => [name, at]));
      return;
    }
    const { starts, marks } = tick(jobs, this.#marks, new Set(this.#running.keys()), at);
    this.#marks = marks;
    if (starts.length > 0) this.parts.marks.write(marks);
    for (const due of starts) this.#start(due);
  }

  #start({ name, dueAt, missed }: DueRun): void {
    const { begin, logger, run, now } = this.parts;
    const startedAt = now();
    const lateSeconds = Math.round((startedAt - dueAt) / 1000);
    logger.info(
      { job: name, lateSeconds, missed },
      missed > 0 ? 'job started, for those missed too' : 'job started',
    );
    const tellEnd = begin(name);
    const child = run(name);
    this.#running.set(name, child);
    const end = child.ended.then(({ code, signal }) => {
      this.#running.delete(name);
      tellEnd(this.#isStopping ? null : code);
      const facts = { job: name, exitCode: code, signal, seconds: Math.round((now() - startedAt) / 1000) };
      if (code === 0) logger.info(facts, 'job ended');
      else logger.warn(facts, 'job ended');
      this.#ends.delete(end);
      this.#wake.abort();
    });
    this.#ends.add(end);
  }

  #pause(): number {
    const [next] = nextStarts(this.parts.jobs, this.#marks);
    const left = next === undefined ? LONGEST_WAIT_MS : next.at - this.parts.now();
    // What is due and not started waits for a job that runs, whose end wakes us.
    return left <= 0 ? LONGEST_WAIT_MS : Math.min(LONGEST_WAIT_MS, left);
  }

  async #stopAll(): Promise<void> {
    this.#isStopping = true;
    for (const child of this.#running.values()) child.stop('SIGTERM');
    const patience = new AbortController();
    const insist = this.parts.wait(STOP_MS, patience.signal).then(() => {
      for (const child of this.#running.values()) child.stop('SIGKILL');
    });
    await Promise.all(this.#ends);
    patience.abort();
    await insist;
  }
}
