import { describe, expect, it } from 'vitest';
import { scopeCovers } from '../../../../src/domain/snapshot.js';
import type { OzonStocksPage, SellerWarehouse } from '../../../../src/marketplaces/ozon/answers.js';
import {
  neededOzonMethods,
  type OzonStockOptions,
  ozonStockReader,
} from '../../../../src/marketplaces/ozon/stock-reader.js';
import { fakeOzon, type Script, walk } from './fake-ozon.js';

const TOTALS: OzonStockOptions = { sellerWarehouses: null, fbo: 'total' };
const FETCHED = { fetchedAt: '2026-11-23T10:00:00.000Z' };

type Answer = Partial<OzonStocksPage>;
const byCursor = (pages: Readonly<Record<string, Answer>>) => (cursor: string) => {
  const page = pages[cursor];
  if (page === undefined) throw new Error(`no page for ${cursor}`);
  return page;
};
const read = async (script: Script, options: OzonStockOptions = TOTALS) => {
  const { calls, client } = fakeOzon(script);
  return { calls, ...(await walk(ozonStockReader(client, options))) };
};
const refusal = (script: Script, options: OzonStockOptions = TOTALS) => {
  const { calls, client } = fakeOzon(script);
  return { calls, error: walk(ozonStockReader(client, options)) };
};

describe('the walk over Ozon’s totals', () => {
  it('reads its own feed and says what it covers', async () => {
    const { client, calls } = fakeOzon({});
    const reader = ozonStockReader(client, TOTALS);
    expect(reader.feed).toEqual({ source: 'ozon', account: '4711', endpoint: 'product-stocks' });
    const { scope } = await reader.open(new AbortController().signal);
    expect(scope).toEqual({
      schemes: ['fbo', 'fbs', 'rfbs', 'fbp'],
      places: { fbo: 'total', fbs: 'total', rfbs: 'total', fbp: 'total' },
    });
    expect(calls).toEqual([]);
  });

  it('goes on behind a short page that carries a cursor, and ends on the empty one', async () => {
    const { calls, read: pages } = await read({
      stocks: byCursor({
        '': { rows: ['1', '2'], cursor: 'a', announcedProducts: 3 },
        a: { rows: ['3'], cursor: 'b', announcedProducts: 4 },
        b: { rows: [], cursor: '' },
      }),
    });
    expect(calls).toEqual(['stocks', 'stocks a', 'stocks b']);
    expect(pages).toEqual([
      { ...FETCHED, rows: ['1', '2'], announcedProducts: 3, expectedPages: 1 },
      { ...FETCHED, rows: ['3'], announcedProducts: 4, expectedPages: 2 },
    ]);
  });

  it('ends on an empty cursor, also behind a full page', async () => {
    const { calls, read: pages } = await read({ stocks: byCursor({ '': { rows: ['1'], cursor: '' } }) });
    expect(pages).toHaveLength(1);
    expect(calls).toEqual(['stocks']);
  });

  it('ends on an empty page that repeats its own cursor', async () => {
    const stocks = byCursor({ '': { rows: ['1'], cursor: 'z' }, z: { rows: [], cursor: 'z' } });
    expect((await read({ stocks })).read).toHaveLength(1);
  });

  it('yields one empty page for an account without products', async () => {
    expect((await read({ stocks: () => ({ announcedProducts: 0 }) })).read).toMatchObject([
      { rows: [], announcedProducts: 0 },
    ]);
  });

  it('knows how many pages there will be, as far as it is told', async () => {
    const stocks = byCursor({
      '': { rows: ['1'], cursor: 'a', announcedProducts: 2500 },
      a: { rows: ['2'], cursor: 'b', announcedProducts: 3500 },
      b: { rows: ['3'], cursor: '', announcedProducts: undefined },
    });
    const { read: pages } = await read({ stocks });
    expect(pages.map(({ expectedPages }) => expectedPages)).toEqual([3, 4, undefined]);
  });

  it('refuses cursors that go round in a circle', async () => {
    const { calls, error } = refusal({
      stocks: (cursor) => ({ rows: ['1'], cursor: cursor === 'a' ? 'b' : 'a' }),
    });
    await expect(error).rejects.toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringContaining('page 3'),
    });
    expect(calls).toEqual(['stocks', 'stocks a', 'stocks b']);
  });

  it('gives up on a list without end', async () => {
    const { calls, error } = refusal(
      { stocks: (cursor) => ({ rows: ['1'], cursor: `${cursor}x` }) },
      { ...TOTALS, maxPages: 5 },
    );
    await expect(error).rejects.toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringContaining('5 pages'),
    });
    expect(calls).toHaveLength(5);
  });
});

