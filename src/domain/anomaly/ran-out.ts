import type { AppliedSnapshot, Finding, JudgedSnapshot, Movement } from './finding.js';
import type { AnomalyRule } from './rule.js';
import { pieces, productLabel, sourceName } from './wording.js';

export const RAN_OUT = 'ran-out';

/**
 * A product's total over all warehouses and schemes of the account went to zero; resolved when it is back. The
 * incident belongs to the product, not to the feed that noticed. A feed's first snapshot raises nothing, but a
 * product that it finds in stock is back all the same.
 */
export function ranOut(snapshot: JudgedSnapshot): Finding[] {
  if (snapshot.type !== 'snapshot-applied') return [];
  const gone = snapshot.first ? [] : snapshot.ranOut.map((product) => finding(snapshot, product, 'raised'));
  return [...gone, ...snapshot.cameBack.map((product) => finding(snapshot, product, 'resolved'))];
}

function finding(snapshot: AppliedSnapshot, moved: Movement, state: Finding['state']): Finding {
  const { productId, offerId, name, before, after } = moved;
  const source = sourceName(snapshot.source);
  const [ru, en] =
    state === 'raised' ? ['товар закончился', 'out of stock'] : ['снова в наличии', 'back in stock'];
  return {
    rule: RAN_OUT,
    severity: 'warning',
    state,
    fingerprint: `${RAN_OUT}:${snapshot.source}:${snapshot.account}:${productId}`,
    evidence: { before, after },
    product: { productId, offerId, name },
    text: {
      ru: `${source}: ${ru}: ${productLabel('ru', moved)}, было ${pieces('ru', before)}, стало ${pieces('ru', after)}`,
      en: `${source}: ${en}: ${productLabel('en', moved)}, ${pieces('en', before)} before, ${pieces('en', after)} now`,
    },
  };
}

export const ranOutRule: AnomalyRule = {
  name: RAN_OUT,
  title: { ru: 'товар закончился', en: 'out of stock' },
  severities: ['warning'],
  needs: ['snapshot-applied'],
  settings: [],
  example: {
    ru: 'Ozon: товар закончился: арт. TEA-1 «Чай», было 5 шт., стало 0 шт.',
    en: 'Ozon: out of stock: SKU TEA-1 “Чай”, 5 units before, 0 units now',
  },
  judge: ranOut,
};
