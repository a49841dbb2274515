import type { ProductFacts, ProductHour } from './finding.js';
import { median } from './robust.js';
import { DAY, HOUR } from './time.js';

/** Two weeks: both have every weekday. */
const MOST_DAYS = 14;
const LEAST_DAYS = 3;
const LEAST_SELLING_DAYS = 3;
/** A day counts at most so many times the median of the selling days: one bulk order, or a loss, is no rate. */
const MOST_PER_DAY = 2;

/**
 * Pieces a day at which a product has sold of late, over the days on which there was anything to sell; null while
 * the history is too short or the sales too few to say.
 *
 * @param at Unix milliseconds
 */
export function saleRate(product: ProductFacts, at: number): number | null {
  const known = Math.min(MOST_DAYS, Math.floor((at - product.since) / DAY));
  if (known < LEAST_DAYS) return null;
  const days = soldByDay(product, Math.floor(at / HOUR), known);
  const selling = days.filter((sold) => sold > 0);
  if (selling.length === 0) return 0;
  if (selling.length < LEAST_SELLING_DAYS) return null;
  const most = MOST_PER_DAY * median(selling);
  return days.reduce((sum, sold) => sum + Math.min(sold, most), 0) / days.length;
}

/** Spans of 24 hours back from the present hour, without those that began and ended with empty shelves. */
function soldByDay({ hours, after }: ProductFacts, now: number, known: number): number[] {
  const days: number[] = [];
  let level = after;
  let next = hours.length - 1;
  for (let day = 0; day < known; day += 1) {
    let sold = 0;
    let hadStock = level > 0;
    for (let one = hours[next]; isAfter(one, now - 24 * (day + 1)); one = hours[next]) {
      sold += one.sold;
      level += one.sold - one.received;
      hadStock ||= level > 0;
      next -= 1;
    }
    if (hadStock || sold > 0) days.push(sold);
  }
  return days;
}

function isAfter(one: ProductHour | undefined, hour: number): one is ProductHour {
  return one !== undefined && one.hour > hour;
}
