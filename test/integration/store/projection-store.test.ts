import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Feed } from '../../../src/domain/feed.js';
import type { CloseReason } from '../../../src/domain/stock-change.js';
import type { Scheme } from '../../../src/domain/stock-key.js';
import type { ChangeRow, ProductPatch } from '../../../src/ports/projection.js';
import { createProductDirectory } from '../../../src/store/product-directory.js';
import { createProjectionStore } from '../../../src/store/projection-store.js';
import { testEngines } from '../../support/engines.js';
import { type StoreDatabase, storeDatabase } from './store-database.js';

const CATALOGUE: Feed = { source: 'ozon', account: '1001', endpoint: 'product-list' };
const STOCKS: Feed = { source: 'ozon', account: '1001', endpoint: 'product-stocks' };
const SEEN = Date.parse('2026-11-20T10:00:00.123Z');
const LONG_AGO = '2026-01-01 00:00:00.000';

let database: StoreDatabase;
let store: ReturnType<typeof createProjectionStore>;
let feedId: number;
let stocksId: number;

beforeAll(async () => {
  database = await storeDatabase('projection');
  store = createProjectionStore(database.db);
});
beforeEach(async () => {
  for (const table of ['products', 'feeds', 'accounts', 'levels', 'ledger'])
    await database.db.execute(`DELETE FROM ${table}`);
  ({ feedId } = await store.feed(CATALOGUE, 0));
  stocksId = (await store.feed(STOCKS, 1)).feedId;
});
afterAll(() => database?.close());

type Said = Partial<ProductPatch> & { readonly productId: string };
const write = (...patches: Said[]) =>
  database.db.transaction((tx) =>
    store.products(
      tx,
      patches.map((patch) => ({ feedId, seenAt: SEEN, ...patch })),
    ),
  );
const stored = async (productId: string) =>
  (await store.storedProducts(stocksId, [productId])).get(productId);
const updatedAt = async (productId: string) => {
  const [row] = await database.db.query('SELECT updated_at FROM products WHERE product_id = ?', [productId]);
  return (row?.updated_at as Date).toISOString();
};

const WHOLE: Said = {
  productId: '9007199254740993',
  offerId: '00-42 "Ёж" 🦔',
  name: "Кружка 'Ёж'",
  sku: '9223372036854775807',
  cardId: '123456789012345678',
  size: '42–44',
  barcodes: ['0001', '4600000000017', "\\'"],
  archived: true,
  removedAt: null,
};