const warehouse = (id: string, over: Partial<SellerWarehouse> = {}): SellerWarehouse => ({
  id,
  name: `Склад ${id}`,
  status: 'created',
  isRfbs: false,
  ...over,
});
const LIST = [
  warehouse('1020003080073000'),
  warehouse('22', { isRfbs: true }),
  warehouse('33', { status: 'disabled' }),
  warehouse('44', { status: 'blocked' }),
];
/** The list in two pages, the second with a cursor as the documents' example has it. */
const warehouses = (cursor: string) =>
  cursor === ''
    ? { warehouses: LIST.slice(0, 2), cursor: 'w', hasNext: true }
    : { warehouses: LIST.slice(2), cursor: 'w2', hasNext: false };
const ALL: OzonStockOptions = { sellerWarehouses: 'all', fbo: 'total' };
const lying = (product: number, id: string, sku: number) =>
  `{"product_id":${product},"sku":${sku},"warehouse_id":${id}}`;

describe('the seller’s warehouses', () => {
  it('are read one by one behind the totals, the archived ones not', async () => {
    const { calls, scope, read: pages } = await read({ warehouses }, ALL);
    expect(calls).toEqual([
      'warehouses',
      'warehouses w',
      'stocks',
      'warehouse 1020003080073000',
      'warehouse 22',
      'warehouse 44',
    ]);
    expect(scope.places).toEqual({
      fbo: 'total',
      fbp: 'total',
      fbs: ['1020003080073000', '44'],
      rfbs: ['22'],
    });
    expect(pages.map(({ query }) => query)).toEqual([
      undefined,
      { endpoint: 'warehouse-stocks', scheme: 'fbs', warehouseId: '1020003080073000' },
      { endpoint: 'warehouse-stocks', scheme: 'rfbs', warehouseId: '22' },
      { endpoint: 'warehouse-stocks', scheme: 'fbs', warehouseId: '44' },
    ]);
    expect(pages.map(({ expectedPages }) => expectedPages)).toEqual([undefined, 4, 4, 4]);
  });

  it('that are named are read, archived or not, each once', async () => {
    const { calls, scope } = await read({ warehouses }, { ...ALL, sellerWarehouses: ['33', '22', '33'] });
    expect(calls.slice(-2)).toEqual(['warehouse 33', 'warehouse 22']);
    expect(scope.places).toMatchObject({ fbs: ['33'], rfbs: ['22'] });
  });

  it('that Ozon does not list are refused, with those it does', async () => {
    const { calls, error } = refusal({ warehouses }, { ...ALL, sellerWarehouses: ['22', '2', '02'] });
    await expect(error).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/not list 2, 02; .*1020003080073000 "Склад 1020003080073000", 22 "/),
      remedy: expect.stringContaining('OZON_WAREHOUSE_ID'),
      advice: { ru: { remedy: expect.stringContaining('OZON_WAREHOUSE_ID') } },
    });
    expect(calls).toEqual(['warehouses', 'warehouses w']);
    const { error: none } = refusal({}, { ...ALL, sellerWarehouses: ['22'] });
    await expect(none).rejects.toMatchObject({ message: expect.stringContaining('it lists no warehouses') });
  });

  it('of an empty list leave what stands in warehouses to the shrink guard', async () => {
    const { scope } = await read({}, ALL);
    expect(scope.places).toEqual({ fbo: 'total', fbp: 'total' });
    expect(scopeCovers(scope, { scheme: 'fbs', warehouseId: '44' })).toBe(true);
  });

  it('end where has_next says so, not where the cursor is empty', async () => {
    const pages: Record<string, object> = {
      '': { rows: [lying(1, '44', 1)], cursor: 'a', hasNext: true },
      a: { rows: [lying(2, '44', 2)], cursor: 'b', hasNext: false },
    };
    const { calls, read: read44 } = await read(
      { warehouses, warehouseStocks: (_id, cursor) => pages[cursor] ?? {} },
      { ...ALL, sellerWarehouses: ['44'] },
    );
    expect(calls.slice(-2)).toEqual(['warehouse 44', 'warehouse 44 a']);
    expect(read44.slice(1).map(({ rows }) => rows)).toEqual([[lying(1, '44', 1)], [lying(2, '44', 2)]]);
  });

  it.each([
    ['round in a circle', (cursor: string) => (cursor === 'a' ? 'b' : 'a')],
    ['nowhere', () => ''],
  ])('with cursors that lead %s are refused', async (_name, next) => {
    const warehouseStocks = (_id: string, cursor: string) => ({ cursor: next(cursor), hasNext: true });
    await expect(refusal({ warehouses, warehouseStocks }, ALL).error).rejects.toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringContaining('warehouse 1020003080073000'),
    });
  });

  it('put rows of one product together that stand on one page, and refuse to lose one that does not', async () => {
    const [a, b, c] = [lying(1, '44', 7), lying(2, '44', 9), lying(1, '44', 8)];
    const one = { ...ALL, sellerWarehouses: ['44'] };
    const together = await read({ warehouses, warehouseStocks: () => ({ rows: [a, b, c] }) }, one);
    expect(together.read.at(-1)?.rows).toEqual([`[${a},${c}]`, b]);
    const paged = (second: string) => (_id: string, cursor: string) =>
      cursor === '' ? { rows: [a], cursor: 'x', hasNext: true } : { rows: [second] };
    const again = await read({ warehouses, warehouseStocks: paged(a) }, one);
    expect(again.read).toHaveLength(3);
    await expect(refusal({ warehouses, warehouseStocks: paged(c) }, one).error).rejects.toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringContaining('product 1'),
    });
  });
});

