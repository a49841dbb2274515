import { feedHeld } from './feed-held.js';
import type { AnomalySettings, Finding, JudgedSnapshot, Rule } from './finding.js';
import { methodRetired } from './method-retired.js';
import { ranOut } from './ran-out.js';
import { totalMoved } from './total-moved.js';

/** In the order in which their findings are told. */
const RULES: readonly Rule[] = [feedHeld, methodRetired, totalMoved, ranOut];

export function judge(snapshot: JudgedSnapshot, settings: AnomalySettings): Finding[] {
  return RULES.flatMap((rule) => rule(snapshot, settings));
}

/**
 * What of these is news, in order. Only an open incident can be resolved, and one that is open is not raised
 * again unless its rule says that every breach is news. What earlier items open or resolve counts for later ones.
 *
 * @param open fingerprints that were open before the first of the items
 */
export function newsOf<T>(
  items: readonly T[],
  findingOf: (item: T) => Finding,
  open: ReadonlySet<string>,
): T[] {
  const now = new Set(open);
  return items.filter((item) => {
    const { state, fingerprint, evenIfOpen } = findingOf(item);
    if (state === 'resolved') return now.delete(fingerprint);
    const isNew = !now.has(fingerprint);
    now.add(fingerprint);
    return isNew || evenIfOpen === true;
  });
}
