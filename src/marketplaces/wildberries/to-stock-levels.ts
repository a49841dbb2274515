import { idOf } from '../../domain/json.js';
import { levelOfQuantity } from '../../domain/stock-level.js';
import type { ObservedItem } from '../../ports/marketplace.js';
import { isObject, quantityOf, recordInvalid } from '../record-invalid.js';
import { wbIdOf } from './ids.js';

/**
 * One element of `data.items`: one size of a card (`chrtId`) on one warehouse. `quantity` is net of reserves. The
 * warehouse may be negative: −999999 stands for all of them (WB release note 570, since August 2026). The same
 * pair on two pages is the consumer's matter.
 *
 * @param row as parsed by parseExactJson
 * @throws AppError RECORD_INVALID naming product, field and value
 */
export function normaliseWbRow(row: unknown): ObservedItem {
  if (!isObject(row)) throw recordInvalid('Wildberries row', 'the row', row, 'an object');
  const productId = wbIdOf(row.chrtId, 'Wildberries row', 'chrtId');
  const product = `Wildberries size ${productId}`;
  const warehouseId = idOf(row.warehouseId);
  if (warehouseId === null) throw recordInvalid(product, 'warehouseId', row.warehouseId, 'a whole number');
  const level = levelOfQuantity(
    quantityOf(row.quantity, product, 'quantity'),
    quantityOf(row.inWayToClient ?? 0, product, 'inWayToClient'),
    quantityOf(row.inWayFromClient ?? 0, product, 'inWayFromClient'),
  );
  return { productId, rows: [{ scheme: 'fbw', warehouseId, level }] };
}
