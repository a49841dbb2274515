import type { Locale } from '../../domain/anomaly/wording.js';
import type { ClaimedDigest } from '../../ports/alert-store.js';
import type { ChannelMessage } from '../../ports/channel.js';
import { digestSubject } from '../mail/digest-subject.js';
import { digestLines } from '../mail/digest-text.js';
import { digestView } from '../mail/digest-view.js';
import { localClock } from '../mail/local-clock.js';

export interface AlertChannelOptions {
  readonly locale: Locale;
  /** TZ_DISPLAY, an IANA name. */
  readonly timeZone: string;
  /** Most alerts handed to programs (ALERT_MAX_PER_MAIL); all are counted. */
  readonly maxAlerts: number;
}

/** Telegram takes 4,096 and MAX 4,000 characters; this leaves room for the subject. */
const TEXT_LENGTH = 3_700;
/** Tried one after the other until the text fits. */
const ROWS = [40, 20, 10, 5, 2, 0];

/** A claimed digest → the message for messengers and programs, the same one on every try. */
export function alertChannel(options: AlertChannelOptions): (digest: ClaimedDigest) => ChannelMessage {
  const { locale, timeZone, maxAlerts } = options;
  const { time } = localClock(locale, timeZone);
  return (digest) => {
    const { digestId, recipients, createdAt, alerts, repeated, muted } = digest;
    const texts = ROWS.map((maxRows) => () => {
      const view = digestView(digest, { locale, time, maxRows });
      return digestLines(view, locale).join('\n');
    });
    const resolved = alerts.filter(({ state }) => state === 'resolved').length;
    return {
      id: digestId,
      to: recipients,
      at: createdAt,
      subject: digestSubject(digest, locale),
      text: firstFitting(texts),
      counts: {
        raised: alerts.length - resolved,
        resolved,
        repeated: repeated.length,
        muted: muted.reduce((sum, { count }) => sum + count, 0),
      },
      alerts: alerts.slice(0, maxAlerts),
      repeated: repeated.slice(0, Math.max(0, maxAlerts - alerts.length)),
    };
  };
}

function firstFitting(texts: readonly (() => string)[]): string {
  let text = '';
  for (const make of texts) {
    text = make();
    if (text.length <= TEXT_LENGTH) return text;
  }
  // Headings of very many accounts alone. Cut between lines, so that no character is halved.
  const end = text.lastIndexOf('\n', TEXT_LENGTH - 2);
  return `${text.slice(0, Math.max(0, end))}\n…`;
}
