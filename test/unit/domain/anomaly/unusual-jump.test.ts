import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding, ProductFacts, ProductHour } from '../../../../src/domain/anomaly/finding.js';
import { productHabit } from '../../../../src/domain/anomaly/product-habit.js';
import { newsOf } from '../../../../src/domain/anomaly/rules.js';
import { unusualJump } from '../../../../src/domain/anomaly/unusual-jump.js';
import { applied, changed, FEED, NOW, product } from './snapshots.js';

const HOUR = 3_600_000;
const THIS_HOUR = Math.floor(NOW / HOUR);
const singles = (findings: readonly Finding[]) => findings.filter((one) => one.product !== undefined);

/** Every hour of four weeks, from what is sold in each. */
function history(soldAt: (hour: number, age: number) => number): ProductHour[] {
  return Array.from({ length: 28 * 24 }, (_, index) => {
    const age = 28 * 24 - 1 - index;
    return { hour: THIS_HOUR - age, sold: soldAt(THIS_HOUR - age, age), received: 0 };
  }).filter(({ sold }) => sold > 0);
}

const TWO_AN_HOUR = history(() => 2);
const jump = (before: number, after: number, fields: Partial<ProductFacts> = {}) =>
  productHabit(product({ before, after, hours: TWO_AN_HOUR, ...fields }), NOW);

describe('the habit of a product', () => {
  test('a loss far beyond it is unusual, an ordinary hour is not', () => {
    expect(jump(120, 60)).toMatchObject({ state: 'unusual', usual: 2 });
    expect(jump(120, 118)).toMatchObject({ state: 'usual', usual: 2 });
  });

  test.each([
    [9, 8, 'usual'],
    [19, 10, 'usual'],
    [20, 10, 'usual'],
    [100, 80, 'usual'],
    [100, 76, 'usual'],
    [100, 75, 'unusual'],
  ])('%i → %i is %s: a floor in pieces, in share and in deviations', (before, after, state) => {
    expect(jump(before, after)).toMatchObject({ state });
  });

  test('what happens every day at this hour is no event, and at another hour it is', () => {
    const rush = (at: number) => history((hour) => ((((hour - THIS_HOUR) % 24) + 24) % 24 === at ? 60 : 1));
    expect(jump(200, 140, { hours: rush(0) })).toMatchObject({ state: 'usual', usual: 60 });
    expect(jump(200, 140, { hours: rush(1) })).toMatchObject({ state: 'usual', usual: 60 });
    expect(jump(200, 140, { hours: rush(12) })).toMatchObject({ state: 'unusual', usual: 1 });
  });

  test('workdays are compared with workdays', () => {
    const isWeekend = (hour: number) => [0, 6].includes(new Date((hour + 3) * HOUR).getUTCDay());
    const hours = history((hour) => (isWeekend(hour) ? 40 : 1));
    expect(jump(120, 80, { hours })).toMatchObject({ state: 'unusual', usual: 1 });
    const sunday = NOW - 24 * HOUR;
    expect(productHabit(product({ before: 120, after: 80, hours }), sunday)).toMatchObject({
      state: 'usual',
      usual: 40,
    });
  });

  test('one earlier loss does not make the next one ordinary', () => {
    const hours = history((_, age) => (age === 72 ? 500 : 2));
    expect(jump(120, 60, { hours })).toMatchObject({ state: 'unusual', usual: 2 });
  });

  test('a night without reads is compared with nights', () => {
    const facts = product({ before: 120, after: 90, hours: TWO_AN_HOUR });
    expect(productHabit(facts, NOW)).toMatchObject({ state: 'unusual' });
    expect(productHabit(facts, NOW, NOW - 12 * HOUR)).toMatchObject({ state: 'usual', usual: 24 });
    expect(productHabit(facts, NOW, NOW - 25 * HOUR)).toEqual({ state: 'not-enough-history' });
  });

  test('without four comparable days nothing is known', () => {
    // Monday: the four workdays before are Friday to Tuesday.
    const since = (days: number) => NOW - days * 24 * HOUR;
    expect(jump(120, 60, { since: since(6) })).toEqual({ state: 'not-enough-history' });
    expect(jump(120, 60, { since: since(7) })).toMatchObject({ state: 'unusual' });
  });

  test('a rise is compared with earlier deliveries, if there were three', () => {
    const deliveries = (...pieces: readonly number[]) => ({
      hours: pieces.map((received, index) => ({ hour: THIS_HOUR - 500 + index, sold: 0, received })),
    });
    expect(jump(50, 150, deliveries(90, 110, 100))).toMatchObject({ state: 'usual', usual: 100 });
    expect(jump(50, 1050, deliveries(90, 110, 100))).toMatchObject({ state: 'unusual', usual: 100 });
    expect(jump(50, 1050, deliveries(90, 110))).toEqual({ state: 'not-enough-history' });
    // Returned pieces are no deliveries, and from nothing there is no share to judge.
    expect(jump(50, 1050, deliveries(1, 1, 1, 1))).toEqual({ state: 'not-enough-history' });
    expect(jump(0, 1050, deliveries(90, 110, 100))).toMatchObject({ state: 'usual' });
  });

  test('nothing below ten pieces or a quarter is ever unusual', () => {
    const hour = fc.record({
      hour: fc.integer({ min: THIS_HOUR - 700, max: THIS_HOUR }),
      sold: fc.nat(30),
      received: fc.nat(30),
    });
    fc.assert(
      fc.property(fc.array(hour), fc.nat(60), fc.nat(60), (list, before, after) => {
        const hours = list.toSorted((a, b) => a.hour - b.hour);
        const { state } = jump(before, after, { hours });
        const amount = Math.abs(before - after);
        if (amount < 10 || amount < before / 4) expect(state).not.toBe('unusual');
      }),
    );
  });
});

