import type {
  AppliedSnapshot,
  FailedSnapshot,
  HeldSnapshot,
  Movement,
} from '../../../../src/domain/anomaly/finding.js';

export const FEED = 'ozon:123:product-stocks';

export function applied(fields: Partial<AppliedSnapshot> = {}): AppliedSnapshot {
  return {
    type: 'snapshot-applied',
    feed: FEED,
    source: 'ozon',
    account: '123',
    first: false,
    part: 1,
    available: { before: 100, after: 100 },
    ranOut: [],
    cameBack: [],
    ...fields,
  };
}

export function held(fields: Partial<HeldSnapshot> = {}): HeldSnapshot {
  return {
    type: 'snapshot-held',
    feed: FEED,
    source: 'ozon',
    account: '123',
    reason: '40 of 50 products with stock would vanish, more than 50 %',
    rowsBefore: 60,
    rowsSeen: 20,
    inStockBefore: 50,
    inStockVanishing: 40,
    confirmations: 1,
    ...fields,
  };
}

export function failed(fields: Partial<FailedSnapshot> = {}): FailedSnapshot {
  return {
    type: 'snapshot-failed',
    feed: FEED,
    source: 'ozon',
    account: '123',
    code: 'API_UNAVAILABLE',
    message: 'HTTP 503',
    ...fields,
  };
}

export function gone(productId: string, fields: Partial<Movement> = {}): Movement {
  return { productId, before: 5, after: 0, ...fields };
}

export function back(productId: string, fields: Partial<Movement> = {}): Movement {
  return { productId, before: 0, after: 7, ...fields };
}
