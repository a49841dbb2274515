import type { JudgedSnapshot, ProductFacts, ProductHour } from '../domain/anomaly/finding.js';
import type { SyncEvent } from '../events/sync-event.js';
import type { Transaction } from '../ports/partition-processor.js';
import type { ChangesPlace, ProductHistory, ProductStep } from '../ports/product-history.js';

const HOUR_MS = 3_600_000;

interface Noted {
  readonly place: ChangesPlace;
  readonly steps: readonly ProductStep[];
  readonly at: number;
}

/** The products that the applied snapshots of one batch have changed: judged by the rules, and noted for later ones. */
export class ChangedProducts {
  readonly #noted: Noted[] = [];

  constructor(private readonly history: ProductHistory) {}

  /** In a feed's first snapshot everything is new: nothing was sold, and nothing came. */
  async of(event: SyncEvent): Promise<readonly JudgedSnapshot[]> {
    if (event.type !== 'snapshot-applied' || event.place === undefined || event.part !== 1) return [];
    if (event.first || event.partial === true) return [];
    const { feed, source, account } = event;
    const place: ChangesPlace = { source, account, feed, ...event.place };
    const at = Date.parse(event.at);
    const steps = await this.history.steps(place);
    if (steps.length === 0) return [];
    this.#noted.push({ place, steps, at });
    const facts = await this.history.facts(place, steps, at);
    const byId = new Map(steps.map((step) => [step.productId, step]));
    const products = facts.map((fact) => withStep(fact, byId.get(fact.productId), at));
    return [{ type: 'products-changed', feed, source, account, at, products }];
  }

  async note(tx: Transaction): Promise<void> {
    for (const { place, steps, at } of this.#noted) await this.history.note(tx, place, steps, at);
  }
}

/** The history with the present step in it. */
function withStep(fact: ProductFacts, step: ProductStep | undefined, at: number): ProductFacts {
  const delta = step?.available ?? 0;
  if (delta === 0) return fact;
  const hour = Math.floor(at / HOUR_MS);
  const last = fact.hours.at(-1);
  const present: ProductHour = {
    hour,
    sold: Math.max(0, -delta) + (last?.hour === hour ? last.sold : 0),
    received: Math.max(0, delta) + (last?.hour === hour ? last.received : 0),
  };
  const before = last?.hour === hour ? fact.hours.slice(0, -1) : fact.hours;
  return { ...fact, hours: [...before, present] };
}
