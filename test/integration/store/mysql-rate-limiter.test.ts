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
            not_before = not_before - INTERVAL ? MICROSECOND,
            slow_until = slow_until - INTERVAL ? MICROSECOND WHERE bucket = ?`,
    [ms * 1000, ms * 1000, ms * 1000, bucket.key],
  );
const takeAll = async () => {
  for (let token = 0; token < bucket.burst; token += 1) expect(await limiter.take(bucket)).toBe(0);
};
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A little passes between two questions. */
const expectAbout = (wait: number, expected: number) => {
  expect(wait).toBeGreaterThan(expected - MINUTE);
  expect(wait).toBeLessThanOrEqual(expected);
};

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

describe('charge', () => {
  it('takes tokens that are not there too, and they must be earned again', async () => {
    expect(await limiter.take(bucket)).toBe(0);
    await limiter.charge(bucket, 9);
    expectAbout(await limiter.take(bucket), 8 * HOUR);
    await pass(8 * HOUR);
    expect(await limiter.take(bucket)).toBe(0);
    expectAbout(await limiter.take(bucket), HOUR);
  });

  it('begins with a full bucket where nobody has asked before, and counts fractions', async () => {
    await limiter.charge(bucket, 2.5);
    expectAbout(await limiter.take(bucket), HOUR / 2);
  });

  it('adds up whoever charges, and has a bottom', async () => {
    const other = createMysqlRateLimiter(await store.openAnother());
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? limiter : other).charge(bucket, 2)),
    );
    // 3 - 20, and one more is wanted.
    expectAbout(await other.take(bucket), 18 * HOUR);
    await limiter.charge(bucket, 1e9);
    expect(await limiter.take(bucket)).toBeLessThanOrEqual(101 * HOUR);
  });

  it('leaves a hold-off where it is', async () => {
    await limiter.holdOff(bucket, Date.now() + 10 * MINUTE);
    await limiter.charge(bucket, 1);
    expectAbout(await limiter.take(bucket), 10 * MINUTE);
    await pass(10 * MINUTE);
    expectAbout(await limiter.take(bucket), HOUR);
  });
});

describe('lower', () => {
  it('believes the smaller count, the marketplace’s or ours', async () => {
    await limiter.lower(bucket, 1);
    expect(await limiter.take(bucket)).toBe(0);
    expectAbout(await limiter.take(bucket), HOUR);
    await limiter.lower(bucket, 2);
    expectAbout(await limiter.take(bucket), HOUR);
    await pass(3 * HOUR);
    await limiter.lower(bucket, 0);
    expectAbout(await limiter.take(bucket), HOUR);
  });

  it('takes no count that is none, and forgives no debt', async () => {
    await limiter.lower(bucket, Number.NaN);
    await limiter.lower(bucket, 100);
    await takeAll();
    await limiter.charge(bucket, 4);
    await limiter.lower(bucket, 0);
    expectAbout(await limiter.take(bucket), 5 * HOUR);
  });
});

describe('slow', () => {
  it('makes tokens come slower for its time, and after it at the usual pace', async () => {
    await takeAll();
    await limiter.slow(bucket, 4 * HOUR, 6 * HOUR);
    expectAbout(await limiter.take(bucket), 4 * HOUR);
    await pass(4 * HOUR);
    expect(await limiter.take(bucket)).toBe(0);
    // Two hours more give a half, the rest of the token comes at the old pace.
    expectAbout(await limiter.take(bucket), 2.5 * HOUR);
    await pass(2.5 * HOUR);
    expect(await limiter.take(bucket)).toBe(0);
    expectAbout(await limiter.take(bucket), HOUR);
  });

  it('keeps what was earned until then, and the longer interval and time of two', async () => {
    await takeAll();
    await pass(0.5 * HOUR);
    await limiter.slow(bucket, 2 * HOUR, 10 * HOUR);
    expectAbout(await limiter.take(bucket), HOUR);
    await limiter.slow(bucket, HOUR / 2, HOUR);
    expectAbout(await limiter.take(bucket), HOUR);
    await limiter.slow(bucket, 6 * HOUR, HOUR);
    expectAbout(await limiter.take(bucket), 3 * HOUR);
  });

  it('is never faster than the method’s own interval, and ends', async () => {
    await takeAll();
    await limiter.slow(bucket, 1, Number.MAX_SAFE_INTEGER);
    expectAbout(await limiter.take(bucket), HOUR);
    const [row] = await store.db.query(
      'SELECT TIMESTAMPDIFF(DAY, NOW(3), slow_until) AS days FROM rate_limits WHERE bucket = ?',
      [bucket.key],
    );
    expect(Number(row?.days)).toBeLessThanOrEqual(30);
    for (const [interval, time] of [
      [Number.NaN, 1],
      [1, Number.NaN],
      [0, 1],
      [HOUR * 9, -1],
    ] as const)
      await limiter.slow(bucket, interval, time);
    expectAbout(await limiter.take(bucket), HOUR);
  });
});

it('a method without a limit gives as many as are asked for', async () => {
  const free = { ...bucket, intervalMs: 0, burst: 1 };
  const waits: number[] = [];
  for (let asked = 0; asked < 5; asked += 1) waits.push(await limiter.take(free));
  for (const wait of waits) expect(wait).toBeLessThanOrEqual(1);
});
