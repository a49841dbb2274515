import type { Locale } from '../words.js';

/** What the scheduler says to people; its log is English like every log. */
interface ScheduleWords {
  readonly head: (profile: string, timeZone: string) => string;
  readonly standingBy: string;
  readonly leading: string;
  readonly alone: string;
}

export const SCHEDULE_WORDS: Readonly<Record<Locale, ScheduleWords>> = {
  ru: {
    head: (profile, timeZone) => `Расписание «${profile}», часовой пояс ${timeZone}. Ближайшие запуски:`,
    standingBy: 'Другой планировщик уже работает с этой базой; ждём, пока он не освободит место.',
    leading: 'Прежний планировщик ушёл; расписание ведём мы.',
    alone: 'База недоступна, поэтому не видно, есть ли другой планировщик; работаем по расписанию.',
  },
  en: {
    head: (profile, timeZone) => `Schedule "${profile}", time zone ${timeZone}. Next runs:`,
    standingBy: 'Another scheduler works with this database already; standing by until it leaves.',
    leading: 'The former scheduler has left; the schedule is ours now.',
    alone: 'The database is away, so another scheduler could not be seen; going by the schedule.',
  },
};

/** "Mon 23.11.2026, 12:00" by the wall clock of the time zone. */
export function wallClock(at: number, timeZone: string, locale: Locale): string {
  return new Intl.DateTimeFormat(locale === 'ru' ? 'ru-RU' : 'en-GB', {
    timeZone,
    weekday: 'short',
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(at);
}
