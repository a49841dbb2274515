import { AppError } from '../../errors.js';
import type { Bucket, RateLimiter } from '../../ports/rate-limiter.js';
import { ADVICE } from './advice.js';
import type { Timing } from './timing.js';

/**
 * Waits for the account's turn.
 *
 * @param maxWaitMs most milliseconds to wait in all
 * @returns milliseconds waited
 * @throws AppError API_LIMITED with `notBefore` where the turn comes later than that
 */
export async function takeToken(
  limiter: RateLimiter,
  bucket: Bucket,
  maxWaitMs: number,
  timing: Timing,
  signal: AbortSignal,
): Promise<number> {
  let waited = 0;
  for (;;) {
    const wait = Math.ceil(await limiter.take(bucket));
    if (wait <= 0) return waited;
    if (waited + wait > maxWaitMs) throw tooLate(bucket, wait, maxWaitMs, timing.now() + wait);
    await timing.sleep(wait, signal);
    waited += wait;
  }
}

function tooLate(bucket: Bucket, wait: number, maxWaitMs: number, notBefore: number): AppError {
  const seconds = (ms: number) => Math.ceil(ms / 1000);
  return new AppError(
    'API_LIMITED',
    `${bucket.key} may be asked again in ${seconds(wait)} s, longer than the ${seconds(maxWaitMs)} s we may wait`,
    {
      advice: ADVICE.notYet,
      notBefore,
      facts: { bucket: bucket.key },
    },
  );
}
