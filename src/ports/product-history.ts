import type { ProductFacts } from '../domain/anomaly/finding.js';
import type { Source } from '../domain/stock-key.js';
import type { Transaction } from './partition-processor.js';

/** Changes of one feed's raw records, as an applied snapshot names them. */
export interface ChangesPlace {
  readonly source: Source;
  readonly account: string;
  readonly feed: string;
  readonly life: number;
  readonly partition: number;
  /** Offsets, both included. */
  readonly from: number;
  readonly to: number;
}

/** What the changes of one snapshot come to for one product, in pieces over all places of the feed. */
export interface ProductStep {
  readonly productId: string;
  readonly available: number;
  readonly present: number;
  readonly reserved: number;
}

/** What happened to products, by the hour; rules over products look back on it. */
export interface ProductHistory {
  /** Sums of the changes by product, rescoped ones left out; a product whose sums are all zero is not in it. */
  steps(place: ChangesPlace): Promise<readonly ProductStep[]>;
  /**
   * The products after these steps, with what happened before: `hours` ends with the hour of `at` and does not hold
   * the steps themselves. Totals are over all feeds of the account: of this one as of the place's end, whatever came
   * after it, of the others as they are now.
   *
   * @param at Unix milliseconds
   */
  facts(place: ChangesPlace, steps: readonly ProductStep[], at: number): Promise<readonly ProductFacts[]>;
  /** Enters what the steps sold and received into the hour of `at`. */
  note(
    tx: Transaction,
    place: Pick<ChangesPlace, 'source' | 'account'>,
    steps: readonly ProductStep[],
    at: number,
  ): Promise<void>;
}
