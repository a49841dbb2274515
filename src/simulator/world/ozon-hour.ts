import { intBetween, type Random } from '../random.js';
import type { OzonProduct, OzonStock } from './types.js';

/** Orders reserve, dispatch takes from the shelf, now and then something comes back or is delivered. */
function rowAfter(row: OzonStock, random: Random, orders: number, part: number): OzonStock {
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
  return present === row.present && reserved === row.reserved ? row : { ...row, present, reserved };
}

/** One product after `part` of an hour (0 … 1]; `traffic` is the time of day's share of customers. */
export function ozonHour(product: OzonProduct, random: Random, traffic: number, part: number): OzonProduct {
  const orders = product.demand * traffic * part;
  let changed = false;
  const stocks = product.stocks.map((row) => {
    const next = rowAfter(row, random, orders, part);
    changed ||= next !== row;
    return next;
  });
  return changed ? { ...product, stocks } : product;
}
