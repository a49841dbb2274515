import { requireSettings } from '../../../config/require.js';
import { openChartPainter } from '../../mailer/chart-painter.js';
import { type Installation, openSmtpTransport } from '../../main.js';
import type { MailAttachment, MailMessage } from '../../ports/mail.js';
import { createReportStore } from '../../store/report-store.js';
import { type ShopReport, shopReport } from '../../streams/report/report.js';
import { stockChart } from '../../streams/report/report-chart.js';
import { reportHtml } from '../../streams/report/report-html.js';
import { reportText } from '../../streams/report/report-text.js';
import { type ReportView, reportView } from '../../streams/report/report-view.js';
import { REPORT_WORDS } from '../../streams/report/report-words.js';
import type { CommandContext } from '../context.js';
import { friendlyDay, friendlyTime } from './friendly-time.js';
import { reportCsv } from './report-csv.js';
import { isoOf } from './source-standing.js';
import { MONITOR_WORDS } from './words.js';

export interface WeeklyRequest {
  readonly sinceMs: number;
  /** To stdout instead of by mail. */
  readonly print: boolean;
  readonly json: boolean;
}

/** `monitor --weekly-report`. @throws CONFIG_INVALID where there is nobody to mail to; MAIL_UNAVAILABLE, MAIL_REFUSED */
export async function weeklyReport(
  installation: Installation,
  context: CommandContext,
  { sinceMs, print, json }: WeeklyRequest,
): Promise<number> {
  if (!print) requireSettings(installation.loaded, ['smtp.host', 'alerts.email']);
  const until = Date.now();
  const since = until - sinceMs;
  const shops = await gather(installation, since, until);
  const view = viewOf(shops, installation, since, until, !print);
  const answer = print ? null : await send(shops, view, installation, until);
  if (json) context.printJson(document(shops, { since, until, answer }));
  else if (answer === null) context.print(reportText(view));
  else {
    const { locale, alerts } = installation.config;
    context.print(`${MONITOR_WORDS[locale].report.sent(alerts.email.join(', '), answer)}\n`);
  }
  return 0;
}

async function gather(installation: Installation, since: number, until: number): Promise<ShopReport[]> {
  const store = createReportStore(await installation.database());
  // The one locale that writes days as ISO 8601 does.
  const days = new Intl.DateTimeFormat('sv-SE', {
    timeZone: installation.config.timeZone,
    dateStyle: 'short',
  });
  const span = { since, until, dayOf: (at: number) => days.format(at) };
  const reports: ShopReport[] = [];
  for (const shop of await store.shops()) {
    const products = await store.products(shop);
    const hours = await store.hours(shop, since, until);
    const runs = await store.runs(shop, since, until);
    reports.push(shopReport({ ...shop, products, hours, runs }, span));
  }
  return reports;
}

function viewOf(
  shops: readonly ShopReport[],
  { config }: Installation,
  since: number,
  until: number,
  attached: boolean,
): ReportView {
  const { locale, timeZone } = config;
  const time = friendlyTime(locale, timeZone);
  const day = friendlyDay(locale, timeZone);
  return reportView(shops, { locale, timeZone, time, day, since, until, attached });
}

async function send(
  shops: readonly ShopReport[],
  view: ReportView,
  { config, logger }: Installation,
  at: number,
): Promise<string> {
  const { locale, alerts, smtp } = config;
  const words = REPORT_WORDS[locale];
  const host = /@([A-Za-z0-9.-]+)>?\s*$/.exec(smtp.from)?.[1] ?? 'inventory-sync.invalid';
  // To the minute: a run that is repeated at once is the same mail, one an hour later another.
  const id = `report-${new Date(at)
    .toISOString()
    .slice(0, 16)
    .replaceAll(/[^0-9]/g, '')}`;
  const csv = reportCsv(shops, locale);
  const notes = csv.shown < csv.all ? [words.cut(String(csv.shown), String(csv.all))] : [];
  const full = { ...view, notes: [...view.notes, ...notes] };
  const painter = await openChartPainter(logger);
  const svg = painter === undefined ? null : stockChart(shops, locale, painter.hasText);
  const png = svg === null ? null : (painter?.paint(svg) ?? null);
  const cid = `chart-${id}@${host}`;
  const day = new Date(at).toISOString().slice(0, 10);
  const attachments: MailAttachment[] = [
    { filename: `stock-${day}.csv`, contentType: 'text/csv; charset=utf-8', content: csv.content },
    ...(png === null ? [] : [{ filename: 'stock.png', contentType: 'image/png', content: png, cid }]),
  ];
  const chart = png === null ? undefined : { cid, alt: words.chart };
  const message: MailMessage = {
    to: alerts.email.join(', '),
    subject: view.subject,
    text: reportText(full, words.footer),
    html: reportHtml(full, { locale, footer: words.footer, chart }),
    messageId: `${id}@${host}`,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    attachments,
  };
  const transport = openSmtpTransport(config);
  try {
    return (await transport?.send(message)) ?? '';
  } finally {
    await transport?.close();
  }
}

function document(
  shops: readonly ShopReport[],
  {
    since,
    until,
    answer,
  }: { readonly since: number; readonly until: number; readonly answer: string | null },
): object {
  return {
    since: isoOf(since),
    until: isoOf(until),
    mailed: answer !== null,
    answer,
    sources: shops.map(({ lines, confirmedAt, up, down, ...shop }) => ({
      ...shop,
      confirmedAt: isoOf(confirmedAt),
      up: up.slice(0, 100),
      down: down.slice(0, 100),
      changed: lines.filter(({ before, available }) => before !== available).length,
    })),
  };
}
