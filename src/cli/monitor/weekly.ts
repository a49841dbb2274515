import type { Config } from '../../../config/schema.js';
import { configuredSources } from '../../configured-shops.js';
import type { Source } from '../../domain/stock-key.js';
import { openChartPainter } from '../../mailer/chart-painter.js';
import { type Installation, openSmtpTransport } from '../../main.js';
import type { MailAttachment, MailMessage } from '../../ports/mail.js';
import { createFeedHealth, type FeedHealth } from '../../store/feed-health.js';
import { createReportStore, type StoredShop } from '../../store/report-store.js';
import { type ShopReport, shopReport } from '../../streams/report/report.js';
import { stockChart } from '../../streams/report/report-chart.js';
import { reportHtml } from '../../streams/report/report-html.js';
import { reportText } from '../../streams/report/report-text.js';
import { type ReportView, type ReportViewOptions, reportView } from '../../streams/report/report-view.js';
import { REPORT_WORDS } from '../../streams/report/report-words.js';
import type { CommandContext } from '../context.js';
import { shopOf } from '../sync/shop.js';
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

/** `monitor --weekly-report`; where there is nobody to mail to, it is printed. @throws MAIL_UNAVAILABLE, MAIL_REFUSED */
export async function weeklyReport(
  installation: Installation,
  context: CommandContext,
  { sinceMs, print, json }: WeeklyRequest,
): Promise<number> {
  const missing = print ? [] : missingForMail(installation.config);
  const isMailed = !print && missing.length === 0;
  const until = Date.now();
  const since = until - sinceMs;
  const { shops, noLongerRead } = await gather(installation, since, until);
  const view = viewOf(shops, installation, { since, until, attached: isMailed, noLongerRead });
  const answer = isMailed ? await send(shops, view, installation, until) : null;
  if (json) context.printJson(document(shops, { since, until, answer, noLongerRead }));
  else if (answer === null) context.print(reportText(view));
  else {
    const { locale, alerts } = installation.config;
    context.print(`${MONITOR_WORDS[locale].report.sent(alerts.email.join(', '), answer)}\n`);
  }
  if (missing.length > 0)
    context.say(
      `${context.words.warning}: ${MONITOR_WORDS[installation.config.locale].report.notMailed(missing.join(', '))}`,
    );
  return 0;
}

/** Settings without which no report is mailed. The schedule asks for one all the same: that is no failure. */
function missingForMail({ smtp, alerts }: Config): readonly string[] {
  return [
    ...(smtp.host === null ? ['SMTP_HOST'] : []),
    ...(alerts.email.length === 0 ? ['ALERT_EMAIL'] : []),
  ];
}

interface Gathered {
  readonly shops: readonly ShopReport[];
  /** Shops whose stock stands in the tables, and which these settings do not read. */
  readonly noLongerRead: readonly StoredShop[];
}

async function gather(installation: Installation, since: number, until: number): Promise<Gathered> {
  const database = await installation.database();
  const store = createReportStore(database);
  const stored = await store.shops();
  const isRead = await reading(installation, createFeedHealth(database));
  // The one locale that writes days as ISO 8601 does.
  const days = new Intl.DateTimeFormat('sv-SE', {
    timeZone: installation.config.timeZone,
    dateStyle: 'short',
  });
  const span = { since, until, dayOf: (at: number) => days.format(at) };
  const reports: ShopReport[] = [];
  for (const shop of stored.filter(isRead)) {
    const products = await store.products(shop);
    const hours = await store.hours(shop, since, until);
    const runs = await store.runs(shop, since, until);
    reports.push(shopReport({ ...shop, products, hours, runs }, span));
  }
  return { shops: reports, noLongerRead: stored.filter((shop) => !isRead(shop) && shop.rows > 0) };
}

/** Which shops the settings name. Where they name none at all, somebody else reads, and all of it is told. */
async function reading({ loaded }: Installation, health: FeedHealth) {
  const named: string[] = [];
  const id = (source: Source, account: string | null) => `${source}:${account}`;
  for (const source of configuredSources(loaded.config)) {
    const { account } = await shopOf(loaded, source, (of) => health.lastAccount(of));
    named.push(id(source, account));
  }
  return ({ source, account }: StoredShop) => named.length === 0 || named.includes(id(source, account));
}

function viewOf(
  shops: readonly ShopReport[],
  { config }: Installation,
  more: Pick<ReportViewOptions, 'since' | 'until' | 'attached' | 'noLongerRead'>,
): ReportView {
  const { locale, timeZone } = config;
  const time = friendlyTime(locale, timeZone);
  const day = friendlyDay(locale, timeZone);
  return reportView(shops, { locale, timeZone, time, day, ...more });
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
    const sent = await transport?.send(message);
    for (const { to, said, remedy } of sent?.refused ?? [])
      logger.warn({ to, answer: said, remedy: remedy[locale] }, `Weekly report not delivered to ${to}`);
    const notFor = sent?.refused.map(({ to, said }) => `not accepted for ${to}: ${said}`) ?? [];
    return [sent?.answer ?? '', ...notFor].join('; ');
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
    noLongerRead,
  }: Pick<Gathered, 'noLongerRead'> & {
    readonly since: number;
    readonly until: number;
    readonly answer: string | null;
  },
): object {
  return {
    since: isoOf(since),
    until: isoOf(until),
    mailed: answer !== null,
    answer,
    noLongerRead: noLongerRead.map(({ source, account, confirmedAt }) => ({
      ...{ source, account, confirmedAt: isoOf(confirmedAt) },
    })),
    sources: shops.map(({ lines, confirmedAt, up, down, ...shop }) => ({
      ...shop,
      confirmedAt: isoOf(confirmedAt),
      up: up.slice(0, 100),
      down: down.slice(0, 100),
      changed: lines.filter(({ before, available }) => before !== available).length,
    })),
  };
}
