import { type Locale, number } from '../../domain/anomaly/wording.js';
import type { DigestView, Row, Section } from './digest-view.js';
import { escapeMarkup } from './escape-markup.js';
import { MAIL_WORDS, summary } from './mail-words.js';

const COLOURS: Readonly<Record<Section['kind'], string>> = {
  critical: '#b3261e',
  warning: '#9a5b00',
  info: '#33557a',
  repeated: '#b3261e',
  resolved: '#1e6b3a',
};

export interface HtmlOptions {
  readonly locale: Locale;
  readonly subject: string;
  /** Time zone, named. */
  readonly zone: string;
  /** Content id of the picture, where there is one. */
  readonly chart?: string | undefined;
}

/**
 * The digest as tables with inline styles, the only layout that every mail program shows. Rows carry no styles of
 * their own: Gmail cuts a message off at 102 KB.
 */
export function digestHtml(view: DigestView, { locale, subject, zone, chart }: HtmlOptions): string {
  const words = MAIL_WORDS[locale];
  const said = [summary(locale, view), ...view.notes].map(escapeMarkup).join('<br>');
  return [
    `<!DOCTYPE html><html lang="${locale}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeMarkup(subject)}</title></head>`,
    '<body style="margin:0;padding:0;background:#f3f4f6">',
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center" style="padding:16px">',
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:720px;background:#ffffff;font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:1.4;color:#1f2328">',
    '<tr><td style="padding:20px 20px 0">',
    `<h1 style="margin:0 0 8px;font-size:20px">${escapeMarkup(words.title)}</h1>`,
    `<p style="margin:0">${said}</p></td></tr>`,
    ...(chart === undefined ? [] : [chartHtml(chart, words.chart)]),
    ...view.sections.map((section) => sectionHtml(section, locale)),
    '<tr><td style="padding:16px 20px 20px;font-size:12px;color:#57606a">',
    `${escapeMarkup(words.times(zone))}<br>${escapeMarkup(words.footer)}</td></tr>`,
    '</table></td></tr></table></body></html>',
  ].join('\n');
}

function chartHtml(cid: string, alt: string): string {
  const source = escapeMarkup(`cid:${cid}`);
  return `<tr><td style="padding:16px 20px 0"><img src="${source}" alt="${escapeMarkup(alt)}" width="640" style="max-width:100%;height:auto;border:0"></td></tr>`;
}

function sectionHtml(section: Section, locale: Locale): string {
  const words = MAIL_WORDS[locale];
  const heading = `${section.heading}: ${number(locale, section.total)}`;
  const head = words.columns.map((name) => `<th align="left">${escapeMarkup(name)}</th>`).join('');
  const more = escapeMarkup(words.more(number(locale, section.hidden)));
  return [
    '<tr><td style="padding:16px 20px 0">',
    `<h2 style="margin:0 0 6px;font-size:16px;color:${COLOURS[section.kind]}">${escapeMarkup(heading)}</h2>`,
    '<table width="100%" cellpadding="6" cellspacing="0" border="0" style="border-collapse:collapse;font-size:13px">',
    `<tr style="background:#f3f4f6">${head}</tr>`,
    ...section.rows.map(rowHtml),
    ...(section.hidden > 0 ? [`<tr><td colspan="4" style="color:#57606a">… ${more}</td></tr>`] : []),
    '</table></td></tr>',
  ].join('\n');
}

/** `bdi` keeps a name written from right to left from turning its neighbours round. */
function rowHtml(row: Row): string {
  const name = row.subtitle === '' ? '' : `<br><bdi>${escapeMarkup(row.subtitle)}</bdi>`;
  const title = `<bdi>${escapeMarkup(row.title)}</bdi>`;
  const what = row.kind === 'product' ? `<b>${title}</b>${name}` : title;
  const details = row.details === '' ? '' : `<br><bdi>${escapeMarkup(row.details)}</bdi>`;
  const cells = [escapeMarkup(row.change), `${escapeMarkup(row.rule)}${details}`, escapeMarkup(row.time)];
  return `<tr valign="top"><td>${what}</td>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}
