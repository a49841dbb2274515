import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rawEvent, rawEventReader } from '../../../src/events/raw-snapshot.js';

const TIME = '2026-11-22T10:00:00.000Z';
const base = { feed: 'ozon:100500:product-stocks', snapshotId: 's1' };
const started = {
  type: 'snapshot-started',
  ...base,
  source: 'ozon',
  account: '100500',
  endpoint: 'product-stocks',
  startedAt: TIME,
  scope: { schemes: ['fbo', 'fbs'] },
  limits: { absenceLimit: 0.5, absenceMin: 20 },
  acceptAbsences: false,
};
const chunk = {
  type: 'page-chunk',
  ...base,
  fetchedAt: TIME,
  page: 1,
  chunk: 1,
  chunks: 1,
  rows: [{ a: [1] }, 'x', null],
};
const completed = { type: 'snapshot-completed', ...base, completedAt: TIME, pages: 1, rows: 3 };
const failed = { type: 'snapshot-failed', ...base, failedAt: TIME, code: 'API_LIMITED', message: '429' };
const retired = { type: 'feed-retired', feed: base.feed, retiredAt: TIME, reason: 'gone' };
const ready = {
  ...{ type: 'generation-ready', feed: base.feed, generation: 2, token: 'a-b', readyAt: TIME },
  ...{ limits: { absenceLimit: 0.5, absenceMin: 20 }, acceptAbsences: false },
};

const accepts = (event: unknown) => rawEvent.safeParse(event).success;

