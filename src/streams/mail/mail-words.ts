import { type Locale, number } from '../../domain/anomaly/wording.js';
import type { Severity } from '../../events/alert.js';

/** What a digest counts. */
export interface DigestCounts {
  readonly raised: number;
  readonly resolved: number;
  readonly repeated: number;
}

interface Words {
  readonly severity: Readonly<Record<Severity, string>>;
  readonly columns: readonly [product: string, change: string, rule: string, time: string];
  readonly resolved: string;
  readonly repeated: string;
  readonly title: string;
  /** What a held feed counts. */
  readonly rows: (figures: string) => string;
  readonly more: (count: string) => string;
  /** Before what is told once more, in the subject. */
  readonly stillOpen: (what: string) => string;
  readonly muted: (bySource: string) => string;
  /** Whom the last mail did not reach, and what the server said. */
  readonly notReached: (to: string, said: string) => string;
  readonly chart: string;
  readonly times: (zone: string) => string;
  readonly footer: string;
}

const ru: Words = {
  severity: { critical: 'Критично', warning: 'Внимание', info: 'К сведению' },
  columns: ['Товар', 'Было → стало', 'Что случилось', 'Время'],
  resolved: 'Решено',
  repeated: 'Всё ещё не решено',
  title: 'Остатки на маркетплейсах',
  rows: (figures) => `строк: ${figures}`,
  more: (count) => `и ещё ${count}`,
  stillOpen: (what) => `Всё ещё не решено: ${what}`,
  muted: (bySource) =>
    `Данные не обновляются, поэтому события о товарах не показаны (они есть в таблице alerts): ${bySource}.`,
  notReached: (to, said) =>
    `Прошлое письмо не принято для ${to}, ответ сервера: «${said}». Проверьте адреса в ALERT_EMAIL.`,
  chart: 'Остаток: было и стало',
  times: (zone) => `Время: ${zone}.`,
  footer: 'Письмо отправлено программой inventory-sync, отвечать на него не нужно.',
};

const en: Words = {
  severity: { critical: 'Critical', warning: 'Warning', info: 'For information' },
  columns: ['Product', 'Before → after', 'What happened', 'Time'],
  resolved: 'Resolved',
  repeated: 'Still open',
  title: 'Marketplace stock',
  rows: (figures) => `rows: ${figures}`,
  more: (count) => `and ${count} more`,
  stillOpen: (what) => `Still open: ${what}`,
  muted: (bySource) =>
    `Data are not being updated, so alerts about products are not shown (they are in the table alerts): ${bySource}.`,
  notReached: (to, said) =>
    `The last mail was refused for ${to}, the server says “${said}”. Check the addresses in ALERT_EMAIL.`,
  chart: 'Stock before and after',
  times: (zone) => `Times: ${zone}.`,
  footer: 'Sent by inventory-sync; there is no need to reply.',
};

export const MAIL_WORDS: Readonly<Record<Locale, Words>> = { ru, en };

/** «Новых событий: 4, решено: 1, всё ещё не решено: 2.» */
export function summary(locale: Locale, { raised, resolved, repeated }: DigestCounts): string {
  const [news, done, open] =
    locale === 'ru'
      ? ['Новых событий', 'решено', 'всё ещё не решено']
      : ['New events', 'resolved', 'still open'];
  const tail = repeated === 0 ? '' : `, ${open}: ${number(locale, repeated)}`;
  return `${news}: ${number(locale, raised)}, ${done}: ${number(locale, resolved)}${tail}.`;
}
