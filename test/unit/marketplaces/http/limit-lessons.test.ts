import { beforeEach, describe, expect, it } from 'vitest';
import { AppError, type ErrorDetails } from '../../../../src/errors.js';
import { LimitLessons, USUAL_PACE } from '../../../../src/marketplaces/http/limit-lessons.js';
import type { RateLimiter } from '../../../../src/ports/rate-limiter.js';
import { MemoryLogger } from '../../producers/support.js';
import { VirtualTiming } from '../support/virtual-timing.js';

const BUCKET = { key: 'wildberries:1:stocks', intervalMs: 200, burst: 20 };
const OZON = { key: 'ozon:1:all', intervalMs: 500, burst: 1 };

let timing: VirtualTiming;
let told: unknown[];
let logger: MemoryLogger;
let limiter: RateLimiter;

beforeEach(() => {
  timing = new VirtualTiming();
  told = [];
  logger = new MemoryLogger();
  const note =
    (kind: string) =>
    (bucket: { key: string }, ...rest: number[]) => {
      told.push([kind, bucket.key, ...rest]);
      return Promise.resolve();
    };
  limiter = {
    take: () => Promise.resolve(0),
    holdOff: note('holdOff'),
    charge: note('charge'),
    lower: note('lower'),
    slow: note('slow'),
  };
});

const lessons = (over: object = {}) => new LimitLessons({ limiter, timing, logger, ...over });
const limited = (facts: ErrorDetails['facts'], notBefore?: number) =>
  new AppError('API_LIMITED', '429', { facts, notBefore });

describe('an accepted answer', () => {
  it.each([
    ['0', [['lower', BUCKET.key, 0]]],
    [' 0 ', [['lower', BUCKET.key, 0]]],
    ['1', []],
    ['19', []],
    ['', []],
    ['-1', []],
  ])('with %j tokens left teaches %j', async (left, expected) => {
    await lessons().fromAccepted(BUCKET, { headers: { 'x-ratelimit-remaining': left } });
    expect(told).toEqual(expected);
  });

  it('teaches nothing without a count, nor of a bucket that is empty behind each request anyhow', async () => {
    await lessons().fromAccepted(BUCKET, { headers: {} });
    await lessons().fromAccepted(OZON, { headers: { 'x-ratelimit-remaining': '0' } });
    expect(told).toEqual([]);
  });
});

describe('a refusal that costs more than its request', () => {
  const rejected = new AppError('API_REJECTED', '409', { facts: { status: 409 } });

  it.each([
    ['a 409', rejected, [['charge', BUCKET.key, 9]]],
    [
      'a 401',
      new AppError('API_CREDENTIALS', '401', { facts: { status: 401 } }),
      [['charge', BUCKET.key, 9]],
    ],
    [
      'a 429 that names no time',
      limited({ status: 429 }),
      [
        ['holdOff', BUCKET.key, 777],
        ['charge', BUCKET.key, 9],
      ],
    ],
    ['a 429 that names one', limited({ status: 429 }, 5000), [['holdOff', BUCKET.key, 5000]]],
    ['a 502', new AppError('API_UNAVAILABLE', '502', { facts: { status: 502 } }), []],
    ['no answer', new AppError('API_UNAVAILABLE', 'reset', { facts: { code: 'ECONNRESET' } }), []],
    ['an answer that cannot be read', new AppError('API_BAD_ANSWER', 'cut'), []],
  ])('is charged for %s as it should be', async (_name, error, expected) => {
    await lessons().fromRefusal({ bucket: BUCKET, penalty: 9, error, otherwise: 777 });
    expect(told).toEqual(expected);
  });

  it('costs nothing where no penalty is known', async () => {
    await lessons().fromRefusal({ bucket: BUCKET, error: rejected, otherwise: 0 });
    expect(told).toEqual([]);
  });
});

describe('an adaptive pace', () => {
  const MINUTES = 10 * 60 * 1000;
  const slowings = () => told.filter((entry) => (entry as string[])[0] === 'slow');
  const refuse = (teacher: LimitLessons, facts: ErrorDetails['facts'] = { status: 429 }) =>
    teacher.fromRefusal({ bucket: OZON, error: limited(facts), otherwise: timing.now() });

  it('goes to the rate that the refusal names', async () => {
    const teacher = lessons({ adaptive: USUAL_PACE });
    await refuse(teacher, { status: 429, maxRps: 1 });
    expect(slowings()).toEqual([['slow', OZON.key, 1000, MINUTES]]);
    expect(logger.lines).toEqual(['warn asking less often for a while']);
  });

  it('is halved where none is named, or none below what is kept already', async () => {
    const teacher = lessons({ adaptive: USUAL_PACE });
    await refuse(teacher);
    await refuse(teacher, { status: 429, maxRps: 2 });
    await refuse(teacher, { status: 429, maxRps: 'many' });
    expect(slowings()).toEqual([
      ['slow', OZON.key, 1000, MINUTES],
      ['slow', OZON.key, 2000, MINUTES],
      ['slow', OZON.key, 4000, MINUTES],
    ]);
  });

  it('never goes beyond its bound, nor faster than the bucket itself', async () => {
    const teacher = lessons({ adaptive: USUAL_PACE });
    for (let count = 0; count < 8; count += 1) await refuse(teacher, { status: 429, maxRps: 0.001 });
    expect(slowings().at(-1)).toEqual(['slow', OZON.key, 10_000, MINUTES]);
    told = [];
    const lazy = { ...OZON, intervalMs: 60_000 };
    await teacher.fromRefusal({ bucket: lazy, error: limited({ status: 429 }), otherwise: 0 });
    expect(slowings()).toEqual([['slow', OZON.key, 60_000, MINUTES]]);
  });

  it('begins anew when the slow time is over', async () => {
    const teacher = lessons({ adaptive: USUAL_PACE });
    await refuse(teacher);
    timing.advance(MINUTES);
    await refuse(teacher);
    expect(slowings().at(-1)).toEqual(['slow', OZON.key, 1000, MINUTES]);
  });

  it('is for rates alone: a breaker that is open, or a marketplace that keeps to its word, slows nothing', async () => {
    await refuse(lessons({ adaptive: USUAL_PACE }), { status: 503 });
    await refuse(lessons());
    expect(slowings()).toEqual([]);
  });
});

it('a limiter that is away fails nothing and is told of once', async () => {
  const away = () => Promise.reject(new AppError('DB_UNAVAILABLE', 'gone'));
  limiter = { take: () => Promise.resolve(0), holdOff: away, charge: away, lower: away, slow: away };
  const teacher = lessons({ adaptive: USUAL_PACE });
  await teacher.fromAccepted(BUCKET, { headers: { 'x-ratelimit-remaining': '0' } });
  await teacher.fromRefusal({ bucket: BUCKET, penalty: 9, error: limited({ status: 429 }), otherwise: 0 });
  expect(logger.lines.filter((line) => line.includes('gone'))).toHaveLength(1);
});
