import type { Chance } from './random.js';

/** One product of the invented shop, in pieces. */
export interface Item {
  readonly id: string;
  /** Pieces a day that buyers want, on the average of a week. */
  readonly rate: number;
  readonly lowStock: number;
  stock: number;
  reserved: number;
  /** Beyond what stock covers: reserved above present. */
  oversold: number;
  /** Delivered never again: its owner has forgotten it. */
  neglected: boolean;
  /** Not in the marketplace's answers. */
  hidden: boolean;
  delivery: { readonly hour: number; readonly pieces: number } | null;
  /** Days of stock at which its owner orders anew, and for how many days. */
  readonly reorderAt: number;
  readonly reorderFor: number;
  /** Buyers want so many times more than usual until then. */
  promotion: { readonly until: number; readonly factor: number } | null;
}

/** Share of a day's sales by hour in Moscow: little at night, most in the evening. */
const BY_HOUR = [3, 2, 1, 1, 1, 1, 2, 3, 4, 5, 5, 5, 5, 5, 5, 5, 5, 6, 7, 8, 8, 7, 6, 4];
const ALL_HOURS = BY_HOUR.reduce((sum, share) => sum + share, 0);
/** Sunday first. */
const BY_WEEKDAY = [1.3, 0.9, 0.85, 0.85, 0.9, 1, 1.2];

/** Makes the rate come true on the average, with what buyers take at a time and with promotions. */
const ORDERS_PER_PIECE = 0.81;

export function openShop(chance: Chance, count: number): Item[] {
  return Array.from({ length: count }, (_, index) => {
    const rate = Math.min(60, Math.max(0.3, Math.exp(1.2 + 1.2 * chance.normal())));
    return {
      id: String(1000 + index),
      rate,
      lowStock: Math.max(1, Math.round(rate)),
      stock: Math.ceil(rate * chance.between(8, 25)),
      reserved: 0,
      oversold: 0,
      neglected: false,
      hidden: false,
      delivery: null,
      reorderAt: chance.between(5, 9),
      reorderFor: chance.between(7, 14),
      promotion: null,
    };
  });
}

/** @param hour whole hours since 1970, UTC */
export function liveAnHour(item: Item, hour: number, chance: Chance): void {
  if (item.delivery !== null && item.delivery.hour <= hour) {
    item.stock += item.delivery.pieces;
    item.delivery = null;
  }
  sell(item, hour, chance);
  item.reserved = Math.min(item.stock, chance.poisson(Math.min(8, item.rate / 6)));
  // Now and then somebody sends a piece back.
  if (chance.next() < item.rate / 24 / 30) item.stock += 1;
  const isLow = item.stock < item.rate * item.reorderAt;
  if (!isLow || item.delivery !== null || item.neglected) return;
  const pieces = Math.max(5, Math.round(item.rate * item.reorderFor * chance.between(0.8, 1.2)));
  item.delivery = { hour: hour + chance.int(24, 60), pieces };
}

function sell(item: Item, hour: number, chance: Chance): void {
  if (item.promotion !== null && item.promotion.until <= hour) item.promotion = null;
  if (item.promotion === null && chance.isOneIn(24 * 60)) {
    item.promotion = { until: hour + chance.int(24, 48), factor: chance.between(1.5, 2.5) };
  }
  const moscow = hour + 3;
  const weekday = (Math.floor(moscow / 24) + 4) % 7;
  const share = ((BY_HOUR[moscow % 24] ?? 0) / ALL_HOURS) * (BY_WEEKDAY[weekday] ?? 1);
  const orders = chance.poisson(item.rate * share * (item.promotion?.factor ?? 1) * ORDERS_PER_PIECE);
  for (let order = 0; order < orders; order += 1) item.stock -= Math.min(item.stock, piecesOf(chance));
}

/** Most buyers take one piece; some take a box, and one in two thousand buys for a shop of his own. */
function piecesOf(chance: Chance): number {
  const luck = chance.next();
  if (luck < 0.0005) return chance.int(10, 20);
  if (luck < 0.02) return chance.int(4, 8);
  return luck < 0.12 ? 2 : 1;
}
