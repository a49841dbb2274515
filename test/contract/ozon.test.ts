import { afterEach, describe, expect, it } from 'vitest';
import { parseExactJson } from '../../src/domain/json.js';
import { scopeCovers } from '../../src/domain/snapshot.js';
import type { AppError } from '../../src/errors.js';
import { normaliserOf } from '../../src/marketplaces/normalisers.js';
import { ozonCatalogueReader } from '../../src/marketplaces/ozon/catalogue-reader.js';
import { checkOzonKey } from '../../src/marketplaces/ozon/key-check.js';
import {
  neededOzonMethods,
  type OzonStockOptions,
  ozonStockReader,
} from '../../src/marketplaces/ozon/stock-reader.js';
import type { CataloguedProduct, FeedReader, FetchedPage } from '../../src/ports/marketplace.js';
import type { ProblemName } from '../../src/simulator/faults/problems.js';
import { MemoryLogger } from '../unit/producers/support.js';
import { Bench, byKey } from './support.js';

const never = new AbortController().signal;
let bench: Bench;
afterEach(() => bench.close());

async function pagesOf(reader: FeedReader) {
  const { scope, pages } = await reader.open(never);
  const read: FetchedPage[] = [];
  for await (const page of pages(never)) read.push(page);
  return { scope, pages: read };
}

/** Each row of a page as its normaliser reads it. */
function* normalised(feed: FeedReader['feed'], { rows, query = {} }: FetchedPage) {
  const normaliser = normaliserOf(feed.source, query.endpoint ?? feed.endpoint);
  for (const row of rows) {
    const parsed = parseExactJson(row);
    if (normaliser?.kind === 'stock') yield { stock: normaliser.read(parsed, query) };
    if (normaliser?.kind === 'catalogue') yield { products: normaliser.read(parsed, query) };
  }
}

/** The levels that a snapshot of these pages would leave behind. */
async function levelsOf(reader: FeedReader) {
  const { scope, pages } = await pagesOf(reader);
  const levels = new Map<string, object>();
  for (const page of pages) {
    for (const { stock } of normalised(reader.feed, page)) {
      for (const { scheme, warehouseId, level } of stock?.rows ?? []) {
        const key = { productId: stock?.productId ?? '', scheme, warehouseId };
        if (scopeCovers(scope, key)) levels.set(Object.values(key).join(':'), { ...key, ...level });
      }
    }
  }
  return { levels: byKey([...levels.values()]), pages };
}

/** The products that a snapshot of these pages would leave behind. */
async function productsOf(reader: FeedReader) {
  const { pages } = await pagesOf(reader);
  const products = new Map<string, CataloguedProduct>();
  for (const page of pages) {
    for (const { products: said = [] } of normalised(reader.feed, page)) {
      for (const product of said) {
        const known = Object.entries(product).filter(([, value]) => value !== undefined);
        const before = products.get(product.productId);
        products.set(product.productId, { ...before, ...Object.fromEntries(known) } as CataloguedProduct);
      }
    }
  }
  return { products: [...products.values()].sort((a, b) => (a.productId < b.productId ? -1 : 1)), pages };
}

const CHOICES = [null, 'all', ['1020003080073000'], ['1020005000219000', '1020004017650000']] as const;
const FBO = ['total', 'warehouses', 'analytics'] as const;
const COMBINATIONS = CHOICES.flatMap((sellerWarehouses) => FBO.map((fbo) => ({ sellerWarehouses, fbo })));
const ALL: OzonStockOptions = { sellerWarehouses: 'all', fbo: 'warehouses' };

