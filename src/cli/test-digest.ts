import { TOTAL_MOVED } from '../domain/anomaly/total-moved.js';
import type { Locale } from '../domain/anomaly/wording.js';
import type { Alert } from '../events/alert.js';
import type { ClaimedDigest } from '../ports/alert-store.js';

const FEED = { source: 'ozon', account: 'test', feed: 'ozon:test:product-stocks' } as const;

/** A digest like those that alerts make, marked as a trial. */
export function testDigest(id: string, recipients: string, now: Date): ClaimedDigest {
  const at = now.toISOString();
  const common = { ...FEED, state: 'raised', snapshotId: 'test', at } as const;
  const moved: Alert = {
    ...common,
    id: `${id}/0`,
    rule: TOTAL_MOVED,
    severity: 'warning',
    fingerprint: 'test/0',
    evidence: { before: 1200, after: 900, threshold: 0.1 },
    text: {
      ru: 'Проверка связи: так выглядит событие об остатках. Настоящих событий в этом сообщении нет.',
      en: 'A trial: this is what an alert about stock looks like. There is no real alert in this message.',
    },
  };
  const gone: Alert = {
    ...common,
    id: `${id}/1`,
    rule: 'ran-out',
    severity: 'warning',
    fingerprint: 'test/1',
    product: { productId: '1', offerId: 'TEST-1', name: 'Пробный товар / trial product' },
    evidence: { before: 3, after: 0 },
    text: { ru: 'Пробный товар закончился', en: 'A trial product is out of stock' },
  };
  return {
    digestId: id,
    recipients,
    attempt: 1,
    createdAt: at,
    alerts: [moved, gone],
    repeated: [],
    muted: [],
  };
}

const TRIAL: Readonly<Record<Locale, string>> = { ru: 'Проверка связи', en: 'Trial' };

export function trialSubject(locale: Locale, subject: string): string {
  return `${TRIAL[locale]}: ${subject}`;
}
