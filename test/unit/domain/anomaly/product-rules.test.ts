import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding, ProductFacts } from '../../../../src/domain/anomaly/finding.js';
import { lowStock } from '../../../../src/domain/anomaly/low-stock.js';
import { reservedAbovePresent } from '../../../../src/domain/anomaly/reserved-above-present.js';
import { newsOf } from '../../../../src/domain/anomaly/rules.js';
import { runsOutSoon } from '../../../../src/domain/anomaly/runs-out-soon.js';
import { saleRate } from '../../../../src/domain/anomaly/sale-rate.js';
import { settings } from './settings.js';
import { applied, changed, NOW, product } from './snapshots.js';

const states = (findings: readonly Finding[]) => findings.map(({ state }) => state);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const THIS_HOUR = Math.floor(NOW / HOUR);

/** So many pieces sold each day, `daysAgo` 0 the last 24 hours. */
function sold(...byDaysAgo: readonly number[]): ProductFacts['hours'] {
  return byDaysAgo
    .map((pieces, daysAgo) => ({ hour: THIS_HOUR - 24 * daysAgo - 12, sold: pieces, received: 0 }))
    .filter((one) => one.sold > 0)
    .reverse();
}

describe('low-stock', () => {
  const move = (before: number, after: number, fields: Partial<ProductFacts> = {}) =>
    lowStock(changed([product({ before, after, ...fields })]), settings());

  test.each([
    [8, 6, []],
    [6, 5, ['raised']],
    [5, 4, ['raised']],
    [9, 1, ['raised']],
    [9, 0, []],
    [0, 3, []],
    [4, 6, []],
    [4, 7, ['resolved']],
  ])('%i → %i at a threshold of 5: %j', (before, after, expected) => {
    expect(states(move(before, after))).toEqual(expected);
  });

  test('a product’s own threshold goes before that of its source, and 0 ends it', () => {
    expect(states(move(30, 20, { lowStock: 20 }))).toEqual(['raised']);
    expect(states(move(5, 4, { lowStock: 1 }))).toEqual(['resolved']);
    expect(states(move(5, 4, { lowStock: 0 }))).toEqual(['resolved']);
    const off = settings({ lowStock: { ozon: 0, wildberries: 5 } });
    expect(lowStock(changed([product({ before: 5, after: 1 })]), off)).toEqual([]);
  });

  test('told once per crossing: between two alerts the product was well above', () => {
    const levels = fc.array(fc.nat(20), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(levels, fc.integer({ min: 1, max: 10 }), (walk, threshold) => {
        const steps = walk.slice(1).flatMap((after, index) => {
          const before = walk[index] ?? 0;
          const facts = product({ before, after, lowStock: threshold });
          return lowStock(changed([facts]), settings()).map((finding) => ({ finding, index }));
        });
        let told = -1;
        for (const { finding, index } of newsOf(steps, (one) => one.finding, new Set<string>())) {
          if (finding.state === 'resolved') continue;
          expect(finding.evidence.after).toBeLessThanOrEqual(threshold);
          if (told >= 0) {
            const between = walk.slice(told + 1, index + 1);
            expect(Math.max(...between)).toBeGreaterThan(threshold + Math.max(1, threshold / 5));
          }
          told = index;
        }
      }),
    );
  });
});

