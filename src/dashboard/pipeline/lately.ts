import { setTimeout as delay } from 'node:timers/promises';
import { isAppError } from '../../errors.js';

export interface LatelyOptions {
  /** How old an answer may be before it is asked for anew. Milliseconds, as all. */
  readonly everyMs: number;
  /** How long a reader waits for an answer on its way. */
  readonly waitMs?: number | undefined;
  /** After this long without an answer the other side counts as away. */
  readonly patienceMs?: number | undefined;
  /** What is known differs from what readers were given. */
  readonly onNews: () => void;
  readonly now?: (() => number) | undefined;
}

/** `value` null: nothing is known yet. */
export interface Known<T> {
  readonly value: T | null;
  readonly isAway: boolean;
}

const WAIT_MS = 100;
const PATIENCE_MS = 5_000;
/** Pages that are open are rendered anew at least as often: so long after the last reader nobody asks any more. */
const WATCHED_MS = 20_000;

/**
 * What somebody slow or absent was asked, for readers who must not wait: they get what is known by now, and are told
 * when there is news. One question at a time, however long it takes: a broker that is gone answers after half a minute.
 * While there are readers it is asked again and again.
 */
export class Lately<T> {
  #value: T | null = null;
  #isAway = false;
  #askedAt: number | null = null;
  #readAt = 0;
  #again: NodeJS.Timeout | undefined;
  #isStopped = false;
  #asking: Promise<void> | undefined;
  #fault: unknown;

  constructor(
    private readonly ask: () => Promise<T>,
    private readonly options: LatelyOptions,
  ) {}

  /** @throws whatever was thrown that is no AppError: no absence, but a fault */
  async get(): Promise<Known<T>> {
    const { everyMs, waitMs = WAIT_MS } = this.options;
    this.#readAt = this.#now;
    if (this.#askedAt === null || this.#now - this.#askedAt >= everyMs) this.#begin();
    if (this.#asking !== undefined) {
      const given = new AbortController();
      await Promise.race([
        this.#asking,
        delay(waitMs, undefined, { signal: given.signal }).catch(() => undefined),
      ]);
      given.abort();
    }
    const fault = this.#fault;
    this.#fault = undefined;
    if (fault !== undefined) throw fault;
    return { value: this.#value, isAway: this.#isAway };
  }

  /** Whatever is under way ends by itself; nothing is begun any more. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#again);
  }

  get #now(): number {
    return (this.options.now ?? Date.now)();
  }

  #begin(): void {
    if (this.#asking !== undefined || this.#isStopped) return;
    clearTimeout(this.#again);
    this.#askedAt = this.#now;
    this.#asking = this.#learn();
  }

  #ended(): void {
    this.#asking = undefined;
    if (this.#isStopped) return;
    this.#again = setTimeout(() => {
      if (this.#now - this.#readAt < WATCHED_MS) this.#begin();
    }, this.options.everyMs);
    this.#again.unref();
  }

  async #learn(): Promise<void> {
    const late = setTimeout(() => this.#enter(this.#value, true), this.options.patienceMs ?? PATIENCE_MS);
    late.unref();
    try {
      const value = await this.ask();
      clearTimeout(late);
      this.#ended();
      this.#enter(value, false);
    } catch (error) {
      clearTimeout(late);
      this.#ended();
      if (!isAppError(error)) this.#fault = error;
      this.#enter(this.#value, true);
    }
  }

  #enter(value: T | null, isAway: boolean): void {
    const before = JSON.stringify([this.#value, this.#isAway]);
    this.#value = value;
    this.#isAway = isAway;
    if (before !== JSON.stringify([value, isAway])) this.options.onNews();
  }
}
