import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { readApi } from '../../../../src/dashboard/api/plugin.js';
import { Throttle } from '../../../../src/dashboard/api/throttle.js';

describe('requests of a client', () => {
  it('come from a bucket of its own, which fills again', () => {
    let now = 0;
    const throttle = new Throttle({ intervalMs: 100, burst: 3 }, () => now);
    const three = () => [throttle.take('a'), throttle.take('a'), throttle.take('a')];
    expect(three()).toEqual([0, 0, 0]);
    expect(throttle.take('a')).toBe(100);
    expect(throttle.take('b')).toBe(0);
    now = 100;
    expect([throttle.take('a'), throttle.take('a')]).toEqual([0, 100]);
    now = 100_000;
    expect([...three(), throttle.take('a')]).toEqual([0, 0, 0, 100]);
  });

  it('are remembered of so many clients, and no more', () => {
    const throttle = new Throttle({ intervalMs: 1000, burst: 1 }, () => 0);
    expect([throttle.take('first'), throttle.take('first')]).toEqual([0, 1000]);
    for (let client = 0; client < 10_000; client += 1) throttle.take(`client ${client}`);
    expect(throttle.take('first')).toBe(0);
    expect(throttle.take('client 9999')).toBe(1000);
  });

  it('that guess at the token are counted too, and told when to come again', async () => {
    const app = Fastify();
    let checked = 0;
    await readApi(app, {
      db: { query: () => Promise.reject(new Error('not asked')) },
      owner: { rawTopic: 'raw', group: 'group' },
      ...{ maxSyncAgeHours: 8, ledgerDays: 400, locale: 'ru', logger: { error: () => undefined } },
      rate: { intervalMs: 1500, burst: 2 },
      now: () => 0,
      authorize: () => {
        checked += 1;
        return { status: 401, retryAfter: 0 };
      },
    });
    const statuses = [];
    for (let turn = 0; turn < 3; turn += 1) statuses.push((await app.inject('/api/v1/levels')).statusCode);
    expect([statuses, checked]).toEqual([[401, 401, 429], 2]);
    const refused = await app.inject('/api/v1/no-such-thing');
    expect(refused.headers['retry-after']).toBe('2');
    expect(refused.json()).toMatchObject({ code: 'too-many-requests', title: 'слишком много запросов' });
    await app.close();
  });
});
