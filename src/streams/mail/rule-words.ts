import { FEED_HELD } from '../../domain/anomaly/feed-held.js';
import { NO_LONGER_READ } from '../../domain/anomaly/no-longer-read.js';
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

/** For each state what happened, as the table says it, and the same with a number before it, in the subject. */
type RuleWords = Readonly<Record<Alert['state'], { readonly name: string; readonly count: Forms }>>;

type ThreeForms = readonly [one: string, few: string, many: string];

function rule(
  raised: string,
  resolved: string,
  raisedForms: ThreeForms,
  resolvedForms: ThreeForms,
): RuleWords {
  return {
    raised: { name: raised, count: formsOf(raisedForms) },
    resolved: { name: resolved, count: formsOf(resolvedForms) },
  };
}

function formsOf([one, few, many]: ThreeForms): Forms {
  return { one, few, many };
}

const ru: Readonly<Record<string, RuleWords>> = {
  [TOTAL_MOVED]: rule(
    'резкое изменение остатка',
    'остаток выровнялся',
    ['резкое изменение остатка', 'резких изменения остатка', 'резких изменений остатка'],
    ['остаток выровнялся', 'остатка выровнялись', 'остатков выровнялось'],
  ),
  [RAN_OUT]: rule(
    'товар закончился',
    'снова в наличии',
    ['товар закончился', 'товара закончились', 'товаров закончилось'],
    ['товар снова в наличии', 'товара снова в наличии', 'товаров снова в наличии'],
  ),
  [FEED_HELD]: rule(
    'снимок придержан',
    'снимки снова применяются',
    ['снимок придержан', 'снимка придержаны', 'снимков придержано'],
    ['выгрузка снова идёт', 'выгрузки снова идут', 'выгрузок снова идут'],
  ),
  'source-stale': rule(
    'данные устарели',
    'данные снова свежие',
    ['выгрузка устарела', 'выгрузки устарели', 'выгрузок устарело'],
    ['выгрузка снова свежая', 'выгрузки снова свежие', 'выгрузок снова свежие'],
  ),
  'credentials-refused': rule(
    'ключ или токен не принят',
    'ключ или токен снова принят',
    ['отказ в доступе по ключу', 'отказа в доступе по ключу', 'отказов в доступе по ключу'],
    ['выгрузка снова доступна', 'выгрузки снова доступны', 'выгрузок снова доступны'],
  ),
  'snapshots-failing': rule(
    'чтение не удаётся',
    'чтение снова удаётся',
    ['выгрузка не читается', 'выгрузки не читаются', 'выгрузок не читается'],
    ['выгрузка снова читается', 'выгрузки снова читаются', 'выгрузок снова читаются'],
  ),
  'method-retired': rule(
    'метод API отключён',
    'метод API снова отвечает',
    ['метод API отключён', 'метода API отключены', 'методов API отключено'],
    ['метод API снова отвечает', 'метода API снова отвечают', 'методов API снова отвечают'],
  ),
  'long-wait': rule(
    'маркетплейс просит подождать',
    'ожидание закончилось',
    ['долгое ожидание', 'долгих ожидания', 'долгих ожиданий'],
    ['ожидание закончилось', 'ожидания закончились', 'ожиданий закончилось'],
  ),
  'key-expiring': rule(
    'ключ или токен истекает',
    'ключ или токен обновлён',
    ['ключ истекает', 'ключа истекают', 'ключей истекает'],
    ['ключ обновлён', 'ключа обновлены', 'ключей обновлено'],
  ),
  'lag-growing': rule(
    'обработка отстаёт',
    'обработка догнала',
    ['отставание обработки', 'отставания обработки', 'отставаний обработки'],
    ['отставание устранено', 'отставания устранены', 'отставаний устранено'],
  ),
  'dead-letters': rule(
    'нечитаемые записи',
    'нечитаемых записей больше нет',
    ['сообщение о нечитаемых записях', 'сообщения о нечитаемых записях', 'сообщений о нечитаемых записях'],
    ['сообщение о записях снято', 'сообщения о записях сняты', 'сообщений о записях снято'],
  ),
  'too-few-products': rule(
    'слишком мало товаров',
    'товаров снова достаточно',
    ['выгрузка слишком мала', 'выгрузки слишком малы', 'выгрузок слишком малы'],
    ['выгрузка снова полная', 'выгрузки снова полные', 'выгрузок снова полные'],
  ),
  'products-vanished': rule(
    'товары пропали',
    'товары вернулись',
    ['пропажа товаров', 'пропажи товаров', 'пропаж товаров'],
    ['пропажа товаров снята', 'пропажи товаров сняты', 'пропаж товаров снято'],
  ),
  'unusual-jump': rule(
    'необычный скачок остатка',
    'скачков остатка больше нет',
    ['необычный скачок остатка', 'необычных скачка остатка', 'необычных скачков остатка'],
    ['скачок остатка снят', 'скачка остатка сняты', 'скачков остатка снято'],
  ),
  'reserved-above-present': rule(
    'резерв больше остатка',
    'резерв снова в пределах остатка',
    [
      'товар с резервом больше остатка',
      'товара с резервом больше остатка',
      'товаров с резервом больше остатка',
    ],
    ['товар снова с верным резервом', 'товара снова с верным резервом', 'товаров снова с верным резервом'],
  ),
  'runs-out-soon': rule(
    'скоро закончится',
    'запаса снова хватает',
    ['товар скоро закончится', 'товара скоро закончатся', 'товаров скоро закончатся'],
    ['товар снова в запасе', 'товара снова в запасе', 'товаров снова в запасе'],
  ),
  'low-stock': rule(
    'мало на складе',
    'снова достаточно',
    ['товар на исходе', 'товара на исходе', 'товаров на исходе'],
    ['товар пополнен', 'товара пополнены', 'товаров пополнено'],
  ),
};

