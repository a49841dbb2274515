import { afterEach, describe, expect, it } from 'vitest';
import { parseExactJson } from '../../src/domain/json.js';
import { Secret } from '../../src/domain/secret.js';
import { isAppError } from '../../src/errors.js';
import { WB_ADVICE, type WbTrouble } from '../../src/marketplaces/wildberries/advice.js';
import { wbCardsReader } from '../../src/marketplaces/wildberries/cards-reader.js';
import type { WildberriesClient, WildberriesOptions } from '../../src/marketplaces/wildberries/client.js';
import { wbFbsReader } from '../../src/marketplaces/wildberries/fbs-reader.js';
import { checkWildberriesKey } from '../../src/marketplaces/wildberries/key-check.js';
import { wbStockReader } from '../../src/marketplaces/wildberries/stock-reader.js';
import { cataloguedCard } from '../../src/marketplaces/wildberries/to-products.js';
import type { CataloguedProduct, FeedReader } from '../../src/ports/marketplace.js';
import { takeSnapshot } from '../../src/producers/take-snapshot.js';
import type { FaultSpec } from '../../src/simulator/faults/fault.js';
import type { SimulatorOptions } from '../../src/simulator/simulator.js';
import { mintWbToken } from '../../src/simulator/wildberries/token.js';
import { MemoryLog, snapshotDeps } from '../unit/producers/support.js';
import { Bench, byKey, readBack } from './support.js';

const never = new AbortController().signal;
let bench: Bench;
afterEach(() => bench.close());

const HOSTILE: SimulatorOptions = { wbProducts: 700, hostile: true, oddities: true };

/** A client with a base path for each host, which the simulator tells apart. */
function open(over: Partial<WildberriesOptions> = {}): WildberriesClient {
  const { url } = bench.simulator;
  return bench.wildberries({
    analyticsUrl: `${url}/wb-analytics`,
    commonUrl: `${url}/wb-common`,
    contentUrl: `${url}/wb-content`,
    marketplaceUrl: `${url}/wb-marketplace`,
    ...over,
  });
}

/** What reading into a log of its own gives, with the place where a next partial read begins. */
async function read(reader: FeedReader) {
  const log = new MemoryLog();
  const receipt = await takeSnapshot(reader, snapshotDeps(log, { batchSize: 300 }));
  const last = log.events.at(-1);
  return { log, receipt, cursor: last?.type === 'snapshot-completed' ? last.cursor : undefined };
}

/** The products that a log of cards describes, by id. */
function productsOf(log: MemoryLog): ReadonlyMap<string, CataloguedProduct> {
  const rows = log.records.flatMap(({ record }) => {
    const event = parseExactJson(record.value) as { type: string; rows?: readonly unknown[] };
    return event.type === 'page-chunk' ? (event.rows ?? []) : [];
  });
  return new Map(rows.flatMap(cataloguedCard).map((product) => [product.productId, product]));
}

const truthOfFbs = (fbs: true | 'report') =>
  byKey(bench.simulator.world.truth('wildberries', { fbs }).filter(({ scheme }) => scheme === 'fbs'));

function byMarketplace(client: WildberriesClient, gone: readonly string[] = []): FeedReader {
  const asked = bench.simulator.world.productIds('wildberries').filter((id) => !gone.includes(id));
  return wbFbsReader(client, { method: 'marketplace', products: () => Promise.resolve({ asked, gone }) });
}

/** The seller warehouses that a read of FBS stock says it covers. */
function placesOf({ events: [started] }: MemoryLog): readonly string[] {
  const fbs = started?.type === 'snapshot-started' ? started.scope.places?.fbs : undefined;
  return Array.isArray(fbs) ? fbs : [];
}

function byReport(client: WildberriesClient): FeedReader {
  return wbFbsReader(client, { method: 'report', products: () => Promise.reject(new Error('not needed')) });
}

const statuses = () => new Set(bench.simulator.requests().map(({ status }) => status));

