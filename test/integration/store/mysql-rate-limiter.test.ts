import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Bucket, RateLimiter } from '../../../src/ports/rate-limiter.js';
import { createMysqlRateLimiter } from '../../../src/store/mysql-rate-limiter.js';
import { type StoreDatabase, storeDatabase } from './store-database.js';

let store: StoreDatabase;
let limiter: RateLimiter;
let bucket: Bucket;
let made = 0;

beforeAll(async () => {
  store = await storeDatabase('limits');
  limiter = createMysqlRateLimiter(store.db);
});
beforeEach(() => {
  made += 1;
  // An hour per token: none comes back while a test runs.
  bucket = { key: `ozon:1001:method-${made}`, intervalMs: 3_600_000, burst: 3 };
});
afterAll(() => store?.close());

/** As if so much time had passed. */
const pass = (ms: number) =>
  store.db.execute(
    `UPDATE rate_limits SET refilled_at = refilled_at - INTERVAL ? MICROSECOND,
            not_before = not_before - INTERVAL ? MICROSECOND WHERE bucket = ?`,
    [ms * 1000, ms * 1000, bucket.key],
  );
const takeAll = async () => {
  for (let token = 0; token < bucket.burst; token += 1) expect(await limiter.take(bucket)).toBe(0);
};
const MINUTE = 60_000;

describe('take', () => {
  it('gives a burst, then says how long the next token takes', async () => {
    await takeAll();
    const wait = await limiter.take(bucket);
    expect(wait).toBeGreaterThan(3_600_000 - MINUTE);
    expect(wait).toBeLessThanOrEqual(3_600_000);
  });

  it('gives a token per interval, and no more than a burst after any time', async () => {
    await takeAll();
    await pass(3_600_000);
    expect(await limiter.take(bucket)).toBe(0);
    expect(await limiter.take(bucket)).toBeGreaterThan(0);
    await pass(1000 * 3_600_000);
    await takeAll();
    expect(await limiter.take(bucket)).toBeGreaterThan(0);
  });

  it('gives a token after just the time it named', async () => {
    await takeAll();
    for (const part of [0, 1_234_567, 777_777]) {
      await pass(part);
      const wait = await limiter.take(bucket);
      expect(wait).toBeGreaterThan(0);
      await pass(wait - MINUTE);
      expect(await limiter.take(bucket)).toBeGreaterThan(0);
      await pass(MINUTE);
      expect(await limiter.take(bucket)).toBe(0);
    }
  });

  it('does not mind a clock that went back', async () => {
    await takeAll();
    await pass(-10 * MINUTE);
    const wait = await limiter.take(bucket);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(3_600_000);
  });

  it('never gives the last token twice, whoever asks', async () => {
    const other = createMysqlRateLimiter(await store.openAnother());
    for (let round = 0; round < 10; round += 1) {
      const shared = { ...bucket, key: `${bucket.key}:${round}`, burst: 4 };
      const asked = Array.from({ length: 12 }, (_, index) =>
        (index % 2 === 0 ? limiter : other).take(shared),
      );
      expect((await Promise.all(asked)).filter((wait) => wait === 0)).toHaveLength(4);
    }
  });

  it('keeps buckets apart', async () => {
    await takeAll();
    expect(await limiter.take({ ...bucket, key: `${bucket.key}:other` })).toBe(0);
  });
});

describe('holdOff', () => {
  it('lets nobody ask before the time named, and then at the usual pace', async () => {
    await limiter.holdOff(bucket, Date.now() + 10 * MINUTE);
    const wait = await limiter.take(bucket);
    expect(wait).toBeGreaterThan(9 * MINUTE);
    expect(wait).toBeLessThanOrEqual(10 * MINUTE);
    await pass(10 * MINUTE);
    expect(await limiter.take(bucket)).toBe(0);
    expect(await limiter.take(bucket)).toBeGreaterThan(0);
  });

  it('is never shortened', async () => {
    await limiter.holdOff(bucket, Date.now() + 10 * MINUTE);
    await limiter.holdOff(bucket, Date.now() + MINUTE);
    await limiter.holdOff(bucket, Date.now() - MINUTE);
    expect(await limiter.take(bucket)).toBeGreaterThan(9 * MINUTE);
    await limiter.holdOff(bucket, Date.now() + 20 * MINUTE);
    expect(await limiter.take(bucket)).toBeGreaterThan(19 * MINUTE);
  });

  it('survives a marketplace that names the end of days', async () => {
    await limiter.holdOff(bucket, Number.MAX_SAFE_INTEGER);
    expect(await limiter.take(bucket)).toBeLessThanOrEqual(30 * 24 * 60 * MINUTE);
    await limiter.holdOff({ ...bucket, key: `${bucket.key}:nan` }, Number.NaN);
    expect(await limiter.take({ ...bucket, key: `${bucket.key}:nan` })).toBe(0);
  });
});
