import { HISTORY_DAYS, type ProductFacts } from './finding.js';
import { median, scaledMad } from './robust.js';
import { HOUR } from './time.js';

/** How a movement compares with what its product usually does. */
export type Habit =
  | { readonly state: 'not-enough-history' }
  | {
      readonly state: 'usual' | 'unusual';
      /** What usually comes or goes in such a span of time, and from where on it is unusual; pieces. */
      readonly usual: number;
      readonly limit: number;
    };

/** Less than this is never unusual: 9 → 8 is no event, and neither is 100 → 80. */
export const LEAST_PIECES = 10;
const LEAST_SHARE = 0.25;
/** Scaled median absolute deviations beyond the median. */
const DEVIATIONS = 5;
/** Comparable spans, and comparable deliveries, that make a habit. */
const LEAST_SPANS = 4;
const LEAST_DELIVERIES = 3;
/**
 * Sales are counts: however even the few days known were, they scatter at least by the root of their mean, and more
 * where one buyer takes several pieces.
 */
const PIECES_TOGETHER = 2;
/** Deliveries come in boxes: several alike are no promise that the next will be. */
const LEAST_DELIVERY_SPREAD = 0.2;
/** A snapshot that covers more than a day has no hour of the week. */
const MOST_HOURS = 24;
/** Where Ozon and Wildberries have their buyers' weekends: UTC+3 all year. */
const MOSCOW_HOURS = 3;

/**
 * A fall is compared with the sales of the same hours (give or take one) on days of the same kind, workdays or
 * weekend; a rise with the product's earlier deliveries, which keep no hours.
 *
 * @param at when the movement was seen, Unix milliseconds
 * @param previousAt when the product was seen before; by default about an hour earlier
 */
export function productHabit(product: ProductFacts, at: number, previousAt = at - HOUR): Habit {
  const { before, after } = product;
  const span = Math.max(1, Math.round((at - previousAt) / HOUR));
  if (span > MOST_HOURS) return { state: 'not-enough-history' };
  const fell = after < before;
  const samples = fell ? sales(product, Math.floor(at / HOUR), span) : deliveries(product, at);
  if (samples.length < (fell ? LEAST_SPANS : LEAST_DELIVERIES)) return { state: 'not-enough-history' };
  const usual = median(samples);
  const spread = fell ? Math.sqrt(PIECES_TOGETHER * Math.max(1, usual)) : usual * LEAST_DELIVERY_SPREAD;
  const limit = usual + DEVIATIONS * Math.max(scaledMad(samples, usual), spread);
  const amount = Math.abs(after - before);
  const isUnusual = amount >= LEAST_PIECES && amount >= before * LEAST_SHARE && amount >= limit;
  return { state: isUnusual && before > 0 ? 'unusual' : 'usual', usual, limit };
}

/** What left in the same span of each earlier day of the same kind, an hour earlier or later where that was more. */
function sales(product: ProductFacts, now: number, span: number): number[] {
  const known = Math.floor(now - product.since / HOUR);
  const soldWithin = soldByAge(product, now);
  const kind = isWeekend(now);
  const samples: number[] = [];
  for (let day = 1; day <= HISTORY_DAYS && 24 * day + 1 + span <= known; day += 1) {
    if (isWeekend(now - 24 * day) !== kind) continue;
    const shifted = [-1, 0, 1].map((shift) => soldWithin(24 * day + shift, 24 * day + shift + span));
    samples.push(Math.max(...shifted));
  }
  return samples;
}

/** Pieces that left between two ages in hours, the younger included. */
function soldByAge({ hours }: ProductFacts, now: number): (from: number, to: number) => number {
  const upTo = new Float64Array(24 * (HISTORY_DAYS + 1) + 3);
  for (const { hour, sold } of hours) {
    const age = now - hour;
    if (age >= 0 && age + 1 < upTo.length) upTo[age + 1] = (upTo[age + 1] ?? 0) + sold;
  }
  for (let age = 1; age < upTo.length; age += 1) upTo[age] = (upTo[age] ?? 0) + (upTo[age - 1] ?? 0);
  return (from, to) => (upTo[to] ?? 0) - (upTo[from] ?? 0);
}

function deliveries({ hours }: ProductFacts, at: number): number[] {
  const now = Math.floor(at / HOUR);
  return hours
    .filter(({ hour, received }) => hour < now && received >= LEAST_PIECES)
    .map(({ received }) => received);
}

/** @param hour whole hours since 1970, which began on a Thursday */
function isWeekend(hour: number): boolean {
  const weekday = (Math.floor((hour + MOSCOW_HOURS) / 24) + 4) % 7;
  return weekday === 0 || weekday === 6;
}
