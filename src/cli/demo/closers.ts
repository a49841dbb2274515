import { readdirSync, readFileSync } from 'node:fs';
import { AppError } from '../../errors.js';
import { within } from '../../ops/deadline.js';

/** An engine may take half a minute to end. */
const LONGEST_MS = 45_000;

/** What was started, to be stopped in the opposite order. */
export class Closers {
  readonly #closers: (() => Promise<void>)[] = [];
  #isClosed = false;

  /** What is started after all was stopped is stopped at once. */
  add(close: () => Promise<void>): void {
    if (this.#isClosed) close().catch(() => undefined);
    else this.#closers.push(close);
  }

  /** Stops everything, whatever fails; the failures are handed back. */
  async closeAll(): Promise<readonly unknown[]> {
    const failures: unknown[] = [];
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      try {
        await within(LONGEST_MS, close(), tooSlow);
      } catch (error) {
        failures.push(error);
      }
    }
    this.#isClosed = true;
    return failures;
  }
}

function tooSlow(): AppError {
  return new AppError('TIMED_OUT', `something of the demo has not stopped in ${LONGEST_MS / 1000} s`, {
    remedy: 'see with `npm run engines -- status` and `ps` what still runs',
  });
}

/**
 * For the last moment of a process that ends before its time: whatever it has started and not yet stopped is asked
 * to end. Engines that were there before are nobody's children, so that they stay.
 */
export function terminateChildren(): void {
  for (const pid of children()) {
    try {
      process.kill(pid, 'SIGTERM');
    } catch {
      // It ended before us.
    }
  }
}

function children(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(isChild);
  } catch {
    // No /proc, no engines of ours either; other children hold a leash (see leash.ts).
    return [];
  }
}

function isChild(pid: number): boolean {
  if (!Number.isInteger(pid)) return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Behind the name, which stands in brackets and may hold anything: the state, then the parent.
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(parent) === process.pid;
  } catch {
    return false;
  }
}
