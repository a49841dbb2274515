import { compareIds } from '../world/figures.js';
import type { OzonProduct } from '../world/types.js';

interface Index {
  readonly byId: ReadonlyMap<string, OzonProduct>;
  readonly bySku: ReadonlyMap<string, OzonProduct>;
  /** One article may stand on several products. */
  readonly byOffer: ReadonlyMap<string, readonly OzonProduct[]>;
}

/** By the list of products, which is another one after every change. */
const indexes = new WeakMap<readonly OzonProduct[], Index>();

function indexOf(products: readonly OzonProduct[]): Index {
  const known = indexes.get(products);
  if (known !== undefined) {
    return known;
  }
  const byOffer = new Map<string, OzonProduct[]>();
  for (const product of products) {
    byOffer.set(product.offerId, [...(byOffer.get(product.offerId) ?? []), product]);
  }
  const index = {
    byId: new Map(products.map((product) => [product.productId, product])),
    bySku: new Map(products.map((product) => [product.sku, product])),
    byOffer,
  };
  indexes.set(products, index);
  return index;
}

/** Ids of a question, of any of three kinds. */
interface AskedIds {
  readonly ids?: Iterable<string>;
  readonly skus?: Iterable<string>;
  readonly offers?: Iterable<string>;
}

/** The products that are meant, each once, by ascending product id. */
export function productsBy(products: readonly OzonProduct[], asked: AskedIds): OzonProduct[] {
  const { byId, bySku, byOffer } = indexOf(products);
  const found = new Set<OzonProduct>();
  const add = (product: OzonProduct | undefined): void => {
    if (product !== undefined) {
      found.add(product);
    }
  };
  for (const id of asked.ids ?? []) {
    add(byId.get(id));
  }
  for (const sku of asked.skus ?? []) {
    add(bySku.get(sku));
  }
  for (const offer of asked.offers ?? []) {
    byOffer.get(offer)?.forEach(add);
  }
  return [...found].sort((left, right) => compareIds(left.productId, right.productId));
}
