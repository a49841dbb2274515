import type { AnomalySettings, FeedFacts, Finding, JudgedSnapshot, ProductFacts } from './finding.js';
import { productFinding } from './product-finding.js';
import type { AnomalyRule } from './rule.js';
import { saleRate } from './sale-rate.js';
import { days, number, pieces } from './wording.js';

const RUNS_OUT_SOON = 'runs-out-soon';

/**
 * At its recent rate of sale a product sells out within the set number of days. Well again only clearly above (a
 * fifth, at least a day more). What is out already is told by `ran-out`, and what has too short a history by nobody.
 */
export function runsOutSoon(snapshot: JudgedSnapshot, settings: AnomalySettings): Finding[] {
  const { runsOutDays: limit } = settings;
  if (snapshot.type !== 'products-changed' || limit <= 0) return [];
  return snapshot.products.flatMap((product) => {
    if (product.after === 0) return [];
    const rate = saleRate(product, snapshot.at);
    if (rate === null) return [];
    const left = rate === 0 ? Number.POSITIVE_INFINITY : product.after / rate;
    if (left <= limit) return [soon(snapshot, product, { left, rate, limit })];
    return left > limit + Math.max(1, limit / 5) ? [well(snapshot, product, limit)] : [];
  });
}

interface Outlook {
  /** Days, at so many pieces a day. */
  readonly left: number;
  readonly rate: number;
  readonly limit: number;
}

function soon(facts: FeedFacts, product: ProductFacts, { left, rate, limit }: Outlook): Finding {
  const { before, after } = product;
  const reason = `${rate.toFixed(1)} a day, ${left.toFixed(1)} days`;
  return productFinding(facts, product, {
    rule: RUNS_OUT_SOON,
    severity: 'warning',
    state: 'raised',
    evidence: { before, after, threshold: limit, reason },
    words: () => ({
      ru: [
        'скоро закончится',
        `осталось ${pieces('ru', after)}, ${enough(left).ru} при продаже ${perDay(rate).ru}`,
      ],
      en: ['will run out soon', `${pieces('en', after)} left, ${enough(left).en} at ${perDay(rate).en}`],
    }),
  });
}

function enough(left: number) {
  const whole = Math.floor(left);
  if (whole < 1) return { ru: 'не хватит и на день', en: 'less than a day' };
  return { ru: `хватит на ${days('ru', whole)}`, en: `enough for ${days('en', whole)}` };
}

function perDay(rate: number) {
  const shown = rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate);
  return { ru: `${number('ru', shown)} шт. в день`, en: `${number('en', shown)} a day` };
}

function well(facts: FeedFacts, product: ProductFacts, threshold: number): Finding {
  const { before, after } = product;
  return productFinding(facts, product, {
    rule: RUNS_OUT_SOON,
    severity: 'warning',
    state: 'resolved',
    evidence: { before, after, threshold },
    words: () => ({
      ru: ['запаса снова хватает', `сейчас ${pieces('ru', after)}`],
      en: ['stock lasts again', `${pieces('en', after)} now`],
    }),
  });
}

export const runsOutSoonRule: AnomalyRule = {
  name: RUNS_OUT_SOON,
  title: { ru: 'товар скоро закончится', en: 'will run out soon' },
  severities: ['warning'],
  needs: ['products-changed'],
  settings: ['RUNS_OUT_DAYS'],
  example: {
    ru: 'Ozon: скоро закончится: арт. TEA-1 «Чай», осталось 30 шт., хватит на 3 дня при продаже 10 шт. в день',
    en: 'Ozon: will run out soon: SKU TEA-1 “Чай”, 30 units left, enough for 3 days at 10 a day',
  },
  judge: runsOutSoon,
};
