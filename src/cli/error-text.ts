import { isAppError, messageOf } from '../errors.js';
import { type Locale, WORDS } from './words.js';

export interface ErrorTextOptions {
  readonly locale: Locale;
  /** Adds the stack and the causes. */
  readonly debug: boolean;
  /** What the error is about, for example a source. */
  readonly subject?: string | undefined;
}

const UNFORESEEN: Readonly<Record<Locale, string>> = {
  ru: 'это ошибка программы: сообщите о ней и приложите то, что выводится с LOG_LEVEL=debug',
  en: 'this is a fault of the program: please report it, with what LOG_LEVEL=debug shows',
};

/** What happened, and what to do about it where that is known. */
export interface Told {
  readonly what: string;
  readonly remedy: string | undefined;
}

/** In the reader's language where the error has advice, its technical message in brackets; else as the error says it. */
export function told(error: unknown, locale: Locale): Told {
  if (!isAppError(error)) return { what: messageOf(error), remedy: UNFORESEEN[locale] };
  const advice = error.advice?.[locale];
  if (advice === undefined) return { what: error.message, remedy: error.remedy };
  const technical = error.message === advice.what ? '' : ` (${error.message})`;
  return { what: `${advice.what.replace(/\.$/u, '')}${technical}`, remedy: advice.remedy };
}

/** An error for people: what happened, and on a line of its own what to do about it. Not yet redacted. */
export function errorText(error: unknown, { locale, debug, subject }: ErrorTextOptions): string {
  const words = WORDS[locale];
  const about = subject === undefined ? '' : `${subject}: `;
  const { what, remedy } = told(error, locale);
  const lines = [`${words.error}: ${about}${what}`];
  if (remedy !== undefined) lines.push(`${words.remedy}: ${remedy}`);
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
