import { intBetween, type Random, randomFor } from '../random.js';
import { type SchemeFigures, spread } from '../world/ozon-places.js';
import type { OzonProduct, OzonScheme, Rename, ShipmentType } from '../world/types.js';
import { hostileArticle, hostileId, inventBarcode, inventGoods, isHostile } from './goods.js';

const SCHEME_MIX: readonly (readonly [upTo: number, schemes: readonly OzonScheme[]])[] = [
  [0.42, ['fbo']],
  [0.66, ['fbs']],
  [0.88, ['fbo', 'fbs']],
  [0.96, ['rfbs']],
  [1, ['fbs', 'rfbs']],
];

interface OzonCatalogueOptions {
  readonly seed: number;
  /** How many products the shop starts with; ids are spread accordingly. */
  readonly count: number;
  readonly hostile: boolean;
  /** Unix milliseconds: when the product was made. */
  readonly now: number;
  /** What is said about it rather than invented. */
  readonly born?: Rename | undefined;
}

function schemesFor(random: Random): readonly OzonScheme[] {
  const draw = random();
  return SCHEME_MIX.find(([upTo]) => draw < upTo)?.[1] ?? ['fbo'];
}

function stockRow(
  random: Random,
  type: OzonScheme,
  shipmentType: ShipmentType,
  empty: boolean,
): SchemeFigures {
  const present = empty ? 0 : intBetween(random, 1, type === 'fbo' ? 240 : 90);
  const reserved = empty ? 0 : intBetween(random, 0, Math.min(12, present));
  // One number more is drawn than is used: what an earlier version sold from a seed is still sold from it.
  random();
  return { type, shipmentType, present, reserved };
}

function stocksFor(random: Random, index: number): SchemeFigures[] {
  // Fixed places, so that even a small shop has one of each: an empty list, a zero, several shipment types.
  if (index % 67 === 5) {
    return [];
  }
  const empty = index % 29 === 7;
  const rows: SchemeFigures[] = [];
  for (const type of index % 31 === 3 ? (['fbs'] as const) : schemesFor(random)) {
    rows.push(stockRow(random, type, 'SHIPMENT_TYPE_GENERAL', empty));
    if (type === 'fbs' && index % 31 === 3) {
      rows.push(stockRow(random, type, 'SHIPMENT_TYPE_BOX', empty));
      if (index % 62 === 3) {
        rows.push(stockRow(random, type, 'SHIPMENT_TYPE_PALLET', empty));
      }
    }
  }
  return rows;
}

/** Ids grow with the index, with irregular gaps, up to ten digits for any sensible size of shop. */
function spreadId(random: Random, first: number, index: number, count: number): string {
  const step = Math.max(2, Math.floor(2_600_000_000 / (count * 2 + 1_000)));
  return String(first + index * step + intBetween(random, 0, step - 1));
}

/** Invents Ozon product number `index`; the same options and index give the same product. */
export function ozonProduct(options: OzonCatalogueOptions, index: number): OzonProduct {
  const random = randomFor(options.seed, 'ozon', index);
  const goods = inventGoods(random, index);
  const hostile = options.hostile && isHostile(index);
  const figures = stocksFor(random, index);
  const places = randomFor(options.seed, 'ozon-places', index);
  const product = {
    productId: hostile ? hostileId(index) : spreadId(random, 148_000_000, index, options.count),
    sku: spreadId(random, 160_000_000, index, options.count),
    offerId: hostile ? hostileArticle(index) : goods.article,
    name: goods.name,
    brand: goods.brand,
    category: goods.category,
    barcodes: [inventBarcode(random, index)],
    archived: false,
    hidden: false,
    demand: 0.03 + 0.4 * random() ** 3,
  };
  return {
    ...product,
    ...options.born,
    stocks: figures.flatMap((row, at) => spread(hostile ? hostileFigures(row, index + at) : row, places)),
    createdAt: options.now,
    updatedAt: options.now,
    stockedAt: options.now,
  };
}

/** int32's greatest, and more reserved than there is: sellable is then zero, never negative. */
function hostileFigures(row: SchemeFigures, which: number): SchemeFigures {
  return which % 2 === 0 ? { ...row, present: 2_147_483_647 } : { ...row, reserved: row.present + 3 };
}