describe('the stock of an Ozon shop', () => {
  it.each(COMBINATIONS)('is read as it is: $sellerWarehouses, $fbo', async (options) => {
    bench = await Bench.start({ ozonProducts: 250, hostile: true, oddities: true });
    const { levels, pages } = await levelsOf(ozonStockReader(bench.ozon(), options));
    expect(levels).toEqual(byKey(bench.simulator.world.truth('ozon', options)));
    expect(pages.at(-1)?.expectedPages).toBe(pages.length);
  });

  it('is read page by page in each warehouse', async () => {
    bench = await Bench.start({ ozonProducts: 1300, modes: { ozon: { rps: 0 } } });
    const { world } = bench.simulator;
    const warehouseId = '1020004017650000';
    for (const id of world.productIds('ozon').slice(0, 1200)) {
      world.setStock('ozon', id, { scheme: 'fbs', warehouseId, present: 3 });
    }
    const { levels, pages } = await levelsOf(ozonStockReader(bench.ozon(), ALL));
    expect(levels).toEqual(byKey(world.truth('ozon', ALL)));
    const inWarehouse = pages.filter(({ query }) => query?.warehouseId === warehouseId);
    expect(inWarehouse.map(({ rows }) => rows.length > 0)).toEqual([true, true]);
  });

  it('follows warehouses that come and go', async () => {
    bench = await Bench.start();
    const { world } = bench.simulator;
    const reader = ozonStockReader(bench.ozon(), ALL);
    const id = world.addWarehouse('ozon', { name: 'Новый', sellerDelivers: true });
    const [productId] = world.productIds('ozon');
    world.setStock('ozon', productId ?? '', { scheme: 'rfbs', warehouseId: id, present: 9 });
    expect((await levelsOf(reader)).levels).toContainEqual(
      expect.objectContaining({ productId, warehouseId: id, present: 9 }),
    );
    world.deleteWarehouse('ozon', id);
    expect((await levelsOf(reader)).levels).toEqual(byKey(world.truth('ozon', ALL)));
    const named = ozonStockReader(bench.ozon(), { ...ALL, sellerWarehouses: [id] });
    await expect(named.open(never)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('leaves archived warehouses out of "all"', async () => {
    bench = await Bench.start();
    const { world } = bench.simulator;
    world.changeWarehouse('ozon', '1020004017650000', { status: 'disabled' });
    world.changeWarehouse('ozon', '1020005000219000', { status: 'blocked' });
    const { levels } = await levelsOf(ozonStockReader(bench.ozon(), ALL));
    const open = { ...ALL, sellerWarehouses: ['1020003080073000', '1020005000219000'] };
    expect(levels).toEqual(byKey(world.truth('ozon', open)));
  });

  it.each([
    ['/v1/product/info/warehouse/stocks', ALL],
    ['/v1/product/info/stocks-by-warehouse/fbo', ALL],
    ['/v1/analytics/stocks', { ...ALL, fbo: 'analytics' }],
  ] as const)('is not believed to be gone by an empty answer of %s', async (path, options) => {
    bench = await Bench.start({ ozonProducts: 200 });
    bench.simulator.faults.inject({ kind: 'collapse-empty', match: path, rate: 1 });
    await expect(pagesOf(ozonStockReader(bench.ozon(), options))).rejects.toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringContaining('no row of'),
    });
  });

  it.each([
    '/v2/warehouse/list',
    '/v1/product/info/warehouse/stocks',
    '/v1/product/info/stocks-by-warehouse/fbo',
  ] as const)('is not read for ever where the cursor of %s leads back', async (path) => {
    bench = await Bench.start();
    bench.simulator.faults.inject({ kind: 'looping-cursor', match: path, rate: 1 });
    await expect(pagesOf(ozonStockReader(bench.ozon(), ALL))).rejects.toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringContaining('already asked for'),
    });
  });
});

describe('a row that comes twice', () => {
  it.each([
    ['/v1/product/info/warehouse/stocks', 'warehouses'],
    ['/v1/product/info/stocks-by-warehouse/fbo', 'warehouses'],
    ['/v1/analytics/stocks', 'analytics'],
  ] as const)('counts once: %s', async (match, fbo) => {
    bench = await Bench.start();
    bench.simulator.faults.inject({ kind: 'duplicate-rows', match, rate: 1 });
    const { levels } = await levelsOf(ozonStockReader(bench.ozon(), { ...ALL, fbo }));
    expect(bench.simulator.requests().some(({ fault }) => fault !== undefined)).toBe(true);
    expect(levels).toEqual(byKey(bench.simulator.world.truth('ozon', { ...ALL, fbo })));
  });
});

describe('a documented refusal', () => {
  it.each<[ProblemName, string, string]>([
    ['headers-missing', 'API_CREDENTIALS', 'headers-missing'],
    ['client-id-form', 'API_CREDENTIALS', 'client-id-invalid'],
    ['wrong-key', 'API_CREDENTIALS', 'key-unknown'],
    ['role-missing', 'API_CREDENTIALS', 'role-missing'],
    ['without-details', 'API_CREDENTIALS', 'role-missing'],
    ['deactivated', 'API_CREDENTIALS', 'key-deactivated'],
    ['ip-bound', 'API_CREDENTIALS', 'ip-bound'],
    ['offer-not-signed', 'API_CREDENTIALS', 'offer-unsigned'],
    ['old-shape', 'API_CREDENTIALS', 'forbidden'],
    ['bad-request', 'API_REJECTED', 'request-invalid'],
    ['syntax', 'API_REJECTED', 'request-invalid'],
    ['item-not-found', 'API_REJECTED', 'request-invalid'],
    ['retired', 'API_RETIRED', 'method-retired'],
    ['retired-capital', 'API_RETIRED', 'method-retired'],
    ['limited', 'API_LIMITED', 'rate-limited'],
    ['limited-client', 'API_LIMITED', 'rate-limited'],
    ['circle-open', 'API_LIMITED', 'circle-open'],
    ['internal', 'API_UNAVAILABLE', 'ozon-down'],
  ])('%s is %s, and advice says what to do', async (problem, code, trouble) => {
    bench = await Bench.start();
    bench.simulator.faults.inject({ kind: 'problem', problem, match: 'ozon', rate: 1 });
    const error: unknown = await bench
      .ozon()
      .stocks('', never)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code,
      facts: { trouble, ...(problem === 'limited-client' ? { maxRps: 2 } : {}) },
      advice: {
        ru: { what: expect.stringMatching(/[а-я].*\.$/), remedy: expect.stringMatching(/[а-я]/) },
        en: { what: expect.any(String), remedy: (error as AppError).remedy },
      },
    });
    const retried = code === 'API_LIMITED' || code === 'API_UNAVAILABLE';
    const asked = bench.simulator.requests().length;
    expect(retried ? asked > 1 || trouble === 'circle-open' : asked === 1).toBe(true);
  });
});

