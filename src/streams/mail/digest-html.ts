import { type Locale, number } from '../../domain/anomaly/wording.js';
import type { DigestView, Row, Section } from './digest-view.js';
import { MAIL_WORDS } from './mail-words.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const COLOURS: Readonly<Record<Section['kind'], string>> = {
  critical: '#b3261e',
  warning: '#9a5b00',
  info: '#33557a',
  resolved: '#1e6b3a',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/**
 * The digest as tables with inline styles, the only layout that every mail program shows. Rows carry no styles of
 * their own: Gmail cuts a message off at 102 KB.
 */
export function digestHtml(view: DigestView, locale: Locale, subject: string, zone: string): string {
  const words = MAIL_WORDS[locale];
  const summary = words.summary(number(locale, view.raised), number(locale, view.resolved));
  return [
    `<!DOCTYPE html><html lang="${locale}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(subject)}</title></head>`,
    '<body style="margin:0;padding:0;background:#f3f4f6">',
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center" style="padding:16px">',
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:720px;background:#ffffff;font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:1.4;color:#1f2328">',
    '<tr><td style="padding:20px 20px 0">',
    `<h1 style="margin:0 0 8px;font-size:20px">${escapeHtml(words.title)}</h1>`,
    `<p style="margin:0">${escapeHtml(summary)}</p></td></tr>`,
    ...view.sections.map((section) => sectionHtml(section, locale)),
    '<tr><td style="padding:16px 20px 20px;font-size:12px;color:#57606a">',
    `${escapeHtml(words.times(zone))}<br>${escapeHtml(words.footer)}</td></tr>`,
    '</table></td></tr></table></body></html>',
  ].join('\n');
}

function sectionHtml(section: Section, locale: Locale): string {
  const words = MAIL_WORDS[locale];
  const heading = `${section.heading}: ${number(locale, section.total)}`;
  const head = words.columns.map((name) => `<th align="left">${escapeHtml(name)}</th>`).join('');
  const more = escapeHtml(words.more(number(locale, section.hidden)));
  return [
    '<tr><td style="padding:16px 20px 0">',
    `<h2 style="margin:0 0 6px;font-size:16px;color:${COLOURS[section.kind]}">${escapeHtml(heading)}</h2>`,
    '<table width="100%" cellpadding="6" cellspacing="0" border="0" style="border-collapse:collapse;font-size:13px">',
    `<tr style="background:#f3f4f6">${head}</tr>`,
    ...section.rows.map(rowHtml),
    ...(section.hidden > 0 ? [`<tr><td colspan="4" style="color:#57606a">… ${more}</td></tr>`] : []),
    '</table></td></tr>',
  ].join('\n');
}

/** `bdi` keeps a name written from right to left from turning its neighbours round. */
function rowHtml(row: Row): string {
  const name = row.subtitle === '' ? '' : `<br><bdi>${escapeHtml(row.subtitle)}</bdi>`;
  const title = `<b><bdi>${escapeHtml(row.title)}</bdi></b>${name}`;
  const cells = [escapeHtml(row.change), escapeHtml(row.rule), escapeHtml(row.time)];
  return `<tr valign="top"><td>${title}</td>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}
