import { setTimeout as delay } from 'node:timers/promises';
import { requireTopics } from '../broker/topics.js';
import { EXIT } from '../errors.js';
import { openBroker } from '../main.js';
import type { CommandContext } from './context.js';
import { askedGroups, type LagLine, lookAtLag } from './lag/look.js';
import { LAG_WORDS } from './lag/words.js';
import { isPlain } from './manner.js';
import { table } from './sync/table.js';
import type { Locale } from './words.js';

const WATCH_EVERY_MS = 2_000;
const CLEAR_SCREEN = '\u001b[H\u001b[2J';

/** `inventory-sync lag`: per group, topic and partition how far it has come and what waits. */
export async function lag(options: Record<string, unknown>, context: CommandContext): Promise<number> {
  const { config } = await context.settings();
  const { topicPrefix: prefix } = config.kafka;
  const asked = askedGroups(prefix, textOf(options.group), textOf(options.topic));
  const watching = options.watch === true;
  const signal = watching ? context.shutdown.signal : undefined;
  const broker = await openBroker(config, await context.logger('for-people'), (one) =>
    requireTopics(one, prefix),
  );
  try {
    do {
      const lines = await lookAtLag(broker, asked, Date.now());
      if (lines.some(({ records, owner }) => records > 0 && owner === null)) context.note('idle');
      if (options.json === true) context.printJson({ lag: lines });
      else context.print(`${clearing(watching)}${lagText(lines, context.locale)}`);
      if (watching) await delay(WATCH_EVERY_MS, undefined, { signal }).catch(() => undefined);
    } while (signal !== undefined && !signal.aborted);
    return EXIT.ok;
  } finally {
    await broker.close();
  }
}

function textOf(option: unknown): string | undefined {
  return option === undefined ? undefined : String(option);
}

function clearing(watching: boolean): string {
  return watching && !isPlain(process.stdout) ? CLEAR_SCREEN : '';
}

/** One line per partition that has ever held anything or has an owner, then whatever is odd, then the sum. */
export function lagText(lines: readonly LagLine[], locale: Locale): string {
  const words = LAG_WORDS[locale];
  const count = new Intl.NumberFormat(locale === 'ru' ? 'ru' : 'en-GB').format;
  const told = lines.filter(({ end, committed, owner }) => end > 0 || committed !== null || owner !== null);
  const rows = told.map((line) => [
    line.group,
    line.topic,
    String(line.partition),
    line.committed === null ? words.none : String(line.committed),
    String(line.end),
    count(line.records),
    line.seconds === null ? '–' : ageText(line.seconds, words.age),
    line.owner ?? '–',
  ]);
  const odd = lines.flatMap((line) => {
    const where = `${line.group}, ${line.topic}/${line.partition}`;
    if (line.oddity === 'lost') return [`${where}: ${words.lost(count(line.start - (line.committed ?? 0)))}`];
    return line.oddity === 'beyond' ? [`${where}: ${words.beyond}`] : [];
  });
  const total = lines.reduce((sum, { records }) => sum + records, 0);
  const notes = odd.length === 0 ? [] : [...odd, words.lostRemedy];
  const sum = total === 0 ? words.caughtUp : words.total(count(total));
  return `${table([[...words.columns], ...rows], 2)}\n${[...notes, sum].join('\n')}\n`;
}

function ageText(seconds: number, units: Readonly<Record<'s' | 'm' | 'h' | 'd', string>>): string {
  if (seconds < 120) return `${seconds} ${units.s}`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} ${units.m}`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} ${units.h}`;
  return `${Math.round(seconds / 86_400)} ${units.d}`;
}
