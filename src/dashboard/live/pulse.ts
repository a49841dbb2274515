import { messageOf } from '../../errors.js';
import type { Logger } from '../../ports/logger.js';

export type Reach = 'up' | 'down';

export interface PulseOptions {
  /** A short text that differs where something that is shown may have changed. May throw: then it is out of reach. */
  readonly look: () => Promise<string>;
  readonly everyMs: number;
  readonly logger: Logger;
  /** Another one who tells of changes, listened to while somebody watches. Answers how to stop. */
  readonly also?: ((listener: () => void) => () => void) | undefined;
}

/**
 * Looks whether anything has changed, while somebody watches. One look at a time, shared by all; a look that fails
 * says that the database is out of reach, the next that succeeds that it is back.
 */
export class Pulse {
  #version = 1;
  #seen: string | null = null;
  #reach: Reach = 'up';
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #stopAlso: (() => void) | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(private readonly options: PulseOptions) {}

  /** Grows with every change. */
  get version(): number {
    return this.#version;
  }

  get reach(): Reach {
    return this.#reach;
  }

  /** Something has changed that a look would not see, or not so soon. */
  poke(): void {
    this.#version += 1;
    for (const listener of this.#listeners) listener();
  }

  /** A page could not reach the database: that is said at once, and the next look that succeeds says it is back. */
  doubt(): void {
    if (this.#reach === 'down') return;
    this.#reach = 'down';
    this.poke();
  }

  /** Answers how to stop. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#stopAlso ??= this.options.also?.(() => this.poke());
    if (this.#timer === undefined) this.#schedule();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#rest();
    };
  }

  async stop(): Promise<void> {
    this.#listeners.clear();
    this.#rest();
    await this.#looking;
  }

  #rest(): void {
    this.#stopAlso?.();
    this.#stopAlso = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().finally(() => {
        if (this.#listeners.size > 0) this.#schedule();
        else this.#timer = undefined;
      });
    }, this.options.everyMs);
  }

  async #look(): Promise<void> {
    try {
      const seen = await this.options.look();
      const isBack = this.#reach === 'down';
      this.#reach = 'up';
      const isNew = this.#seen !== null && seen !== this.#seen;
      this.#seen = seen;
      if (isBack) this.options.logger.info({}, 'the database can be reached again');
      if (isNew || isBack) this.poke();
    } catch (error) {
      if (this.#reach === 'down') return;
      this.#reach = 'down';
      this.options.logger.warn({ cause: messageOf(error) }, 'the database cannot be reached: pages say so');
      this.poke();
    }
  }
}
