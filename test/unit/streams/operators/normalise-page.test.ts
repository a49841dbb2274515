import { from, lastValueFrom } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../../src/errors.js';
import type { PageChunk } from '../../../../src/events/raw-snapshot.js';
import type { LogRecord } from '../../../../src/ports/log-records.js';
import type { NormaliserOf } from '../../../../src/ports/marketplace.js';
import type { Decoded } from '../../../../src/streams/operators/decode-json-event.js';
import { normalisePage, type ReadyRecord } from '../../../../src/streams/operators/normalise-page.js';

const KEY = 'ozon:1:product-stocks';

/** Rows are `{ id, offerId }`; an id of 0 is refused as a normaliser does it, one of −1 as a bug would. */
const normaliserOf: NormaliserOf = (source, endpoint) =>
  source === 'ozon' && endpoint === 'product-stocks'
    ? (row) => {
        const { id, offerId } = row as { id: number; offerId?: string };
        if (id === 0) throw new AppError('RECORD_INVALID', 'id is 0');
        if (id === -1) throw new TypeError('cannot read properties of undefined');
        return { productId: String(id), rows: [], ...(offerId === undefined ? {} : { offerId }) };
      }
    : undefined;

function chunk(rows: unknown[], feed = KEY): PageChunk {
  const head = { type: 'page-chunk', feed, snapshotId: 's', fetchedAt: '2026-11-22T10:00:00Z' } as const;
  return { ...head, page: 1, chunk: 1, chunks: 1, rows };
}

const record = (key: string | null): LogRecord => ({
  topic: 't',
  partition: 0,
  offset: 1,
  timestamp: 0,
  key,
  value: null,
  headers: {},
});
const ready = (event: PageChunk, key: string | null = KEY): Promise<ReadyRecord> =>
  lastValueFrom(
    from([{ ok: true, record: record(key), event } as Decoded<PageChunk>]).pipe(normalisePage(normaliserOf)),
  );
const page = async (rows: unknown[]) => {
  const outcome = await ready(chunk(rows));
  if (!outcome.ok || outcome.page === null) throw new Error('no page');
  return outcome.page;
};

describe('normalisePage', () => {
  test('one bad row does not take its neighbours along', async () => {
    const { items, problems } = await page([{ id: 1 }, { id: 0 }, { id: 2 }, { id: -1 }]);
    expect(items.map((item) => item.productId)).toEqual(['1', '2']);
    expect(problems.map((problem) => [problem.code, problem.message])).toEqual([
      ['RECORD_INVALID', 'row 2 of 4: id is 0'],
      ['RECORD_INVALID', 'row 4 of 4: cannot read properties of undefined'],
    ]);
  });

  test('other events have no page', async () => {
    const event = { type: 'feed-retired', feed: KEY, retiredAt: '2026-11-22T10:00:00Z', reason: '' } as const;
    const outcome = await lastValueFrom(
      from([{ ok: true as const, record: record(KEY), event }]).pipe(normalisePage(normaliserOf)),
    );
    expect(outcome).toMatchObject({ ok: true, page: null, feed: { source: 'ozon', account: '1' } });
  });

  test.each([
    [null, KEY, 'the key null is not the feed ozon:1:product-stocks'],
    ['ozon:2:product-stocks', KEY, 'the key ozon:2:product-stocks is not the feed ozon:1:product-stocks'],
    ['nonsense', 'nonsense', 'the key nonsense is not the feed nonsense'],
    ['ozon:1:moon', 'ozon:1:moon', 'nothing is known of the endpoint moon'],
  ])('a chunk with the key %s for %s is refused', async (key, feed, why) => {
    expect(await ready(chunk([], feed), key)).toMatchObject({
      ok: false,
      problem: { code: 'RECORD_INVALID', message: why },
    });
  });

  test('what could not be decoded stays so, with the feed of its key', async () => {
    const error = new AppError('RECORD_INVALID', 'no JSON');
    const undecoded = (key: string | null) =>
      lastValueFrom(
        from([{ ok: false as const, record: record(key), error }]).pipe(normalisePage(normaliserOf)),
      );
    expect(await undecoded(KEY)).toMatchObject({ ok: false, feed: { account: '1' }, problem: error });
    expect(await undecoded('?')).toMatchObject({ ok: false, feed: null, problem: error });
    expect(await undecoded(null)).toMatchObject({ ok: false, feed: null });
  });

  describe('articles', () => {
    const article = async (offerId: string) => (await page([{ id: 1, offerId }])).items[0]?.offerId;

    test('stay as they are, up to what the tables hold', async () => {
      for (const offerId of ['', ' ', 'АРТ-1', "'; DROP TABLE", '🧺'.repeat(250), 'x'.repeat(500)]) {
        expect(await article(offerId)).toBe(offerId);
      }
    });

    test('are cut between characters', async () => {
      const cut = (await article(`${'🧺'.repeat(250)}x`)) ?? '';
      expect(cut).toBe('🧺'.repeat(250));
      expect((await article('x'.repeat(9000)))?.length).toBeLessThanOrEqual(500);
    });

    test('hold no half character: what is published must be what is stored', async () => {
      expect(await article('a\ud800b\udc00')).toBe('a\ufffdb\ufffd');
      expect(await article('a\ud83e\uddfab')).toBe('a🧺b');
    });
  });
});
