import type { Alert } from '../../../src/events/alert.js';

let made = 0;

/** An alert of its own; what a test is about is given. */
export function someAlert(given: Partial<Alert> = {}): Alert {
  made += 1;
  return {
    id: `raw-snapshots.v1/1/0/${made}/0`,
    state: 'raised',
    rule: 'ran-out',
    severity: 'warning',
    fingerprint: `ran-out:ozon:1001:product-stocks:${made}`,
    source: 'ozon',
    account: '1001',
    feed: 'ozon:1001:product-stocks',
    snapshotId: 'snap-1',
    at: '2026-01-02T03:04:05.678Z',
    product: { productId: String(made), name: 'Чайник «Ромашка» 🫖' },
    evidence: { before: 3, after: 0 },
    text: { ru: 'Товар закончился', en: 'The product ran out' },
    ...given,
  };
}
