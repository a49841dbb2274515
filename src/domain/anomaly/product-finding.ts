import type { FeedFacts, Finding, NamedProduct } from './finding.js';
import { productLabel, sourceName, type Wording } from './wording.js';

interface Said extends Pick<Finding, 'rule' | 'severity' | 'state' | 'evenIfOpen' | 'evidence'> {
  /** What happened, to stand before the product, and figures and remedy, to stand after it. */
  readonly words: () => Readonly<Record<keyof Wording, readonly [what: string, details: string]>>;
}

/**
 * A finding about one product of an account. Its texts are made when they are read: of ten thousand products that
 * have changed nearly all are found well, and nobody is ever told so.
 */
export function productFinding(facts: FeedFacts, product: NamedProduct, said: Said): Finding {
  const { rule, severity, state, evenIfOpen, evidence, words } = said;
  const { productId, offerId, name } = product;
  return {
    rule,
    severity,
    state,
    fingerprint: `${rule}:${facts.source}:${facts.account}:${productId}`,
    evenIfOpen,
    evidence,
    product: { productId, offerId, name },
    get text() {
      const source = sourceName(facts.source);
      const { ru, en } = words();
      return {
        ru: `${source}: ${ru[0]}: ${productLabel('ru', product)}, ${ru[1]}`,
        en: `${source}: ${en[0]}: ${productLabel('en', product)}, ${en[1]}`,
      };
    },
  };
}
