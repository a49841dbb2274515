import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from '../../../config/schema.js';
import { number, oneLine } from '../../domain/anomaly/wording.js';
import { openSmtpTransport } from '../../main.js';
import { createAlertDesk } from '../../store/alert-desk.js';
import type { Database } from '../../store/database.js';
import { toldHere } from '../check/told-here.js';
import type { Locale } from '../words.js';
import type { Part } from './part.js';
import { MONITOR_WORDS } from './words.js';

/** Less is a problem: bytes, and share of the disk. */
export const LEAST_FREE = { bytes: 200 * 1024 * 1024, share: 0.02 };
const MEGABYTE = 1024 * 1024;
const SHOWN_ALERTS = 5;

export function deadLettersPart(letters: readonly { readonly count: number }[], locale: Locale): Part {
  const words = MONITOR_WORDS[locale];
  const count = letters.reduce((sum, one) => sum + one.count, 0);
  const base = { name: 'dead-letters', title: words.titles.deadLetters, data: { count } };
  if (count === 0) return { ...base, status: 'ok', facts: [words.noDeadLetters], problems: [] };
  const problem = { what: words.deadLetters(number(locale, count)), remedy: words.deadLettersRemedy };
  return { ...base, status: 'degraded', facts: [], problems: [problem] };
}

/** What a person has muted or acknowledged is known: it is told, and no problem. */
export async function alertsPart(database: Database, { locale }: Config): Promise<Part> {
  const words = MONITOR_WORDS[locale];
  const desk = createAlertDesk(database);
  const all = await desk.countOpen();
  const open = await desk.open();
  const critical = open.filter(
    ({ severity, mutedUntil, acknowledgedAt }) =>
      severity === 'critical' && mutedUntil === null && acknowledgedAt === null,
  );
  const texts = critical.slice(0, SHOWN_ALERTS).map(({ text }) => oneLine(text[locale], 300));
  const problems =
    critical.length === 0
      ? []
      : [
          {
            what: [words.critical(number(locale, critical.length)), ...texts].join('\n'),
            remedy: words.criticalRemedy,
          },
        ];
  return {
    name: 'alerts',
    title: words.titles.alerts,
    status: problems.length === 0 ? 'ok' : 'degraded',
    facts: [words.openAlerts(number(locale, all))],
    problems,
    data: { open: all, critical: critical.map(({ fingerprint }) => fingerprint) },
  };
}

/** Connects, encrypts and logs in, and sends nothing. */
export async function mailPart(config: Config): Promise<Part> {
  const words = MONITOR_WORDS[config.locale];
  const base = { name: 'mail', title: words.titles.mail };
  const transport = openSmtpTransport(config);
  if (transport === null) return { ...base, status: 'unused', facts: [words.noMail], problems: [] };
  try {
    await transport.verify();
    const facts = config.alerts.email.length === 0 ? [words.noAlertEmail] : [];
    return { ...base, status: 'ok', facts, problems: [] };
  } catch (error) {
    return { ...base, status: 'degraded', facts: [], problems: [toldHere(error, config.locale)] };
  } finally {
    await transport.close();
  }
}

export async function diskPart({ locale, log }: Pick<Config, 'locale' | 'log'>): Promise<Part> {
  const words = MONITOR_WORDS[locale];
  const base = { name: 'disk', title: words.titles.disk };
  if (log.filePath === null) return { ...base, status: 'unused', facts: [words.noLogFolder], problems: [] };
  try {
    const { bavail, blocks, bsize } = await statfs(await existing(log.filePath));
    const free = bavail * bsize;
    const isFull = free < LEAST_FREE.bytes || bavail < blocks * LEAST_FREE.share;
    const shown = `${number(locale, Math.floor(free / MEGABYTE))} ${locale === 'ru' ? 'МБ' : 'MB'}`;
    const problems = isFull ? [{ what: words.full(log.filePath, shown), remedy: words.fullRemedy }] : [];
    const facts = isFull ? [] : [words.free(log.filePath, shown)];
    return { ...base, status: isFull ? 'degraded' : 'ok', facts, problems, data: { freeBytes: free } };
  } catch (error) {
    return { ...base, status: 'degraded', facts: [], problems: [toldHere(error, locale)] };
  }
}

/** The folder, or the nearest above it that is there: it is made by the first line written. */
export async function existing(folder: string): Promise<string> {
  for (let path = folder; ; path = dirname(path)) {
    try {
      await statfs(path);
      return path;
    } catch (error) {
      if (dirname(path) === path) throw error;
    }
  }
}
