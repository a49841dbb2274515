import { describe, expect, it } from 'vitest';
import { observedReader } from '../../../../src/cli/sync/observed-reader.js';
import { tellingLimiter } from '../../../../src/cli/sync/telling-limiter.js';
import { MemoryRateLimiter } from '../../../../src/marketplaces/http/memory-rate-limiter.js';
import type { FeedReader } from '../../../../src/ports/marketplace.js';

const feed = { source: 'ozon', account: '1', endpoint: 'product-stocks' } as const;
const { signal } = new AbortController();

describe('a reader that is watched', () => {
  const page = { fetchedAt: '2026-11-23T00:00:00.000Z', rows: ['{}'] };

  async function watch(pages: FeedReader['open'], stopAfter = Infinity) {
    const told: unknown[] = [];
    const reader = observedReader(
      { feed, open: pages },
      {
        began: () => told.push('began'),
        ended: (_, whole) => told.push(whole),
      },
    );
    let rows = 0;
    try {
      const walk = await reader.open(signal);
      for await (const one of walk.pages(signal)) {
        rows += one.rows.length;
        if (rows >= stopAfter) break;
      }
      told.push(walk.cursor?.(), walk.scope);
    } catch (error) {
      told.push((error as Error).message);
    }
    return { told, rows };
  }

  const scope = { schemes: ['fbo'] } as const;
  const two = async function* () {
    yield page;
    yield page;
  };

  it('gives everything on, and says when it begins and ends', async () => {
    const open = async () => ({ scope, pages: two, cursor: () => 'here' });
    expect(await watch(open)).toEqual({ told: ['began', true, 'here', scope], rows: 2 });
  });

  it('says where it broke off, or was left', async () => {
    const breaks = async function* () {
      yield page;
      throw new Error('cut');
    };
    expect(await watch(async () => ({ scope, pages: breaks }))).toEqual({
      told: ['began', false, 'cut'],
      rows: 1,
    });
    expect((await watch(async () => ({ scope, pages: two }), 1)).told).toEqual([
      'began',
      false,
      undefined,
      scope,
    ]);
    const refused = () => Promise.reject(new Error('refused'));
    expect((await watch(refused)).told).toEqual(['began', false, 'refused']);
  });
});

it('a limiter that tells says who waits, and until when', async () => {
  const told: [string, number][] = [];
  const limiter = tellingLimiter(new MemoryRateLimiter(), 90_000, (bucket, until) =>
    told.push([bucket, until]),
  );
  const bucket = { key: 'b', intervalMs: 60_000, burst: 1 };
  const before = Date.now();
  expect(await limiter.take(bucket)).toBe(0);
  expect(told).toEqual([]);
  const ms = await limiter.take(bucket);
  expect(told).toEqual([['b', expect.any(Number)]]);
  expect(told[0]?.[1]).toBeGreaterThanOrEqual(before + ms);
  await limiter.holdOff(bucket, before + 80_000);
  expect(told[1]?.[1]).toBeGreaterThanOrEqual(before + 80_000);
  // Nobody waits for so long: the run is put off.
  await limiter.holdOff(bucket, before + 600_000);
  expect(told).toHaveLength(2);
  expect(await limiter.take(bucket)).toBeGreaterThan(90_000);
  expect(told).toHaveLength(2);
});
