import type { JobBegun, JobProgress } from '../../dashboard/pipeline/contract.js';
import { AppError } from '../../errors.js';
import { JobChild } from '../schedule/job-child.js';
import { progressIn, type ToldProgress } from './job-progress.js';

/** Lines of its output that a job is remembered by: the newest. */
const LINES = 200;

/**
 * A command of ours that somebody has begun from a page, as a process of its own: what becomes of the page, or of the
 * job, does not touch the other. One at a time.
 */
export class ChildJob {
  #child: JobChild | undefined;
  #lines: string[] = [];
  #told: ToldProgress | undefined;
  #isOver = true;

  constructor(private readonly envFile: string | null) {}

  /** Begins, and answers at once. @throws RUN_BUSY while the last one goes on */
  begin(args: readonly string[], { locale }: JobBegun): void {
    if (!this.#isOver) throw new AppError('RUN_BUSY', `${args[0] ?? ''}: the last one is not over yet`);
    this.#lines = [];
    this.#told = undefined;
    this.#isOver = false;
    const onLine = (line: string) => {
      this.#lines.push(line);
      if (this.#lines.length > LINES) this.#lines.shift();
    };
    const onMessage = (message: unknown) => {
      this.#told = progressIn(message) ?? this.#told;
    };
    const env = locale === undefined ? undefined : { LOCALE: locale };
    this.#child = new JobChild({ args, envFile: this.envFile, onLine, onMessage, env });
    void this.#child.ended.then(({ code }) => {
      if (code !== 0) onLine(`(${code})`);
      this.#isOver = true;
    });
  }

  /** Null where nothing was begun. How much there is to do the command tells, if it counts. */
  progress(): JobProgress | null {
    if (this.#child === undefined) return null;
    const { done, of, leftMs } = this.#told ?? { done: 0, of: 0, leftMs: null };
    return { done, of, leftMs, isOver: this.#isOver, lines: [...this.#lines] };
  }

  /** Asks a job under way to end in order, and waits for that. */
  async stop(): Promise<void> {
    if (this.#isOver || this.#child === undefined) return;
    this.#child.stop('SIGTERM');
    await this.#child.ended;
  }
}
