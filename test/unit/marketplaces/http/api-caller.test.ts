import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/errors.js';
import { ApiCaller } from '../../../../src/marketplaces/http/api-caller.js';
import type { HttpClient } from '../../../../src/marketplaces/http/http-client.js';
import { MemoryRateLimiter } from '../../../../src/marketplaces/http/memory-rate-limiter.js';
import { RecordedInstruments } from '../../../support/instruments.js';
import { apiAnswer } from '../support/answers.js';
import { VirtualTiming } from '../support/virtual-timing.js';

const BUCKET = { key: 'ozon:1:all', intervalMs: 500, burst: 1 };
const REQUEST = { method: 'POST', path: '/x' } as const;
const never = new AbortController().signal;
const ok = () => apiAnswer(200, '{}');
const fails = (error: unknown) => () => {
  throw error;
};

let timing: VirtualTiming;
let limiter: MemoryRateLimiter;
let sent: number;

beforeEach(() => {
  timing = new VirtualTiming();
  limiter = new MemoryRateLimiter(timing.now);
  sent = 0;
});

/** A caller whose requests end one after the other as told; the last way stays. */
function caller(
  ways: readonly (() => ReturnType<typeof ok>)[],
  over: { maxWaitMs?: number; retries?: number } = {},
) {
  const http = {
    send: () => {
      const way = ways[Math.min(sent, ways.length - 1)];
      sent += 1;
      return Promise.resolve().then(() => way?.());
    },
  } as unknown as HttpClient;
  const retry = { retries: over.retries ?? 3, delayMs: 5000 };
  return new ApiCaller({
    http,
    limiter,
    retry,
    maxWaitMs: over.maxWaitMs ?? 60_000,
    timing,
    errorOf: () => null,
  });
}
const call = { request: REQUEST, bucket: BUCKET, read: () => 'read' };