describe('raw events', () => {
  test.each([started, chunk, completed, failed, retired, ready])('$type is read as it stands', (event) => {
    expect(rawEvent.parse(event)).toEqual(event);
  });

  test('rows are kept verbatim, whatever they are', () => {
    const rows = [null, 1, 'x', [], { 'a b': { ё: [1, { deep: true }] } }, '9007199254740993'];
    expect(rawEvent.parse({ ...chunk, rows })).toEqual({ ...chunk, rows });
    expect(accepts({ ...chunk, rows: [] })).toBe(true);
  });

  test('the reader that does not go through the rows comes to the same as the contract', () => {
    const field = fc.constantFrom(...Object.keys({ ...chunk, ...completed, query: 0 }));
    const odd = fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.constant([]), fc.constant(TIME));
    const events = fc.constantFrom<object>(started, chunk, completed, failed, retired, ready);
    const changed = fc
      .tuple(events, fc.dictionary(field, odd, { maxKeys: 2 }))
      .map(([event, other]): unknown => ({ ...event, ...other }));
    fc.assert(
      fc.property(fc.oneof(changed, fc.jsonValue()), (value) => {
        const { success, data, error } = rawEventReader.safeParse(value);
        const expected = rawEvent.safeParse(value);
        expect({ success, data, issues: error?.issues }).toEqual({
          success: expected.success,
          data: expected.data,
          issues: expected.error?.issues,
        });
      }),
      { numRuns: 1_000 },
    );
  });

  test('a scope may say where, by which ids, and that it is only what is new', () => {
    const places = { fbo: 'total', fbs: ['507', '-999999'], rfbs: [], fbw: 'warehouses' };
    const scope = { schemes: ['fbo', 'fbs'], places, byIds: true, partial: true };
    const event = { ...started, scope, reconcile: true };
    expect(rawEvent.parse(event)).toEqual(event);
  });

  test('a page may say what it was asked for', () => {
    const query = {
      endpoint: 'warehouse-stocks',
      scheme: 'rfbs',
      warehouseId: '1020003080073000',
      productIds: ['1'],
      skus: ['2'],
      removed: true,
    };
    expect(rawEvent.parse({ ...chunk, query })).toEqual({ ...chunk, query });
    expect(accepts({ ...chunk, query: {} })).toBe(true);
  });

  test('an end may say where the next partial read goes on', () => {
    const event = { ...completed, cursor: '2026-11-22T10:00:00Z|123' };
    expect(rawEvent.parse(event)).toEqual(event);
  });

  test('a failure may say when the marketplace listens again, in any zone', () => {
    for (const notBefore of ['2026-11-22T16:30:00.000Z', '2026-11-22T19:30:00+03:00'])
      expect(rawEvent.parse({ ...failed, notBefore })).toEqual({ ...failed, notBefore });
    for (const notBefore of ['tomorrow', '2026-11-22', '2099-01-01T00:00:00Z', null])
      expect(accepts({ ...failed, notBefore }), String(notBefore)).toBe(false);
  });

  // Their scopes named warehouses and products; nothing read them, and nothing depends on them.
  test('records of earlier versions are read', () => {
    const scope = { schemes: ['fbs'], warehouses: ['507'], productIds: ['1'] };
    expect(rawEvent.parse({ ...started, scope })).toMatchObject({ scope: { schemes: ['fbs'] } });
  });

  test('products named by the marketplace', () => {
    const event = { ...completed, products: { least: 0, greatest: 5 } };
    expect(rawEvent.parse(event)).toEqual(event);
  });

  test.each<[string, object]>([
    ['an unknown type', { ...started, type: 'snapshot-exploded' }],
    ['no type', { ...started, type: undefined }],
    ['an unknown source', { ...started, source: 'amazon' }],
    ['an unknown scheme', { ...started, scope: { schemes: ['fbx'] } }],
    ['a place that is none', { ...started, scope: { schemes: ['fbs'], places: { fbs: 'all' } } }],
    ['a place of an unknown scheme', { ...started, scope: { schemes: ['fbs'], places: { fbx: 'total' } } }],
    ['a warehouse that is a number', { ...started, scope: { schemes: ['fbs'], places: { fbs: [507] } } }],
    ['ids in place of a word on ids', { ...started, scope: { schemes: ['fbs'], byIds: ['1'] } }],
    ['a query of an unknown scheme', { ...chunk, query: { scheme: 'fbx' } }],
    ['a query for products that are numbers', { ...chunk, query: { productIds: [1] } }],
    ['a query without the name of its endpoint', { ...chunk, query: { endpoint: '' } }],
    ['a cursor that fits no column', { ...completed, cursor: 'x'.repeat(256) }],
    ['no scope', { ...started, scope: undefined }],
    ['a limit above one', { ...started, limits: { absenceLimit: 1.5, absenceMin: 1 } }],
    ['a limit below zero', { ...started, limits: { absenceLimit: -0.1, absenceMin: 1 } }],
    ['half a product', { ...started, limits: { absenceLimit: 0.5, absenceMin: 1.5 } }],
    ['no word on absences', { ...started, acceptAbsences: undefined }],
    ['an empty feed', { ...chunk, feed: '' }],
    ['a feed that fits no column', { ...chunk, feed: 'x'.repeat(191) }],
    ['an empty snapshot id', { ...chunk, snapshotId: '' }],
    ['a snapshot id that fits no column', { ...chunk, snapshotId: 'x'.repeat(65) }],
    ['a snapshot id that is no ASCII', { ...chunk, snapshotId: 'снимок' }],
    ['a snapshot id with a blank', { ...chunk, snapshotId: 's 1' }],
    ['page 0', { ...chunk, page: 0 }],
    ['half a page', { ...chunk, page: 1.5 }],
    ['chunk 0', { ...chunk, chunk: 0 }],
    ['no rows', { ...chunk, rows: undefined }],
    ['rows that are no list', { ...chunk, rows: {} }],
    ['a negative count', { ...completed, rows: -1 }],
    ['half a range', { ...completed, products: { least: 1 } }],
    ['no time', { ...completed, completedAt: undefined }],
    ['a time without a zone', { ...completed, completedAt: '2026-11-22T10:00:00' }],
    ['a day that is none', { ...completed, completedAt: '2026-02-30T10:00:00Z' }],
    ['a time that is a number', { ...completed, completedAt: 1_790_000_000_000 }],
  ])('%s is refused', (_name, event) => {
    expect(accepts(event)).toBe(false);
  });

  test.each([null, undefined, 1, 'x', [], [started]])('%j is none', (value) => {
    expect(accepts(value)).toBe(false);
  });

  test('the chunk’s number lies within the chunks of its page', () => {
    expect(accepts({ ...chunk, chunk: 3, chunks: 3 })).toBe(true);
    expect(accepts({ ...chunk, chunk: 2, chunks: 1 })).toBe(false);
  });

  // A worker would stop at such a record, every time anew: a TIMESTAMP column holds 1970 to 2038.
  test.each([
    '0000-01-01T00:00:00.000Z',
    '1969-12-31T23:59:59.999Z',
    '1970-01-01T00:00:00.500Z',
    '1970-01-01T01:00:00+01:00',
    '2038-01-19T03:14:08Z',
    '9999-12-31T23:59:59-05:00',
  ])('a time that no column holds is refused: %s', (time) => {
    expect(accepts({ ...started, startedAt: time })).toBe(false);
    expect(accepts({ ...chunk, fetchedAt: time })).toBe(false);
    expect(accepts({ ...completed, completedAt: time })).toBe(false);
    expect(accepts({ ...failed, failedAt: time })).toBe(false);
    expect(accepts({ ...retired, retiredAt: time })).toBe(false);
  });

  test.each([
    '1970-01-01T00:00:01Z',
    '2038-01-19T03:14:07.999Z',
    '2026-11-22T13:00:00.123456+03:00',
    '2026-11-22T10:00:00Z',
  ])('a time that a column holds is read: %s', (time) => {
    expect(accepts({ ...chunk, fetchedAt: time })).toBe(true);
  });
});
