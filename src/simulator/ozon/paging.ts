import { Refusal } from '../http/answer.js';
import { compareIds } from '../world/figures.js';
import type { OzonProduct } from '../world/types.js';
import { ozonInvalid } from './errors.js';

/**
 * Cursors name the last product shown, so that a product that vanishes between two pages neither hides nor
 * repeats another.
 */
export function cursorAfter(product: OzonProduct | undefined): string {
  return product === undefined ? '' : Buffer.from(`after:${product.productId}`).toString('base64');
}

/** The products behind a cursor. @throws Refusal 400 for a cursor that none of our answers gave */
export function behind(products: readonly OzonProduct[], cursor: string): readonly OzonProduct[] {
  if (cursor === '') {
    return products;
  }
  const last = /^after:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString('latin1'))?.[1];
  if (last === undefined) {
    throw new Refusal(ozonInvalid('invalid cursor'));
  }
  let low = 0;
  let high = products.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareIds(products[middle]?.productId ?? '', last) <= 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return products.slice(low);
}

/** Picks what passes, remembering the outcome while the list of products stays the same one. */
export class FilteredProducts {
  private memory: { source: readonly OzonProduct[]; key: string; found: readonly OzonProduct[] } | undefined;

  find(
    source: readonly OzonProduct[],
    key: string,
    test: (product: OzonProduct) => boolean,
  ): readonly OzonProduct[] {
    if (this.memory?.source !== source || this.memory.key !== key) {
      this.memory = { source, key, found: source.filter(test) };
    }
    return this.memory.found;
  }
}
