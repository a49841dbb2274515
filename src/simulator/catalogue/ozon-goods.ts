import { intBetween, type Random, randomFor } from '../random.js';
import type { OzonProduct, OzonScheme, OzonStock, ShipmentType } from '../world/types.js';
import { hostileArticle, hostileId, inventBarcode, inventGoods, isHostile } from './goods.js';

/** The seller's own two warehouses, as they show up in `warehouse_ids` of fbs and rfbs rows. */
const SELLER_WAREHOUSES = ['1020003080073000', '1020004017650000'] as const;

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
}

function schemesFor(random: Random): readonly OzonScheme[] {
  const draw = random();
  return SCHEME_MIX.find(([upTo]) => draw < upTo)?.[1] ?? ['fbo'];
}

function stockRow(random: Random, type: OzonScheme, shipmentType: ShipmentType, empty: boolean): OzonStock {
  const present = empty ? 0 : intBetween(random, 1, type === 'fbo' ? 240 : 90);
  const reserved = empty ? 0 : intBetween(random, 0, Math.min(12, present));
  const warehouse = SELLER_WAREHOUSES[random() < 0.7 ? 0 : 1];
  return { type, shipmentType, present, reserved, warehouseIds: type === 'fbo' ? [] : [warehouse] };
}

function stocksFor(random: Random, index: number): OzonStock[] {
  // Fixed places, so that even a small shop has one of each: an empty list, a zero, several shipment types.
  if (index % 67 === 5) {
    return [];
  }
  const empty = index % 29 === 7;
  const rows: OzonStock[] = [];
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
  const stocks = stocksFor(random, index);
  return {
    productId: hostile ? hostileId(index) : spreadId(random, 148_000_000, index, options.count),
    sku: spreadId(random, 160_000_000, index, options.count),
    offerId: hostile ? hostileArticle(index) : goods.article,
    name: goods.name,
    brand: goods.brand,
    category: goods.category,
    barcode: inventBarcode(random, index),
    archived: false,
    hidden: false,
    demand: 0.03 + 0.4 * random() ** 3,
    stocks: hostile ? stocks.map((row, at) => hostileFigures(row, index + at)) : stocks,
  };
}

/** int32's greatest, and more reserved than there is: sellable is then zero, never negative. */
function hostileFigures(row: OzonStock, which: number): OzonStock {
  return which % 2 === 0 ? { ...row, present: 2_147_483_647 } : { ...row, reserved: row.present + 3 };
}
