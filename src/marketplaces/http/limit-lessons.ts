import { type AppError, messageOf } from '../../errors.js';
import type { Logger } from '../../ports/logger.js';
import type { Bucket, RateLimiter } from '../../ports/rate-limiter.js';
import type { ApiAnswer } from './api-answer.js';
import type { Timing } from './timing.js';

/** What to do about a marketplace that allows less than its documents say. */
export interface AdaptivePace {
  /** Milliseconds per request beyond which nothing is slowed down. */
  readonly longestIntervalMs: number;
  /** How long a bucket stays slow after the last refusal, in milliseconds. */
  readonly forMs: number;
}

/** Ten minutes: long enough not to run into the same wall at once, short enough for one bad moment to pass. */
export const USUAL_PACE: AdaptivePace = { longestIntervalMs: 10_000, forMs: 10 * 60 * 1000 };

export interface LessonDeps {
  readonly limiter: RateLimiter;
  readonly timing: Pick<Timing, 'now'>;
  /** Without it a refusal slows nothing beyond its own wait. */
  readonly adaptive?: AdaptivePace | undefined;
  readonly logger?: Logger | undefined;
}

/** An error answer, as far as limits are concerned. */
export interface Refusal {
  readonly bucket: Bucket;
  /** See `ApiCall.penalty`. */
  readonly penalty?: number | undefined;
  readonly error: AppError;
  /** Unix milliseconds until which a limit that names no time is taken to last. */
  readonly otherwise: number;
}

/**
 * Carries what answers say of limits to the limiter that all processes share. Best effort: this process keeps to
 * what it was told anyhow, so a limiter that is away fails nothing, and is told of once.
 */
export class LimitLessons {
  readonly #deps: LessonDeps;
  /** By bucket: how slow this process has made it, and until when. */
  readonly #slowed = new Map<string, { readonly intervalMs: number; readonly until: number }>();
  #toldOfTrouble = false;

  constructor(deps: LessonDeps) {
    this.#deps = deps;
  }

  /**
   * An accepted answer. Wildberries counts tokens aloud (`X-Ratelimit-Remaining`); none left where we thought there
   * were some means that somebody else uses them too. Anything above none is not worth a round trip.
   */
  async fromAccepted(bucket: Bucket, { headers }: Pick<ApiAnswer, 'headers'>): Promise<void> {
    if (bucket.burst <= 1 || headers['x-ratelimit-remaining']?.trim() !== '0') return;
    await this.#tell(bucket, () => this.#deps.limiter.lower(bucket, 0));
  }

  async fromRefusal({ bucket, penalty = 0, error, otherwise }: Refusal): Promise<void> {
    const { limiter } = this.#deps;
    const status = Number(error.facts.status);
    const limited = error.code === 'API_LIMITED';
    if (limited) await this.#tell(bucket, () => limiter.holdOff(bucket, error.notBefore ?? otherwise));
    // A 429 that names its end has the penalty in it already.
    const charged = status >= 400 && status < 500 && !(limited && error.notBefore !== undefined);
    if (charged && penalty > 0) await this.#tell(bucket, () => limiter.charge(bucket, penalty));
    if (limited && (status === 429 || error.facts.maxRps !== undefined)) await this.#slow(bucket, error);
  }

  /**
   * To the rate that the refusal names; where it names none, or none below the present one, to half the present
   * one. The limiter forgets it after a time, and so does this.
   */
  async #slow(bucket: Bucket, { facts }: AppError): Promise<void> {
    const { limiter, timing, adaptive, logger } = this.#deps;
    if (adaptive === undefined) return;
    const now = timing.now();
    const before = this.#slowed.get(bucket.key);
    const present = Math.max(bucket.intervalMs, before && before.until > now ? before.intervalMs : 0);
    const named = Math.ceil(1000 / Number(facts.maxRps));
    const wanted = named > present ? named : 2 * present;
    const intervalMs = Math.max(present, Math.min(adaptive.longestIntervalMs, wanted));
    this.#slowed.set(bucket.key, { intervalMs, until: now + adaptive.forMs });
    logger?.warn({ bucket: bucket.key, intervalMs, forMs: adaptive.forMs }, 'asking less often for a while');
    await this.#tell(bucket, () => limiter.slow(bucket, intervalMs, adaptive.forMs));
  }

  async #tell(bucket: Bucket, say: () => Promise<void>): Promise<void> {
    try {
      await say();
    } catch (error) {
      if (this.#toldOfTrouble) return;
      this.#toldOfTrouble = true;
      this.#deps.logger?.warn(
        { bucket: bucket.key },
        `what the marketplace said of its limits cannot be shared with other processes: ${messageOf(error)}`,
      );
    }
  }
}
