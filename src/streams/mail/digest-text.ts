import { type Locale, number } from '../../domain/anomaly/wording.js';
import type { DigestView, Row } from './digest-view.js';
import { MAIL_WORDS } from './mail-words.js';

/** The digest for readers without HTML. */
export function digestText(view: DigestView, locale: Locale, zone: string): string {
  const words = MAIL_WORDS[locale];
  const lines = [words.summary(number(locale, view.raised), number(locale, view.resolved))];
  for (const section of view.sections) {
    lines.push('', `${section.heading}: ${number(locale, section.total)}`);
    lines.push(...section.rows.map(rowText));
    if (section.hidden > 0) lines.push(`… ${words.more(number(locale, section.hidden))}`);
  }
  lines.push('', words.times(zone), words.footer, '');
  return lines.join('\n');
}

function rowText(row: Row): string {
  const what = [row.title, row.subtitle].filter((part) => part !== '').join(' ');
  return `- ${[what, row.change, row.rule, row.time].filter((part) => part !== '').join(' | ')}`;
}
