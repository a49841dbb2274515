import type { FeedFacts, Finding, JudgedSnapshot, RetiredFeed } from './finding.js';
import { productFinding } from './product-finding.js';
import type { AnomalyRule } from './rule.js';
import { feedLabel, sourceName } from './wording.js';

/** What stands as the reason in the evidence of such a finding. */
export const NO_LONGER_READ = 'no longer read';

/** Rules by what their incidents belong to. */
interface Watching {
  readonly feeds: readonly AnomalyRule[];
  readonly products: readonly AnomalyRule[];
}

/**
 * What nobody reads any more can neither get worse nor better: whatever is open about a retired feed is over, and so
 * is what is open about products that no feed has a row of since the settings cover less. No rule by itself, for it
 * concerns them all.
 */
export function noLongerRead(snapshot: JudgedSnapshot, { feeds, products }: Watching): Finding[] {
  if (snapshot.type !== 'feed-retired' && snapshot.type !== 'snapshot-applied') return [];
  const unread = snapshot.unread ?? [];
  return [
    ...(snapshot.type === 'feed-retired' && snapshot.part === 1
      ? feeds.map((rule) => ofFeed(snapshot, rule))
      : []),
    ...unread.flatMap((product) => products.map((rule) => ofProduct(snapshot, product, rule))),
  ];
}

function ofFeed(facts: RetiredFeed, { name, title, severities }: AnomalyRule): Finding {
  const source = sourceName(facts.source);
  return {
    rule: name,
    severity: severities[0] ?? 'warning',
    state: 'resolved',
    fingerprint: `${name}:${facts.feed}`,
    evidence: { reason: NO_LONGER_READ },
    text: {
      ru: `${source}: больше не читается (${feedLabel('ru', facts)}), поэтому снято: ${title.ru}`,
      en: `${source}: no longer read (${feedLabel('en', facts)}), so this is over: ${title.en}`,
    },
  };
}

function ofProduct(
  facts: FeedFacts,
  product: Parameters<typeof productFinding>[1],
  { name, title, severities }: AnomalyRule,
): Finding {
  return productFinding(facts, product, {
    rule: name,
    severity: severities[0] ?? 'warning',
    state: 'resolved',
    evidence: { reason: NO_LONGER_READ },
    words: () => ({
      ru: ['остатки товара больше не читаются', `поэтому снято: ${title.ru}`],
      en: ["the product's stock is no longer read", `so this is over: ${title.en}`],
    }),
  });
}
