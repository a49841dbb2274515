import type { BilingualAdvice } from '../../errors.js';
import type { WbToken } from '../../marketplaces/wildberries/token.js';
import type { Locale } from '../words.js';

/** What `check` says about what it reached; the headings are the same in every language. */
export interface CheckWords {
  readonly notConfigured: (names: string) => string;
  readonly noMail: string;
  readonly noAlertEmail: string;
  readonly methodsAllowed: (count: number) => string;
  readonly methodsUnknown: string;
  readonly namesMissing: (paths: readonly string[]) => string;
  readonly keyUntil: (day: string, days: number) => string;
  readonly tokenUntil: (day: string, days: number) => string;
  readonly soon: string;
  readonly renewKey: string;
  readonly renewToken: string;
  /** Of a kind that needs no word of its own. */
  readonly tokenKind: Readonly<Partial<Record<WbToken['kind'], string>>>;
  readonly seller: (name: string) => string;
  readonly baseToken: string;
  readonly otherSupplier: (wanted: string, sid: string) => string;
}

export const CHECK_WORDS: Readonly<Record<Locale, CheckWords>> = {
  ru: {
    notConfigured: (names) => `не настроен, не читается (не заданы ${names})`,
    noMail: 'не настроен, писем не будет (не задан SMTP_HOST)',
    noAlertEmail: 'ALERT_EMAIL не задан: оповещения не отправляются',
    methodsAllowed: (count) => `ключу разрешены все нужные методы (${count})`,
    methodsUnknown: 'остатки читаются; про остальные методы Ozon не сообщает, разрешены ли они ключу',
    namesMissing: (paths) =>
      `ключу не разрешены ${paths.join(', ')}: остатки читаются, а названий товаров не будет`,
    keyUntil: (day, days) => `ключ действует до ${day}, осталось дней: ${days}`,
    tokenUntil: (day, days) => `токен действует до ${day}, осталось дней: ${days}`,
    soon: 'пора сделать новый',
    renewKey: 'Сделайте новый ключ («Настройки → Seller API») и запишите его в OZON_API_KEY',
    renewToken: 'Сделайте новый токен («Профиль → Интеграции по API») и запишите его в WB_API_KEY',
    tokenKind: { personal: 'персональный токен', service: 'сервисный токен' },
    seller: (name) => `продавец ${name}`,
    baseToken: 'это базовый токен: отчёты об остатках WB может ему не отдать. Лучше персональный токен',
    otherSupplier: (wanted, sid) =>
      `WB_SUPPLIER_ID=${wanted}, а токен выдан продавцу ${sid}: читаются остатки продавца из токена`,
  },
  en: {
    notConfigured: (names) => `not configured, not read (${names} not set)`,
    noMail: 'not configured, no mail is sent (SMTP_HOST is not set)',
    noAlertEmail: 'ALERT_EMAIL is not set: no alerts are mailed',
    methodsAllowed: (count) => `the key may call every method that is needed (${count})`,
    methodsUnknown:
      'may read the stock; of the other methods Ozon does not say whether the key may call them',
    namesMissing: (paths) =>
      `the key may not call ${paths.join(', ')}: stock is read, products will have no names`,
    keyUntil: (day, days) => `key valid until ${day}, ${days} days left`,
    tokenUntil: (day, days) => `token valid until ${day}, ${days} days left`,
    soon: 'make a new one soon',
    renewKey: 'make a new key (Настройки → Seller API in the seller account) and set OZON_API_KEY',
    renewToken: 'make a new token (Профиль → Интеграции по API in the seller account) and set WB_API_KEY',
    tokenKind: { personal: 'personal token', service: 'service token' },
    seller: (name) => `seller ${name}`,
    baseToken:
      'this is a base token: Wildberries may refuse it the stock reports. A personal token is better',
    otherSupplier: (wanted, sid) =>
      `WB_SUPPLIER_ID=${wanted}, but the token belongs to seller ${sid}: the stock of the token's seller is read`,
  },
};

const OZON_ROLES = {
  ru:
    'Создайте в личном кабинете (Настройки → Seller API) ключ с ролями «Product read-only», «Warehouse» (если задан ' +
    'OZON_WAREHOUSE_ID) и «Report» (если OZON_FBO_STOCKS=analytics) и запишите его в OZON_API_KEY',
  en:
    'In the seller account (Настройки → Seller API) make a key with the role "Product read-only", with "Warehouse" ' +
    'too where OZON_WAREHOUSE_ID is set and "Report" where OZON_FBO_STOCKS=analytics, and set OZON_API_KEY',
};

export function methodsMissing(paths: readonly string[]): BilingualAdvice {
  const list = paths.join(', ');
  return {
    ru: { what: `ключу не разрешены методы ${list}`, remedy: OZON_ROLES.ru },
    en: { what: `the key may not call ${list}`, remedy: OZON_ROLES.en },
  };
}

export function keyExpired(day: string): BilingualAdvice {
  return {
    ru: { what: `срок ключа истёк ${day}`, remedy: OZON_ROLES.ru },
    en: { what: `the key expired on ${day}`, remedy: OZON_ROLES.en },
  };
}

/** Where WB_FBS_STOCKS=marketplace asks for what the token may not do. */
export const CATEGORIES_MISSING: BilingualAdvice = {
  ru: {
    what: 'WB_FBS_STOCKS=marketplace, а у токена нет категории «Контент» или «Маркетплейс»',
    remedy:
      'Создайте токен с категориями «Контент», «Аналитика» и «Маркетплейс» («Профиль → Интеграции по API») и запишите ' +
      'его в WB_API_KEY, или задайте WB_FBS_STOCKS=auto',
  },
  en: {
    what: 'WB_FBS_STOCKS is marketplace, and the token lacks the category Content or Marketplace',
    remedy:
      'Make a token with the categories Content, Analytics and Marketplace (Профиль → Интеграции по API in the seller ' +
      'account) and set WB_API_KEY, or set WB_FBS_STOCKS=auto',
  },
};
