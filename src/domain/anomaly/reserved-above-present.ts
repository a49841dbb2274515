import type { FeedFacts, Finding, JudgedSnapshot, ProductFacts } from './finding.js';
import { productFinding } from './product-finding.js';
import type { AnomalyRule } from './rule.js';
import { pieces } from './wording.js';

const RESERVED_ABOVE_PRESENT = 'reserved-above-present';

/** More is promised to buyers than there is: orders will have to be cancelled, and marketplaces fine for that. */
export function reservedAbovePresent(snapshot: JudgedSnapshot): Finding[] {
  if (snapshot.type !== 'products-changed') return [];
  return snapshot.products.flatMap((product) => {
    const { present, reserved } = product;
    if (reserved.after > present.after) return [finding(snapshot, product, 'raised')];
    // What had nothing reserved before had not too much reserved either.
    return reserved.before > 0 ? [finding(snapshot, product, 'resolved')] : [];
  });
}

function finding(facts: FeedFacts, product: ProductFacts, state: Finding['state']): Finding {
  const present = product.present.after;
  const reserved = product.reserved.after;
  return productFinding(facts, product, {
    rule: RESERVED_ABOVE_PRESENT,
    severity: 'warning',
    state,
    evidence: { after: reserved, threshold: present },
    words: () =>
      state === 'raised'
        ? {
            ru: [
              'в резерве больше, чем есть',
              `в наличии ${pieces('ru', present)}, в резерве ${pieces('ru', reserved)}; проверьте заказы и пополните запас`,
            ],
            en: [
              'more is reserved than there is',
              `${pieces('en', present)} present, ${pieces('en', reserved)} reserved; check the orders and restock`,
            ],
          }
        : {
            ru: [
              'резерв снова покрыт',
              `в наличии ${pieces('ru', present)}, в резерве ${pieces('ru', reserved)}`,
            ],
            en: [
              'the reserve is covered again',
              `${pieces('en', present)} present, ${pieces('en', reserved)} reserved`,
            ],
          },
  });
}

export const reservedAbovePresentRule: AnomalyRule = {
  name: RESERVED_ABOVE_PRESENT,
  title: { ru: 'в резерве больше, чем есть', en: 'more is reserved than there is' },
  severities: ['warning'],
  needs: ['products-changed'],
  settings: [],
  example: {
    ru: 'Ozon: в резерве больше, чем есть: арт. TEA-1 «Чай», в наличии 3 шт., в резерве 5 шт.; проверьте заказы и пополните запас',
    en: 'Ozon: more is reserved than there is: SKU TEA-1 “Чай”, 3 units present, 5 units reserved; check the orders and restock',
  },
  judge: reservedAbovePresent,
};
