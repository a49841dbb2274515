import { intBetween, type Random } from '../random.js';
import { byKind, settle, sumOf } from './ozon-places.js';
import type { OzonProduct } from './types.js';

interface Figures {
  readonly present: number;
  readonly reserved: number;
}

/** Orders reserve, dispatch takes from the shelf, now and then something comes back or is delivered. */
function after(row: Figures, random: Random, orders: number, part: number): Figures {
  let { present, reserved } = row;
  if (random() < orders) {
    reserved += Math.min(intBetween(random, 1, 3), Math.max(0, present - reserved));
  }
  if (reserved > 0 && random() < 0.3 * part) {
    const sent = Math.min(intBetween(random, 1, reserved), present);
    present -= sent;
    reserved -= sent;
  }
  if (random() < 0.012 * part) {
    present += 1;
  }
  if (present < 8 && random() < 0.015 * part) {
    present += intBetween(random, 20, 120);
  }
  return { present, reserved };
}

/** One product after `part` of an hour (0 … 1]; `traffic` is the time of day's share of customers. */
export function ozonHour(product: OzonProduct, random: Random, traffic: number, part: number): OzonProduct {
  const orders = product.demand * traffic * part;
  let changed = false;
  const stocks = byKind(product.stocks).flatMap((rows) => {
    const before = { present: sumOf(rows, 'present'), reserved: sumOf(rows, 'reserved') };
    const next = after(before, random, orders, part);
    if (next.present === before.present && next.reserved === before.reserved) {
      return rows;
    }
    changed = true;
    return settle(rows, next.present, next.reserved);
  });
  return changed ? { ...product, stocks } : product;
}