describe('the cards', () => {
  it('describe every size that the shop has, within the limits', async () => {
    bench = await Bench.start(HOSTILE);
    const met = new Set<string>();
    const { log, receipt } = await read(wbCardsReader(open(), { from: null, onSize: (id) => met.add(id) }));
    const wanted = bench.simulator.world.catalogue('wildberries');
    const found = productsOf(log);
    expect(receipt.pages).toBeGreaterThan(2);
    expect([...found.keys()].sort()).toEqual(wanted.map(({ productId }) => productId).sort());
    for (const { productId, offerId, name, cardId, size, barcodes } of wanted) {
      expect(found.get(productId)).toEqual({
        ...{ productId, offerId, name, cardId, barcodes },
        size: size === '0' || size === '' ? undefined : size,
      });
    }
    expect(met).toEqual(new Set(found.keys()));
    expect(statuses()).toEqual(new Set([200]));
  });

  it('of an empty shop are one empty page', async () => {
    bench = await Bench.start();
    bench.simulator.world.setLevels('wildberries', []);
    const { receipt, cursor } = await read(wbCardsReader(open(), { from: null }));
    expect(receipt).toMatchObject({ pages: 1, rows: 0 });
    expect(cursor).toBeUndefined();
  });

  it.each(['total-only', 'empty-values', 'as-asked'] as const)(
    'read from the stored cursor are those that are new (%s)',
    async (emptyCardsCursor) => {
      bench = await Bench.start({ ...HOSTILE, modes: { wildberries: { emptyCardsCursor } } });
      const client = open();
      const { world } = bench.simulator;
      const whole = await read(wbCardsReader(client, { from: null }));
      expect(whole.cursor).toBeDefined();
      const nothing = await read(wbCardsReader(client, { from: whole.cursor ?? null }));
      expect(nothing).toMatchObject({ receipt: { rows: 0 }, cursor: whole.cursor });

      const [renamed = ''] = world.productIds('wildberries');
      world.rename('wildberries', renamed, { name: 'Новое имя', offerId: '00042' });
      const added = world.addProduct('wildberries');
      const partial = await read(wbCardsReader(client, { from: nothing.cursor ?? null }));
      expect(partial.log.events[0]).toMatchObject({ scope: { schemes: [], partial: true } });
      expect(productsOf(partial.log).get(renamed)).toMatchObject({ name: 'Новое имя', offerId: '00042' });
      expect(productsOf(partial.log).has(added)).toBe(true);
      expect(partial.receipt.rows).toBe(2);
      expect(partial.cursor).not.toBe(whole.cursor);
    },
  );

  it('in the trash are in no whole read', async () => {
    bench = await Bench.start();
    const [trashed = ''] = bench.simulator.world.productIds('wildberries');
    bench.simulator.world.trash(trashed);
    const { log } = await read(wbCardsReader(open(), { from: null }));
    expect(productsOf(log).has(trashed)).toBe(false);
  });

  it('lose none where a page lacks rows', async () => {
    bench = await Bench.start(HOSTILE);
    bench.simulator.faults.inject({ kind: 'missing-rows', match: '/content/v2/get/cards/list', times: 2 });
    const { log } = await read(wbCardsReader(open(), { from: null }));
    expect(productsOf(log).size).toBe(bench.simulator.world.catalogue('wildberries').length);
  });
});

