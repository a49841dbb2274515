import type { RunStatus } from '../ports/sync-log.js';

export type Locale = 'ru' | 'en';

/** What the commands say in the reader's own language. Of errors: `errors/`; their own messages are English. */
export interface Words {
  readonly error: string;
  readonly warning: string;
  readonly remedy: string;
  /** What to do about a command line that was refused. */
  readonly seeHelp: string;
  readonly noOutput: string;
  readonly nothingToAdopt: string;
  readonly nothingAdopted: string;
  readonly stopping: string;
  readonly columns: readonly [string, string, string, string, string, string, string];
  readonly status: Readonly<Record<RunStatus, string>>;
  readonly seconds: string;
  readonly config: ConfigWords;
}

interface ConfigWords {
  /** Where a value comes from that was not in a file. */
  readonly origins: { readonly environment: string; readonly default: string };
  readonly noEnvFile: (lookedAt: readonly string[]) => string;
}

export const WORDS: Readonly<Record<Locale, Words>> = {
  ru: {
    error: 'Ошибка',
    warning: 'Предупреждение',
    remedy: 'Что делать',
    seeHelp: 'Посмотрите inventory-sync --help или inventory-sync <команда> --help',
    noOutput: 'не удалось вывести результат',
    nothingToAdopt: 'Топики хранят всё, что из них применено: принимать нечего.',
    nothingAdopted: 'Ничего не изменено.',
    stopping: 'Останавливаемся; ещё один Ctrl-C прервёт сразу',
    columns: ['Источник', 'Итог', 'Строк', 'Новых', 'Изменено', 'Закрыто', 'Время'],
    status: { success: 'успешно', partial: 'частично', failed: 'ошибка', held: 'придержано' },
    seconds: 'с',
    config: {
      origins: { environment: 'окружение', default: 'по умолчанию' },
      noEnvFile: (lookedAt) => `не найден (искали ${lookedAt.join(' и ')})`,
    },
  },
  en: {
    error: 'Error',
    warning: 'Warning',
    remedy: 'Remedy',
    seeHelp: 'inventory-sync --help, inventory-sync <command> --help',
    noOutput: 'the output cannot be written',
    nothingToAdopt: 'All topics hold what was applied from them: nothing to adopt.',
    nothingAdopted: 'Nothing was changed.',
    stopping: 'Stopping; one more Ctrl-C leaves at once',
    columns: ['Source', 'Outcome', 'Rows', 'New', 'Changed', 'Closed', 'Time'],
    status: { success: 'success', partial: 'partial', failed: 'failed', held: 'held' },
    seconds: 's',
    config: {
      origins: { environment: 'environment', default: 'default' },
      noEnvFile: (lookedAt) => `not found (looked for ${lookedAt.join(' and ')})`,
    },
  },
};

/** Before the settings are known only the environment can say; Russian is the default of LOCALE. */
export function localeOf(text: string | undefined): Locale {
  return text?.trim().toLowerCase() === 'en' ? 'en' : 'ru';
}