describe('products', () => {
  it('come back as they were written, for every feed of the account', async () => {
    await write(WHOLE, { productId: '-5' });
    const { removedAt: _, ...fields } = WHOLE;
    const found = await store.storedProducts(stocksId, ['9007199254740993', '-5', '77']);
    expect([...found.keys()].sort()).toEqual(['-5', '9007199254740993']);
    expect(found.get('9007199254740993')).toEqual({ ...fields, removed: false, firstSeenMs: SEEN });
    expect(found.get('-5')).toEqual({
      ...{ productId: '-5', offerId: null, name: null, sku: null, cardId: null, size: null, barcodes: null },
      ...{ archived: false, removed: false, firstSeenMs: SEEN },
    });
    const other = await store.feed({ ...STOCKS, account: '2002' }, 2);
    expect(await store.storedProducts(other.feedId, ['-5'])).toEqual(new Map());
  });

  it('keep what a patch does not say, and when they were first seen', async () => {
    await write(WHOLE);
    await write({ productId: WHOLE.productId, seenAt: SEEN + 1000, offerId: 'renamed' });
    await write({ productId: WHOLE.productId, feedId: stocksId, barcodes: [] });
    const { removedAt: _, ...fields } = WHOLE;
    expect(await stored(WHOLE.productId)).toEqual({
      ...fields,
      ...{ offerId: 'renamed', barcodes: [], removed: false, firstSeenMs: SEEN },
    });
    await write({ productId: WHOLE.productId, archived: false });
    expect(await stored(WHOLE.productId)).toMatchObject({ archived: false, name: WHOLE.name });
    // From a partition that is behind.
    await write({ productId: WHOLE.productId, seenAt: SEEN - 1000 });
    expect(await stored(WHOLE.productId)).toMatchObject({ firstSeenMs: SEEN - 1000 });
  });

  it('are removed and come back, and stay as they are where nothing is said', async () => {
    await write({ productId: '1', offerId: 'A' });
    expect(await stored('1')).toMatchObject({ removed: false });
    await write({ productId: '1', removedAt: SEEN + 5 });
    await write({ productId: '1', name: 'renamed' });
    expect(await stored('1')).toMatchObject({ removed: true, offerId: 'A', name: 'renamed' });
    expect(await database.db.query('SELECT removed_at FROM products')).toEqual([
      { removed_at: new Date(SEEN + 5) },
    ]);
    await write({ productId: '1', removedAt: null });
    expect(await stored('1')).toMatchObject({ removed: false });
  });

  it('are written once where several patches of a transaction name one', async () => {
    await write(
      { productId: '1', offerId: 'A', archived: true, removedAt: SEEN },
      { productId: '10', offerId: 'ten' },
      { productId: '1', name: 'n', seenAt: SEEN + 9, removedAt: null },
      { productId: '1', feedId: stocksId, offerId: 'B', seenAt: SEEN + 9 },
    );
    expect(await stored('1')).toMatchObject({
      ...{ offerId: 'B', name: 'n', archived: true, removed: false, firstSeenMs: SEEN },
    });
  });

  it('move updated_at when something really changes, and only then', async () => {
    await write(WHOLE, { productId: '1', offerId: 'A' });
    await database.db.execute('UPDATE products SET updated_at = ?', [LONG_AGO]);
    const then = new Date(`${LONG_AGO.replace(' ', 'T')}Z`).toISOString();
    await write({ ...WHOLE, seenAt: SEEN + 1000 }, { productId: '1' });
    await write({ productId: WHOLE.productId, archived: true }, { productId: '1', removedAt: null });
    expect([await updatedAt(WHOLE.productId), await updatedAt('1')]).toEqual([then, then]);
    await write({ productId: WHOLE.productId, archived: false }, { productId: '1', removedAt: SEEN });
    expect(await updatedAt(WHOLE.productId)).not.toBe(then);
    expect(await updatedAt('1')).not.toBe(then);
  });

  it('are cut between characters where a text is longer than its column', async () => {
    const long = `${'x'.repeat(511)}🦔🦔`;
    const barcodes = Array.from({ length: 9000 }, (_, index) => String(10 ** 12 + index));
    await write({ productId: '1', offerId: long, name: '🦔'.repeat(1100), size: 'y'.repeat(70), barcodes });
    const product = await stored('1');
    expect(product?.offerId).toBe(`${'x'.repeat(511)}🦔`);
    expect(Array.from(product?.name ?? '')).toHaveLength(1024);
    expect(product?.size).toHaveLength(64);
    expect(product?.barcodes?.length).toBeGreaterThan(4000);
    expect(product?.barcodes).toEqual(barcodes.slice(0, product?.barcodes?.length));
  });
});

describe('articles', () => {
  it('are of the products asked for, as far as they are there', async () => {
    await write(
      { productId: '1', offerId: 'A', name: 'a' },
      { productId: '2' },
      { productId: '3', removedAt: SEEN },
    );
    const articles = await store.articles(stocksId, ['3', '1', '7', '2']);
    expect(Object.fromEntries(articles)).toEqual({
      1: { offerId: 'A', name: 'a' },
      2: { offerId: undefined, name: undefined },
      3: { offerId: undefined, name: undefined },
    });
    expect((await store.articles(stocksId, [])).size).toBe(0);
  });

  it('may be asked for by more ids than one statement takes', async () => {
    const ids = Array.from({ length: 9_001 }, (_, index) => String(index + 1));
    await write({ productId: '1', name: 'first' }, { productId: '9001', name: 'last' });
    const articles = await store.articles(stocksId, ids);
    expect([...articles].map(([id, { name }]) => `${id} ${name}`)).toEqual(['1 first', '9001 last']);
  });
});

describe('current products', () => {
  it('come in the order of their ids, without those removed', async () => {
    const ids = Array.from({ length: 20_003 }, (_, index) => String(index * 3 + 1));
    await write(...ids.map((productId) => ({ productId })), { productId: '2', removedAt: SEEN });
    const chunks: { productId: string; firstSeenMs: number }[][] = [];
    for await (const chunk of store.currentProducts(stocksId)) chunks.push([...chunk]);
    expect(chunks.map((chunk) => chunk.length)).toEqual([20_000, 3]);
    expect(chunks.flat().map(({ productId }) => productId)).toEqual(ids);
    expect(chunks[1]?.[0]?.firstSeenMs).toBe(SEEN);
    const directory = createProductDirectory(database.db);
    expect(await directory.current('ozon', '1001')).toEqual(ids);
    expect(await directory.current('wildberries', '1001')).toEqual([]);
  });
});

