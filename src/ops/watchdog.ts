import { AppError } from '../errors.js';

/** A consumer as its watchdog sees it. */
export interface Watched {
  /** Per partition a figure that grows with everything read, applied or published. */
  progress(): ReadonlyMap<number, number>;
  /** Grows with every step that failed and will be tried again, which the log says each time. */
  readonly retries: number;
  /** Nothing is left to do. May throw while the broker cannot be asked. */
  caughtUp(): Promise<boolean>;
}

/** Looks that may be late or left out before the time between counts as slept. */
const LATE_LOOKS = 3;

export interface WatchdogOptions {
  /** How long unread records may lie without any progress. */
  readonly limitMs: number;
  /** How often {@link Watchdog.check} is called. */
  readonly everyMs: number;
  /** Unix milliseconds. */
  readonly now?: (() => number) | undefined;
}

/**
 * Finds the consumer that sits on unread records and does nothing: clients have been seen to stop fetching without a
 * word, and then only a new process helps. A consumer whose broker cannot be asked is not silent, and is let be; nor is
 * one that waits for MySQL or for a topic, and says so.
 */
export class Watchdog {
  readonly #farthest = new Map<number, number>();
  readonly #now: () => number;
  #lookedAt: number;
  #silentMs = 0;
  #retries = 0;

  constructor(
    private readonly name: string,
    private readonly watched: Watched,
    private readonly options: WatchdogOptions,
  ) {
    this.#now = options.now ?? Date.now;
    this.#lookedAt = this.#now();
  }

  /** To be called every few seconds. Answers the error where the consumer is stuck, else null. */
  async check(): Promise<AppError | null> {
    this.#silentMs += this.#sinceLastLook();
    if (this.#moved() || (await this.#isExcused())) this.#silentMs = 0;
    if (this.#silentMs < this.options.limitMs) return null;
    const seconds = Math.round(this.#silentMs / 1000);
    return new AppError(
      'TIMED_OUT',
      `the ${this.name} has unread records and has done nothing for ${seconds} s`,
      { remedy: 'nothing is lost: start the worker again (a supervisor such as systemd does so by itself)' },
    );
  }

  /** A process that was frozen, or whose clock jumped, has not been idle all that while. */
  #sinceLastLook(): number {
    const before = this.#lookedAt;
    this.#lookedAt = this.#now();
    return Math.min(Math.max(0, this.#lookedAt - before), LATE_LOOKS * this.options.everyMs);
  }

  #moved(): boolean {
    let moved = this.watched.retries > this.#retries;
    this.#retries = this.watched.retries;
    for (const [partition, reached] of this.watched.progress()) {
      if (reached <= (this.#farthest.get(partition) ?? -1)) continue;
      this.#farthest.set(partition, reached);
      moved = true;
    }
    return moved;
  }

  async #isExcused(): Promise<boolean> {
    try {
      return await this.watched.caughtUp();
    } catch {
      return true;
    }
  }
}
