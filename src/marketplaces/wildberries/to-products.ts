import type { CataloguedProduct } from '../../ports/marketplace.js';
import { isObject, recordInvalid } from '../record-invalid.js';
import { wbIdOf } from './ids.js';

/**
 * One card of POST /content/v2/get/cards/list: as many products as it has sizes, each with the card's article and
 * name. Ids are spelled `nmID` and `chrtID` here. A card without sizes is none.
 *
 * @param row as parsed by parseExactJson
 * @throws AppError RECORD_INVALID naming card, field and value
 */
export function cataloguedCard(row: unknown): readonly CataloguedProduct[] {
  if (!isObject(row)) throw recordInvalid('Wildberries card', 'the card', row, 'an object');
  const cardId = wbIdOf(row.nmID, 'Wildberries card', 'nmID');
  const card = `Wildberries card ${cardId}`;
  if (!Array.isArray(row.sizes)) throw recordInvalid(card, 'sizes', row.sizes, 'a list');
  const offerId = textOf(row.vendorCode, card, 'vendorCode');
  const name = textOf(row.title, card, 'title');
  const products = new Map<string, CataloguedProduct>();
  for (const size of row.sizes as readonly unknown[]) {
    if (!isObject(size)) throw recordInvalid(card, 'sizes', size, 'objects');
    const productId = wbIdOf(size.chrtID, card, 'chrtID');
    const barcodes = barcodesOf(size.skus, card);
    // A size that is named twice is one size, with the barcodes of both.
    const known = products.get(productId)?.barcodes ?? [];
    products.set(productId, {
      ...{ productId, offerId, name, cardId, size: sizeOf(size, card) },
      barcodes: barcodes && [...new Set([...known, ...barcodes])],
    });
  }
  return [...products.values()];
}

/** As the seller writes it, else Wildberries' own. Goods that come in one size have "0" or nothing. */
function sizeOf(size: Readonly<Record<string, unknown>>, card: string): string | undefined {
  const written = [textOf(size.techSize, card, 'techSize'), textOf(size.wbSize, card, 'wbSize')];
  return written.find((text) => text !== undefined && text !== '0');
}

/** Undefined where nothing is said; an empty text says nothing. */
function textOf(value: unknown, card: string, field: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw recordInvalid(card, field, value, 'a text');
  return value.trim() === '' ? undefined : value;
}

function barcodesOf(value: unknown, card: string): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every((sku): sku is string => typeof sku === 'string')) return value;
  throw recordInvalid(card, 'skus', value, 'a list of texts');
}
