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

const observed = {
  type: 'source-observed',
  ...base,
  lastSyncAt: '2026-11-22T02:00:00.000Z',
  keyExpiresAt: '2027-01-01T00:00:00.000Z',
};
const pipeline = {
  type: 'pipeline-observed',
  ...base,
  feed: 'pipeline',
  lag: { records: 12, oldestAt: '2026-11-22T09:00:00.000Z' },
  deadLetters: 3,
};

const retired = {
  type: 'feed-retired',
  ...base,
  reason: 'off',
  part: 1,
  parts: 1,
  unread: [{ productId: '1' }],
};

const accepts = (event: unknown) => syncEvent.safeParse(event).success;

describe('sync events', () => {
  test.each([started, applied, held, incomplete, failed, retired, observed, pipeline])(
    '$type is read as it stands',
    (event) => {
      expect(syncEvent.parse(event)).toEqual(event);
    },
  );

  test('an applied snapshot may say that the settings cover less, or that only what is new was read', () => {
    const event = { ...applied, rescoped: 7, partial: true };
    expect(syncEvent.parse(event)).toEqual(event);
    // What earlier versions wrote says neither.
    expect(syncEvent.parse(applied)).not.toHaveProperty('rescoped');
    expect(syncEvent.parse(applied)).not.toHaveProperty('partial');
  });

  test('an applied snapshot may say what is gone, and which records changed the products', () => {
    const event = { ...applied, vanished: 4, place: { life: 2, partition: 11, from: 0, to: 9 } };
    expect(syncEvent.parse(event)).toEqual(event);
    for (const field of ['vanished', 'place']) expect(syncEvent.parse(applied)).not.toHaveProperty(field);
  });

  test('it may say what nobody reads any more, and a look why the key is not even tried', () => {
    const event = { ...applied, unread: [{ productId: '1', offerId: 'A', name: 'Кружка' }] };
    expect(syncEvent.parse(event)).toEqual(event);
    expect(syncEvent.parse(applied)).not.toHaveProperty('unread');
    expect(syncEvent.parse({ ...observed, keyRefused: 'no token' })).toMatchObject({
      keyRefused: 'no token',
    });
  });

  test('what came to no good end may be counted, and say when the marketplace listens again', () => {
    const limited = { ...failed, failures: 3, notBefore: '2026-11-22T16:00:00.000Z' };
    for (const event of [limited, { ...incomplete, failures: 1 }])
      expect(syncEvent.parse(event)).toEqual(event);
    for (const event of [failed, incomplete]) expect(syncEvent.parse(event)).not.toHaveProperty('failures');
  });

  test('what a look found may be that nothing was ever read, that nothing waits, or that nobody looked', () => {
    for (const event of [
      { ...observed, lastSyncAt: null },
      { ...observed, lastSyncAt: undefined, keyExpiresAt: undefined },
      { ...pipeline, lag: { records: 0, oldestAt: null }, deadLetters: 0 },
    ])
      expect(syncEvent.parse(event)).toEqual(event);
  });

  test.each<[string, object]>([
    ['a read that failed for the 0th time', { ...failed, failures: 0 }],
    ['a wait that ends in another zone than UTC', { ...failed, notBefore: '2026-11-22T16:00:00+03:00' }],
    ['a place without its life', { ...applied, place: { partition: 1, from: 0, to: 9 } }],
    ['a place before the log', { ...applied, place: { life: 1, partition: 1, from: -1, to: 9 } }],
    ['a retired feed that does not say of which products', { ...retired, unread: undefined }],
    ['half a vanished product', { ...applied, vanished: 0.5 }],
    ['a look that found a word for a time', { ...observed, lastSyncAt: 'never' }],
    ['a lag without the age of its oldest record', { ...pipeline, lag: { records: 1 } }],
    ['a negative count of dead letters', { ...pipeline, deadLetters: -1 }],
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
