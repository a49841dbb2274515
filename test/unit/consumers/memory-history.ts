import type { ProductFacts } from '../../../src/domain/anomaly/finding.js';
import type { Transaction } from '../../../src/ports/partition-processor.js';
import type { ChangesPlace, ProductHistory, ProductStep } from '../../../src/ports/product-history.js';

export function step(productId: string, available: number): ProductStep {
  return { productId, available, present: available, reserved: 0 };
}

/** Answers the same steps and facts to whoever asks, and remembers who did. Time and again it is new to it. */
export class MemoryHistory implements ProductHistory {
  readonly asked: ChangesPlace[] = [];
  readonly factsAsked: { readonly place: ChangesPlace; readonly at: number; readonly count: number }[] = [];
  readonly notes: { readonly at: number; readonly place: ChangesPlace }[] = [];
  /** What {@link standing} says. */
  now: Awaited<ReturnType<ProductHistory['standing']>> = 'new';
  moved: number | null = null;

  constructor(
    private readonly found: readonly ProductStep[] = [],
    private readonly known: readonly ProductFacts[] = [],
  ) {}

  async standing() {
    return this.now;
  }

  async steps(place: ChangesPlace): Promise<readonly ProductStep[]> {
    this.asked.push(place);
    return this.found;
  }

  async facts(
    place: ChangesPlace,
    steps: readonly ProductStep[],
    at: number,
  ): Promise<readonly ProductFacts[]> {
    this.factsAsked.push({ place, at, count: steps.length });
    const ids = new Set(steps.map(({ productId }) => productId));
    return this.known.filter(({ productId }) => ids.has(productId));
  }

  async lastMoved(): Promise<number | null> {
    return this.moved;
  }

  async note(_tx: Transaction, place: ChangesPlace, at: number): Promise<void> {
    this.notes.push({ at, place });
  }
}