describe('the directory', () => {
  it('names removed products that still have live rows in the feed', async () => {
    await write({ productId: '1', removedAt: SEEN }, { productId: '2', removedAt: SEEN }, { productId: '3' });
    await write({ productId: '4', removedAt: SEEN });
    await change(['1:fbo:', null, 5], ['1:fbs:7', null, 5], ['3:fbo:', null, 5], ['2:fbo:', null, 5]);
    await change(['2:fbo:', 5, 0, 'absent']);
    const directory = createProductDirectory(database.db);
    expect(await directory.removedButLive(STOCKS)).toEqual(['1']);
    expect(await directory.removedButLive(CATALOGUE)).toEqual([]);
  });

  it('says how far a feed is', async () => {
    const directory = createProductDirectory(database.db);
    const nothing = { watermark: null, cursor: null, retired: false, known: true };
    expect(await directory.standing({ ...CATALOGUE, account: '9' })).toEqual({ ...nothing, known: false });
    expect(await directory.standing(CATALOGUE)).toEqual(nothing);
    const totals = { rows: 0, products: 0, inStock: 0, available: 0 };
    const patch = { feedId, totals, staleRecords: 0 };
    await database.db.transaction((tx) =>
      store.feeds(tx, [{ ...patch, watermark: SEEN, cursor: '{"updatedAt":"2026"}' }]),
    );
    await database.db.transaction((tx) => store.feeds(tx, [patch]));
    const read = { watermark: SEEN, cursor: '{"updatedAt":"2026"}', retired: false, known: true };
    expect(await directory.standing(CATALOGUE)).toEqual(read);
    await database.db.transaction((tx) => store.feeds(tx, [{ ...patch, retiredAt: SEEN }]));
    expect(await directory.standing(CATALOGUE)).toEqual({ ...read, retired: true });
  });
});

const place = { topic: 't', incarnation: 1, life: 1, partition: 1, checkpoint: 0, logStart: 0 };
let offset = 0;
let seq = 0;

/** Product, scheme and warehouse; available before and after. */
type Change = [key: string, before: number | null, after: number, why?: CloseReason];

/** One transaction of changes, as the projector would write them; answers what moved. */
async function change(...changes: Change[]) {
  const first = offset + 1;
  const level = (n: number) => ({
    ...{ present: n, reserved: 0, available: n, inWayToClient: 0, inWayFromClient: 0 },
  });
  const rows = changes.map(([key, before, after, reason], index): ChangeRow => {
    offset += 1;
    seq += 1;
    const [productId = '', scheme = '', warehouseId = ''] = key.split(':');
    const row = { productId, scheme: scheme as Scheme, warehouseId, level: level(after) };
    return {
      ...{ offset, index, feedId: stocksId, snapshot: first, observedAt: '2026-11-20T10:00:00.000Z' },
      ...{ offerId: `${'o'.repeat(600)}`, name: 'Кружка' },
      step: {
        op: reason === undefined ? (before === null ? 'c' : 'u') : 'd',
        before: before === null ? null : level(before),
        row: { ...row, seq, closed: reason !== undefined, openedIn: first },
        reason,
      },
    };
  });
  return database.db.transaction(async (tx) => {
    await store.changes(tx, place, rows);
    const moved = await store.movements(tx, place, stocksId, first, offset);
    const { ranOut, cameBack, unread } = moved;
    // Told which products can be meant, it finds the same, and nothing of others.
    const named = [...ranOut, ...cameBack, ...unread].map(({ productId }) => productId);
    expect(await store.movements(tx, place, stocksId, first, offset, ['999999', ...named])).toEqual(moved);
    const none = { ranOut: [], cameBack: [], unread: [] };
    expect(await store.movements(tx, place, stocksId, first, offset, ['999999'])).toEqual(none);
    const told = (list: typeof ranOut) =>
      list.map(({ productId, before, after }) => [productId, before, after]);
    const ids = unread.map(({ productId }) => productId);
    return { ranOut: told(ranOut), cameBack: told(cameBack), ...(ids.length === 0 ? {} : { unread: ids }) };
  });
}

