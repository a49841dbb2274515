import type { Source } from '../../domain/stock-key.js';
import type { SnapshotStatus } from '../../ports/projection.js';
import type { Locale } from '../words.js';

export const SOURCE_NAMES: Readonly<Record<Source, string>> = { ozon: 'Ozon', wildberries: 'Wildberries' };

/** What `sync` alone says, in the reader's own language. */
export interface SyncWords {
  /** Feeds by their endpoint. */
  readonly feeds: Readonly<Record<string, string>>;
  readonly page: string;
  readonly of: string;
  /** The word for so many rows. */
  readonly rows: (count: number) => string;
  readonly waitsForTurn: string;
  readonly left: string;
  readonly limit: string;
  readonly until: string;
  readonly applying: string;
  readonly readAll: string;
  readonly applied: string;
  readonly inProcess: { readonly 'no-worker': string; readonly stalled: string };
  readonly draining: string;
  readonly deferred: string;
  readonly deferredUntil: string;
  readonly rehearsal: RehearsalWords;
}

interface RehearsalWords {
  readonly columns: readonly [string, string, string, string, string, string, string];
  /** What would become of the snapshot. */
  readonly status: Readonly<Record<SnapshotStatus, string>>;
  readonly total: string;
  readonly none: string;
  readonly first: (shown: string, all: string) => string;
  readonly warehouse: string;
  /** Of a key that would be new, or closed. */
  readonly isNew: string;
  readonly closes: string;
  /** Of the figures besides the available pieces. */
  readonly figures: Readonly<Record<'present' | 'reserved' | 'inWayToClient' | 'inWayFromClient', string>>;
  readonly nothingWritten: string;
}

const RUSSIAN_ROWS: Readonly<Record<string, string>> = { one: 'строка', few: 'строки' };

export const SYNC_WORDS: Readonly<Record<Locale, SyncWords>> = {
  ru: {
    feeds: {
      'product-stocks': 'остатки',
      'product-list': 'товары',
      'wb-warehouses': 'склады WB',
      cards: 'карточки',
      'fbs-stocks': 'свои склады (FBS)',
    },
    page: 'стр.',
    of: 'из',
    rows: (count) => RUSSIAN_ROWS[plural('ru', count)] ?? 'строк',
    waitsForTurn: 'ждёт очереди',
    left: 'осталось',
    limit: 'ждём лимит маркетплейса',
    until: 'до',
    applying: 'записываем в таблицы',
    readAll: 'прочитано',
    applied: 'обработано',
    inProcess: {
      'no-worker': 'worker не запущен: обрабатываем сами',
      stalled: 'worker не отвечает: обрабатываем сами',
    },
    draining: 'досылаем события и письма',
    deferred: 'отложено',
    deferredUntil: 'отложено до',
    rehearsal: {
      columns: ['Источник', 'Что', 'Итог', 'Строк', 'Новых', 'Изменится', 'Закроется'],
      status: {
        open: 'не дочитано',
        applied: 'применится',
        held: 'придержится',
        incomplete: 'неполно',
        failed: 'ошибка',
        abandoned: 'брошено',
      },
      total: 'Всего',
      none: 'В остатках ничего не изменится.',
      first: (shown, all) => `Изменения остатков: первые ${shown} из ${all}`,
      warehouse: 'склад',
      isNew: 'новая',
      closes: 'закроется',
      figures: {
        present: 'всего',
        reserved: 'в резерве',
        inWayToClient: 'в пути к покупателю',
        inWayFromClient: 'в пути от покупателя',
      },
      nothingWritten: 'Пробный запуск: ни в Kafka, ни в таблицы ничего не записано.',
    },
  },
  en: {
    feeds: {
      'product-stocks': 'stock',
      'product-list': 'products',
      'wb-warehouses': 'WB warehouses',
      cards: 'cards',
      'fbs-stocks': 'own warehouses (FBS)',
    },
    page: 'page',
    of: 'of',
    rows: (count) => (plural('en', count) === 'one' ? 'row' : 'rows'),
    waitsForTurn: 'waits for its turn',
    left: 'left',
    limit: "waiting for the marketplace's limit",
    until: 'until',
    applying: 'being applied to the tables',
    readAll: 'read',
    applied: 'applied',
    inProcess: {
      'no-worker': 'no worker is running: applying it here',
      stalled: 'the workers make no progress: applying it here',
    },
    draining: 'bringing events and mail to their end',
    deferred: 'deferred',
    deferredUntil: 'deferred until',
    rehearsal: {
      columns: ['Source', 'What', 'Outcome', 'Rows', 'New', 'Changed', 'Closed'],
      status: {
        open: 'not finished',
        applied: 'would be applied',
        held: 'would be held',
        incomplete: 'incomplete',
        failed: 'failed',
        abandoned: 'abandoned',
      },
      total: 'Total',
      none: 'No stock would change.',
      first: (shown, all) => `Changes of stock: the first ${shown} of ${all}`,
      warehouse: 'warehouse',
      isNew: 'new',
      closes: 'closes',
      figures: {
        present: 'present',
        reserved: 'reserved',
        inWayToClient: 'on the way to the customer',
        inWayFromClient: 'on the way from the customer',
      },
      nothingWritten: 'Test mode: nothing was written, neither to Kafka nor to the tables.',
    },
  },
};

/** The endpoint's name where there is no word for it. */
export function feedName(endpoint: string, locale: Locale): string {
  const { feeds } = SYNC_WORDS[locale];
  return Object.hasOwn(feeds, endpoint) ? (feeds[endpoint] ?? endpoint) : endpoint;
}

/** A moment of today, in the reader's zone. */
export function clockTime(ms: number, locale: Locale, timeZone: string): string {
  return new Intl.DateTimeFormat(locale === 'ru' ? 'ru' : 'en-GB', { timeZone, timeStyle: 'medium' }).format(
    ms,
  );
}

function plural(locale: Locale, count: number): string {
  return new Intl.PluralRules(locale).select(count);
}
