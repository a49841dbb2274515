import type { AnomalySettings, FeedFacts, Finding, JudgedSnapshot, ProductFacts } from './finding.js';
import { productFinding } from './product-finding.js';
import type { AnomalyRule } from './rule.js';
import { pieces } from './wording.js';

const LOW_STOCK = 'low-stock';

/**
 * A product has fallen to its threshold or below: its own, else that of its source. Told once per crossing, and
 * armed again only well above (a fifth of the threshold, at least a piece more), so that a single return does not
 * ring twice. What rises to a low level was delivered or is new, and what fell to nothing is told by `ran-out`.
 */
export function lowStock(snapshot: JudgedSnapshot, settings: AnomalySettings): Finding[] {
  if (snapshot.type !== 'products-changed') return [];
  return snapshot.products.flatMap((product) => {
    const threshold = product.lowStock ?? settings.lowStock[snapshot.source];
    if (threshold <= 0)
      return product.lowStock === undefined ? [] : [finding(snapshot, product, threshold, 'resolved')];
    const { before, after } = product;
    if (after > threshold + Math.max(1, threshold / 5))
      return [finding(snapshot, product, threshold, 'resolved')];
    const fell = after < before && after > 0 && after <= threshold;
    return fell ? [finding(snapshot, product, threshold, 'raised')] : [];
  });
}

function finding(
  facts: FeedFacts,
  product: ProductFacts,
  threshold: number,
  state: Finding['state'],
): Finding {
  const { before, after } = product;
  return productFinding(facts, product, {
    rule: LOW_STOCK,
    severity: 'warning',
    state,
    evidence: { before, after, threshold },
    words: () =>
      state === 'raised'
        ? {
            ru: ['товар заканчивается', `осталось ${pieces('ru', after)}, порог ${pieces('ru', threshold)}`],
            en: ['stock is low', `${pieces('en', after)} left, the threshold is ${pieces('en', threshold)}`],
          }
        : {
            ru: ['остаток снова выше порога', `сейчас ${pieces('ru', after)}`],
            en: ['stock is above the threshold again', `${pieces('en', after)} now`],
          },
  });
}

export const lowStockRule: AnomalyRule = {
  name: LOW_STOCK,
  title: { ru: 'товар заканчивается', en: 'stock is low' },
  severities: ['warning'],
  needs: ['products-changed'],
  settings: ['LOW_STOCK_THRESHOLD', 'OZON_LOW_STOCK_THRESHOLD', 'WB_LOW_STOCK_THRESHOLD'],
  example: {
    ru: 'Ozon: товар заканчивается: арт. TEA-1 «Чай», осталось 4 шт., порог 5 шт.',
    en: 'Ozon: stock is low: SKU TEA-1 “Чай”, 4 units left, the threshold is 5 units',
  },
  judge: lowStock,
};
