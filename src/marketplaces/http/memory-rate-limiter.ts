import type { Bucket, RateLimiter } from '../../ports/rate-limiter.js';

interface State {
  /** When the bucket would be empty of debts: the moment the next token is due if all are spent. */
  due: number;
  notBefore: number;
}

/** Token buckets of one process: enough for `check`, where one request per marketplace is made, and for tests. */
export class MemoryRateLimiter implements RateLimiter {
  readonly #states = new Map<string, State>();

  /** @param now Unix milliseconds */
  constructor(private readonly now: () => number = Date.now) {}

  take(bucket: Bucket): Promise<number> {
    const now = this.now();
    const state = this.#state(bucket);
    if (state.notBefore > now) return Promise.resolve(state.notBefore - now);
    const { intervalMs, burst } = bucket;
    // A bucket never owes more than all its tokens; more than that means the clock went back.
    const due = Math.min(state.due, now + burst * intervalMs);
    const wait = due - (burst - 1) * intervalMs - now;
    if (wait > 0) return Promise.resolve(wait);
    state.due = Math.max(due, now) + intervalMs;
    return Promise.resolve(0);
  }

  holdOff(bucket: Bucket, notBefore: number): Promise<void> {
    const state = this.#state(bucket);
    state.notBefore = Math.max(state.notBefore, notBefore);
    return Promise.resolve();
  }

  #state(bucket: Bucket): State {
    const known = this.#states.get(bucket.key);
    if (known !== undefined) return known;
    const fresh = { due: Number.NEGATIVE_INFINITY, notBefore: 0 };
    this.#states.set(bucket.key, fresh);
    return fresh;
  }
}
