import type { Locale } from '../words.js';

interface LagWords {
  readonly columns: readonly string[];
  readonly none: string;
  readonly lost: (count: string) => string;
  readonly beyond: string;
  readonly lostRemedy: string;
  readonly total: (records: string) => string;
  readonly caughtUp: string;
  readonly age: { readonly s: string; readonly m: string; readonly h: string; readonly d: string };
}

export const LAG_WORDS: Readonly<Record<Locale, LagWords>> = {
  ru: {
    columns: ['Группа', 'Топик', 'Раздел', 'Отметка', 'Конец', 'Ждут', 'Старшая ждёт', 'Кто читает'],
    none: 'нет',
    lost: (count) => `до отметки не дошли ${count}: их в топике уже нет`,
    beyond: 'отметка дальше конца: топик создан заново или обрезан',
    lostRemedy:
      'для своих групп: inventory-sync topics adopt; для чужих: inventory-sync replay --reset-group ИМЯ',
    total: (records) => `Ждут обработки: ${records}`,
    caughtUp: 'Всё прочитано.',
    age: { s: 'с', m: 'мин', h: 'ч', d: 'дн' },
  },
  en: {
    columns: ['Group', 'Topic', 'Partition', 'Committed', 'End', 'Lag', 'Oldest waits', 'Owner'],
    none: 'none',
    lost: (count) => `${count} before the beginning of the log were never read: they are gone`,
    beyond: 'the offset lies beyond the end: the topic was truncated or made anew',
    lostRemedy:
      'for our own groups: inventory-sync topics adopt; for others: inventory-sync replay --reset-group NAME',
    total: (records) => `Waiting: ${records}`,
    caughtUp: 'Everything has been read.',
    age: { s: 's', m: 'min', h: 'h', d: 'd' },
  },
};
