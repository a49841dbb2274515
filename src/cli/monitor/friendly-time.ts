import type { Locale } from '../words.js';

/** «22.11.2026, 14:05» in the wanted zone (TZ_DISPLAY, which the settings have checked). */
export function friendlyTime(locale: Locale, timeZone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat(locale === 'ru' ? 'ru' : 'en-GB', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return (at) => format.format(new Date(at));
}

/** The date alone. */
export function friendlyDay(locale: Locale, timeZone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat(locale === 'ru' ? 'ru' : 'en-GB', { timeZone, dateStyle: 'short' });
  return (at) => format.format(new Date(at));
}