describe('the stock of seller warehouses', () => {
  it('by ids is what the shop holds, within the limits', async () => {
    bench = await Bench.start({ ...HOSTILE, wbProducts: 2300 });
    const { log, receipt } = await read(byMarketplace(open()));
    const warehouses = bench.simulator.world.sellerWarehouses('wildberries');
    const wanted = truthOfFbs(true);
    expect(wanted.length).toBeGreaterThan(100);
    expect(readBack(log)).toMatchObject({ gaps: [], levels: wanted });
    expect(receipt.pages).toBe(3 * warehouses.filter(({ isDeleting }) => !isDeleting).length);
    expect(statuses()).toEqual(new Set([200]));
  });

  it('by report is the same, but for zeroes', async () => {
    bench = await Bench.start(HOSTILE);
    const { log } = await read(byReport(open()));
    expect(readBack(log)).toMatchObject({ gaps: [], levels: truthOfFbs('report') });
    const ids = await read(byMarketplace(open()));
    const inStock = (readBack(ids.log).levels as { present: number }[]).filter(({ present }) => present > 0);
    expect(readBack(log).levels).toEqual(inStock);
  });

  it.each(['no-content', 'empty-list'] as const)(
    'by report of an empty shop is an empty page (%s)',
    async (empty) => {
      bench = await Bench.start({ modes: { wildberries: { emptyAnswer: empty } } });
      bench.simulator.world.setLevels('wildberries', []);
      expect((await read(byReport(open()))).receipt).toMatchObject({ pages: 1, rows: 0 });
    },
  );

  it('follows warehouses that come and go', async () => {
    bench = await Bench.start({ wbProducts: 20 });
    const { world } = bench.simulator;
    const [product = ''] = world.productIds('wildberries');
    const added = world.addWarehouse('wildberries', { id: '9007199254740993' });
    world.setStock('wildberries', product, { scheme: 'fbs', warehouseId: added, present: 12 });
    const before = await read(byMarketplace(open()));
    expect(readBack(before.log).levels).toContainEqual(
      expect.objectContaining({ productId: product, warehouseId: added, present: 12 }),
    );
    world.changeWarehouse('wildberries', added, { isDeleting: true });
    const after = await read(byMarketplace(open()));
    expect(placesOf(before.log)).toContain(added);
    expect(placesOf(after.log).length).toBe(placesOf(before.log).length - 1);
    expect(placesOf(after.log)).not.toContain(added);
    expect(JSON.stringify(readBack(after.log).levels)).not.toContain(added);
  });

  it('asks for nobody who is gone, and ends their rows', async () => {
    bench = await Bench.start({ wbProducts: 20 });
    const [gone = ''] = bench.simulator.world.productIds('wildberries');
    const { log } = await read(byMarketplace(open(), [gone]));
    const pages = log.events.filter((event) => event.type === 'page-chunk');
    expect(pages[0]).toMatchObject({ rows: [], query: { productIds: [gone], removed: true } });
    expect(readBack(log).products.has(gone)).toBe(false);
  });
});

const READERS = [
  ['cards', () => wbCardsReader(open(), { from: null }), '/content/v2/get/cards/list'],
  ['fbs by ids', () => byMarketplace(open()), '/api/v3/warehouses'],
  ['fbs by report', () => byReport(open()), '/api/analytics/v1/stocks-report/seller-warehouses'],
  ['fbw', () => wbStockReader(open()), '/api/analytics/v1/stocks-report/wb-warehouses'],
] as const;

describe.each(READERS)('a lasting fault of %s', (_name, readerOf, match) => {
  it.each<[string, FaultSpec, string]>([
    ['500', { kind: '500' }, 'API_UNAVAILABLE'],
    ['HTML with 200', { kind: 'html-200' }, 'API_BAD_ANSWER'],
    ['nothing with 200', { kind: 'empty-200' }, 'API_BAD_ANSWER'],
    ['cut JSON', { kind: 'cut-json' }, 'API_BAD_ANSWER'],
    ['an object in the list’s place', { kind: 'wrong-shape', shape: 'not-a-list' }, 'API_BAD_ANSWER'],
    ['a broken connection', { kind: 'reset' }, 'API_UNAVAILABLE'],
    ['429 for hours', { kind: '429', retrySeconds: 18_236 }, 'API_LIMITED'],
  ])('%s fails the read', async (_fault, fault, code) => {
    bench = await Bench.start();
    bench.simulator.faults.inject({ ...fault, match, rate: 1 });
    const log = new MemoryLog();
    await expect(takeSnapshot(readerOf(), snapshotDeps(log))).rejects.toMatchObject({ code });
    expect(log.events.at(-1)).toMatchObject({ type: 'snapshot-failed', code });
  });

  it.each<[string, FaultSpec]>([
    ['500', { kind: '500' }],
    ['429', { kind: '429', retrySeconds: 5 }],
    ['429 without headers', { kind: '429', withHeaders: false }],
    ['cut JSON', { kind: 'cut-json' }],
  ])('%s once is waited out', async (_fault, fault) => {
    bench = await Bench.start();
    bench.simulator.faults.inject({ ...fault, match });
    const log = new MemoryLog();
    await takeSnapshot(readerOf(), snapshotDeps(log));
    expect(log.events.at(-1)).toMatchObject({ type: 'snapshot-completed' });
  });
});

