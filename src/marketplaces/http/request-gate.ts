import { abortError, throwIfAborted } from './timing.js';

/**
 * At most so many requests of the whole process on the wire at a time (MAX_CONCURRENT_REQUESTS), first come, first
 * served.
 */
export class RequestGate {
  #free: number;
  /** In the order in which they came. */
  readonly #waiting = new Set<() => void>();

  /** @param most whole number, at least 1 */
  constructor(most: number) {
    this.#free = most;
  }

  /** @throws what `abortError` says where the signal fires before the work begins; whatever the work throws */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#enter(signal);
    try {
      throwIfAborted(signal);
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(signal: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = () => {
        this.#waiting.delete(enter);
        reject(abortError(signal));
      };
      this.#waiting.add(enter);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  /** A place goes straight to who waits longest, so that nobody who comes later slips in. */
  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
