import { from, lastValueFrom } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { levelOfQuantity } from '../../../../src/domain/stock-level.js';
import { AppError } from '../../../../src/errors.js';
import type { PageChunk, PageQuery } from '../../../../src/events/raw-snapshot.js';
import type { LogRecord } from '../../../../src/ports/log-records.js';
import type { CataloguedProduct, Normaliser, NormaliserOf } from '../../../../src/ports/marketplace.js';
import type { Decoded } from '../../../../src/streams/operators/decode-json-event.js';
import { normalisePage, type ReadyRecord } from '../../../../src/streams/operators/normalise-page.js';

const KEY = 'ozon:1:product-stocks';

/** Rows are `{ id, offerId }`; an id of 0 is refused as a normaliser does it, one of −1 as a bug would. */
const stock: Normaliser = {
  kind: 'stock',
  read: (row, { warehouseId }) => {
    const { id, offerId } = row as { id: number; offerId?: string };
    if (id === 0) throw new AppError('RECORD_INVALID', 'id is 0');
    if (id === -1) throw new TypeError('cannot read properties of undefined');
    const level = levelOfQuantity(id);
    const rows = warehouseId === undefined ? [] : [{ scheme: 'fbs' as const, warehouseId, level }];
    return { productId: String(id), rows, ...(offerId === undefined ? {} : { offerId }) };
  },
};
/** Rows are lists of products. */
const catalogue: Normaliser = {
  kind: 'catalogue',
  read: (row) => {
    if (row === 'bad') throw new AppError('RECORD_INVALID', 'bad');
    return row as CataloguedProduct[];
  },
};
const NORMALISERS: Readonly<Record<string, Normaliser>> = {
  'product-stocks': stock,
  'warehouse-stocks': stock,
  'product-list': catalogue,
};
const normaliserOf: NormaliserOf = (source, endpoint) =>
  source === 'ozon' ? NORMALISERS[endpoint] : undefined;

function chunk(rows: unknown[], feed = KEY, query?: PageQuery): PageChunk {
  const head = { type: 'page-chunk', feed, snapshotId: 's', fetchedAt: '2026-11-22T10:00:00Z' } as const;
  return { ...head, page: 1, chunk: 1, chunks: 1, rows, ...(query === undefined ? {} : { query }) };
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

  test('a page of another method is read by that method, which is told what was asked for', async () => {
    const query = { endpoint: 'warehouse-stocks', warehouseId: '507' };
    expect(await ready(chunk([{ id: 3 }], KEY, query))).toMatchObject({
      page: { items: [{ productId: '3', rows: [{ warehouseId: '507', level: { available: 3 } }] }] },
    });
    expect(await ready(chunk([], KEY, { endpoint: 'moon' }))).toMatchObject({
      ok: false,
      problem: { code: 'RECORD_INVALID', message: 'nothing is known of the endpoint moon' },
    });
  });

  describe('products of a catalogue', () => {
    const LIST = 'ozon:1:product-list';
    const catalogued = async (rows: unknown[]) => {
      const outcome = await ready(chunk(rows, LIST), LIST);
      if (!outcome.ok || outcome.page === null) throw new Error('no page');
      return outcome.page;
    };

    test('one row is as many products as it says, and no stock', async () => {
      const { items, products, problems } = await catalogued([
        [{ productId: '1' }, { productId: '2' }],
        'bad',
        [{ productId: '3' }],
      ]);
      expect(items).toEqual([]);
      expect(products.map(({ productId }) => productId)).toEqual(['1', '2', '3']);
      expect(problems.map(({ message }) => message)).toEqual(['row 2 of 3: bad']);
    });

    test('what was not said stays unsaid, what was said fits its column', async () => {
      const long = {
        productId: '1',
        offerId: 'x'.repeat(900),
        name: `a\ud800${'🧺'.repeat(900)}`,
        size: 'y'.repeat(900),
        barcodes: Array.from({ length: 900 }, () => 'z'.repeat(900)),
        archived: true,
      };
      const { products } = await catalogued([[long, { productId: '2' }]]);
      const [cut, bare] = products;
      expect(bare).toEqual({ productId: '2' });
      expect(cut?.archived).toBe(true);
      expect(cut?.offerId?.length).toBeLessThanOrEqual(500);
      expect(cut?.name?.length).toBeLessThanOrEqual(1000);
      expect(cut?.name).toMatch(/^a\ufffd🧺+$/u);
      expect(cut?.size?.length).toBeLessThanOrEqual(60);
      expect(cut?.barcodes?.length).toBeLessThanOrEqual(200);
      expect(cut?.barcodes?.every((barcode) => barcode.length <= 200)).toBe(true);
    });
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
