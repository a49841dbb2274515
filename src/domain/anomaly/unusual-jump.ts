import type { Finding, JudgedSnapshot, Jumps, ProductFacts, ProductsChanged } from './finding.js';
import { productFinding } from './product-finding.js';
import { type Habit, productHabit } from './product-habit.js';
import type { AnomalyRule } from './rule.js';
import { DAY, HOUR } from './time.js';
import { feedLabel, number, pieces, plural, sourceName } from './wording.js';

const UNUSUAL_JUMP = 'unusual-jump';

/** More products than this in one snapshot have a common cause, and are told as one. */
export const MOST_SINGLE = 20;

type Known = Exclude<Habit, { state: 'not-enough-history' }>;
interface Jump {
  readonly product: ProductFacts;
  readonly habit: Known;
}

/**
 * A product's total moved far outside its own habit. Each breach is told anew, for each is another loss; the next
 * movement within the habit resolves it. A product without enough history is not judged.
 */
export function unusualJump(snapshot: JudgedSnapshot): Finding[] {
  if (snapshot.type !== 'products-changed') return [];
  const { at, products, whole } = snapshot;
  const movedBefore = whole?.movedBefore ?? lastMovement(products, at);
  const found = products.flatMap((product) => jumpOf(product, at, movedBefore));
  const jumps = found.filter(isUnusual);
  const all = whole?.jumps ?? sumOf(jumps);
  const many = all.count > MOST_SINGLE;
  const raised = many ? [] : jumps.map((jump) => single(snapshot, jump));
  const settled = found.filter((jump) => !isUnusual(jump)).map((jump) => single(snapshot, jump));
  const isFirst = whole === undefined || whole.piece === 1;
  return [...(isFirst ? [together(snapshot, many ? all : null)] : []), ...raised, ...settled];
}

/** The unusual jumps among some of a snapshot's products; sums of these may be added up. */
export function unusualJumps(products: readonly ProductFacts[], at: number, movedBefore: number): Jumps {
  return sumOf(products.flatMap((product) => jumpOf(product, at, movedBefore)).filter(isUnusual));
}

function jumpOf(product: ProductFacts, at: number, movedBefore: number): Jump[] {
  if (product.after === product.before) return [];
  const habit = productHabit(product, at, movedBefore);
  return habit.state === 'not-enough-history' ? [] : [{ product, habit }];
}

function isUnusual({ habit }: Jump): boolean {
  return habit.state === 'unusual';
}

function sumOf(jumps: readonly Jump[]): Jumps {
  const before = jumps.reduce((sum, { product }) => sum + product.before, 0);
  const after = jumps.reduce((sum, { product }) => sum + product.after, 0);
  return { count: jumps.length, before, after };
}

/**
 * When the feed may have been read before: in the last hour in which any of these products moved, a day ago at the
 * most. After a night without reads one snapshot shows a night's sales, and no event says how long the night was.
 * Where something sells at every read this is exact; in a slow shop it makes the rule milder.
 */
function lastMovement(products: readonly ProductFacts[], at: number): number {
  const now = Math.floor(at / HOUR);
  let last = now - DAY / HOUR;
  for (const { hours } of products) {
    const before = hours.findLast(({ hour }) => hour < now);
    if (before !== undefined) last = Math.max(last, before.hour);
  }
  return at - (now - last) * HOUR;
}

function single(snapshot: ProductsChanged, { product, habit }: Jump): Finding {
  const { state, usual, limit } = habit;
  const { before, after } = product;
  const raised = state === 'unusual';
  const usually = Math.round(usual);
  return productFinding(snapshot, product, {
    rule: UNUSUAL_JUMP,
    severity: 'warning',
    state: raised ? 'raised' : 'resolved',
    evenIfOpen: raised ? true : undefined,
    evidence: { before, after, threshold: Math.round(limit) },
    words: () => {
      const figures = {
        ru: `было ${pieces('ru', before)}, стало ${pieces('ru', after)}`,
        en: `${pieces('en', before)} before, ${pieces('en', after)} now`,
      };
      if (!raised) {
        return {
          ru: ['остаток снова меняется как обычно', figures.ru],
          en: ['stock moves as usual again', figures.en],
        };
      }
      const [ru, en] = after < before ? ['уходит', 'leave'] : ['приходит', 'come'];
      return {
        ru: [
          'необычный скачок остатка',
          `${figures.ru}; обычно ${ru} около ${pieces('ru', usually)} Сверьте остаток в личном кабинете.`,
        ],
        en: [
          'unusual jump of stock',
          `${figures.en}; usually about ${number('en', usually)} ${en}. Compare with the seller's account.`,
        ],
      };
    },
  });
}

/** All jumps of a snapshot as one incident of the feed; null: it is over. */
function together(snapshot: ProductsChanged, jumps: Jumps | null): Finding {
  const { feed, source } = snapshot;
  const base = { rule: UNUSUAL_JUMP, fingerprint: `${UNUSUAL_JUMP}:${feed}` };
  const name = sourceName(source);
  if (jumps === null) {
    const ru = `${name}: остатки товаров снова меняются как обычно (${feedLabel('ru', snapshot)})`;
    const en = `${name}: stock of the products moves as usual again (${feedLabel('en', snapshot)})`;
    return { ...base, severity: 'critical', state: 'resolved', evidence: {}, text: { ru, en } };
  }
  const { count, before, after } = jumps;
  const products = plural('ru', count, { one: 'товара', many: 'товаров' });
  return {
    ...base,
    severity: 'critical',
    state: 'raised',
    evenIfOpen: true,
    evidence: { before, after, threshold: MOST_SINGLE },
    text: {
      ru: `${name}: необычный скачок остатка сразу у ${number('ru', count)} ${products}: было ${pieces('ru', before)}, стало ${pieces('ru', after)} (${feedLabel('ru', snapshot)}). Похоже на сбой маркетплейса или закрытый склад: сверьте остатки в личном кабинете.`,
      en: `${name}: unusual jump of stock of ${number('en', count)} products at once: ${pieces('en', before)} before, ${pieces('en', after)} now (${feedLabel('en', snapshot)}). It looks like trouble of the marketplace or a closed warehouse: compare with the seller's account.`,
    },
  };
}

export const unusualJumpRule: AnomalyRule = {
  name: UNUSUAL_JUMP,
  title: { ru: 'необычный скачок остатка', en: 'unusual jump of stock' },
  severities: ['warning', 'critical'],
  needs: ['products-changed'],
  settings: [],
  oneOff: true,
  example: {
    ru: 'Ozon: необычный скачок остатка: арт. TEA-1 «Чай», было 120 шт., стало 60 шт.; обычно уходит около 2 шт. Сверьте остаток в личном кабинете.',
    en: "Ozon: unusual jump of stock: SKU TEA-1 “Чай”, 120 units before, 60 units now; usually about 2 leave. Compare with the seller's account.",
  },
  judge: unusualJump,
};
