import type { RunStatus } from '../ports/sync-log.js';

export type Locale = 'ru' | 'en';

/** What the commands say in the reader's own language; messages of errors are English throughout. */
export interface Words {
  readonly error: string;
  readonly warning: string;
  readonly remedy: string;
  readonly stopping: string;
  readonly page: string;
  /** The word for so many rows. */
  readonly rows: (count: number) => string;
  readonly turn: string;
  readonly readAll: string;
  readonly applied: string;
  readonly inProcess: { readonly 'no-worker': string; readonly stalled: string };
  readonly draining: string;
  readonly deferredUntil: string;
  readonly columns: readonly [string, string, string, string, string, string, string];
  readonly status: Readonly<Record<RunStatus, string>>;
  readonly seconds: string;
}

const RUSSIAN_ROWS: Readonly<Record<string, string>> = { one: 'строка', few: 'строки' };

export const WORDS: Readonly<Record<Locale, Words>> = {
  ru: {
    error: 'Ошибка',
    warning: 'Предупреждение',
    remedy: 'Что делать',
    stopping: 'Останавливаемся; ещё один Ctrl-C прервёт сразу',
    page: 'страница',
    rows: (count) => RUSSIAN_ROWS[plural('ru', count)] ?? 'строк',
    turn: 'ждём своей очереди по лимиту маркетплейса,',
    readAll: 'прочитано',
    applied: 'обработано',
    inProcess: {
      'no-worker': 'worker не запущен: обрабатываем сами',
      stalled: 'worker не отвечает: обрабатываем сами',
    },
    draining: 'досылаем события и письма',
    deferredUntil: 'отложено до',
    columns: ['Источник', 'Итог', 'Строк', 'Новых', 'Изменено', 'Закрыто', 'Время'],
    status: { success: 'успешно', partial: 'частично', failed: 'ошибка', held: 'придержано' },
    seconds: 'с',
  },
  en: {
    error: 'Error',
    warning: 'Warning',
    remedy: 'Remedy',
    stopping: 'Stopping; one more Ctrl-C leaves at once',
    page: 'page',
    rows: (count) => (plural('en', count) === 'one' ? 'row' : 'rows'),
    turn: "waiting for its turn under the marketplace's limit,",
    readAll: 'read',
    applied: 'applied',
    inProcess: {
      'no-worker': 'no worker is running: applying it here',
      stalled: 'the workers make no progress: applying it here',
    },
    draining: 'bringing events and mail to their end',
    deferredUntil: 'deferred until',
    columns: ['Source', 'Outcome', 'Rows', 'New', 'Changed', 'Closed', 'Time'],
    status: { success: 'success', partial: 'partial', failed: 'failed', held: 'held' },
    seconds: 's',
  },
};

/** Before the settings are known only the environment can say; Russian is the default of LOCALE. */
export function localeOf(text: string | undefined): Locale {
  return text?.trim().toLowerCase() === 'en' ? 'en' : 'ru';
}

function plural(locale: Locale, count: number): string {
  return new Intl.PluralRules(locale).select(count);
}