const en: Readonly<Record<string, RuleWords>> = {
  [TOTAL_MOVED]: rule(
    'stock moved sharply',
    'stock is steady again',
    ['sharp move of stock', 'sharp moves of stock', 'sharp moves of stock'],
    ['total is steady again', 'totals are steady again', 'totals are steady again'],
  ),
  [RAN_OUT]: rule(
    'out of stock',
    'back in stock',
    ['product out of stock', 'products out of stock', 'products out of stock'],
    ['product back in stock', 'products back in stock', 'products back in stock'],
  ),
  [FEED_HELD]: rule(
    'snapshot held back',
    'snapshots are applied again',
    ['snapshot held back', 'snapshots held back', 'snapshots held back'],
    ['feed applied again', 'feeds applied again', 'feeds applied again'],
  ),
  'source-stale': rule(
    'data is stale',
    'data is fresh again',
    ['stale feed', 'stale feeds', 'stale feeds'],
    ['feed fresh again', 'feeds fresh again', 'feeds fresh again'],
  ),
  'credentials-refused': rule(
    'key or token refused',
    'key or token accepted again',
    ['refusal of key or token', 'refusals of key or token', 'refusals of key or token'],
    ['feed may be read again', 'feeds may be read again', 'feeds may be read again'],
  ),
  'snapshots-failing': rule(
    'reading fails',
    'reading works again',
    ['feed cannot be read', 'feeds cannot be read', 'feeds cannot be read'],
    ['feed read again', 'feeds read again', 'feeds read again'],
  ),
  'method-retired': rule(
    'API method switched off',
    'API method answers again',
    ['API method switched off', 'API methods switched off', 'API methods switched off'],
    ['API method answers again', 'API methods answer again', 'API methods answer again'],
  ),
  'long-wait': rule(
    'the marketplace asks to wait',
    'the wait is over',
    ['long wait', 'long waits', 'long waits'],
    ['wait is over', 'waits are over', 'waits are over'],
  ),
  'key-expiring': rule(
    'key or token expires',
    'key or token renewed',
    ['key expires', 'keys expire', 'keys expire'],
    ['key renewed', 'keys renewed', 'keys renewed'],
  ),
  'lag-growing': rule(
    'processing lags behind',
    'processing has caught up',
    ['lag of processing', 'lags of processing', 'lags of processing'],
    ['lag caught up', 'lags caught up', 'lags caught up'],
  ),
  'dead-letters': rule(
    'unreadable records',
    'no more unreadable records',
    ['report of unreadable records', 'reports of unreadable records', 'reports of unreadable records'],
    ['report of records cleared', 'reports of records cleared', 'reports of records cleared'],
  ),
  'too-few-products': rule(
    'too few products',
    'enough products again',
    ['feed too small', 'feeds too small', 'feeds too small'],
    ['feed whole again', 'feeds whole again', 'feeds whole again'],
  ),
  'products-vanished': rule(
    'products vanished',
    'products are back',
    ['loss of products', 'losses of products', 'losses of products'],
    ['loss of products cleared', 'losses of products cleared', 'losses of products cleared'],
  ),
  'unusual-jump': rule(
    'unusual jump of stock',
    'no more jumps of stock',
    ['unusual jump of stock', 'unusual jumps of stock', 'unusual jumps of stock'],
    ['jump of stock cleared', 'jumps of stock cleared', 'jumps of stock cleared'],
  ),
  'reserved-above-present': rule(
    'more reserved than present',
    'reserve is right again',
    [
      'product reserved beyond its stock',
      'products reserved beyond their stock',
      'products reserved beyond their stock',
    ],
    ['reserve right again', 'reserves right again', 'reserves right again'],
  ),
  'runs-out-soon': rule(
    'runs out soon',
    'stock lasts again',
    ['product runs out soon', 'products run out soon', 'products run out soon'],
    ['product lasts again', 'products last again', 'products last again'],
  ),
  'low-stock': rule(
    'low stock',
    'enough stock again',
    ['product low on stock', 'products low on stock', 'products low on stock'],
    ['product restocked', 'products restocked', 'products restocked'],
  ),
};