describe('movements', () => {
  it('tell who ran out and who came back, over all rows', async () => {
    expect(await change(['1:fbo:', null, 5], ['2:fbs:7', null, 0])).toEqual({
      ...{ ranOut: [], cameBack: [['1', 0, 5]] },
    });
    expect(await change(['1:fbs:7', null, 2])).toEqual({ ranOut: [], cameBack: [] });
    expect(await change(['1:fbo:', 5, 0])).toEqual({ ranOut: [], cameBack: [] });
    expect(await change(['1:fbs:7', 2, 0, 'absent'])).toEqual({ ranOut: [['1', 2, 0]], cameBack: [] });
  });

  it('do not take rows that the settings no longer cover for goods that ran out', async () => {
    await change(['1:fbs:', null, 5], ['2:fbs:', null, 5], ['3:fbs:', null, 5]);
    // Now warehouses are read instead of the total.
    const closing = ['1', '2', '3'].map((id): Change => [`${id}:fbs:`, 5, 0, 'rescoped']);
    const moved = await change(
      ...closing,
      ['1:fbs:7', null, 5], // all of it in a warehouse
      ['2:fbs:7', null, 0], // none of it: nobody knows where it went
      ['3:fbo:', null, 2], // less of it, and a row that rose from nothing
    );
    expect(moved).toEqual({ ranOut: [], cameBack: [] });
  });

  it('name products of which no feed has a row any more', async () => {
    await change(['1:fbs:', null, 5], ['2:fbs:', null, 0], ['3:fbs:', null, 5], ['3:fbo:', null, 0]);
    const closing = ['1', '2', '3'].map((id): Change => [`${id}:fbs:`, id === '2' ? 0 : 5, 0, 'rescoped']);
    expect(await change(...closing)).toEqual({ ranOut: [], cameBack: [], unread: ['1', '2'] });
  });

  it('count what was rescoped in the stock before', async () => {
    await change(['1:fbo:', null, 3], ['1:fbs:', null, 5]);
    expect(await change(['1:fbs:', 5, 0, 'rescoped'], ['1:fbo:', 3, 0, 'absent'])).toEqual({
      ...{ ranOut: [['1', 8, 0]], cameBack: [] },
    });
  });
});

it('the ledger keeps article and name, cut to its columns', async () => {
  await change(['1:fbo:', null, 3]);
  const [row] = await database.db.query('SELECT offer_id, name FROM ledger');
  expect(row).toEqual({ offer_id: 'o'.repeat(512), name: 'Кружка' });
});

it('rows of a page are looked up in the index, whatever the statistics say', async () => {
  const ids = Array.from({ length: 40_000 }, (_, index) => String(index + 1));
  await change(...ids.map((id): Change => [`${id}:fbo:`, null, 1]));
  await forgeStatistics();
  const asked = vi.spyOn(database.db, 'query');
  expect(await store.rowsOfProducts(stocksId, ids.slice(2_000, 3_000))).toHaveLength(1_000);
  const sql = String(asked.mock.calls[0]?.[0]);
  asked.mockRestore();
  const [plan] = await database.db.query(`EXPLAIN ${sql}`);
  expect(plan).toMatchObject({ table: 'levels', type: 'range', key: 'PRIMARY' });
});

/** As they are of a table that has grown since they were taken: all rows seem to be of one product. */
async function forgeStatistics(): Promise<void> {
  const { host, port, adminUser, adminPassword } = testEngines().mysql;
  const root = await createConnection({ host, port, user: adminUser, password: adminPassword });
  try {
    const [row] = await database.db.query('SELECT DATABASE() AS name');
    await root.query(
      `UPDATE mysql.innodb_index_stats SET stat_value = 1
        WHERE database_name = ? AND table_name = 'levels' AND stat_name LIKE 'n_diff%'`,
      [row?.name],
    );
    await root.query(
      `UPDATE mysql.innodb_table_stats SET n_rows = 40000, clustered_index_size = 300
        WHERE database_name = ? AND table_name = 'levels'`,
      [row?.name],
    );
    await root.query('FLUSH TABLE ??.levels', [row?.name]);
  } finally {
    await root.end();
  }
}
