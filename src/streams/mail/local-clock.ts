import type { Locale } from '../../domain/anomaly/wording.js';
import { AppError } from '../../errors.js';

export interface LocalClock {
  /** «22 нояб., 14:05» in the wanted zone. */
  readonly time: (iso: string) => string;
  /** `2026-11-22`: the day there. */
  readonly day: (iso: string) => string;
}

/** @throws CONFIG_INVALID where the time zone is unknown */
export function localClock(locale: Locale, timeZone: string): LocalClock {
  try {
    const format = new Intl.DateTimeFormat(locale === 'ru' ? 'ru' : 'en-GB', {
      timeZone,
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
    });
    // The one locale that writes days as ISO 8601 does.
    const days = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
    return { time: (iso) => format.format(new Date(iso)), day: (iso) => days.format(new Date(iso)) };
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', `TZ_DISPLAY: ${timeZone} is no time zone`, {
      cause,
      remedy: 'Give an IANA name such as Europe/Moscow.',
    });
  }
}
