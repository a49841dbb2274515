import { FEED_HELD } from '../../domain/anomaly/feed-held.js';
import { RAN_OUT } from '../../domain/anomaly/ran-out.js';
import { TOTAL_MOVED } from '../../domain/anomaly/total-moved.js';
import {
  type Forms,
  type Locale,
  number,
  oneLine,
  plural,
  type Wording,
} from '../../domain/anomaly/wording.js';
import type { Alert } from '../../events/alert.js';

interface RuleWords {
  /** What happened, in the table. */
  readonly raised: string;
  readonly resolved: string;
  /** The same with a number before it, in the subject. */
  readonly raisedCount: Forms;
  readonly resolvedCount: Forms;
}

type RuleList = Readonly<Record<string, RuleWords>>;

/** The forms of a phrase whose noun alone changes with the number. */
function forms(tail: string, one: string, few: string, many: string): Forms {
  return { one: `${one} ${tail}`, few: `${few} ${tail}`, many: `${many} ${tail}` };
}

const ru: RuleList = {
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
    resolvedCount: forms('снова в наличии', 'товар', 'товара', 'товаров'),
  },
  [FEED_HELD]: {
    raised: 'снимок придержан',
    resolved: 'снимки снова применяются',
    raisedCount: { one: 'снимок придержан', few: 'снимка придержаны', many: 'снимков придержано' },
    resolvedCount: { one: 'выгрузка снова идёт', few: 'выгрузки снова идут', many: 'выгрузок снова идут' },
  },
  'source-stale': {
    raised: 'данные устарели',
    resolved: 'данные снова свежие',
    raisedCount: { one: 'выгрузка устарела', few: 'выгрузки устарели', many: 'выгрузок устарело' },
    resolvedCount: forms('снова свежие', 'выгрузка', 'выгрузки', 'выгрузок'),
  },
  'credentials-refused': {
    raised: 'ключ или токен не принят',
    resolved: 'ключ или токен снова принят',
    raisedCount: forms('в доступе по ключу', 'отказ', 'отказа', 'отказов'),
    resolvedCount: forms('с доступом снова в порядке', 'выгрузка', 'выгрузки', 'выгрузок'),
  },
  'snapshots-failing': {
    raised: 'чтение не удаётся',
    resolved: 'чтение снова удаётся',
    raisedCount: { one: 'выгрузка не читается', few: 'выгрузки не читаются', many: 'выгрузок не читается' },
    resolvedCount: { one: 'выгрузка снова идёт', few: 'выгрузки снова идут', many: 'выгрузок снова идут' },
  },
  'method-retired': {
    raised: 'метод API отключён',
    resolved: 'метод API снова отвечает',
    raisedCount: {
      one: 'метод API отключён',
      few: 'метода API отключены',
      many: 'методов API отключено',
    },
    resolvedCount: {
      one: 'метод API снова отвечает',
      few: 'метода API снова отвечают',
      many: 'методов API снова отвечают',
    },
  },
};

const en: RuleList = {
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
  'source-stale': {
    raised: 'data are out of date',
    resolved: 'data are fresh again',
    raisedCount: { one: 'feed out of date', many: 'feeds out of date' },
    resolvedCount: { one: 'feed fresh again', many: 'feeds fresh again' },
  },
  'credentials-refused': {
    raised: 'key or token refused',
    resolved: 'key or token accepted again',
    raisedCount: { one: 'refusal of key or token', many: 'refusals of key or token' },
    resolvedCount: { one: 'feed may be read again', many: 'feeds may be read again' },
  },
  'snapshots-failing': {
    raised: 'reading fails',
    resolved: 'reading works again',
    raisedCount: { one: 'feed cannot be read', many: 'feeds cannot be read' },
    resolvedCount: { one: 'feed read again', many: 'feeds read again' },
  },
  'method-retired': {
    raised: 'API method switched off',
    resolved: 'API method answers again',
    raisedCount: { one: 'API method switched off', many: 'API methods switched off' },
    resolvedCount: { one: 'API method answers again', many: 'API methods answer again' },
  },
};

const RULES: Readonly<Record<Locale, RuleList>> = { ru, en };

const OTHERS: Readonly<Record<Locale, Readonly<Record<Alert['state'], Forms>>>> = {
  ru: {
    raised: { one: 'событие', few: 'события', many: 'событий' },
    resolved: { one: 'событие решено', few: 'события решены', many: 'событий решено' },
  },
  en: {
    raised: { one: 'event', many: 'events' },
    resolved: { one: 'event resolved', many: 'events resolved' },
  },
};

/** A rule that this version does not know keeps its own name. */
export function ruleName(locale: Locale, { rule, state }: Alert): string {
  return RULES[locale][rule]?.[state] ?? oneLine(rule);
}

/** «3 товара закончились». */
export function ruleCount(locale: Locale, rule: string, state: Alert['state'], count: number): string {
  const known = RULES[locale][rule];
  const forms = state === 'raised' ? known?.raisedCount : known?.resolvedCount;
  return `${number(locale, count)} ${plural(locale, count, forms ?? OTHERS[locale][state])}`;
}

/** «Ozon: остаток» and such, in a chart. */
export const STOCK: Wording = { ru: 'остаток', en: 'stock' };
