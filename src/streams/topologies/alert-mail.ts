import type { Locale } from '../../domain/anomaly/wording.js';
import { AppError } from '../../errors.js';
import type { ClaimedDigest } from '../../ports/alert-store.js';
import type { MailMessage } from '../../ports/mail.js';
import { digestHtml } from '../mail/digest-html.js';
import { digestSubject } from '../mail/digest-subject.js';
import { digestText } from '../mail/digest-text.js';
import { digestView } from '../mail/digest-view.js';

export interface AlertMailOptions {
  readonly locale: Locale;
  /** TZ_DISPLAY, an IANA name. */
  readonly timeZone: string;
  /**
   * Right-hand side of the Message-ID. Must not depend on the machine, for another one may send the second try:
   * the domain of the sender's address is right.
   */
  readonly host: string;
  /** Most alerts shown in one mail; all are counted. Default 200. */
  readonly maxRows?: number | undefined;
}

const MAX_ROWS = 200;

const HEADERS = {
  // RFC 3834, and its equivalent for Exchange: no vacation replies.
  'Auto-Submitted': 'auto-generated',
  'X-Auto-Response-Suppress': 'All',
} as const;

/**
 * A claimed digest → the mail, the same one on every try.
 *
 * @throws CONFIG_INVALID where the time zone is unknown
 */
export function alertMail(options: AlertMailOptions): (digest: ClaimedDigest) => MailMessage {
  const { locale, timeZone, maxRows = MAX_ROWS } = options;
  const time = clock(locale, timeZone);
  return ({ digestId, recipients, alerts }) => {
    const subject = digestSubject(alerts, locale);
    const view = digestView(alerts, { locale, time, maxRows });
    return {
      to: recipients,
      subject,
      text: digestText(view, locale, timeZone),
      html: digestHtml(view, locale, subject, timeZone),
      messageId: `${atoms(digestId, 'digest')}@${atoms(options.host, 'inventory-sync.invalid')}`,
      headers: HEADERS,
    };
  };
}

/** «22 нояб., 14:05» in the wanted zone. */
function clock(locale: Locale, timeZone: string): (iso: string) => string {
  try {
    const format = new Intl.DateTimeFormat(locale === 'ru' ? 'ru' : 'en-GB', {
      timeZone,
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
    });
    return (iso) => format.format(new Date(iso));
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', `TZ_DISPLAY: ${timeZone} is no time zone`, {
      cause,
      remedy: 'Give an IANA name such as Europe/Moscow.',
    });
  }
}

/** Only what a Message-ID may hold without quoting; another spelling for whatever else. */
function atoms(text: string, fallback: string): string {
  const clean = text.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+|[.-]+$/g, '');
  return clean === '' ? fallback : clean;
}
