export interface BucketVerdict {
  readonly allowed: boolean;
  /** Whole tokens left after this call. */
  readonly remaining: number;
  /** Whole seconds until a call may succeed; 0 when allowed. */
  readonly retrySeconds: number;
  /** Whole seconds until the bucket is full. */
  readonly resetSeconds: number;
}

/** Token buckets by key (WB docs, "Limits": one token per interval, at most `burst` at once). */
export class TokenBuckets {
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  constructor(private readonly now: () => number) {}

  /** Takes a token if there is one. `intervalMs` 0 means no limit. */
  take(key: string, intervalMs: number, burst: number): BucketVerdict {
    if (intervalMs <= 0) {
      return { allowed: true, remaining: burst, retrySeconds: 0, resetSeconds: 0 };
    }
    const now = this.now();
    const bucket = this.buckets.get(key) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + Math.max(0, now - bucket.at) / intervalMs);
    // A hair of tolerance: a caller that waited exactly the interval must not fail by rounding.
    const allowed = tokens >= 1 - 1e-9;
    const left = allowed ? Math.max(0, tokens - 1) : tokens;
    this.buckets.set(key, { tokens: left, at: now });
    return {
      allowed,
      remaining: Math.max(0, Math.floor(left + 1e-9)),
      retrySeconds: allowed ? 0 : Math.max(1, Math.ceil(((1 - left) * intervalMs) / 1_000)),
      resetSeconds: Math.max(0, Math.ceil(((burst - left) * intervalMs) / 1_000)),
    };
  }

  /** A call that was let in costs more than its one token; the bucket may go below zero. → whole tokens left */
  charge(key: string, tokens: number): number {
    const bucket = this.buckets.get(key);
    if (bucket === undefined) {
      return 0;
    }
    bucket.tokens -= tokens;
    return Math.max(0, Math.floor(bucket.tokens + 1e-9));
  }
}

/** At most so many calls in any second, by key (Ozon docs, limits: requests per second and Client-Id). */
export class SecondWindows {
  private readonly calls = new Map<string, number[]>();

  constructor(private readonly now: () => number) {}

  take(key: string, perSecond: number): BucketVerdict {
    if (perSecond <= 0) {
      return { allowed: true, remaining: 0, retrySeconds: 0, resetSeconds: 0 };
    }
    const now = this.now();
    const recent = (this.calls.get(key) ?? []).filter((at) => now - at < 1_000);
    const allowed = recent.length < perSecond;
    if (allowed) {
      recent.push(now);
    }
    this.calls.set(key, recent);
    const remaining = Math.max(0, Math.floor(perSecond) - recent.length);
    return { allowed, remaining, retrySeconds: allowed ? 0 : 1, resetSeconds: 1 };
  }
}
