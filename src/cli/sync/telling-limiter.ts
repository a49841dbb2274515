import type { RateLimiter } from '../../ports/rate-limiter.js';

/**
 * A limiter that says when a request will have to wait.
 *
 * @param maxWaitMs nobody waits for longer than this: the request is put off, which is told elsewhere
 * @param tell is handed the bucket's key and the end of the wait (Unix milliseconds)
 */
export function tellingLimiter(
  limiter: RateLimiter,
  maxWaitMs: number,
  tell: (bucket: string, until: number) => void,
): RateLimiter {
  const waits = (bucket: string, ms: number) => {
    if (ms > 0 && ms <= maxWaitMs) tell(bucket, Date.now() + ms);
  };
  return {
    take: async (bucket) => {
      const ms = await limiter.take(bucket);
      waits(bucket.key, ms);
      return ms;
    },
    holdOff: (bucket, notBefore) => {
      waits(bucket.key, notBefore - Date.now());
      return limiter.holdOff(bucket, notBefore);
    },
    charge: (bucket, tokens) => limiter.charge(bucket, tokens),
    lower: (bucket, tokens) => limiter.lower(bucket, tokens),
    slow: (bucket, intervalMs, forMs) => limiter.slow(bucket, intervalMs, forMs),
  };
}
