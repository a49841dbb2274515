import {
  HISTORY_DAYS,
  type JudgedSnapshot,
  type ProductFacts,
  type ProductHour,
} from '../domain/anomaly/finding.js';
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
  /** By account and product: the hours of {@link #noted}. */
  readonly #hours = new Map<string, Map<string, ProductHour[]>>();

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
    const facts = await this.history.facts(place, steps, at);
    this.#noted.push({ place, steps, at });
    const hours = this.#remember(place, steps, at);
    const products = facts.map((fact) => withHours(fact, hours.get(fact.productId) ?? [], at));
    return [{ type: 'products-changed', feed, source, account, at, products }];
  }

  async note(tx: Transaction): Promise<void> {
    for (const { place, steps, at } of this.#noted) await this.history.note(tx, place, steps, at);
  }

  /** What this batch has found of the account's products is in no table yet. */
  #remember({ source, account }: ChangesPlace, steps: readonly ProductStep[], at: number) {
    const id = `${source}:${account}`;
    const hours = this.#hours.get(id) ?? new Map<string, ProductHour[]>();
    this.#hours.set(id, hours);
    const hour = Math.floor(at / HOUR_MS);
    for (const { productId, available } of steps) {
      if (available === 0) continue;
      const known = hours.get(productId) ?? [];
      known.push({ hour, sold: Math.max(0, -available), received: Math.max(0, available) });
      hours.set(productId, known);
    }
    return hours;
  }
}

/** The history with these in it as far as it looks back, one entry an hour. */
function withHours(fact: ProductFacts, noted: readonly ProductHour[], at: number): ProductFacts {
  const now = Math.floor(at / HOUR_MS);
  const more = noted.filter(({ hour }) => hour <= now && hour > now - HISTORY_DAYS * 24);
  if (more.length === 0) return fact;
  const byHour = new Map<number, ProductHour>();
  for (const { hour, sold, received } of [...fact.hours, ...more]) {
    const same = byHour.get(hour) ?? { hour, sold: 0, received: 0 };
    byHour.set(hour, { hour, sold: same.sold + sold, received: same.received + received });
  }
  return { ...fact, hours: [...byHour.values()].toSorted((a, b) => a.hour - b.hour) };
}
