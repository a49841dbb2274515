import { credentialsRefusedRule } from './credentials-refused.js';
import { deadLettersRule } from './dead-letters.js';
import { feedHeldRule } from './feed-held.js';
import type { AnomalySettings, Finding, JudgedSnapshot } from './finding.js';
import { keyExpiringRule } from './key-expiring.js';
import { lagGrowingRule } from './lag-growing.js';
import { longWaitRule } from './long-wait.js';
import { lowStockRule } from './low-stock.js';
import { methodRetiredRule } from './method-retired.js';
import { noLongerRead } from './no-longer-read.js';
import { productsVanishedRule } from './products-vanished.js';
import { ranOutRule } from './ran-out.js';
import { reservedAbovePresentRule } from './reserved-above-present.js';
import type { AnomalyRule } from './rule.js';
import { runsOutSoonRule } from './runs-out-soon.js';
import { snapshotsFailingRule } from './snapshots-failing.js';
import { sourceStaleRule } from './source-stale.js';
import { tooFewProductsRule } from './too-few-products.js';
import { totalMovedRule } from './total-moved.js';
import { unusualJumpRule } from './unusual-jump.js';

/** Rules whose incidents belong to a feed or a source. */
const ABOUT_FEEDS: readonly AnomalyRule[] = [
  feedHeldRule,
  methodRetiredRule,
  credentialsRefusedRule,
  sourceStaleRule,
  snapshotsFailingRule,
  longWaitRule,
  keyExpiringRule,
  lagGrowingRule,
  deadLettersRule,
  totalMovedRule,
  tooFewProductsRule,
  productsVanishedRule,
];
/** Rules whose incidents belong to a product. */
const ABOUT_PRODUCTS: readonly AnomalyRule[] = [
  ranOutRule,
  unusualJumpRule,
  reservedAbovePresentRule,
  runsOutSoonRule,
  lowStockRule,
];

/** In the order in which their findings are told: what concerns a whole source before what concerns a product. */
export const RULES: readonly AnomalyRule[] = [...ABOUT_FEEDS, ...ABOUT_PRODUCTS];

/** Many jumps at once are an incident of the feed. */
const WATCHING = { feeds: [...ABOUT_FEEDS, unusualJumpRule], products: ABOUT_PRODUCTS };

export function judge(snapshot: JudgedSnapshot, settings: AnomalySettings): Finding[] {
  return [...RULES.flatMap((rule) => rule.judge(snapshot, settings)), ...noLongerRead(snapshot, WATCHING)];
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
