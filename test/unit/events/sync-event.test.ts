import { describe, expect, test } from 'vitest';
import { syncEvent } from '../../../src/events/sync-event.js';

const base = {
  feed: 'ozon:100500:product-stocks',
  source: 'ozon',
  account: '100500',
  snapshotId: 's1',
  at: '2026-11-22T10:00:00.000Z',
};
const started = { type: 'snapshot-started', ...base };
const figures = { before: 3, after: 2 };
const applied = {
  type: 'snapshot-applied',
  ...base,
  first: false,
  rows: figures,
  products: figures,
  available: figures,
  changes: { created: 1, updated: 0, closed: 2 },
  part: 1,
  parts: 1,
  ranOut: [{ productId: '1', offerId: 'A', name: 'Кружка', before: 5, after: 0 }],
  cameBack: [{ productId: '2', before: 0, after: 1 }],
};
const held = {
  type: 'snapshot-held',
  ...base,
  reason: 'the answer is empty, 3 rows were known',
  rowsBefore: 3,
  rowsSeen: 0,
  inStockBefore: 2,
  inStockVanishing: 2,
  confirmations: 1,
};
const incomplete = { type: 'snapshot-incomplete', ...base, gaps: ['page(s) 2 of 2 missing or incomplete'] };
const failed = { type: 'snapshot-failed', ...base, code: 'API_RETIRED', message: 'HTTP 404' };

const accepts = (event: unknown) => syncEvent.safeParse(event).success;

describe('sync events', () => {
  test.each([started, applied, held, incomplete, failed])('$type is read as it stands', (event) => {
    expect(syncEvent.parse(event)).toEqual(event);
  });

  test('an applied snapshot may say that the settings cover less, or that only what is new was read', () => {
    const event = { ...applied, rescoped: 7, partial: true };
    expect(syncEvent.parse(event)).toEqual(event);
    // What earlier versions wrote says neither.
    expect(syncEvent.parse(applied)).not.toHaveProperty('rescoped');
    expect(syncEvent.parse(applied)).not.toHaveProperty('partial');
  });

  test.each<[string, object]>([
    ['an unknown type', { ...started, type: 'snapshot-forgotten' }],
    ['an unknown source', { ...started, source: 'amazon' }],
    ['a negative count of rescoped rows', { ...applied, rescoped: -1 }],
    ['half a rescoped row', { ...applied, rescoped: 0.5 }],
    ['a word where partial is yes or no', { ...applied, partial: 'yes' }],
    ['part 0', { ...applied, part: 0 }],
    ['no movements', { ...applied, ranOut: undefined }],
    ['a movement below zero', { ...applied, cameBack: [{ productId: '2', before: -1, after: 1 }] }],
    ['held for the 0th time', { ...held, confirmations: 0 }],
    ['a failure without a code', { ...failed, code: undefined }],
    ['a time without a zone', { ...started, at: '2026-11-22T10:00:00' }],
  ])('%s is refused', (_name, event) => {
    expect(accepts(event)).toBe(false);
  });
});
