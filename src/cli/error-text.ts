import { isAppError, messageOf } from '../errors.js';
import { type Locale, WORDS } from './words.js';

export interface ErrorTextOptions {
  readonly locale: Locale;
  /** Adds the stack and the causes. */
  readonly debug: boolean;
  /** What the error is about, for example a source. */
  readonly subject?: string | undefined;
}

const UNFORESEEN = 'this is a fault of the program: please report it, with what LOG_LEVEL=debug shows';

/** An error for people: what happened, and on a line of its own what to do about it. Not yet redacted. */
export function errorText(error: unknown, { locale, debug, subject }: ErrorTextOptions): string {
  const words = WORDS[locale];
  const about = subject === undefined ? '' : `${subject}: `;
  const lines = [`${words.error}: ${about}${messageOf(error)}`];
  const remedy = isAppError(error) ? error.remedy : UNFORESEEN;
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
