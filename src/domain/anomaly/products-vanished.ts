import type { AppliedSnapshot, Finding, JudgedSnapshot } from './finding.js';
import { type AnomalyRule, isWholeRead } from './rule.js';
import { feedLabel, number, plural, sourceName } from './wording.js';

const PRODUCTS_VANISHED = 'products-vanished';

/** One or two products are withdrawn every day; from here on somebody should look. */
const LEAST_PRODUCTS = 3;
const LEAST_SHARE = 0.01;
/** From this share on it is an emergency. Beyond ABSENCE_LIMIT the shrink guard holds the snapshot back. */
const CRITICAL_SHARE = 0.25;

/**
 * Products that had stock are missing from a complete read: not sold out, no longer mentioned. Each breach is told
 * anew, for each is another loss; the next complete read without one resolves it.
 */
export function productsVanished(snapshot: JudgedSnapshot): Finding[] {
  if (!isWholeRead(snapshot) || snapshot.first || snapshot.vanished === undefined) return [];
  if ((snapshot.rescoped ?? 0) > 0) return [];
  const floor = Math.max(LEAST_PRODUCTS, Math.ceil(snapshot.products.before * LEAST_SHARE));
  return [snapshot.vanished >= floor ? breach(snapshot, snapshot.vanished, floor) : settled(snapshot, floor)];
}

function breach(snapshot: AppliedSnapshot, vanished: number, floor: number): Finding {
  const name = sourceName(snapshot.source);
  const { before } = snapshot.products;
  const ru = plural('ru', vanished, {
    one: 'пропал товар с остатком',
    few: 'пропали товары с остатком',
    many: 'пропали товары с остатком',
  });
  const en = plural('en', vanished, { one: 'product with stock is', many: 'products with stock are' });
  return {
    ...common(snapshot, floor),
    severity: vanished >= before * CRITICAL_SHARE ? 'critical' : 'warning',
    state: 'raised',
    evenIfOpen: true,
    text: {
      ru: `${name}: ${ru}: ${number('ru', vanished)} из ${number('ru', before)} (${feedLabel('ru', snapshot)}). Проверьте в личном кабинете, не скрыты ли они и не перенесены ли в архив.`,
      en: `${name}: ${number('en', vanished)} ${en} gone, of ${number('en', before)} (${feedLabel('en', snapshot)}). Check in the seller's account whether they were hidden or archived.`,
    },
  };
}

function settled(snapshot: AppliedSnapshot, floor: number): Finding {
  const name = sourceName(snapshot.source);
  return {
    ...common(snapshot, floor),
    severity: 'warning',
    state: 'resolved',
    text: {
      ru: `${name}: товары больше не пропадают (${feedLabel('ru', snapshot)})`,
      en: `${name}: no more products vanish (${feedLabel('en', snapshot)})`,
    },
  };
}

function common({ feed, products }: AppliedSnapshot, threshold: number) {
  const evidence = { ...products, threshold };
  return { rule: PRODUCTS_VANISHED, fingerprint: `${PRODUCTS_VANISHED}:${feed}`, evidence };
}

export const productsVanishedRule: AnomalyRule = {
  name: PRODUCTS_VANISHED,
  title: { ru: 'пропали товары', en: 'products vanished' },
  severities: ['warning', 'critical'],
  needs: ['snapshot-applied'],
  settings: [],
  oneOff: true,
  example: {
    ru: 'Ozon: пропали товары с остатком: 40 из 1\u00a0200 (выгрузка product-stocks). Проверьте в личном кабинете, не скрыты ли они и не перенесены ли в архив.',
    en: "Ozon: 40 products with stock are gone, of 1,200 (feed product-stocks). Check in the seller's account whether they were hidden or archived.",
  },
  judge: productsVanished,
};
