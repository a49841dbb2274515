import type { Locale } from '../../domain/anomaly/wording.js';
import type { ClaimedDigest } from '../../ports/alert-store.js';
import type { ChartPainter, MailAttachment, MailMessage } from '../../ports/mail.js';
import { digestHtml } from '../mail/digest-html.js';
import { digestSubject } from '../mail/digest-subject.js';
import { digestText } from '../mail/digest-text.js';
import { digestView } from '../mail/digest-view.js';
import { localClock } from '../mail/local-clock.js';
import { totalChart } from '../mail/total-chart.js';

export interface AlertMailOptions {
  readonly locale: Locale;
  /** TZ_DISPLAY, an IANA name. */
  readonly timeZone: string;
  /**
   * Right-hand side of the Message-ID. Must not depend on the machine, for another one may send the second try:
   * the domain of the sender's address is right.
   */
  readonly host: string;
  /** Most alerts shown in one mail (ALERT_MAX_PER_MAIL); all are counted. Default 200. */
  readonly maxRows?: number | undefined;
  /** Makes pictures; without it mails have none. */
  readonly painter?: ChartPainter | undefined;
}

const MAX_ROWS = 200;

const HEADERS = {
  // RFC 3834, and its equivalent for Exchange: no vacation replies.
  'Auto-Submitted': 'auto-generated',
  'X-Auto-Response-Suppress': 'All',
} as const;

/**
 * A claimed digest → the mail, the same one on every try. The mails of a day are one thread.
 *
 * @throws CONFIG_INVALID where the time zone is unknown
 */
export function alertMail(options: AlertMailOptions): (digest: ClaimedDigest) => MailMessage {
  const { locale, timeZone, maxRows = MAX_ROWS } = options;
  const clock = localClock(locale, timeZone);
  const host = atoms(options.host, 'inventory-sync.invalid');
  return (digest) => {
    const { digestId, recipients, createdAt } = digest;
    const subject = digestSubject(digest, locale);
    const view = digestView(digest, { locale, time: clock.time, maxRows });
    const id = atoms(digestId, 'digest');
    const attachments = chartOf(digest, options, `chart-${id}@${host}`);
    return {
      to: recipients,
      subject,
      text: digestText(view, locale, timeZone),
      html: digestHtml(view, { locale, subject, zone: timeZone, chart: attachments[0]?.cid }),
      messageId: `${id}@${host}`,
      thread: `alerts-${clock.day(createdAt)}@${host}`,
      headers: HEADERS,
      attachments,
    };
  };
}

function chartOf({ alerts }: ClaimedDigest, options: AlertMailOptions, cid: string): MailAttachment[] {
  const { painter, locale } = options;
  if (painter === undefined) return [];
  const svg = totalChart(alerts, locale, painter.hasText);
  const content = svg === null ? null : painter.paint(svg);
  return content === null ? [] : [{ filename: 'stock.png', contentType: 'image/png', content, cid }];
}

/** Only what a Message-ID may hold without quoting; another spelling for whatever else. */
function atoms(text: string, fallback: string): string {
  const clean = text.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+|[.-]+$/g, '');
  return clean === '' ? fallback : clean;
}
