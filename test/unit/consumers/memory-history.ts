import type { ProductFacts } from '../../../src/domain/anomaly/finding.js';
import type { Transaction } from '../../../src/ports/partition-processor.js';
import type { ChangesPlace, ProductHistory, ProductStep } from '../../../src/ports/product-history.js';

export function step(productId: string, available: number): ProductStep {
  return { productId, available, present: available, reserved: 0 };
}

/** Answers the same steps and facts to whoever asks, and remembers who did. */
export class MemoryHistory implements ProductHistory {
  readonly asked: ChangesPlace[] = [];
  readonly factsAsked: { readonly place: ChangesPlace; readonly at: number }[] = [];
  readonly notes: {
    readonly at: number;
    readonly account: string;
    readonly steps: readonly ProductStep[];
  }[] = [];

  constructor(
    private readonly found: readonly ProductStep[] = [],
    private readonly known: readonly ProductFacts[] = [],
  ) {}

  async steps(place: ChangesPlace): Promise<readonly ProductStep[]> {
    this.asked.push(place);
    return this.found;
  }

  async facts(
    place: ChangesPlace,
    _steps: readonly ProductStep[],
    at: number,
  ): Promise<readonly ProductFacts[]> {
    this.factsAsked.push({ place, at });
    return this.known;
  }

  async note(
    _tx: Transaction,
    { account }: Pick<ChangesPlace, 'source' | 'account'>,
    steps: readonly ProductStep[],
    at: number,
  ): Promise<void> {
    this.notes.push({ at, account, steps });
  }
}
