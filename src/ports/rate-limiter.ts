import type { Bucket } from '../domain/token-bucket.js';

export type { Bucket } from '../domain/token-bucket.js';

/** Shared by all processes of an installation. */
export interface RateLimiter {
  /**
   * Takes one token, or answers how long to wait before asking again (0: taken).
   * Answers in milliseconds.
   */
  take(bucket: Bucket): Promise<number>;
  /** The marketplace said when: nobody asks this method before `notBefore` (Unix milliseconds). */
  holdOff(bucket: Bucket, notBefore: number): Promise<void>;
  /** A request has cost more than one token; the bucket may go below zero. */
  charge(bucket: Bucket, tokens: number): Promise<void>;
  /** The marketplace counts fewer tokens than we do: somebody else asks too. */
  lower(bucket: Bucket, tokens: number): Promise<void>;
  /** The marketplace allows less than we thought: one token per `intervalMs` for `forMs` milliseconds from now. */
  slow(bucket: Bucket, intervalMs: number, forMs: number): Promise<void>;
}