const item = (id: number, ...stocks: object[]) =>
  JSON.stringify({ product_id: id, offer_id: `A-${id}`, stocks });
const fbo = (sku: number | undefined, present = 1, over: object = {}) => ({
  type: 'fbo',
  sku,
  present,
  reserved: 0,
  ...over,
});
const ROWS = [
  item(1, fbo(11), fbo(12, 3, { shipment_type: 'SHIPMENT_TYPE_BOX' })),
  item(2, { type: 'fbs', sku: 21, present: 5, reserved: 0 }),
  item(3, fbo(31, 0)),
  item(4, fbo(undefined, 0), fbo(0, 0)),
];

describe('Ozon’s warehouses', () => {
  it('are asked for by the skus of all products with an FBO row', async () => {
    const rows = [lying(1, '7', 11), lying(1, '7', 12), lying(3, '7', 31), lying(1, '8', 12)];
    const {
      calls,
      scope,
      read: pages,
    } = await read(
      {
        stocks: () => ({ rows: ROWS }),
        fboStocks: (_skus, cursor) =>
          cursor === ''
            ? { rows: rows.slice(0, 1), cursor: 'n', hasNext: true }
            : { rows: rows.slice(1), cursor: 'm' },
      },
      { ...TOTALS, fbo: 'warehouses' },
    );
    expect(calls).toEqual(['stocks', 'fbo 11 12 31', 'fbo 11 12 31 n']);
    expect(scope.places).toEqual({ fbo: 'warehouses', fbs: 'total', rfbs: 'total', fbp: 'total' });
    expect(pages.at(-1)).toEqual({
      ...FETCHED,
      // Also across the method's own pages.
      rows: [`[${rows[0]},${rows[1]}]`, rows[2], rows[3]],
      query: { endpoint: 'fbo-stocks', scheme: 'fbo', productIds: ['1', '1', '3'], skus: ['11', '12', '31'] },
      expectedPages: 2,
    });
  });

  it('are asked for in blocks that keep a product together', async () => {
    const stocks = Array.from({ length: 70 }, (_, index) =>
      item(index + 1, fbo(1000 + index, 0), fbo(2000 + index, 0)),
    );
    const { calls, read: pages } = await read(
      { stocks: () => ({ rows: [...stocks, item(99, fbo(5))], announcedProducts: 71 }) },
      { ...TOTALS, fbo: 'analytics' },
    );
    expect(calls.map((call) => call.split(' ').length - 1)).toEqual([0, 100, 41]);
    expect(pages.map(({ query }) => query?.endpoint)).toEqual([
      undefined,
      'analytics-stocks',
      'analytics-stocks',
    ]);
    expect(pages.map(({ expectedPages }) => expectedPages)).toEqual([1, 3, 3]);
  });

  it('are put together by the product of the sku where rows do not name it', async () => {
    const rows = [
      '{"sku":11,"warehouse_id":7}',
      '{"sku":31,"warehouse_id":7}',
      '{"sku":"12","warehouse_id":7}',
    ];
    const { read: pages } = await read(
      { stocks: () => ({ rows: ROWS }), analyticsStocks: () => ({ rows }) },
      { ...TOTALS, fbo: 'analytics' },
    );
    expect(pages.at(-1)?.rows).toEqual([`[${rows[0]},${rows[2]}]`, rows[1]]);
  });

  it('are not asked for where no product has an FBO row', async () => {
    const stocks = () => ({ rows: [item(2, { type: 'fbs', sku: 21, present: 5, reserved: 0 })] });
    const { calls, scope } = await read({ stocks }, { ...TOTALS, fbo: 'warehouses' });
    expect(calls).toEqual(['stocks']);
    expect(scope.places?.fbo).toBe('warehouses');
  });

  it.each([
    ['present', fbo(undefined, 1)],
    ['reserved', fbo(0, 0, { reserved: 2 })],
    ['an odd figure', fbo(undefined, 0, { present: '0' })],
  ])('of a product with stock but no sku cannot be read (%s)', async (_name, stock) => {
    await expect(
      refusal({ stocks: () => ({ rows: [item(5, stock)] }) }, { ...TOTALS, fbo: 'warehouses' }).error,
    ).rejects.toMatchObject({ code: 'API_BAD_ANSWER', message: expect.stringContaining('product 5') });
  });

  it('leave rows that cannot be read to who refuses them', async () => {
    const rows = ['7', 'null', '{"product_id":0,"stocks":[{"type":"fbo","present":1}]}', '{"product_id":1}'];
    const { calls } = await read({ stocks: () => ({ rows }) }, { ...TOTALS, fbo: 'warehouses' });
    expect(calls).toEqual(['stocks']);
  });

  it('keep long skus and ids exact', async () => {
    const row =
      '{"product_id":9007199254740993,"stocks":[{"type":"fbo","present":1,"sku":9007199254740995}]}';
    const { read: pages } = await read({ stocks: () => ({ rows: [row] }) }, { ...TOTALS, fbo: 'warehouses' });
    expect(pages.at(-1)?.query).toMatchObject({
      productIds: ['9007199254740993'],
      skus: ['9007199254740995'],
    });
  });
});

