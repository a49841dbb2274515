import { idOf } from '../../domain/json.js';
import type { Scheme } from '../../domain/stock-key.js';
import type { StockLevel } from '../../domain/stock-level.js';
import type { ObservedItem, PageQuery } from '../../ports/marketplace.js';
import { isObject, quantityOf, recordInvalid } from '../record-invalid.js';
import { positiveId, productIdOf, shownText } from './fields.js';

type Fields = Readonly<Record<string, unknown>>;
type Pieces = Pick<StockLevel, 'present' | 'reserved' | 'available'>;

interface Reading {
  /** For messages: the method's rows in one word or two. */
  readonly what: string;
  readonly scheme: Scheme;
  readonly productOf: (row: Fields) => string;
  readonly pieces: (row: Fields, product: string) => Pieces;
}

/**
 * One row of /v1/product/info/warehouse/stocks, or a list of those of one product (see joined-rows.ts). Available is
 * `free_stock` as given; where it is missing, what is present and not reserved.
 *
 * @param query names the scheme and the warehouse that was asked for
 * @throws AppError RECORD_INVALID naming product, field and value
 */
export function normaliseWarehouseStock(row: unknown, query: PageQuery): ObservedItem {
  const what = 'Ozon warehouse row';
  const { scheme, warehouseId } = query;
  if (scheme === undefined || warehouseId === undefined) {
    throw recordInvalid(what, 'the page’s query', query, 'a scheme and a warehouse');
  }
  const productOf = (one: Fields) => productIdOf(one, 'product_id', what);
  const item = read(row, { what, scheme, productOf, pieces: presentAndReserved });
  const seen = item.rows[0]?.warehouseId;
  if (seen !== warehouseId) {
    throw recordInvalid(
      `Ozon product ${item.productId}`,
      'warehouse_id',
      seen,
      `the one asked for, ${warehouseId}`,
    );
  }
  return item;
}

/**
 * One row of /v1/product/info/stocks-by-warehouse/fbo, or a list of those of one product and warehouse.
 *
 * @param query names the products that were asked for
 * @throws AppError RECORD_INVALID
 */
export function normaliseFboStock(row: unknown, query: PageQuery): ObservedItem {
  const what = 'Ozon FBO row';
  const productOf = (one: Fields) => {
    const productId = productIdOf(one, 'product_id', what);
    if (query.productIds?.includes(productId) === true) return productId;
    throw recordInvalid(what, 'product_id', productId, 'one of the products asked for');
  };
  return read(row, { what, scheme: 'fbo', productOf, pieces: presentAndReserved });
}

/**
 * One row of /v1/analytics/stocks, or a list of those of one product and warehouse. It knows what can be sold and
 * nothing of reserves: that is what is present, too. What is on its way, spoilt or waiting is not counted.
 *
 * @param query names the skus that were asked for, and whose they are
 * @throws AppError RECORD_INVALID
 */
export function normaliseFboAnalyticsRow(row: unknown, query: PageQuery): ObservedItem {
  const what = 'Ozon stock analytics row';
  const productOf = (one: Fields) => {
    const index = query.skus?.indexOf(positiveId(one.sku) ?? '') ?? -1;
    const productId = query.productIds?.[index];
    if (productId === undefined) throw recordInvalid(what, 'sku', one.sku, 'one of the skus asked for');
    return productId;
  };
  const pieces = (one: Fields, product: string) => {
    const count = quantityOf(one.available_stock_count, product, 'available_stock_count');
    return { present: count, reserved: 0, available: count };
  };
  return read(row, { what, scheme: 'fbo', productOf, pieces });
}

/** Adds up the skus of one product in one place. A sku that comes twice counts as it comes last. */
function read(row: unknown, reading: Reading): ObservedItem {
  const parts: readonly unknown[] = Array.isArray(row) && row.length > 0 ? row : [row];
  const bySku = new Map<string, Pieces>();
  let place: { productId: string; warehouseId: string; offerId: string | undefined } | undefined;
  for (const part of parts) {
    if (!isObject(part)) throw recordInvalid(reading.what, 'the row', part, 'an object');
    const productId = reading.productOf(part);
    const product = `Ozon product ${productId}`;
    const warehouseId = warehouseIdOf(part.warehouse_id, product);
    place ??= { productId, warehouseId, offerId: shownText(part.offer_id) };
    if (place.productId !== productId || place.warehouseId !== warehouseId) {
      throw recordInvalid(product, 'the row', parts, 'rows of one product and warehouse');
    }
    bySku.set(positiveId(part.sku) ?? '', reading.pieces(part, product));
  }
  if (place === undefined) throw recordInvalid(reading.what, 'the row', row, 'an object');
  const { productId, warehouseId, offerId } = place;
  const level = sumOf([...bySku.values()], `Ozon product ${productId}`);
  return { productId, offerId, rows: [{ scheme: reading.scheme, warehouseId, level }] };
}

function presentAndReserved(row: Fields, product: string): Pieces {
  const present = quantityOf(row.present, product, 'present');
  const reserved = quantityOf(row.reserved ?? 0, product, 'reserved');
  const free = row.free_stock ?? undefined;
  const available =
    free === undefined ? Math.max(0, present - reserved) : quantityOf(free, product, 'free_stock');
  return { present, reserved, available };
}

function sumOf(pieces: readonly Pieces[], product: string): StockLevel {
  const sum = (field: keyof Pieces) =>
    quantityOf(
      pieces.reduce((total, one) => total + one[field], 0),
      product,
      `the sum of ${field}`,
    );
  return {
    present: sum('present'),
    reserved: sum('reserved'),
    available: sum('available'),
    inWayToClient: 0,
    inWayFromClient: 0,
  };
}

/** Zero is taken as it comes: the documents do not say that no row has it. */
function warehouseIdOf(value: unknown, product: string): string {
  const id = idOf(value);
  if (id !== null && !id.startsWith('-')) return id;
  throw recordInvalid(product, 'warehouse_id', value, 'a whole number');
}
