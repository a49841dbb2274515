import { FEED_HELD } from '../../domain/anomaly/feed-held.js';
import { RAN_OUT } from '../../domain/anomaly/ran-out.js';
import { TOTAL_MOVED } from '../../domain/anomaly/total-moved.js';
import { type Forms, type Locale, number, oneLine, plural } from '../../domain/anomaly/wording.js';
import type { Alert, Severity } from '../../events/alert.js';

interface RuleWords {
  /** What happened, in the table. */
  readonly raised: string;
  readonly resolved: string;
  /** The same with a number before it, in the subject. */
  readonly raisedCount: Forms;
  readonly resolvedCount: Forms;
}

interface Words {
  readonly severity: Readonly<Record<Severity, string>>;
  readonly columns: readonly [product: string, change: string, rule: string, time: string];
  readonly resolved: string;
  readonly settled: string;
  readonly title: string;
  /** What a held feed counts. */
  readonly rows: (figures: string) => string;
  readonly more: (count: string) => string;
  readonly summary: (raised: string, resolved: string) => string;
  readonly times: (zone: string) => string;
  readonly footer: string;
  readonly rules: Readonly<Record<string, RuleWords>>;
  readonly otherRaised: Forms;
  readonly otherResolved: Forms;
}

const ru: Words = {
  severity: { critical: 'Критично', warning: 'Внимание', info: 'К сведению' },
  columns: ['Товар', 'Было → стало', 'Что случилось', 'Время'],
  resolved: 'Решено',
  settled: 'уже решено',
  title: 'Остатки на маркетплейсах',
  rows: (figures) => `строк: ${figures}`,
  more: (count) => `и ещё ${count}`,
  summary: (raised, resolved) => `Новых событий: ${raised}, решено: ${resolved}.`,
  times: (zone) => `Время: ${zone}.`,
  footer: 'Письмо отправлено программой inventory-sync, отвечать на него не нужно.',
  rules: {
    [TOTAL_MOVED]: {
      raised: 'резкое изменение остатка',
      resolved: 'остаток выровнялся',
      raisedCount: {
        one: 'резкое изменение остатка',
        few: 'резких изменения остатка',
        many: 'резких изменений остатка',
      },
      resolvedCount: { one: 'остаток выровнялся', few: 'остатка выровнялись', many: 'остатков выровнялось' },
    },
    [RAN_OUT]: {
      raised: 'товар закончился',
      resolved: 'снова в наличии',
      raisedCount: { one: 'товар закончился', few: 'товара закончились', many: 'товаров закончилось' },
      resolvedCount: {
        one: 'товар снова в наличии',
        few: 'товара снова в наличии',
        many: 'товаров снова в наличии',
      },
    },
    [FEED_HELD]: {
      raised: 'снимок придержан',
      resolved: 'снимки снова применяются',
      raisedCount: { one: 'снимок придержан', few: 'снимка придержаны', many: 'снимков придержано' },
      resolvedCount: { one: 'выгрузка снова идёт', few: 'выгрузки снова идут', many: 'выгрузок снова идут' },
    },
  },
  otherRaised: { one: 'событие', few: 'события', many: 'событий' },
  otherResolved: { one: 'событие решено', few: 'события решены', many: 'событий решено' },
};

const en: Words = {
  severity: { critical: 'Critical', warning: 'Warning', info: 'For information' },
  columns: ['Product', 'Before → after', 'What happened', 'Time'],
  resolved: 'Resolved',
  settled: 'already resolved',
  title: 'Marketplace stock',
  rows: (figures) => `rows: ${figures}`,
  more: (count) => `and ${count} more`,
  summary: (raised, resolved) => `New events: ${raised}, resolved: ${resolved}.`,
  times: (zone) => `Times: ${zone}.`,
  footer: 'Sent by inventory-sync; there is no need to reply.',
  rules: {
    [TOTAL_MOVED]: {
      raised: 'stock moved sharply',
      resolved: 'stock is steady again',
      raisedCount: { one: 'sharp move of stock', many: 'sharp moves of stock' },
      resolvedCount: { one: 'total is steady again', many: 'totals are steady again' },
    },
    [RAN_OUT]: {
      raised: 'out of stock',
      resolved: 'back in stock',
      raisedCount: { one: 'product out of stock', many: 'products out of stock' },
      resolvedCount: { one: 'product back in stock', many: 'products back in stock' },
    },
    [FEED_HELD]: {
      raised: 'snapshot held back',
      resolved: 'snapshots are applied again',
      raisedCount: { one: 'snapshot held back', many: 'snapshots held back' },
      resolvedCount: { one: 'feed applied again', many: 'feeds applied again' },
    },
  },
  otherRaised: { one: 'event', many: 'events' },
  otherResolved: { one: 'event resolved', many: 'events resolved' },
};

export const MAIL_WORDS: Readonly<Record<Locale, Words>> = { ru, en };

/** A rule that this version does not know keeps its own name. */
export function ruleName(locale: Locale, { rule, state }: Alert): string {
  return MAIL_WORDS[locale].rules[rule]?.[state] ?? oneLine(rule);
}

/** «3 товара закончились». */
export function ruleCount(locale: Locale, rule: string, state: Alert['state'], count: number): string {
  const words = MAIL_WORDS[locale];
  const known = words.rules[rule];
  const forms =
    state === 'raised'
      ? (known?.raisedCount ?? words.otherRaised)
      : (known?.resolvedCount ?? words.otherResolved);
  return `${number(locale, count)} ${plural(locale, count, forms)}`;
}