describe('answers that lack most of what is in stock by the totals', () => {
  const many = (count: number, type: string) => ({
    rows: Array.from({ length: count }, (_, index) =>
      item(index + 1, { type, sku: index + 1, present: 1, reserved: 0 }),
    ),
  });
  /** Rows of the first so many products. */
  const having = (count: number) => ({
    rows: Array.from({ length: count }, (_, index) => lying(index + 1, '44', index + 1)),
  });
  const shop = (inStock: number, type: string, answered: number): Script => ({
    warehouses,
    stocks: () => many(inStock, type),
    warehouseStocks: (id) => (id === '44' ? having(answered) : {}),
    fboStocks: () => having(answered),
    analyticsStocks: () => having(answered),
  });

  it.each<[string, string, OzonStockOptions]>([
    ['Ozon’s warehouses', 'fbo', { ...TOTALS, fbo: 'warehouses' }],
    ['the analytics', 'fbo', { ...TOTALS, fbo: 'analytics' }],
    ['all warehouses of the seller', 'fbs', ALL],
    ['all warehouses of the seller', 'rfbs', ALL],
  ])('are not believed: %s', async (_name, type, options) => {
    await expect(refusal(shop(20, type, 0), options).error).rejects.toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringContaining('no row of 20 of the 20 products'),
      advice: { ru: { remedy: expect.stringContaining('OZON_FBO_STOCKS=total') } },
    });
    await expect(refusal(shop(60, type, 29), options).error).rejects.toMatchObject({
      message: expect.stringContaining('no row of 31 of the 60 products'),
    });
    // Nothing at all is refused of small shops, too.
    await expect(refusal(shop(3, type, 0), options).error).rejects.toMatchObject({ code: 'API_BAD_ANSWER' });
    for (const [inStock, answered] of [
      [2, 0],
      [19, 1],
      [60, 30],
    ] as const) {
      await expect(read(shop(inStock, type, answered), options)).resolves.toBeDefined();
    }
    await expect(read(shop(60, type, 0), { ...options, acceptGaps: true })).resolves.toBeDefined();
  });

  it('are taken as they are of some warehouses of the seller', async () => {
    const options = { ...ALL, sellerWarehouses: ['22'] };
    await expect(read(shop(50, 'fbs', 0), options)).resolves.toBeDefined();
  });
});

it.each([
  [TOTALS, []],
  [ALL, ['warehouse-list', 'warehouse-stocks']],
  [{ ...TOTALS, fbo: 'warehouses' } as const, ['fbo-stocks']],
  [
    { sellerWarehouses: ['1'], fbo: 'analytics' } as const,
    ['warehouse-list', 'warehouse-stocks', 'analytics-stocks'],
  ],
])('the methods that %j needs', (options, further) => {
  expect(neededOzonMethods(options)).toEqual(['product-stocks', ...further]);
});
