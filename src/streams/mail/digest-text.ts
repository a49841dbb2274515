import { type Locale, number } from '../../domain/anomaly/wording.js';
import type { DigestView, Row } from './digest-view.js';
import { MAIL_WORDS, summary } from './mail-words.js';

/** The digest for readers without HTML. */
export function digestText(view: DigestView, locale: Locale, zone: string): string {
  const words = MAIL_WORDS[locale];
  return [...digestLines(view, locale), '', words.times(zone), words.footer, ''].join('\n');
}

/** The same without what is the same in every digest. */
export function digestLines(view: DigestView, locale: Locale): string[] {
  const words = MAIL_WORDS[locale];
  const lines = [summary(locale, view), ...view.notes];
  for (const section of view.sections) {
    lines.push('', `${section.heading}: ${number(locale, section.total)}`);
    lines.push(...section.rows.map(rowText));
    if (section.hidden > 0) lines.push(`… ${words.more(number(locale, section.hidden))}`);
  }
  return lines;
}

function rowText(row: Row): string {
  const what = [row.title, row.subtitle].filter((part) => part !== '').join(' ');
  const rule = [row.rule, row.details].filter((part) => part !== '').join(': ');
  return `- ${[what, row.change, rule, row.time].filter((part) => part !== '').join(' | ')}`;
}