/** What is over only since nobody reads it any more, whatever its rule. */
const UNREAD: Readonly<Record<Locale, { readonly name: string; readonly count: Forms }>> = {
  ru: {
    name: 'больше не читается, событие снято',
    count: { one: 'событие снято', few: 'события сняты', many: 'событий снято' },
  },
  en: {
    name: 'no longer read, so it is over',
    count: { one: 'alert called off', many: 'alerts called off' },
  },
};

const RULES: Readonly<Record<Locale, Readonly<Record<string, RuleWords>>>> = { ru, en };

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
export function ruleName(locale: Locale, alert: Alert): string {
  const { rule, state } = alert;
  if (ruleKey(alert) === NO_LONGER_READ) return UNREAD[locale].name;
  return wordsOf(locale, rule)?.[state].name ?? oneLine(rule);
}

/** Alerts of one key are counted together. */
export function ruleKey({ rule, state, evidence }: Alert): string {
  return state === 'resolved' && evidence.reason === NO_LONGER_READ ? NO_LONGER_READ : rule;
}

/** «3 товара закончились». */
export function ruleCount(locale: Locale, key: string, state: Alert['state'], count: number): string {
  const known = key === NO_LONGER_READ ? UNREAD[locale].count : wordsOf(locale, key)?.[state].count;
  return `${number(locale, count)} ${plural(locale, count, known ?? OTHERS[locale][state])}`;
}

function wordsOf(locale: Locale, name: string): RuleWords | undefined {
  return Object.hasOwn(RULES[locale], name) ? RULES[locale][name] : undefined;
}

/** What has moved, where a subject has room for the figure. */
export const STOCK: Wording = { ru: 'остаток', en: 'stock' };
