import type { Locale } from '../../domain/anomaly/wording.js';
import { escapeMarkup } from '../mail/escape-markup.js';
import type { ReportView, ShopView, TableView } from './report-view.js';

export interface ReportHtmlOptions {
  readonly locale: Locale;
  readonly footer: string;
  /** Content id of the picture and what it shows, where there is one. */
  readonly chart?: { readonly cid: string; readonly alt: string } | undefined;
}

/** The report as tables with inline styles, the only layout that every mail program shows. */
export function reportHtml(view: ReportView, { locale, footer, chart }: ReportHtmlOptions): string {
  return [
    `<!DOCTYPE html><html lang="${locale}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeMarkup(view.subject)}</title></head>`,
    '<body style="margin:0;padding:0;background:#f3f4f6">',
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center" style="padding:16px">',
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:720px;background:#ffffff;font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:1.4;color:#1f2328">',
    `<tr><td style="padding:20px 20px 0"><h1 style="margin:0 0 8px;font-size:20px">${escapeMarkup(view.title)}</h1>`,
    `<p style="margin:0">${escapeMarkup(view.period)}</p></td></tr>`,
    ...(chart === undefined ? [] : [picture(chart)]),
    ...view.shops.map(shopHtml),
    '<tr><td style="padding:16px 20px 20px;font-size:12px;color:#57606a">',
    [...view.notes, footer].map(escapeMarkup).join('<br>'),
    '</td></tr></table></td></tr></table></body></html>',
  ].join('\n');
}

function picture({ cid, alt }: { readonly cid: string; readonly alt: string }): string {
  const source = escapeMarkup(`cid:${cid}`);
  return `<tr><td style="padding:16px 20px 0"><img src="${source}" alt="${escapeMarkup(alt)}" width="640" style="max-width:100%;height:auto;border:0"></td></tr>`;
}

function shopHtml({ heading, figures, tables }: ShopView): string {
  const rows = figures.map(
    ([name, value]) => `<tr><td>${escapeMarkup(name)}</td><td><b>${escapeMarkup(value)}</b></td></tr>`,
  );
  return [
    '<tr><td style="padding:16px 20px 0">',
    `<h2 style="margin:0 0 6px;font-size:16px">${escapeMarkup(heading)}</h2>`,
    `<table cellpadding="4" cellspacing="0" border="0" style="font-size:14px">${rows.join('')}</table>`,
    ...tables.map(tableHtml),
    '</td></tr>',
  ].join('\n');
}

/** `bdi` keeps a name written from right to left from turning its neighbours round. */
function tableHtml({ heading, columns, rows, after }: TableView): string {
  const head = columns.map((name) => `<th align="left">${escapeMarkup(name)}</th>`).join('');
  const body = rows.map(
    (row) =>
      `<tr valign="top">${row.map((cell) => `<td><bdi>${escapeMarkup(cell)}</bdi></td>`).join('')}</tr>`,
  );
  const table = `<table width="100%" cellpadding="5" cellspacing="0" border="0" style="border-collapse:collapse;font-size:13px"><tr style="background:#f3f4f6">${head}</tr>${body.join('')}</table>`;
  return [
    `<h3 style="margin:14px 0 4px;font-size:14px">${escapeMarkup(heading)}</h3>`,
    rows.length === 0 ? '' : table,
    after === '' ? '' : `<p style="margin:2px 0;color:#57606a">${escapeMarkup(after)}</p>`,
  ].join('');
}
