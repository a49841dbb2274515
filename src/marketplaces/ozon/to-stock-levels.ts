import type { Scheme } from '../../domain/stock-key.js';
import { levelOfPresentAndReserved } from '../../domain/stock-level.js';
import type { ObservedItem } from '../../ports/marketplace.js';
import { isObject, quantityOf, recordInvalid } from '../record-invalid.js';
import { productIdOf, shownText } from './fields.js';

/** Ozon's schemes (Ozon docs, /v4/product/info/stocks, `stocks[].type`). */
export const OZON_SCHEMES = ['fbo', 'fbs', 'rfbs', 'fbp'] as const satisfies readonly Scheme[];

interface Sum {
  present: number;
  reserved: number;
}

/**
 * One element of `items`. A scheme may come in several rows, one per `shipment_type`; they are added up.
 *
 * @param row as parsed by parseExactJson
 * @throws AppError RECORD_INVALID naming product, field and value
 */
export function normaliseOzonItem(row: unknown): ObservedItem {
  if (!isObject(row)) throw recordInvalid('Ozon item', 'the item', row, 'an object');
  const productId = productIdOf(row, 'product_id', 'Ozon item');
  const product = `Ozon product ${productId}`;
  const rows = [...sums(row.stocks, product)].map(([scheme, { present, reserved }]) => ({
    scheme,
    warehouseId: '',
    level: levelOfPresentAndReserved(
      quantityOf(present, product, `the sum of present over ${scheme}`),
      quantityOf(reserved, product, `the sum of reserved over ${scheme}`),
    ),
  }));
  return { productId, offerId: shownText(row.offer_id), rows };
}

function sums(stocks: unknown, product: string): Map<Scheme, Sum> {
  const result = new Map<Scheme, Sum>();
  // An empty list in Go's JSON may be null. A missing one is refused: a renamed field must not read as "no stock".
  if (stocks === null) return result;
  if (!Array.isArray(stocks)) throw recordInvalid(product, 'stocks', stocks, 'a list');
  for (const [index, stock] of (stocks as unknown[]).entries()) {
    const place = `stocks[${index}]`;
    if (!isObject(stock)) throw recordInvalid(product, place, stock, 'an object');
    const scheme = schemeOf(stock.type, product, `${place}.type`);
    const sum = result.get(scheme) ?? { present: 0, reserved: 0 };
    sum.present += quantityOf(stock.present, product, `${place}.present`);
    sum.reserved += quantityOf(stock.reserved ?? 0, product, `${place}.reserved`);
    result.set(scheme, sum);
  }
  return result;
}

function schemeOf(type: unknown, product: string, field: string): Scheme {
  const scheme = OZON_SCHEMES.find((known) => known === type);
  if (scheme === undefined) throw recordInvalid(product, field, type, `one of ${OZON_SCHEMES.join(', ')}`);
  return scheme;
}
