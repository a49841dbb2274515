import type { Source } from '../../domain/stock-key.js';

/** One hour in which pieces of a product left or came. */
export interface ReportHour {
  readonly productId: string;
  /** Whole hours since 1970, UTC. */
  readonly hour: number;
  readonly sold: number;
  readonly received: number;
}

export interface ReportProduct {
  readonly productId: string;
  readonly article: string;
  readonly name: string;
  /** Pieces, now. */
  readonly available: number;
}

export interface ShopFacts {
  readonly source: Source;
  readonly account: string;
  /** When it was last confirmed completely, Unix milliseconds; null: never. */
  readonly confirmedAt: number | null;
  readonly products: readonly ReportProduct[];
  readonly hours: readonly ReportHour[];
  readonly runs: { readonly total: number; readonly succeeded: number };
}

export interface Span {
  /** Unix milliseconds. */
  readonly since: number;
  readonly until: number;
  /** Milliseconds → the local day, `2026-11-22`. */
  readonly dayOf: (at: number) => string;
}

/** A product over the span. */
export interface ProductLine extends ReportProduct {
  readonly before: number;
  readonly sold: number;
  readonly received: number;
  /** Days without stock within the span, to a tenth. */
  readonly daysOut: number;
}

export interface ReportDay {
  readonly day: string;
  /** Pieces at its end. */
  readonly stock: number;
  readonly sold: number;
  readonly received: number;
}

export interface ShopReport {
  readonly source: Source;
  readonly account: string;
  readonly confirmedAt: number | null;
  readonly runs: ShopFacts['runs'];
  readonly products: number;
  readonly inStock: number;
  readonly stock: { readonly before: number; readonly after: number };
  readonly sold: number;
  readonly received: number;
  readonly days: readonly ReportDay[];
  /** The greatest changes, the greatest first. */
  readonly up: readonly ProductLine[];
  readonly down: readonly ProductLine[];
  /** Products that were out of stock for a part of the span, the longest first. */
  readonly stockOuts: readonly ProductLine[];
  /** Products without stock, and without any movement, all the time. */
  readonly neverInStock: number;
  /** All products, those in which most happened first. */
  readonly lines: readonly ProductLine[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * What happened in a shop, told from its present stock and the hours in which pieces came and left: the stock at any
 * earlier moment is the present one less what came since and plus what left. A product that was seen for the first
 * time within the span counts as if its first stock had been there from the beginning. To the hour.
 */
export function shopReport(facts: ShopFacts, span: Span): ShopReport {
  const hours = groupBy(facts.hours, ({ productId }) => productId);
  const lines = facts.products.map((product) => lineOf(product, hours.get(product.productId) ?? [], span));
  lines.sort((a, b) => b.sold + b.received - (a.sold + a.received) || compare(a, b));
  const sum = (of: (line: ProductLine) => number) => lines.reduce((total, line) => total + of(line), 0);
  const after = sum(({ available }) => available);
  const known = new Set(lines.map(({ productId }) => productId));
  const moved = lines.filter((line) => line.available !== line.before);
  return {
    source: facts.source,
    account: facts.account,
    confirmedAt: facts.confirmedAt,
    runs: facts.runs,
    products: lines.length,
    inStock: lines.filter(({ available }) => available > 0).length,
    stock: { before: sum(({ before }) => before), after },
    sold: sum(({ sold }) => sold),
    received: sum(({ received }) => received),
    days: daysOf(
      facts.hours.filter(({ productId }) => known.has(productId)),
      after,
      span,
    ),
    up: moved.filter((line) => changeOf(line) > 0).sort((a, b) => changeOf(b) - changeOf(a) || compare(a, b)),
    down: moved
      .filter((line) => changeOf(line) < 0)
      .sort((a, b) => changeOf(a) - changeOf(b) || compare(a, b)),
    stockOuts: lines
      .filter((line) => (line.daysOut > 0 || line.available === 0) && isMoving(line))
      .sort((a, b) => b.daysOut - a.daysOut || compare(a, b)),
    neverInStock: lines.filter((line) => line.available === 0 && !isMoving(line)).length,
    lines,
  };
}

export function changeOf({ before, available }: Pick<ProductLine, 'before' | 'available'>): number {
  return available - before;
}

function isMoving({ sold, received }: ProductLine): boolean {
  return sold + received > 0;
}

/** Back from now, hour by hour. */
function lineOf(product: ReportProduct, hours: readonly ReportHour[], { since, until }: Span): ProductLine {
  let stock = product.available;
  let end = until;
  let out = 0;
  let sold = 0;
  let received = 0;
  for (const hour of hours.toSorted((a, b) => b.hour - a.hour)) {
    const at = Math.min(until, Math.max(since, hour.hour * HOUR_MS));
    if (stock === 0) out += end - at;
    stock = Math.max(0, stock - hour.received + hour.sold);
    end = at;
    sold += hour.sold;
    received += hour.received;
  }
  if (stock === 0) out += end - since;
  return { ...product, before: stock, sold, received, daysOut: Math.round((out / DAY_MS) * 10) / 10 };
}

function daysOf(hours: readonly ReportHour[], after: number, { since, until, dayOf }: Span): ReportDay[] {
  const names: string[] = [];
  for (let at = since; at < until; at += HOUR_MS) {
    const day = dayOf(at);
    if (names.at(-1) !== day) names.push(day);
  }
  if (names.at(-1) !== dayOf(until)) names.push(dayOf(until));
  const byDay = groupBy(hours, ({ hour }) => dayOf(Math.max(since, hour * HOUR_MS)));
  let stock = after;
  const days: ReportDay[] = [];
  for (const day of names.toReversed()) {
    const of = byDay.get(day) ?? [];
    const sold = of.reduce((total, hour) => total + hour.sold, 0);
    const received = of.reduce((total, hour) => total + hour.received, 0);
    days.unshift({ day, stock, sold, received });
    stock = Math.max(0, stock - received + sold);
  }
  return days;
}

function compare(a: ReportProduct, b: ReportProduct): number {
  const [left, right] = [a.article || a.productId, b.article || b.productId];
  return left < right ? -1 : left > right ? 1 : 0;
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
