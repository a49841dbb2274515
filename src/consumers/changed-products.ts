import type { ProductFacts, ProductsChanged } from '../domain/anomaly/finding.js';
import { HOUR } from '../domain/anomaly/time.js';
import { AppError } from '../errors.js';
import type { SyncEvent } from '../events/sync-event.js';
import type { Transaction } from '../ports/partition-processor.js';
import type { ChangesPlace, ProductHistory, ProductStep } from '../ports/product-history.js';
import { inPieces } from './product-pieces.js';

/** The products that an applied snapshot has changed: judged by the rules, and noted for later ones. */
export class ChangedProducts {
  readonly #judged: { readonly place: ChangesPlace; readonly at: number }[] = [];

  constructor(private readonly history: ProductHistory) {}

  /**
   * In a feed's first snapshot everything is new: nothing was sold, and nothing came.
   *
   * @throws LEDGER_BEHIND where the projector has not come so far: the event waits for it
   */
  async *of(event: SyncEvent): AsyncGenerator<ProductsChanged, void, void> {
    const place = placeOf(event);
    if (place === null) return;
    const standing = await this.history.standing(place);
    if (standing === 'early') throw tooEarly(place);
    // Its steps are in the hours already. What was said of it was said when they were noted.
    if (standing === 'noted') return;
    const at = Date.parse(event.at);
    this.#judged.push({ place, at });
    yield* inPieces({ ...place, at }, await this.history.steps(place), {
      facts: async (steps) => withSteps(await this.history.facts(place, steps, at), steps, at),
      lastMoved: (steps) => this.history.lastMoved(place, steps, at),
    });
  }

  async note(tx: Transaction): Promise<void> {
    for (const { place, at } of this.#judged) await this.history.note(tx, place, at);
  }
}

/** Where in the ledger lies what a snapshot has changed; null where that is nothing to be judged. */
export function placeOf(event: SyncEvent): ChangesPlace | null {
  if (event.type !== 'snapshot-applied' || event.place === undefined || event.part !== 1) return null;
  if (event.first || event.partial === true) return null;
  const { feed, source, account } = event;
  return { source, account, feed, ...event.place };
}

function tooEarly({ feed, partition, to }: ChangesPlace): AppError {
  return new AppError(
    'LEDGER_BEHIND',
    `${feed}: what was applied up to ${partition}/${to} is not in this database yet`,
    {
      remedy: 'nothing is lost, it waits for the projector; if none runs, start one: inventory-sync worker',
    },
  );
}

/** The step itself belongs to the history, too. */
function withSteps(
  facts: readonly ProductFacts[],
  steps: readonly ProductStep[],
  at: number,
): readonly ProductFacts[] {
  const hour = Math.floor(at / HOUR);
  const moved = new Map(steps.map(({ productId, available }) => [productId, available]));
  return facts.map((fact) => {
    const step = moved.get(fact.productId) ?? 0;
    if (step === 0) return fact;
    const last = fact.hours.at(-1);
    const [earlier, same] =
      last?.hour === hour ? [fact.hours.slice(0, -1), last] : [fact.hours, { hour, sold: 0, received: 0 }];
    const own = {
      hour,
      sold: same.sold + Math.max(0, -step),
      received: same.received + Math.max(0, step),
    };
    return { ...fact, hours: [...earlier, own] };
  });
}
