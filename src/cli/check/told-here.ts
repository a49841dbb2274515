import { isAppError, messageOf } from '../../errors.js';
import { type Told, told } from '../error-text.js';
import type { Locale } from '../words.js';

/** An error of a connection that was tried, below a heading that names what was tried. */
export function toldHere(error: unknown, locale: Locale): Told {
  if (isAppError(error) && error.advice !== undefined) return told(error, locale);
  return told(error, locale, messageOf(error).replace(/^(?:database|Kafka|SMTP): /u, ''));
}
