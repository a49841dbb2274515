import type { FeedFacts, Jumps, ProductFacts, ProductsChanged } from '../domain/anomaly/finding.js';
import { LEAST_PIECES } from '../domain/anomaly/product-habit.js';
import { HOUR } from '../domain/anomaly/time.js';
import { MOST_SINGLE, unusualJumps } from '../domain/anomaly/unusual-jump.js';
import type { ProductStep } from '../ports/product-history.js';

/** Where the facts of a snapshot's products come from. */
export interface ProductReader {
  /** As of the snapshot, its own step included in the hours. */
  facts(steps: readonly ProductStep[]): Promise<readonly ProductFacts[]>;
  /** The newest hour of the 24 before that of the snapshot in which any of them moved; null: in none. */
  lastMoved(steps: readonly ProductStep[]): Promise<number | null>;
}

/** Each may have 28 × 24 hours: a third of a million small objects at the most. */
const PIECE = 500;

/**
 * The products that a snapshot has changed, some hundreds at a time, so that memory does not grow with their number.
 * What rules must know of all of them is found out beforehand, by cheap figures where these will do.
 */
export async function* inPieces(
  snapshot: FeedFacts & { readonly at: number },
  steps: readonly ProductStep[],
  reader: ProductReader,
): AsyncGenerator<ProductsChanged, void, void> {
  const { feed, source, account, at } = snapshot;
  const base = { type: 'products-changed', feed, source, account, at } as const;
  if (steps.length <= PIECE) {
    const products = await reader.facts(steps);
    if (products.length > 0) yield { ...base, products };
    return;
  }
  const movedBefore = await lastMovement(steps, reader, at);
  const jumps = await jumpsOf(steps, reader, at, movedBefore);
  let piece = 0;
  for (const some of cut(steps)) {
    piece += 1;
    yield { ...base, products: await reader.facts(some), whole: { piece, movedBefore, jumps } };
  }
}

async function lastMovement(
  steps: readonly ProductStep[],
  reader: ProductReader,
  at: number,
): Promise<number> {
  const now = Math.floor(at / HOUR);
  let last = now - 24;
  for (const some of cut(steps)) {
    last = Math.max(last, (await reader.lastMoved(some)) ?? last);
    if (last === now - 1) break;
  }
  return at - (now - last) * HOUR;
}

/** Only of those that moved far enough to be an unusual jump at all, and only where these are many. */
async function jumpsOf(
  steps: readonly ProductStep[],
  reader: ProductReader,
  at: number,
  movedBefore: number,
): Promise<Jumps> {
  let jumps: Jumps = { count: 0, before: 0, after: 0 };
  const far = steps.filter(({ available }) => Math.abs(available) >= LEAST_PIECES);
  if (far.length <= MOST_SINGLE) return jumps;
  for (const some of cut(far)) {
    const { count, before, after } = unusualJumps(await reader.facts(some), at, movedBefore);
    jumps = { count: jumps.count + count, before: jumps.before + before, after: jumps.after + after };
  }
  return jumps;
}

function* cut<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += PIECE) yield items.slice(from, from + PIECE);
}
