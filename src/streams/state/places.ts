import type { RowKey } from '../../domain/stock-change.js';

/** Where a row of a product lies. */
export type Place = Pick<RowKey, 'scheme' | 'warehouseId'>;

/** Numbers the places of a feed from 0, in the order in which they came: there are few, and each row names one. */
export class Places {
  private readonly list: Place[] = [];
  private readonly numbers = new Map<Place['scheme'], Map<string, number>>();
  private last = 0;

  /** The place's number; enters it where it was not known. */
  numberOf({ scheme, warehouseId }: Place): number {
    const guess = this.list[this.last];
    if (guess !== undefined && guess.warehouseId === warehouseId && guess.scheme === scheme) return this.last;
    let ofScheme = this.numbers.get(scheme);
    if (ofScheme === undefined) {
      ofScheme = new Map();
      this.numbers.set(scheme, ofScheme);
    }
    let number = ofScheme.get(warehouseId);
    if (number === undefined) {
      number = this.list.length;
      this.list.push({ scheme, warehouseId });
      ofScheme.set(warehouseId, number);
    }
    this.last = number;
    return number;
  }

  /** @param number as {@link numberOf} gave it */
  at(number: number): Place {
    return this.list[number] as Place;
  }
}
