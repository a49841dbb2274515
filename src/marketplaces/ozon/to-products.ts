import type { CataloguedProduct, PageQuery } from '../../ports/marketplace.js';
import { isObject, recordInvalid } from '../record-invalid.js';
import { positiveId, productIdOf, shownText } from './fields.js';

// Only the id must be right: it decides whether a product is there. All else is shown, and what is odd counts as
// not said.

/**
 * One element of /v3/product/list. `archived` is the row's own word, whichever of the two lists it stood in; a row
 * without it leaves what is known, and product-info says it again.
 *
 * @param row as parsed by parseExactJson
 * @throws AppError RECORD_INVALID where there is no product id
 */
export function cataloguedOzonItem(row: unknown): readonly CataloguedProduct[] {
  if (!isObject(row)) throw recordInvalid('Ozon catalogue row', 'the row', row, 'an object');
  return [
    {
      productId: productIdOf(row, 'product_id', 'Ozon catalogue row'),
      offerId: shownText(row.offer_id),
      sku: positiveId(row.sku),
      archived: flag(row.archived),
    },
  ];
}

/**
 * One element of /v3/product/info/list. Archived by hand and archived by Ozon are two fields there.
 *
 * @throws AppError RECORD_INVALID where there is no id, or the id is none that was asked for
 */
export function cataloguedOzonProduct(row: unknown, query: PageQuery): readonly CataloguedProduct[] {
  if (!isObject(row)) throw recordInvalid('Ozon product info', 'the row', row, 'an object');
  const productId = productIdOf(row, 'id', 'Ozon product info');
  if (query.productIds !== undefined && !query.productIds.includes(productId)) {
    throw recordInvalid('Ozon product info', 'id', row.id, 'one of the ids asked for');
  }
  const archived = [flag(row.is_archived), flag(row.is_autoarchived)].filter((said) => said !== undefined);
  return [
    {
      productId,
      offerId: shownText(row.offer_id),
      name: shownText(row.name) || undefined,
      sku: positiveId(row.sku) ?? skuOfSources(row.sources),
      barcodes: barcodesOf(row.barcodes),
      archived: archived.length === 0 ? undefined : archived.includes(true),
    },
  ];
}

function skuOfSources(sources: unknown): string | undefined {
  if (!Array.isArray(sources)) return undefined;
  const skus = (sources as unknown[]).map((source) =>
    isObject(source) ? positiveId(source.sku) : undefined,
  );
  return skus.find((sku) => sku !== undefined);
}

function barcodesOf(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const texts = (value as unknown[]).map(shownText).filter((text) => text !== undefined && text !== '');
  return [...new Set(texts as string[])];
}

function flag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}
