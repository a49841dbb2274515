import { parseExactJson } from '../../domain/json.js';
import { isObject } from '../record-invalid.js';
import { positiveId } from './fields.js';

/** A row of a warehouse method, as far as it must be known to tell which rows belong together. */
export interface PlacedRow {
  readonly product: string;
  readonly sku: string;
  readonly warehouse: string;
}

/**
 * Puts rows that make up one stock together: a product may have several skus (one per packing of an economy good),
 * and methods by warehouse answer a row for each, while stock is kept by product. Rows that belong together become
 * one JSON list of the rows as they were written; all others stay as they are, in their order.
 *
 * @param productOf the product of a sku, for methods whose rows do not name it
 */
export function joinRows(
  rows: readonly string[],
  productOf?: ReadonlyMap<string, string>,
): { readonly rows: readonly string[]; readonly placed: readonly PlacedRow[] } {
  const groups = new Map<string, string[]>();
  const placed: PlacedRow[] = [];
  for (const [index, row] of rows.entries()) {
    const place = placeOf(row, productOf);
    if (place !== null) placed.push(place);
    // What cannot be placed is the normaliser's to refuse.
    const key = place === null ? `#${index}` : `${place.product}@${place.warehouse}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const joined = [...groups.values()].map((group) =>
    group.length === 1 ? (group[0] ?? '') : `[${group.join(',')}]`,
  );
  return { rows: joined, placed };
}

function placeOf(text: string, productOf: ReadonlyMap<string, string> | undefined): PlacedRow | null {
  const row = parseExactJson(text);
  if (!isObject(row)) return null;
  const sku = positiveId(row.sku) ?? '';
  const product = productOf === undefined ? positiveId(row.product_id) : productOf.get(sku);
  return product === undefined ? null : { product, sku, warehouse: positiveId(row.warehouse_id) ?? '' };
}
