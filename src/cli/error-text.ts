import { type Advice, type AppError, isAppError, messageOf } from '../errors.js';
import { BY_CODE } from './errors/by-code.js';
import { BY_REMEDY } from './errors/by-remedy-ru.js';
import { filled, found, withMessage } from './errors/sentence.js';
import { refusedSettings } from './errors/settings-ru.js';
import { foreignAdvice } from './errors/system.js';
import { type Locale, WORDS } from './words.js';

export interface ErrorTextOptions {
  readonly locale: Locale;
  /** Adds the stack and the causes. */
  readonly debug: boolean;
  /** What the error is about, for example a source. */
  readonly subject?: string | undefined;
}

/** What happened, and what to do about it. */
export type Told = Advice;

type Fault = Pick<AppError, 'code' | 'message' | 'remedy'> & Partial<Pick<AppError, 'advice'>>;

/** What to say about an error of ours; `what` is its message where that says it already. */
export function adviceOf({ code, message, remedy, advice }: Fault, locale: Locale): Advice {
  if (advice !== undefined) return advice[locale];
  if (locale === 'en') return { what: message, remedy: remedy ?? BY_CODE[code].en.remedy };
  const kind = remedyInRussian(remedy ?? '');
  // Some commands put their own errors into the reader's words.
  if (kind === undefined && /[а-яё]{3}/iu.test(remedy ?? '')) return { what: message, remedy: remedy ?? '' };
  const general = BY_CODE[code].ru;
  return {
    what: refusedSettings(message) ?? kind?.what ?? general.what,
    remedy: kind?.remedy ?? general.remedy,
  };
}

function remedyInRussian(english: string): (Partial<Advice> & Pick<Advice, 'remedy'>) | undefined {
  const kind = found(english, BY_REMEDY);
  if (kind === undefined) return undefined;
  const { value, filledIn } = kind;
  return { ...value, remedy: filled(value.remedy, filledIn, (part) => remedyInRussian(part)?.remedy) };
}

/** The same of anything thrown. */
export function adviceOfAny(error: unknown, locale: Locale): Advice {
  if (isAppError(error)) return adviceOf(error, locale);
  const { what, remedy } = foreignAdvice(error)[locale];
  return { what: what === '' ? messageOf(error) : what, remedy };
}

/**
 * In the reader's language, the technical message in brackets behind it.
 *
 * @param technical where less than the whole message is to be shown
 */
export function told(error: unknown, locale: Locale, technical?: string): Told {
  const { what, remedy } = adviceOfAny(error, locale);
  return { what: withMessage(what, messageOf(error), technical), remedy };
}

/** An error for people: what happened, and on a line of its own what to do about it. Not yet redacted. */
export function errorText(error: unknown, { locale, debug, subject }: ErrorTextOptions): string {
  const words = WORDS[locale];
  const about = subject === undefined ? '' : `${subject}: `;
  const { what, remedy } = told(error, locale);
  const lines = [`${words.error}: ${about}${what}`, `${words.remedy}: ${remedy}`];
  if (debug) lines.push(...stacks(error));
  return `${lines.join('\n')}\n`;
}

function stacks(error: unknown): string[] {
  const found: string[] = [];
  for (let current = error; current instanceof Error && found.length < 5; current = current.cause) {
    found.push(current.stack ?? current.message);
  }
  return found;
}
