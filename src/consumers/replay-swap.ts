import { setTimeout as delay } from 'node:timers/promises';
import { isCatalogue } from '../domain/feed.js';
import { AppError } from '../errors.js';
import type { GenerationReady } from '../events/raw-snapshot.js';
import type { LogRecord } from '../ports/log-records.js';
import type { GenerationOutcome, GenerationStanding } from '../ports/replay.js';
import type { FeedMemory } from '../streams/feed-memory.js';
import { Exchange, type ExchangeDeps, type Swapped, verdict } from './replay-exchange.js';

/** A generation that is not ready by then is given up: the partition has waited long enough. */
const WAIT_MS = 60_000;
const POLL_MS = 100;

export interface SwapDeps extends ExchangeDeps {
  readonly waitMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const NOTHING: Swapped = { effects: [], inside: false };

/**
 * The owner of a partition has come to the announcement of a replay: waits until the generation stands at this very
 * record, and answers what leads from the live rows to the generation's. Nothing at all where the database knows
 * nothing of it.
 *
 * @throws OWNERSHIP_LOST where the signal ends the wait
 */
export async function swapGeneration(
  memory: FeedMemory,
  record: LogRecord,
  event: GenerationReady,
  deps: SwapDeps,
): Promise<Swapped> {
  const standing = await whenReady(memory, record, event, deps);
  if (standing === null) return NOTHING;
  const end = (outcome: GenerationOutcome, note: string | null) =>
    verdict(memory, record, event, outcome, note);
  if (standing === 'late') return { effects: [end('off', 'it was not ready in time')], inside: false };
  if (standing.incarnation !== memory.incarnation) {
    return { effects: [end('off', 'the topic was made anew meanwhile')], inside: false };
  }
  const exchange = new Exchange(memory, record, event, standing, deps);
  return isCatalogue(memory.feed) ? exchange.catalogue() : exchange.stock();
}

async function whenReady(
  { feedId }: FeedMemory,
  record: LogRecord,
  { generation, token }: GenerationReady,
  { generations, waitMs = WAIT_MS, signal }: SwapDeps,
): Promise<GenerationStanding | 'late' | null> {
  const until = performance.now() + waitMs;
  for (;;) {
    const standing = await generations.standing(generation, feedId, token);
    // Written twice by a producer that repeated itself: the generation stands at one of the two.
    if (standing === null || (standing.readyOffset !== null && standing.readyOffset !== record.offset)) {
      return null;
    }
    if (standing.readyOffset === record.offset) return standing;
    if (performance.now() >= until) return 'late';
    await delay(POLL_MS, undefined, { signal }).catch(() => {
      throw new AppError('OWNERSHIP_LOST', 'a replay was waited for when the partition was given away');
    });
  }
}
