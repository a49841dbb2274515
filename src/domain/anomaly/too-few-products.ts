import type { AnomalySettings, AppliedSnapshot, Finding, JudgedSnapshot } from './finding.js';
import { type AnomalyRule, isWholeRead } from './rule.js';
import { feedLabel, number, plural, sourceName } from './wording.js';

const TOO_FEW_PRODUCTS = 'too-few-products';

/**
 * A complete read found fewer products than a shop of this kind has: a key with narrower rights, a filter, a
 * marketplace that forgot something. A feed's first snapshot says nothing; where it stays so, the second does.
 */
export function tooFewProducts(snapshot: JudgedSnapshot, settings: AnomalySettings): Finding[] {
  if (!isWholeRead(snapshot) || snapshot.first || settings.minProducts <= 0) return [];
  return [finding(snapshot, settings.minProducts)];
}

function finding(snapshot: AppliedSnapshot, least: number): Finding {
  const { feed, source, products } = snapshot;
  const few = products.after < least;
  const name = sourceName(source);
  const [ru, en] = [productsRu(products.after), productsEn(products.after)];
  return {
    rule: TOO_FEW_PRODUCTS,
    severity: products.after === 0 ? 'critical' : 'warning',
    state: few ? 'raised' : 'resolved',
    fingerprint: `${TOO_FEW_PRODUCTS}:${feed}`,
    evidence: { ...products, threshold: least },
    text: few
      ? {
          ru: `${name}: слишком мало товаров: ${ru}, ожидается не меньше ${number('ru', least)} (${feedLabel('ru', snapshot)}). Проверьте права ключа и товары в личном кабинете; если товаров и должно быть столько, уменьшите MIN_PRODUCTS_THRESHOLD.`,
          en: `${name}: too few products: ${en}, at least ${number('en', least)} expected (${feedLabel('en', snapshot)}). Check the key's rights and the products in the seller's account; if there are to be so few, lower MIN_PRODUCTS_THRESHOLD.`,
        }
      : {
          ru: `${name}: товаров снова достаточно: ${ru} (${feedLabel('ru', snapshot)})`,
          en: `${name}: enough products again: ${en} (${feedLabel('en', snapshot)})`,
        },
  };
}

function productsRu(count: number): string {
  return `${number('ru', count)} ${plural('ru', count, { one: 'товар', few: 'товара', many: 'товаров' })}`;
}

function productsEn(count: number): string {
  return `${number('en', count)} ${plural('en', count, { one: 'product', many: 'products' })}`;
}

export const tooFewProductsRule: AnomalyRule = {
  name: TOO_FEW_PRODUCTS,
  title: { ru: 'слишком мало товаров', en: 'too few products' },
  severities: ['warning', 'critical'],
  needs: ['snapshot-applied'],
  settings: ['MIN_PRODUCTS_THRESHOLD'],
  example: {
    ru: 'Ozon: слишком мало товаров: 4 товара, ожидается не меньше 10 (выгрузка product-stocks). Проверьте права ключа и товары в личном кабинете; если товаров и должно быть столько, уменьшите MIN_PRODUCTS_THRESHOLD.',
    en: "Ozon: too few products: 4 products, at least 10 expected (feed product-stocks). Check the key's rights and the products in the seller's account; if there are to be so few, lower MIN_PRODUCTS_THRESHOLD.",
  },
  judge: tooFewProducts,
};