describe('unusual-jump', () => {
  const lost = (id: number) => product({ productId: `${id}`, before: 120, after: 60, hours: TWO_AN_HOUR });
  const kept = (id: number) => product({ productId: `${id}`, before: 120, after: 118, hours: TWO_AN_HOUR });
  const judged = (...products: ProductFacts[]) => unusualJump(changed(products));

  test('each product by itself, each breach anew, until it moves as usual', () => {
    const story = [judged(lost(1)), judged(lost(1)), judged(kept(1)), judged(kept(1))].flat();
    const news = newsOf(story, (one) => one, new Set<string>());
    expect(news.map(({ state, fingerprint }) => `${state} ${fingerprint}`)).toEqual([
      'raised unusual-jump:ozon:123:1',
      'raised unusual-jump:ozon:123:1',
      'resolved unusual-jump:ozon:123:1',
    ]);
  });

  test('up to twenty one by one, more as one incident of the feed', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => lost(index));
    const raised = (count: number) => judged(...many(count)).filter(({ state }) => state === 'raised');
    expect(singles(raised(20))).toHaveLength(20);
    expect(raised(21)).toMatchObject([
      {
        severity: 'critical',
        fingerprint: `unusual-jump:${FEED}`,
        evidence: { before: 21 * 120, after: 21 * 60 },
      },
    ]);
    expect(raised(10_000)).toHaveLength(1);
  });

  test('the next snapshot with few jumps resolves what concerned many', () => {
    expect(judged(kept(1))[0]).toMatchObject({ state: 'resolved', fingerprint: `unusual-jump:${FEED}` });
  });

  test('where it is not known when the feed was read before, the last hour with any movement counts', () => {
    const silent = (hours: number, id: number, after: number) =>
      product({
        productId: `${id}`,
        before: 120,
        after,
        hours: TWO_AN_HOUR.filter(({ hour }) => hour <= THIS_HOUR - hours),
      });
    const raised = (...products: ProductFacts[]) =>
      singles(judged(...products).filter(({ state }) => state === 'raised')).length;
    expect(raised(silent(1, 1, 90), silent(12, 2, 90))).toBe(2);
    expect(raised(silent(12, 1, 90), silent(12, 2, 90))).toBe(0);
    // However long nothing has moved, a day's sales are the most that is forgiven.
    expect(raised(silent(100, 1, 60))).toBe(0);
    expect(raised(silent(100, 1, 0))).toBe(1);
  });

  test('without history, without movement, and of anything else it says nothing', () => {
    expect(singles(judged(product({ before: 120, after: 0, since: NOW })))).toEqual([]);
    expect(singles(judged(product({ before: 120, after: 120 })))).toEqual([]);
    expect(unusualJump(applied())).toEqual([]);
  });
});