/** The advice that an error carries. */
async function troubleOf(call: Promise<unknown>): Promise<WbTrouble | undefined> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const advice = isAppError(error) ? error.advice : undefined;
  return (Object.keys(WB_ADVICE) as WbTrouble[]).find((name) => WB_ADVICE[name] === advice);
}

describe('a refusal', () => {
  it.each([
    ['payment-required', 'paymentRequired'],
    ['unfit-token', 'tokenUnfit'],
    ['base-token', 'baseToken'],
  ] as const)('%s comes with its advice', async (access, trouble) => {
    bench = await Bench.start({ modes: { wildberries: { access } } });
    expect(await troubleOf(open().report('wb-warehouses', 0, never))).toBe(trouble);
  });

  it('of a token of another signature, category or making comes with its advice', async () => {
    bench = await Bench.start();
    const { wbSid: sid, wbToken } = bench.simulator.credentials;
    const mint = (over: object) => new Secret(mintWbToken({ sid, issuedAt: bench.timing.now(), ...over }));
    const narrow = open({ token: mint({ categories: ['analytics'] }) });
    expect(await troubleOf(narrow.cards(null, never))).toBe('categoryMissing');
    expect(await troubleOf(narrow.warehouses(never))).toBe('categoryMissing');
    const forged = open({ token: new Secret(`${wbToken.split('.').slice(0, 2).join('.')}.x`) });
    expect(await troubleOf(forged.warehouses(never))).toBe('tokenRefused');
    const base = open({ token: mint({ kind: 'base' }) });
    expect(base.token.warnings).toEqual([expect.stringContaining('base token')]);
    expect(await troubleOf(base.report('wb-warehouses', 0, never))).toBe('tokenUnfit');
  });

  it.each(['code', 'detail', 'title'] as const)(
    'of a method that is off names it, whichever field says so (%s)',
    async (retiredCodeIn) => {
      bench = await Bench.start({ modes: { wildberries: { retiredCodeIn } } });
      const paths = { 'seller-info': '/api/v1/supplier/stocks', warehouses: '/api/v9/warehouses' };
      const client = open({ paths });
      await expect(client.sellerInfo(never)).rejects.toMatchObject({ code: 'API_RETIRED' });
      expect(await troubleOf(client.sellerInfo(never))).toBe('methodOff');
      expect(await troubleOf(client.warehouses(never))).toBe('pathUnknown');
    },
  );

  it('by marketplace costs ten requests, which are waited for', async () => {
    bench = await Bench.start();
    const client = open();
    for (let time = 1; time <= 6; time += 1) {
      expect(await troubleOf(client.fbsStocks('404', ['1'], never))).toBe('notFound');
    }
    expect(statuses()).toEqual(new Set([404]));
    expect(bench.timing.sleeps.length).toBeGreaterThan(2);
  });
});

describe('the key check', () => {
  it('asks each host that the token is for', async () => {
    bench = await Bench.start();
    const { wbSid } = bench.simulator.credentials;
    expect(await checkWildberriesKey(open(), wbSid, never)).toMatchObject({ sid: wbSid, warnings: [] });
    expect(bench.simulator.requests().map(({ path }) => path)).toHaveLength(4);
    expect(statuses()).toEqual(new Set([200]));
  });

  it('works with Bearer too', async () => {
    bench = await Bench.start();
    const client = open({ authorization: 'bearer' });
    await expect(checkWildberriesKey(client, undefined, never)).resolves.toBeDefined();
  });
});
