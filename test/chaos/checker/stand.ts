import { createHash } from 'node:crypto';
import type { SnapshotStarted } from '../../../src/events/raw-snapshot.js';
import type { States } from './keys.js';

/** The rows of a feed, product by product. */
export class Stand {
  /** Product → its keys, closed ones included. */
  private readonly products = new Map<string, number[]>();

  constructor(private readonly states: States) {}

  add(product: string, key: number): void {
    const keys = this.products.get(product);
    if (keys === undefined) this.products.set(product, [key]);
    else keys.push(key);
  }

  keys(product: string): readonly number[] {
    return this.products.get(product) ?? [];
  }

  live(keys: readonly number[]): number[] {
    return keys.filter((key) => this.states.isLive(key));
  }

  available(keys: readonly number[]): number {
    return keys.reduce((sum, key) => sum + this.states.available(key), 0);
  }

  /** Products with their live keys, those without any left out. */
  *liveProducts(): Generator<readonly [product: string, keys: readonly number[]]> {
    for (const [product, keys] of this.products) {
      const live = this.live(keys);
      if (live.length > 0) yield [product, live];
    }
  }

  /** Reckoned anew each time. */
  totals(): { products: number; inStock: number; available: number } {
    let [products, inStock, available] = [0, 0, 0];
    for (const [, keys] of this.liveProducts()) {
      const pieces = this.available(keys);
      products += 1;
      available += pieces;
      if (pieces > 0) inStock += 1;
    }
    return { products, inStock, available };
  }
}

/** Is this place something that the snapshot set out to read? */
export function covers(
  { schemes, places = {} }: SnapshotStarted['scope'],
  scheme: string,
  warehouse: string,
): boolean {
  const asked = schemes.find((one) => one === scheme);
  if (asked === undefined) return false;
  const where = places[asked];
  if (where === undefined) return true;
  if (where === 'total') return warehouse === '';
  return where === 'warehouses' ? warehouse !== '' : where.includes(warehouse);
}

/** One spelling for one set of keys. */
export function digest(keys: ReadonlySet<number>): string {
  const sorted = Float64Array.from(keys).sort();
  return createHash('sha256').update(new Uint8Array(sorted.buffer)).digest('hex');
}