describe('the catalogue of an Ozon shop', () => {
  const ends = ['empty-page', 'empty-last-id', 'repeated-last-id'] as const;
  const totals = [
    { totalItems: true, total: false },
    { totalItems: false, total: false },
  ];
  it.each(ends.flatMap((end) => totals.map((modes) => ({ end, ...modes }))))(
    'is read whole, archive and all: $end, total_items $totalItems',
    async ({ end, ...modes }) => {
      bench = await Bench.start({
        ozonProducts: 1100,
        oddities: true,
        modes: { ozon: { ...modes, productListEnd: end, rps: 0 } },
      });
      const { world } = bench.simulator;
      for (const id of world.productIds('ozon').slice(3, 20)) world.archive(id);
      const { products, pages } = await productsOf(ozonCatalogueReader(bench.ozon()));
      const truth = [...world.catalogue('ozon')].sort((a, b) => (a.productId < b.productId ? -1 : 1));
      expect(products).toEqual(truth);
      expect(pages.every(({ announcedProducts }) => announcedProducts === undefined)).toBe(true);
    },
  );

  it('of an empty shop is one empty page', async () => {
    bench = await Bench.start({ ozonProducts: 0 });
    const { products, pages } = await productsOf(ozonCatalogueReader(bench.ozon()));
    expect([products, pages.length]).toEqual([[], 1]);
  });

  it('of one product is that product', async () => {
    bench = await Bench.start({ ozonProducts: 1 });
    const { products } = await productsOf(ozonCatalogueReader(bench.ozon()));
    expect(products).toEqual(bench.simulator.world.catalogue('ozon'));
  });

  it('lacks names where the method is retired, and says so', async () => {
    bench = await Bench.start();
    const path = '/v3/product/info/list';
    bench.simulator.faults.inject({ kind: 'retired', match: path, rate: 1 });
    const logger = new MemoryLogger();
    const { products } = await productsOf(ozonCatalogueReader(bench.ozon(), { logger }));
    expect(products).toHaveLength(60);
    expect(products.every(({ name }) => name === undefined)).toBe(true);
    expect(logger.lines).toEqual([expect.stringContaining('names and barcodes')]);
  });

  it('that misses rows is refused', async () => {
    bench = await Bench.start();
    bench.simulator.faults.inject({ kind: 'missing-rows', match: '/v3/product/list', rate: 1 });
    await expect(pagesOf(ozonCatalogueReader(bench.ozon()))).rejects.toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringContaining('Ozon named'),
    });
  });
});

describe('the methods', () => {
  it('live where OZON_PATHS says', async () => {
    bench = await Bench.start();
    const client = bench.ozon({ paths: { 'product-stocks': '/v3/product/info/stocks' } });
    await expect(client.stocks('', never)).rejects.toMatchObject({ code: 'API_RETIRED' });
  });

  it.each([
    ['', []],
    [
      'Product read-only',
      ['/v2/warehouse/list', '/v1/product/info/warehouse/stocks', '/v1/analytics/stocks'],
    ],
    ['Product read-only,Warehouse', ['/v1/analytics/stocks']],
  ])('that a key with the roles "%s" lacks are known beforehand', async (roles, missing) => {
    bench = await Bench.start({ modes: { ozon: { roles } } });
    const client = bench.ozon();
    const needed = neededOzonMethods({ sellerWarehouses: 'all', fbo: 'analytics' });
    const check = await checkOzonKey(
      client,
      needed.map((method) => client.paths[method]),
      never,
    );
    expect(check.missing).toEqual(missing);
    expect(Date.parse(check.expiresAt ?? '')).toBeGreaterThan(bench.timing.now());
  });
});
