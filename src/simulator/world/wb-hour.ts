import { intBetween, type Random } from '../random.js';
import type { WbSize, WbStock } from './types.js';

/** Sold goods are on the way to the buyer, a few come back and are on the way again, supplies fill the shelf. */
function rowAfter(row: WbStock, random: Random, orders: number, part: number): WbStock {
  let { quantity, inWayToClient, inWayFromClient } = row;
  if (random() < orders) {
    const sold = Math.min(quantity, intBetween(random, 1, 3));
    quantity -= sold;
    inWayToClient += sold;
  }
  if (inWayToClient > 0 && random() < 0.12 * part) {
    const arrived = intBetween(random, 1, inWayToClient);
    inWayToClient -= arrived;
    inWayFromClient += random() < 0.25 ? 1 : 0;
  }
  if (inWayFromClient > 0 && random() < 0.08 * part) {
    inWayFromClient -= 1;
    quantity += 1;
  }
  if (quantity < 8 && random() < 0.015 * part) {
    quantity += intBetween(random, 20, 130);
  }
  const same =
    quantity === row.quantity &&
    inWayToClient === row.inWayToClient &&
    inWayFromClient === row.inWayFromClient;
  return same ? row : { ...row, quantity, inWayToClient, inWayFromClient };
}

/** One size after `part` of an hour (0 … 1]; `traffic` is the time of day's share of customers. */
export function wbHour(size: WbSize, random: Random, traffic: number, part: number): WbSize {
  const orders = size.demand * traffic * part;
  let changed = false;
  const stocks = size.stocks.map((row) => {
    const next = rowAfter(row, random, orders, part);
    changed ||= next !== row;
    return next;
  });
  return changed ? { ...size, stocks } : size;
}