describe('the rate of sale', () => {
  test('is the mean of the last two weeks', () => {
    const hours = sold(...Array.from({ length: 28 }, (_, day) => (day < 14 ? 4 : 40)));
    expect(saleRate(product({ after: 100, hours }), NOW)).toBe(4);
  });

  test('one bulk order is no rate', () => {
    const usual = Array.from({ length: 14 }, () => 4);
    const rate = saleRate(product({ after: 100, hours: sold(500, ...usual.slice(1)) }), NOW);
    expect(rate).toBeCloseTo((8 + 13 * 4) / 14);
  });

  test('days with empty shelves do not count', () => {
    const hours = [
      { hour: THIS_HOUR - 71, sold: 0, received: 60 },
      ...[60, 36, 12].map((age) => ({ hour: THIS_HOUR - age, sold: 10, received: 0 })),
    ];
    expect(saleRate(product({ after: 30, hours }), NOW)).toBe(10);
  });

  test('is unknown in the first three days and with fewer than three days of sales, and 0 without any', () => {
    const hours = sold(4, 4, 4);
    expect(saleRate(product({ hours, since: NOW - 3 * DAY + HOUR }), NOW)).toBeNull();
    expect(saleRate(product({ hours, since: NOW - 3 * DAY }), NOW)).toBe(4);
    expect(saleRate(product({ hours: sold(4, 4) }), NOW)).toBeNull();
    expect(saleRate(product({ hours: [] }), NOW)).toBe(0);
  });

  test('never negative, never above the best day', () => {
    const hour = fc.record({
      hour: fc.integer({ min: THIS_HOUR - 700, max: THIS_HOUR }),
      sold: fc.nat(50),
      received: fc.nat(50),
    });
    fc.assert(
      fc.property(fc.uniqueArray(hour, { selector: (one) => one.hour }), fc.nat(100), (list, after) => {
        const hours = list.toSorted((a, b) => a.hour - b.hour);
        const rate = saleRate(product({ hours, after }), NOW);
        const all = hours.reduce((sum, one) => sum + one.sold, 0);
        expect(rate ?? 0).toBeGreaterThanOrEqual(0);
        expect(rate ?? 0).toBeLessThanOrEqual(all);
      }),
    );
  });
});

describe('runs-out-soon', () => {
  const TEN_A_DAY = sold(...Array.from({ length: 14 }, () => 10));
  const at = (after: number, fields: Partial<ProductFacts> = {}) =>
    runsOutSoon(changed([product({ before: after + 1, after, hours: TEN_A_DAY, ...fields })]), settings());

  test.each([
    [30, ['raised']],
    [31, []],
    [40, []],
    [41, ['resolved']],
    [0, []],
    [1, ['raised']],
  ])('%i pieces at ten a day and a limit of 3 days: %j', (after, expected) => {
    expect(states(at(after))).toEqual(expected);
  });

  test('says for how long, and at which rate', () => {
    expect(at(25)[0]?.text).toEqual({
      ru: 'Ozon: скоро закончится: арт. TEA-1 «Чай», осталось 25 шт., хватит на 2 дня при продаже 10 шт. в день',
      en: 'Ozon: will run out soon: SKU TEA-1 “Чай”, 25 units left, enough for 2 days at 10 a day',
    });
    expect(at(5)[0]?.text.ru).toContain('не хватит и на день');
  });

  test('without history nothing, without sales well, with 0 off', () => {
    expect(at(5, { since: NOW - DAY })).toEqual([]);
    expect(states(at(5, { hours: [] }))).toEqual(['resolved']);
    const off = settings({ runsOutDays: 0 });
    expect(runsOutSoon(changed([product({ after: 1, hours: TEN_A_DAY })]), off)).toEqual([]);
  });
});

describe('reserved-above-present', () => {
  const reserve = (present: number, before: number, after: number) =>
    reservedAbovePresent(
      changed([product({ present: { before: present, after: present }, reserved: { before, after } })]),
    );

  test.each([
    [5, 0, 5, []],
    [5, 5, 6, ['raised']],
    [5, 9, 6, ['raised']],
    [5, 6, 5, ['resolved']],
    [5, 3, 0, ['resolved']],
    [5, 0, 0, []],
  ])('%i present, %i → %i reserved: %j', (present, before, after, expected) => {
    expect(states(reserve(present, before, after))).toEqual(expected);
  });
});

test('product rules have nothing to say of anything but products', () => {
  for (const rule of [lowStock, reservedAbovePresent, runsOutSoon])
    expect(rule(applied(), settings())).toEqual([]);
});
