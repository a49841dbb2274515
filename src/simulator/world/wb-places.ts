import { intBetween, type Random } from '../random.js';
import type { WbAmount } from './types.js';

/** The seller's warehouses on Wildberries at the start; from the last one the seller delivers (DBS). */
export const WB_SELLER_WAREHOUSES = [
  { id: '1184201', name: 'Мой склад', sellerDelivers: false },
  { id: '1184377', name: 'Склад в Подольске', sellerDelivers: false },
  { id: '1251006', name: 'Доставка от нас', sellerDelivers: true },
] as const;

/** Where goods of the seller's lie if nobody says. */
export const USUAL_WB_PLACE = WB_SELLER_WAREHOUSES[0].id;

/** What of one size lies in the seller's own warehouses: often nothing, sometimes a zero that stays on record. */
export function inventAmounts(random: Random, sizeIndex: number): WbAmount[] {
  const draw = random();
  const places = draw < 0.5 ? 0 : draw < 0.8 ? 1 : 2;
  const first = intBetween(random, 0, WB_SELLER_WAREHOUSES.length - 1);
  return Array.from({ length: places }, (_, at) => ({
    warehouseId: WB_SELLER_WAREHOUSES[(first + at) % WB_SELLER_WAREHOUSES.length]?.id ?? USUAL_WB_PLACE,
    amount: sizeIndex % 13 === 6 ? 0 : intBetween(random, 1, 60),
  }));
}

/** The amounts after `part` of an hour: an order takes from them at once, now and then the seller counts anew. */
export function amountsAfter(
  amounts: readonly WbAmount[],
  random: Random,
  orders: number,
  part: number,
): readonly WbAmount[] {
  let changed = false;
  const next = amounts.map((row) => {
    let { amount } = row;
    if (random() < orders) {
      amount -= Math.min(amount, intBetween(random, 1, 2));
    }
    if (amount < 4 && random() < 0.02 * part) {
      amount += intBetween(random, 5, 60);
    }
    changed ||= amount !== row.amount;
    return amount === row.amount ? row : { ...row, amount };
  });
  return changed ? next : amounts;
}