describe('ApiCaller', () => {
  it('takes its turn before every request', async () => {
    const one = caller([ok]);
    await one.call(call, never);
    await one.call(call, never);
    expect(timing.sleeps).toEqual([500]);
  });

  it('defers where its turn comes later than it may wait, and says when', async () => {
    await limiter.holdOff(BUCKET, timing.now() + 90_000);
    await expect(caller([ok]).call(call, never)).rejects.toMatchObject({
      code: 'API_LIMITED',
      notBefore: timing.now() + 90_000,
    });
    expect(sent).toBe(0);
    expect(timing.sleeps).toEqual([]);
  });

  it('retries trouble with growing waits, then throws the last error', async () => {
    const down = new AppError('API_UNAVAILABLE', '502');
    await expect(caller([fails(down)]).call(call, never)).rejects.toBe(down);
    expect(sent).toBe(4);
    expect(timing.sleeps).toEqual([2500, 5000, 10_000]);
  });

  it('counts an answer that cannot be read as a failed try', async () => {
    let reads = 0;
    const read = () => {
      reads += 1;
      if (reads === 1) throw new AppError('API_BAD_ANSWER', 'cut');
      return 'whole';
    };
    expect(await caller([ok]).call({ ...call, read }, never)).toBe('whole');
    expect(sent).toBe(2);
  });

  it('does not repeat what no repetition mends', async () => {
    const refused = new AppError('API_CREDENTIALS', 'no');
    await expect(caller([fails(refused)]).call(call, never)).rejects.toBe(refused);
    expect(sent).toBe(1);
  });

  it('waits out a limit and tells the other processes', async () => {
    const limited = new AppError('API_LIMITED', '429', { notBefore: timing.now() + 7000 });
    const result = caller([fails(limited), ok]).call(call, never);
    expect(await result).toBe('read');
    expect(timing.sleeps).toEqual([7000]);
    expect(sent).toBe(2);
  });

  it('tells them also where it gives up itself', async () => {
    const limited = new AppError('API_LIMITED', '429', { notBefore: timing.now() + 18_236_000 });
    await expect(caller([fails(limited)]).call(call, never)).rejects.toBe(limited);
    expect(sent).toBe(1);
    expect(await limiter.take(BUCKET)).toBe(18_236_000);
  });

  it('holds off for the backoff where the limit names no time', async () => {
    const limited = new AppError('API_LIMITED', '429');
    await expect(caller([fails(limited)], { retries: 0 }).call(call, never)).rejects.toBe(limited);
    expect(await limiter.take(BUCKET)).toBe(2500);
  });

  it('adds up all waiting for limits of one call', async () => {
    const limited = () => {
      throw new AppError('API_LIMITED', '429', { notBefore: timing.now() + 25_000 });
    };
    await expect(caller([limited]).call(call, never)).rejects.toMatchObject({ code: 'API_LIMITED' });
    expect(timing.sleeps).toEqual([25_000, 25_000]);
  });

  it('keeps to the error where the hold-off cannot be shared', async () => {
    limiter.holdOff = () => Promise.reject(new AppError('DB_UNAVAILABLE', 'gone'));
    const limited = new AppError('API_LIMITED', '429');
    await expect(caller([fails(limited)], { retries: 0 }).call(call, never)).rejects.toBe(limited);
  });

  it('pays for refusals, heeds a count of none left, and slows down, by what answers say', async () => {
    const answers = [apiAnswer(200, '{}', { 'x-ratelimit-remaining': '0' }), apiAnswer(409, '{}')];
    const http = { send: () => Promise.resolve(answers.shift() ?? apiAnswer(429, '{}')) };
    const one = new ApiCaller({
      http: http as unknown as HttpClient,
      limiter,
      retry: { retries: 0, delayMs: 1000 },
      maxWaitMs: 60_000,
      timing,
      errorOf: ({ status }) =>
        status === 200
          ? null
          : new AppError(status === 429 ? 'API_LIMITED' : 'API_REJECTED', 'no', { facts: { status } }),
      adaptive: { longestIntervalMs: 10_000, forMs: 60_000 },
    });
    const bucket = { key: 'wildberries:1:stocks', intervalMs: 200, burst: 20 };
    const priced = { ...call, bucket, penalty: 9 };
    await one.call(priced, never);
    expect(await limiter.take(bucket)).toBe(200);
    await expect(one.call(priced, never)).rejects.toMatchObject({ code: 'API_REJECTED' });
    expect(await limiter.take(bucket)).toBe(10 * 200);
    await expect(one.call(priced, never)).rejects.toMatchObject({ code: 'API_LIMITED' });
    timing.advance(500);
    // One token was left behind the hold-off, nine of it were taken, and now one comes in 400 ms.
    expect(await limiter.take(bucket)).toBe(9 * 400);
  });

  it('reads an accepted answer whatever the limiter does', async () => {
    limiter.lower = () => Promise.reject(new AppError('DB_UNAVAILABLE', 'gone'));
    const counted = () => apiAnswer(200, '{}', { 'x-ratelimit-remaining': '0' });
    expect(await caller([counted]).call({ ...call, bucket: { ...BUCKET, burst: 5 } }, never)).toBe('read');
  });

  it('is measured by our name for the method, never by its path: each try, and the time for its turn', async () => {
    const instruments = new RecordedInstruments();
    const answers = [apiAnswer(429, '{}'), apiAnswer(200, '{}')];
    const http = {
      send: async () => {
        timing.advance(250);
        const answer = answers.shift();
        if (answer === undefined) throw new AppError('API_UNAVAILABLE', 'reset');
        return answer;
      },
    };
    const one = new ApiCaller({
      source: 'wildberries',
      http: http as unknown as HttpClient,
      limiter,
      retry: { retries: 1, delayMs: 1000 },
      maxWaitMs: 60_000,
      timing,
      errorOf: ({ status }) =>
        status === 429 ? new AppError('API_LIMITED', 'slow', { facts: { status } }) : null,
      instruments,
    });
    const request = { method: 'POST', path: '/api/v3/stocks/712345' } as const;
    const named = { ...call, request, method: 'fbs-stocks' };
    await one.call(named, never);
    await expect(one.call(named, never)).rejects.toMatchObject({ code: 'API_UNAVAILABLE' });
    expect(instruments.counts).toEqual({
      'apiCalls wildberries,fbs-stocks,429': 1,
      'apiCalls wildberries,fbs-stocks,200': 1,
      'apiCalls wildberries,fbs-stocks,none': 2,
    });
    expect(instruments.times['apiCall wildberries,fbs-stocks']).toEqual([0.25, 0.25, 0.25, 0.25]);
    const waits = instruments.times['apiWait wildberries,fbs-stocks'] ?? [];
    expect(waits).toHaveLength(4);
    expect(Math.max(...waits)).toBeGreaterThan(0);
    expect(instruments.spans.map(({ name }) => name)).toEqual(['api call', 'api call']);
    expect(JSON.stringify([instruments.counts, instruments.times])).not.toContain('712345');
  });

  it('stops waiting when it is stopped', async () => {
    const stop = new AbortController();
    const down = () => {
      stop.abort(new AppError('TIMED_OUT', 'enough'));
      throw new AppError('API_UNAVAILABLE', '502');
    };
    await expect(caller([down]).call(call, stop.signal)).rejects.toMatchObject({ code: 'API_UNAVAILABLE' });
    expect(sent).toBe(1);
    await expect(caller([ok]).call(call, stop.signal)).rejects.toMatchObject({ code: 'TIMED_OUT' });
  });
});
