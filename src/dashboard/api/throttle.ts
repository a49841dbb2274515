import { type Bucket, type BucketState, fullBucket, takeFrom } from '../../domain/token-bucket.js';

/** Clients that are remembered; the one that has not been seen for longest goes first. */
const MOST_CLIENTS = 10_000;

export interface Rate {
  /** Milliseconds until a client may ask once more, and how often it may at once. */
  readonly intervalMs: number;
  readonly burst: number;
}

/** One token bucket per client. */
export class Throttle {
  readonly #clients = new Map<string, BucketState>();

  constructor(
    private readonly rate: Rate,
    private readonly now: () => number,
  ) {}

  /** Milliseconds to wait; 0: go on. */
  take(client: string): number {
    const bucket: Bucket = { key: client, ...this.rate };
    const now = this.now();
    const known = this.#clients.get(client) ?? fullBucket(bucket, now);
    const { wait, state } = takeFrom(bucket, known, now);
    this.#clients.delete(client);
    this.#clients.set(client, state);
    const oldest = this.#clients.keys().next().value;
    if (this.#clients.size > MOST_CLIENTS && oldest !== undefined) this.#clients.delete(oldest);
    return wait;
  }
}
