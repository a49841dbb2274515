import type {
  AppliedSnapshot,
  FailedSnapshot,
  HeldSnapshot,
  IncompleteSnapshot,
  Movement,
  PipelineObserved,
  ProductFacts,
  ProductsChanged,
  RetiredFeed,
  SourceObserved,
} from '../../../../src/domain/anomaly/finding.js';

export const FEED = 'ozon:123:product-stocks';
const FACTS = { feed: FEED, source: 'ozon', account: '123' } as const;

export function applied(fields: Partial<AppliedSnapshot> = {}): AppliedSnapshot {
  return {
    type: 'snapshot-applied',
    feed: FEED,
    source: 'ozon',
    account: '123',
    first: false,
    part: 1,
    products: { before: 60, after: 60 },
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

export function incomplete(fields: Partial<IncompleteSnapshot> = {}): IncompleteSnapshot {
  return { type: 'snapshot-incomplete', ...FACTS, gaps: ['page 3 is missing'], ...fields };
}

export function retired(fields: Partial<RetiredFeed> = {}): RetiredFeed {
  return { type: 'feed-retired', ...FACTS, part: 1, unread: [], ...fields };
}

/** Monday, 23 November 2026, 11:05 UTC. */
export const NOW = Date.UTC(2026, 10, 23, 11, 5);

export function observed(fields: Partial<SourceObserved> = {}): SourceObserved {
  return { type: 'source-observed', ...FACTS, at: NOW, ...fields };
}

export function pipeline(fields: Partial<PipelineObserved> = {}): PipelineObserved {
  const lag = { records: 0, oldestAt: null };
  return { type: 'pipeline-observed', ...FACTS, feed: 'pipeline', at: NOW, lag, deadLetters: 0, ...fields };
}

export function changed(
  products: readonly ProductFacts[],
  fields: Partial<ProductsChanged> = {},
): ProductsChanged {
  return { type: 'products-changed', ...FACTS, at: NOW, products, ...fields };
}

export function product(fields: Partial<ProductFacts> = {}): ProductFacts {
  const { before = 100, after = 99 } = fields;
  return {
    productId: '1',
    offerId: 'TEA-1',
    name: 'Чай',
    before,
    after,
    present: { before, after },
    reserved: { before: 0, after: 0 },
    hours: [],
    since: NOW - 28 * 24 * 3_600_000,
    ...fields,
  };
}

export function gone(productId: string, fields: Partial<Movement> = {}): Movement {
  return { productId, before: 5, after: 0, ...fields };
}

export function back(productId: string, fields: Partial<Movement> = {}): Movement {
  return { productId, before: 0, after: 7, ...fields };
}
