import { readdirSync, readFileSync } from 'node:fs';

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
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    this.#isClosed = true;
    return failures;
  }
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
