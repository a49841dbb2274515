import { intBetween, type Random, randomFor } from '../random.js';
import type { Rename, WbSize, WbStock } from '../world/types.js';
import { inventAmounts } from '../world/wb-places.js';
import { hostileArticle, hostileId, inventBarcode, inventGoods, isHostile } from './goods.js';
import { WB_WAREHOUSES, type WbWarehouse } from './words.js';

interface WbCatalogueOptions {
  readonly seed: number;
  /** How many sizes the shop starts with; ids are spread accordingly. */
  readonly count: number;
  readonly hostile: boolean;
  /** What is said about the card rather than invented. */
  readonly born?: Rename | undefined;
}

function warehousesFor(random: Random): WbWarehouse[] {
  const wanted = intBetween(random, 1, 4);
  const start = intBetween(random, 0, WB_WAREHOUSES.length - 1);
  const stride = [1, 3, 5, 7][intBetween(random, 0, 3)] ?? 1;
  const chosen: WbWarehouse[] = [];
  for (let at = 0; at < wanted; at += 1) {
    const warehouse = WB_WAREHOUSES[(start + at * stride) % WB_WAREHOUSES.length];
    if (warehouse !== undefined) {
      chosen.push(warehouse);
    }
  }
  return chosen;
}

function stocksFor(random: Random, nmId: string, chrtId: string, sizeIndex: number): WbStock[] {
  // Nothing anywhere: Wildberries then reports no row at all.
  if (sizeIndex % 37 === 11) {
    return [];
  }
  const soldOut = sizeIndex % 23 === 9;
  return warehousesFor(random).map((warehouse) => ({
    nmId,
    chrtId,
    warehouseId: warehouse.id,
    warehouseName: warehouse.name,
    regionName: warehouse.region,
    quantity: soldOut ? 0 : intBetween(random, 1, 120),
    inWayToClient: intBetween(random, soldOut ? 1 : 0, 14),
    inWayFromClient: intBetween(random, 0, 6),
  }));
}

function spread(random: Random, first: number, index: number, count: number): string {
  const step = Math.max(2, Math.floor(500_000_000 / (count * 2 + 1_000)));
  return String(first + index * step + intBetween(random, 0, step - 1));
}

/** One barcode, and now and then a second one. */
function barcodesFor(random: Random, seed: number, index: number): string[] {
  const first = inventBarcode(random, index);
  return index % 11 === 4
    ? [first, inventBarcode(randomFor(seed, 'second-barcode', index), 50_000_000 + index)]
    : [first];
}

/**
 * Invents card number `card` with at most `most` sizes, the first of them being size number `firstSize` of the
 * shop. The same arguments give the same sizes.
 */
export function wbCard(
  options: WbCatalogueOptions,
  card: number,
  firstSize: number,
  most: number,
): readonly WbSize[] {
  const random = randomFor(options.seed, 'wildberries', card);
  const goods = inventGoods(random, card);
  const hostile = options.hostile && isHostile(card);
  const nmId = spread(random, 41_000_000, card, options.count);
  const sizes = goods.sizes.slice(0, Math.min(most, intBetween(random, 1, goods.sizes.length)));
  return sizes.map((techSize, at) => {
    const index = firstSize + at;
    const chrtId = hostile ? hostileId(index) : spread(random, 91_000_000, index, options.count);
    return {
      chrtId,
      nmId,
      vendorCode: options.born?.offerId ?? (hostile ? hostileArticle(card) : goods.article),
      name: options.born?.name ?? goods.name,
      brand: goods.brand,
      category: goods.category,
      subject: goods.subject,
      techSize,
      barcodes: barcodesFor(random, options.seed, index),
      hidden: false,
      demand: 0.03 + 0.4 * random() ** 3,
      stocks: stocksFor(random, nmId, chrtId, index),
      amounts: inventAmounts(randomFor(options.seed, 'wb-amounts', index), index),
    };
  });
}

export function knownWarehouse(id: string): WbWarehouse | undefined {
  return WB_WAREHOUSES.find((warehouse) => warehouse.id === id);
}
