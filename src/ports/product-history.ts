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
  /**
   * `early`: the projector has not applied them yet, so that nothing can be said of them. `noted`: they, or later
   * ones of the feed, have been noted; told of once more, they are a copy.
   */
  standing(place: ChangesPlace): Promise<'early' | 'new' | 'noted'>;
  /** Sums of the changes by product, rescoped ones left out; a product whose sums are all zero is not in it. */
  steps(place: ChangesPlace): Promise<readonly ProductStep[]>;
  /**
   * The products after these steps, with what happened before: `hours` ends with the hour of `at` and does not hold
   * the steps themselves. Totals are over all feeds of the account: of this one as of the place's end, whatever came
   * after it, of the others as they are now. All at once in memory: some hundreds of products at a time.
   *
   * @param at Unix milliseconds
   */
  facts(place: ChangesPlace, steps: readonly ProductStep[], at: number): Promise<readonly ProductFacts[]>;
  /** The newest hour of the 24 before that of `at` in which any of the products moved; null: in none of them. */
  lastMoved(place: ChangesPlace, steps: readonly ProductStep[], at: number): Promise<number | null>;
  /** Enters what the changes sold and received into the hour of `at`; a second time it does nothing. */
  note(tx: Transaction, place: ChangesPlace, at: number): Promise<void>;
}
