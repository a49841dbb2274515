import { idOf } from '../../domain/json.js';
import { levelOfQuantity } from '../../domain/stock-level.js';
import type { ObservedItem, PageQuery } from '../../ports/marketplace.js';
import { isObject, quantityOf, recordInvalid } from '../record-invalid.js';
import { wbIdOf } from './ids.js';

/**
 * One size on one seller warehouse, as either method writes it: `{chrtId, amount}` of the warehouse that was asked
 * (POST /api/v3/stocks/{warehouseId}), or `{chrtId, warehouseId, quantity}` (POST …/stocks-report/seller-warehouses).
 *
 * @param row as parsed by parseExactJson
 * @throws AppError RECORD_INVALID naming product, field and value; also for a size or a warehouse that was not asked
 */
export function normaliseWbFbsRow(row: unknown, query: PageQuery): ObservedItem {
  if (!isObject(row)) throw recordInvalid('Wildberries row', 'the row', row, 'an object');
  const productId = wbIdOf(row.chrtId, 'Wildberries row', 'chrtId');
  const product = `Wildberries size ${productId}`;
  if (query.productIds !== undefined && !idsOf(query.productIds).has(productId)) {
    throw recordInvalid(product, 'chrtId', row.chrtId, 'one of those asked for');
  }
  const warehouseId = warehouseOf(row, query, product);
  const field = row.amount === undefined ? 'quantity' : 'amount';
  const level = levelOfQuantity(quantityOf(row[field], product, field));
  return { productId, rows: [{ scheme: 'fbs', warehouseId, level }] };
}

function warehouseOf(row: Readonly<Record<string, unknown>>, query: PageQuery, product: string): string {
  const asked = query.warehouseId;
  if (row.warehouseId === undefined && asked !== undefined) return asked;
  const warehouseId = idOf(row.warehouseId);
  if (warehouseId === null) throw recordInvalid(product, 'warehouseId', row.warehouseId, 'a whole number');
  if (asked !== undefined && warehouseId !== asked) {
    throw recordInvalid(product, 'warehouseId', row.warehouseId, `the one asked for, ${asked}`);
  }
  return warehouseId;
}

/** A page's list is looked up once for each of its rows. */
const SETS = new WeakMap<readonly string[], ReadonlySet<string>>();

function idsOf(productIds: readonly string[]): ReadonlySet<string> {
  const known = SETS.get(productIds);
  if (known !== undefined) return known;
  const made = new Set(productIds);
  SETS.set(productIds, made);
  return made;
}
