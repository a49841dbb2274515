import { describe, expect, it } from 'vitest';
import { priorState } from '../../../../src/cli/sync/rehearsal/prior-state.js';
import type { SourceRehearsal } from '../../../../src/cli/sync/rehearsal/rehearse.js';
import { rehearseFeed } from '../../../../src/cli/sync/rehearsal/rehearse-feed.js';
import { rehearsalDocument, rehearsalText } from '../../../../src/cli/sync/rehearsal/report.js';
import type { ShownChange } from '../../../../src/cli/sync/rehearsal/tally.js';
import { AppError } from '../../../../src/errors.js';
import { normaliserOf } from '../../../../src/marketplaces/normalisers.js';
import type { FeedReader, FetchedPage } from '../../../../src/ports/marketplace.js';
import type { ProjectionReader } from '../../../../src/ports/projection.js';
import { FeedMemory } from '../../../../src/streams/feed-memory.js';

const feed = { source: 'ozon', account: '1', endpoint: 'product-stocks' } as const;
const level = (available: number, more = {}) => ({
  ...{ present: available, reserved: 0, available, inWayToClient: 0, inWayFromClient: 0 },
  ...more,
});

const change = (more: Partial<ShownChange>): ShownChange => ({
  ...{ op: 'u', productId: '77', article: 'A-1', scheme: 'fbs', warehouseId: '' },
  ...{ before: level(1), after: level(2) },
  ...more,
});

const rehearsal = (changes: ShownChange[]): SourceRehearsal => ({
  ...{ source: 'ozon', account: '1', problems: [], exitCodes: [0, 0], changes },
  feeds: [
    { feed, status: 'applied', reason: null, rows: 1_200, created: 1, updated: 40, closed: 2 },
    {
      feed: { ...feed, endpoint: 'product-list' },
      ...{ status: 'held', reason: 'too few', rows: 1_200, created: 5, updated: 0, closed: 0 },
    },
  ],
});

describe('what a test run shows', () => {
  it('is a line for each feed, what it adds up to, and the first changes', () => {
    const text = rehearsalText(
      [
        rehearsal([
          change({ op: 'c', before: null, after: level(5), warehouseId: '22' }),
          change({ article: null }),
          change({ before: level(4), after: level(4, { present: 7, reserved: 3 }) }),
          change({ op: 'd', before: level(9), after: level(0) }),
        ]),
      ],
      'en',
    );
    expect(text).toBe(
      [
        'Source  What      Outcome            Rows  New  Changed  Closed',
        'Ozon    stock     would be applied  1,200    1       40       2',
        'Ozon    products  would be held     1,200    5        0       0',
        'Total                               2,400    6       40       2',
        '',
        'Ozon. Changes of stock: the first 4 of 43:',
        '  A-1 (77), fbs, warehouse 22: – → 5, new',
        '  77, fbs: 1 → 2',
        '  A-1 (77), fbs: present 4 → 7, reserved 0 → 3',
        '  A-1 (77), fbs: 9 → 0, closes',
        '',
        'Test mode: nothing was written, neither to Kafka nor to the tables.',
        '',
      ].join('\n'),
    );
  });

  it('says so where nothing would change, in Russian too', () => {
    expect(rehearsalText([rehearsal([])], 'ru')).toContain(
      'В остатках ничего не изменится.\n\nПробный запуск:',
    );
  });

  it('is the same as one document', () => {
    const at = new Date('2026-11-23T00:00:00Z');
    expect(rehearsalDocument([rehearsal([change({})])], at, new Date(+at + 5_000))).toMatchObject({
      ...{ testMode: true, exitCode: 0, startedAt: at.toISOString(), durationMs: 5_000, error: null },
      totals: { rows: 2_400, created: 6, updated: 40, closed: 2 },
      sources: [
        {
          source: 'ozon',
          feeds: [
            { feed: 'ozon:1:product-stocks', status: 'applied' },
            { status: 'held', reason: 'too few' },
          ],
          changes: [{ productId: '77', before: { available: 1 }, after: { available: 2 } }],
          errors: [],
        },
      ],
    });
  });
});

describe('a feed that is only rehearsed', () => {
  const nobody = { query: async () => [] };
  const store = null as unknown as ProjectionReader;
  const item = (id: number, present: number) =>
    `{"product_id":${id},"offer_id":"A-${id}","stocks":[{"type":"fbo","present":${present},"reserved":1}]}`;
  const page = (...rows: string[]): FetchedPage => ({ fetchedAt: '2026-11-23T00:00:00.000Z', rows });

  async function rehearsed(walk: () => AsyncIterable<FetchedPage>, mostChanges = 20) {
    const scope = { schemes: ['fbo'], places: { fbo: 'total' } } as const;
    const reader: FeedReader = { feed, open: async () => ({ scope, pages: walk }) };
    return rehearseFeed(reader, {
      memoryOf: async (of) => {
        const { state, reader: prior } = await priorState(nobody, store, of);
        return FeedMemory.load(state, prior, () => 1_000);
      },
      ...{ normaliserOf, prefix: 'p', batchSize: 2, acceptAbsences: false, reconcile: true, mostChanges },
      limits: { absenceLimit: 0.5, absenceMin: 20 },
      onProgress: () => undefined,
      signal: new AbortController().signal,
    });
  }

  it('is read and folded to its end, chunk by chunk, with no table to write to', async () => {
    const result = await rehearsed(async function* () {
      yield page(item(1, 5), item(2, 6), item(3, 7));
      yield page(item(3, 8));
    }, 2);
    expect(result.error).toBeUndefined();
    expect(result.tally).toMatchObject({ status: 'applied', rows: 4, created: 3, updated: 1, closed: 0 });
    expect(result.changes.map(({ op, article, after }) => [op, article, after.available])).toEqual([
      ['c', 'A-1', 4],
      ['c', 'A-2', 5],
    ]);
  });

  it('is incomplete where a row cannot be read', async () => {
    const result = await rehearsed(async function* () {
      yield page(item(1, 5), item(2, -6));
    });
    expect(result.tally).toMatchObject({ status: 'incomplete', reason: expect.stringContaining('1 row') });
  });

  it('says what stopped it, and keeps what it had', async () => {
    const result = await rehearsed(async function* () {
      yield page(item(1, 5));
      throw new AppError('API_UNAVAILABLE', 'down');
    });
    expect(result).toMatchObject({
      error: { code: 'API_UNAVAILABLE' },
      tally: { status: 'failed', rows: 1 },
    });
    expect(result.changes).toHaveLength(1);
  });
});
