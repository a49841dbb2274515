import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryRateLimiter } from '../../../../src/marketplaces/http/memory-rate-limiter.js';

const bucket = (over: object = {}) => ({ key: 'ozon:1:all', intervalMs: 1000, burst: 3, ...over });

describe('MemoryRateLimiter', () => {
  it('gives a burst, then one token per interval', async () => {
    let now = 5000;
    const limiter = new MemoryRateLimiter(() => now);
    const burst = [await limiter.take(bucket()), await limiter.take(bucket()), await limiter.take(bucket())];
    expect(burst).toEqual([0, 0, 0]);
    expect(await limiter.take(bucket())).toBe(1000);
    now += 400;
    expect(await limiter.take(bucket())).toBe(600);
    now += 600;
    expect(await limiter.take(bucket())).toBe(0);
    expect(await limiter.take(bucket())).toBe(1000);
  });

  it('keeps buckets apart', async () => {
    const limiter = new MemoryRateLimiter(() => 0);
    expect(await limiter.take(bucket({ burst: 1 }))).toBe(0);
    expect(await limiter.take(bucket({ burst: 1, key: 'ozon:2:all' }))).toBe(0);
    expect(await limiter.take(bucket({ burst: 1 }))).toBe(1000);
  });

  it('holds off until told, and an earlier moment does not shorten that', async () => {
    let now = 0;
    const limiter = new MemoryRateLimiter(() => now);
    await limiter.holdOff(bucket(), 9000);
    await limiter.holdOff(bucket(), 4000);
    expect(await limiter.take(bucket())).toBe(9000);
    now = 9000;
    expect(await limiter.take(bucket())).toBe(0);
  });

  it('survives a clock that is set back', async () => {
    let now = 1_000_000;
    const limiter = new MemoryRateLimiter(() => now);
    await limiter.take(bucket({ burst: 1 }));
    now = 0;
    expect(await limiter.take(bucket({ burst: 1 }))).toBeLessThanOrEqual(1000);
  });

  it('keeps debts, counts and slow times by bucket', async () => {
    let now = 1_000_000;
    const limiter = new MemoryRateLimiter(() => now);
    await limiter.charge(bucket(), 5);
    expect(await limiter.take(bucket())).toBe(3000);
    expect(await limiter.take(bucket({ key: 'ozon:2:all' }))).toBe(0);
    await limiter.lower(bucket({ key: 'ozon:2:all' }), 0);
    expect(await limiter.take(bucket({ key: 'ozon:2:all' }))).toBe(1000);
    await limiter.slow(bucket({ key: 'ozon:2:all' }), 4000, 60_000);
    expect(await limiter.take(bucket({ key: 'ozon:2:all' }))).toBe(4000);
    now += 4000;
    expect(await limiter.take(bucket({ key: 'ozon:2:all' }))).toBe(0);
    expect(await limiter.take(bucket())).toBe(0);
  });

  it('never gives more than burst + elapsed / interval tokens', () => {
    return fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(3000), { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        async (steps, burst) => {
          let now = 0;
          const limiter = new MemoryRateLimiter(() => now);
          let taken = 0;
          for (const step of steps) {
            now += step;
            if ((await limiter.take(bucket({ burst }))) === 0) taken += 1;
            expect(taken).toBeLessThanOrEqual(burst + Math.floor(now / 1000));
          }
        },
      ),
    );
  });
});
