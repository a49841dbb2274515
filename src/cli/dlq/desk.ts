import { hostname, userInfo } from 'node:os';
import type { Broker } from '../../broker/broker.js';
import { Installation } from '../../main.js';
import { createDeadLetterFates, type DeadLetterFates } from '../../store/dead-letter-fates.js';
import type { CommandContext } from '../context.js';
import { friendlyTime } from '../monitor/friendly-time.js';
import { type LetterSummary, readLetters } from './letters.js';
import { DLQ_WORDS } from './words.js';

/** What the `dlq` commands need at hand. */
export interface Desk {
  readonly context: CommandContext;
  readonly installation: Installation;
  readonly broker: Broker;
  readonly fates: DeadLetterFates;
  /** All that the topic holds, oldest first. */
  readonly letters: readonly LetterSummary[];
  readonly words: (typeof DLQ_WORDS)[keyof typeof DLQ_WORDS];
  readonly time: (at: number) => string;
}

export async function atDesk(
  context: CommandContext,
  work: (desk: Desk) => Promise<number>,
): Promise<number> {
  const loaded = await context.settings();
  const installation = new Installation(loaded, await context.logger('for-people'));
  try {
    const broker = await installation.broker();
    const fates = createDeadLetterFates(await installation.database());
    const letters = await readLetters(broker, installation.prefix, fates);
    const { locale } = context;
    const time = friendlyTime(locale, loaded.config.timeZone);
    return await work({
      ...{ context, installation, broker, fates, letters, time },
      words: DLQ_WORDS[locale],
    });
  } finally {
    await installation.close();
  }
}

/** Who is at the desk, for the table of what was decided. */
export function operator(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // A container's user need not have a name.
    return hostname();
  }
}

/** Fit for a terminal: what would move its cursor, or worse, is spelled out. */
export function harmless(text: string, keepLines = false): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) =>
    keepLines && (character === '\n' || character === '\t')
      ? character
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
