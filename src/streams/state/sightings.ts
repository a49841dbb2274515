import { ProductIndex } from './product-index.js';
import { WordRecords } from './word-records.js';

/** Of a product: the first place plus one, or 0; the first of its further places plus one, or 0; the mark. */
const FIRST = 0;
const MORE = 1;
const LISTED = 2;
/** Of a further place. */
const PLACE = 0;
const NEXT = 1;

/**
 * Which products a snapshot has named, and in which places it has seen them. Nearly all products have one row in a
 * feed: it takes no list. Places go by their numbers.
 */
export class Sightings {
  readonly products = new ProductIndex(3);
  private readonly more = new WordRecords(2);

  /** False where it is marked already. */
  list(product: number): boolean {
    if (this.products.get(product, LISTED) === 1) return false;
    this.products.set(product, LISTED, 1);
    return true;
  }

  hasPlaces(product: number): boolean {
    return this.products.get(product, FIRST) !== 0;
  }

  holds(product: number, place: number): boolean {
    if (this.products.get(product, FIRST) === place + 1) return true;
    for (let at = this.products.get(product, MORE); at !== 0; at = this.more.get(at - 1, NEXT)) {
      if (this.more.get(at - 1, PLACE) === place) return true;
    }
    return false;
  }

  /** False where it holds the place already. */
  add(product: number, place: number): boolean {
    if (this.holds(product, place)) return false;
    if (this.products.get(product, FIRST) === 0) {
      this.products.set(product, FIRST, place + 1);
      return true;
    }
    const added = this.more.add();
    this.more.set(added, PLACE, place);
    this.more.set(added, NEXT, this.products.get(product, MORE));
    this.products.set(product, MORE, added + 1);
    return true;
  }

  *placesOf(product: number): Generator<number> {
    const first = this.products.get(product, FIRST);
    if (first !== 0) yield first - 1;
    for (let at = this.products.get(product, MORE); at !== 0; at = this.more.get(at - 1, NEXT)) {
      yield this.more.get(at - 1, PLACE);
    }
  }
}
