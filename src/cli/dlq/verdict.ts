import type { NewestSnapshot, RedriveFeed } from '../../store/redrive-standing.js';
import { MENDABLE_MS } from '../../streams/open-snapshot.js';
import type { LetterSummary } from './letters.js';

/** Why a record of the raw topic would change nothing any more. */
export type Futile = 'newer' | 'ended' | 'late' | 'start' | 'retirement';

/**
 * Whether a raw record that is redriven now can still count; null where it can, as far as the tables say. Whoever
 * folds it decides in the end.
 */
export function futile(
  letter: Pick<LetterSummary, 'said' | 'offset'>,
  feed: RedriveFeed | null,
  now: number,
): Futile | null {
  const { type, snapshotId } = letter.said;
  if (type === 'snapshot-started') return 'start';
  if (type === 'feed-retired') return 'retirement';
  const newest = feed?.newest ?? null;
  if (newest === null) return null;
  const isOfNewest =
    snapshotId === null ? letter.offset > newest.firstOffset : snapshotId === newest.snapshotId;
  return isOfNewest ? endOf(newest, now) : 'newer';
}

function endOf({ status, endedAt }: NewestSnapshot, now: number): Futile | null {
  if (status === 'open') return null;
  if (status !== 'incomplete') return 'ended';
  return endedAt !== null && now - endedAt > MENDABLE_MS ? 'late' : null;
}

/** What became of a record that was redriven. */
export type Outcome =
  | { readonly kind: 'completed' | 'open' | 'read' | 'stale' | 'unsettled' }
  | { readonly kind: 'held' | 'incomplete'; readonly reason: string }
  /** @see LetterSummary.id */
  | { readonly kind: 'died'; readonly letter: string };

/**
 * Of a raw record that was read.
 *
 * @param ends offsets of what was redriven along with it: one of them may have been the last that was missing
 */
export function outcomeOf(
  snapshotId: string | null,
  newest: NewestSnapshot | null,
  ends: ReadonlySet<number>,
): Outcome {
  if (newest === null || (snapshotId !== null && newest.snapshotId !== snapshotId)) return { kind: 'stale' };
  const { status, reason, lastOffset } = newest;
  if (status === 'open') return { kind: 'open' };
  if (status === 'incomplete') return { kind: 'incomplete', reason: reason ?? '' };
  if (lastOffset === null || !ends.has(lastOffset)) return { kind: 'stale' };
  if (status === 'applied') return { kind: 'completed' };
  return status === 'held' ? { kind: 'held', reason: reason ?? '' } : { kind: 'read' };
}
