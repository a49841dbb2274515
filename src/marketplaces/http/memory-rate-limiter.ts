import {
  type BucketState,
  charged,
  fullBucket,
  heldOff,
  lowered,
  slowed,
  takeFrom,
} from '../../domain/token-bucket.js';
import type { Bucket, RateLimiter } from '../../ports/rate-limiter.js';

/**
 * Token buckets of one process: enough for `check`, where one request per marketplace is made, and for tests.
 *
 * What every limiter promises (the pure rules are in `token-bucket.ts`):
 * - A bucket begins with `burst` tokens, earns one per `intervalMs`, fractions included, and never holds more than
 *   `burst`. `take` needs a whole one, takes it and answers 0; or it changes nothing and answers how many
 *   milliseconds until there will be one, after which asking again gives it unless somebody else was faster.
 * - `holdOff(notBefore)`: until then `take` answers the time that is left, and nothing is earned; at that moment
 *   there is exactly one token, debts forgiven, and earning begins. A moment gone by, or not later than the one
 *   known, changes nothing.
 * - `charge(tokens)` takes them even where they are not there: down to −100 and no further. During a hold-off they
 *   are taken from the one that will be there.
 * - `lower(tokens)`: no more than so many are left now; where there are fewer, and during a hold-off, nothing changes.
 * - `slow(intervalMs, forMs)`: until now + forMs a token comes every max(own interval, this interval). While an
 *   earlier slowing lasts, the longer interval and the later end of both count; one that is over is forgotten. What
 *   was earned until now stays earned at the pace of its time, and after the end the own interval counts again.
 * - A clock set back costs at most what would have been earned meanwhile: no token comes late because of it.
 */
export class MemoryRateLimiter implements RateLimiter {
  readonly #states = new Map<string, BucketState>();

  /** @param now Unix milliseconds */
  constructor(private readonly now: () => number = Date.now) {}

  take(bucket: Bucket): Promise<number> {
    const now = this.now();
    const taken = takeFrom(bucket, this.#state(bucket, now), now);
    this.#states.set(bucket.key, taken.state);
    return Promise.resolve(taken.wait);
  }

  holdOff(bucket: Bucket, notBefore: number): Promise<void> {
    return this.#change(bucket, (state, now) => heldOff(state, now, notBefore));
  }

  charge(bucket: Bucket, tokens: number): Promise<void> {
    return this.#change(bucket, (state, now) => charged(bucket, state, now, tokens));
  }

  lower(bucket: Bucket, tokens: number): Promise<void> {
    return this.#change(bucket, (state, now) => lowered(bucket, state, now, tokens));
  }

  slow(bucket: Bucket, intervalMs: number, forMs: number): Promise<void> {
    return this.#change(bucket, (state, now) => slowed(bucket, state, now, { intervalMs, forMs }));
  }

  #change(bucket: Bucket, change: (state: BucketState, now: number) => BucketState): Promise<void> {
    const now = this.now();
    this.#states.set(bucket.key, change(this.#state(bucket, now), now));
    return Promise.resolve();
  }

  #state(bucket: Bucket, now: number): BucketState {
    return this.#states.get(bucket.key) ?? fullBucket(bucket, now);
  }
}
