import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAlertReader } from '../../../src/dashboard/data/alerts.js';
import { createNowReader, lookForChange } from '../../../src/dashboard/data/now.js';
import { createPipelineReader } from '../../../src/dashboard/data/pipeline.js';
import { createProductReader } from '../../../src/dashboard/data/product.js';
import { createWarehouseReader } from '../../../src/dashboard/data/warehouses.js';
import type { Row } from '../../../src/store/database.js';
import { createProductSettings } from '../../../src/store/product-settings.js';
import { type StoreDatabase, storeDatabase } from '../store/store-database.js';

const TOPIC = 'inventory.raw-snapshots.v1';
const MINUTE_MS = 60_000;
const FROM = Date.UTC(2026, 0, 1);
/** Tables that grow with products, changes and time; the others have some dozens of rows. */
const LARGE = ['ledger', 'levels', 'products', 'snapshots', 'alerts', 'sync_logs'];

/** Asks as the pages do, and keeps what was asked. */
class Recorder {
  readonly asked: { readonly sql: string; readonly parameters: readonly unknown[] }[] = [];

  constructor(private readonly store: StoreDatabase) {}

  query = async <T = Row>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> => {
    this.asked.push({ sql, parameters });
    return this.store.db.query<T>(sql, parameters);
  };
}

describe('what pages ask of the tables', () => {
  let store: StoreDatabase;
  beforeAll(async () => {
    store = await storeDatabase('pagequeries');
    await fill(store);
  });
  afterAll(() => store?.close());

  it('goes by keys: no large table is read whole', async () => {
    const db = new Recorder(store);
    const product = createProductReader(db, 'inventory');
    const known = await product.known('ozon', '1', '7');
    expect(known).toMatchObject({ feedIds: [1, 2] });
    if (known === null) return;
    await product.places(known, '7');
    await product.changes(known, '7', 50);
    await product.changes(known, '7', 50, { at: FROM + MINUTE_MS, offset: 5, index: 0 });
    await product.history(
      known,
      '7',
      { available: 1, reserved: 0 },
      { from: FROM, to: FROM + 5000 * MINUTE_MS },
    );
    await product.failures(known, FROM + 700 * MINUTE_MS);
    const listed = Array.from({ length: 50 }, (_, index) => ({
      ...({ source: 'ozon', account: '1', productId: String(index * 40) } as const),
    }));
    await createWarehouseReader(db)(listed);
    const alerts = createAlertReader(db);
    for (const tab of ['open', 'muted', 'resolved'] as const) await alerts.list(tab, 100);
    const now = createNowReader(db, 'inventory');
    await now.sources();
    await now.alerts();
    const pipeline = createPipelineReader(db, 'inventory');
    await pipeline.snapshots(40, false);
    await pipeline.snapshots(40, true);
    await pipeline.checkpoints();
    await lookForChange(db);
    const scans: string[] = [];
    for (const { sql, parameters } of db.asked) {
      const plan = await store.db.query<Row>(`EXPLAIN ${sql}`, parameters);
      for (const { table, type, rows, Extra } of plan) {
        if (!LARGE.some((one) => table === one || table === one[0])) continue;
        const isSorted = /filesort|temporary/.test(String(Extra));
        if (type === 'ALL' || ((type === 'index' || isSorted) && Number(rows) > 600))
          scans.push(
            `${String(table)} ${String(type)} ${String(rows)} ${String(Extra)}: ${sql.replace(/\s+/g, ' ').slice(0, 300)}`,
          );
      }
    }
    expect(scans).toEqual([]);
  });

  it('reckons a history backwards from what there is now', async () => {
    const reader = createProductReader(store.db, 'inventory');
    const known = await reader.known('ozon', '1', '7');
    if (known === null) throw new Error('unknown');
    const changes = await reader.changes(known, '7', 1000);
    const span = { from: FROM - MINUTE_MS, to: FROM + 100_000 * MINUTE_MS };
    const points = await reader.history(known, '7', { available: 500, reserved: 3 }, span);
    const gained = changes.reduce(
      (sum, { before, after }) => sum + after.available - (before?.available ?? 0),
      0,
    );
    expect(points[0]).toEqual({ at: span.from, available: 500 - gained, reserved: 3 });
    expect(points.at(-1)).toEqual({ at: span.to, available: 500, reserved: 3 });
    expect(points.map(({ at }) => at)).toEqual([...points.map(({ at }) => at)].sort((a, b) => a - b));
    expect(new Set(points.map(({ at }) => at)).size).toBe(points.length);
  });

  it('tells of no stock before a product was first known', async () => {
    const day = 1440 * MINUTE_MS;
    const span = { from: FROM + 10 * day, to: FROM + 20 * day };
    await known(store, '5001', [['fbo', 11]], ['fbo']);
    await known(store, '5002', [['fbs', 11]], ['fbo', 'fbs']);
    const reader = createProductReader(store.db, 'inventory');
    const beginning = async (productId: string, now: { available: number; reserved: number }) => {
      const product = await reader.known('ozon', '1', productId);
      if (product === null) throw new Error('unknown');
      return (await reader.history(product, productId, now, span))[0];
    };
    const five = { available: 5, reserved: 0 };
    expect(await beginning('5001', five)).toEqual({ at: span.from, available: null, reserved: null });
    // Its other row had come before, and holds nothing.
    expect(await beginning('5002', five)).toEqual({ at: span.from, available: 0, reserved: 0 });
    // What its first rows said is no longer in the ledger.
    await known(store, '5003', [['fbo', 12, 7]], ['fbo']);
    expect(await beginning('5003', five)).toEqual({ at: span.from, available: 7, reserved: 0 });
  });

  it('tells of the warehouses of the products that are listed', async () => {
    const { db } = store;
    const put = (
      feed: number,
      product: number,
      scheme: string,
      warehouse: string,
      pieces: number,
      closed = 0,
    ) =>
      db.execute(
        `INSERT INTO levels (generation, feed_id, product_id, scheme, warehouse_id, present, reserved, available,
           in_way_to_client, in_way_from_client, seq, closed, opened_in) VALUES (0, ?, ?, ?, ?, 0, 0, ?, 0, 0, 1, ?, 0)`,
        [feed, product, scheme, warehouse, pieces, closed],
      );
    await db.execute("INSERT INTO accounts (account_id, source, account) VALUES (2, 'wildberries', '1')");
    await db.execute(
      `INSERT INTO feeds (feed_id, feed, account_id, endpoint, partition_no, retired_at)
       VALUES (3, 'wildberries:1:wb-warehouses', 2, 'wb-warehouses', 2, NULL),
              (4, 'wildberries:1:fbs-stocks', 2, 'fbs-stocks', 3, NOW(3))`,
    );
    await put(1, 31, 'fbs', '700', 3);
    await put(1, 31, 'fbs', '701', 12);
    await put(1, 31, 'fbs', '702', 0);
    await put(1, 31, 'fbs', '703', 4, 1);
    // Another account's product of the same number, and a feed that is no longer read.
    await put(3, 31, 'fbw', '507', 8);
    await put(4, 31, 'fbs', '900', 8);
    const ozon = { source: 'ozon', account: '1', productId: '31' } as const;
    const wb = { ...ozon, source: 'wildberries' } as const;
    const of = await createWarehouseReader(db)([ozon, wb]);
    const told = (product: typeof ozon | typeof wb) =>
      of(product).map(({ scheme, warehouseId, available }) => `${scheme} ${warehouseId} ${available}`);
    expect(told(ozon)).toEqual(['fbs 701 12', 'fbs 700 3']);
    expect(told(wb)).toEqual(['fbw 507 8']);
    expect(of({ ...ozon, productId: '32' })).toEqual([]);
    expect((await createWarehouseReader(db)([]))(ozon)).toEqual([]);
  });

  it('sets the threshold of one product, whatever its article', async () => {
    const settings = createProductSettings(store.db);
    const reader = createProductReader(store.db, 'inventory');
    const thresholds = async () => {
      const products = await Promise.all(['21', '22', '5001'].map((id) => reader.known('ozon', '1', id)));
      return products.map((product) => product?.lowStock);
    };
    await store.db.execute("UPDATE products SET offer_id = 'SAME' WHERE product_id IN (21, 22)");
    const product = { source: 'ozon', account: '1', productId: '21' } as const;
    expect(await settings.lowStockOf(product, 7)).toMatchObject([product]);
    expect(await thresholds()).toEqual([7, null, null]);
    // It has none.
    await settings.lowStockOf({ ...product, productId: '5001' }, 8);
    await settings.lowStockOf(product, null);
    expect(await thresholds()).toEqual([null, null, 8]);
    for (const nobody of [{ account: '2' }, { source: 'wildberries' }, { productId: '999999' }] as const)
      expect(await settings.lowStockOf({ ...product, ...nobody }, 9)).toEqual([]);
    expect(await settings.lowStock('SAME', 5)).toHaveLength(2);
    expect(await thresholds()).toEqual([5, 5, 8]);
  });

  it('leafs through the changes of a product without a gap or a repetition', async () => {
    const reader = createProductReader(store.db, 'inventory');
    const known = await reader.known('ozon', '1', '8');
    if (known === null) throw new Error('unknown');
    const all = await reader.changes(known, '8', 1000);
    const leafed = [];
    for (let place: { at: number; offset: number; index: number } | undefined; ; ) {
      const page = await reader.changes(known, '8', 7, place);
      leafed.push(...page);
      const last = page.at(-1);
      if (last === undefined) break;
      place = { at: last.observedAt, offset: last.offset, index: last.index };
    }
    expect(all.length).toBeGreaterThan(20);
    expect(leafed).toEqual(all);
  });
});

/** A product with a row to 5 pieces on each day named, from as many as were there before, and with levels in these schemes. */
async function known(
  { db }: StoreDatabase,
  productId: string,
  rows: readonly (readonly [scheme: string, day: number, before?: number])[],
  schemes: readonly string[],
): Promise<void> {
  await db.execute(
    'INSERT INTO products (account_id, product_id, feed_id, offer_id) VALUES (1, ?, 1, NULL)',
    [productId],
  );
  for (const scheme of schemes)
    await db.execute(
      `INSERT INTO levels (generation, feed_id, product_id, scheme, warehouse_id, present, reserved, available,
         in_way_to_client, in_way_from_client, seq, closed, opened_in) VALUES (0, 1, ?, ?, '', 0, 0, 0, 0, 0, 1, 0, 0)`,
      [productId, scheme],
    );
  for (const [index, [scheme, day, before = null]] of rows.entries()) {
    const [none, op] = [before === null ? null : 0, before === null ? 'c' : 'u'];
    await db.execute(
      `INSERT INTO ledger (incarnation_id, partition_no, record_offset, idx, feed_id, product_id, scheme,
         warehouse_id, op, before_present, before_reserved, before_available, before_in_way_to_client,
         before_in_way_from_client, after_present, after_reserved, after_available, after_in_way_to_client,
         after_in_way_from_client, seq, snapshot_offset, observed_at)
       VALUES (1, 0, 900, ?, 1, ?, ?, '', ?, ?, ?, ?, ?, ?, 5, 0, 5, 0, 0, 1, 0, ?)`,
      [
        ...[Number(productId) + index, productId, scheme, op, before, none, before, none, none],
        new Date(FROM + day * 1440 * MINUTE_MS),
      ],
    );
  }
}

/** 6,000 changes of 200 products in two feeds, 3,000 alerts, 800 snapshots, 2,000 runs. */
async function fill({ db }: StoreDatabase): Promise<void> {
  const at = (minutes: number) => new Date(FROM + minutes * MINUTE_MS);
  const insert = (table: string, columns: string, rows: readonly (readonly unknown[])[]) =>
    db.execute(`INSERT INTO ${table} (${columns}) VALUES ?`, [rows]);
  const many = <T>(count: number, make: (index: number) => T) =>
    Array.from({ length: count }, (_, index) => make(index));
  await insert('accounts', 'account_id, source, account', [[1, 'ozon', '1']]);
  await insert('incarnations', 'incarnation_id, topic, life', [[1, TOPIC, 0]]);
  await insert('feeds', 'feed_id, feed, account_id, endpoint, partition_no', [
    [1, 'ozon:1:product-stocks', 1, 'product-stocks', 0],
    [2, 'ozon:1:product-list', 1, 'product-list', 1],
  ]);
  await insert(
    'products',
    'account_id, product_id, feed_id, offer_id',
    many(3000, (id) => [1, id, 1, `A${id}`]),
  );
  const level = [5, 0, 5, 0, 0];
  await insert(
    'levels',
    'generation, feed_id, product_id, scheme, warehouse_id, present, reserved, available, in_way_to_client, in_way_from_client, seq, closed, opened_in',
    many(3000, (id) => [0, 1, id, 'fbo', '', ...level, 1, 0, 0]),
  );
  const figures = ['present', 'reserved', 'available', 'in_way_to_client', 'in_way_from_client'];
  await insert(
    'ledger',
    `incarnation_id, partition_no, record_offset, idx, feed_id, product_id, scheme, warehouse_id, op, ${[
      ...figures.map((name) => `before_${name}`),
      ...figures.map((name) => `after_${name}`),
    ].join(', ')}, seq, snapshot_offset, observed_at`,
    many(6000, (index) => {
      const [before, after] = [index % 11, (index + 3) % 11];
      // Two changes of a product in one moment, of one record.
      const moment = Math.floor(index / 400) * 2;
      const place = [
        1,
        0,
        Math.floor(index / 400),
        index % 400,
        1,
        index % 200,
        'fbo',
        `${index % 400}`,
        'u',
      ];
      return [...place, before, 0, before, 0, 0, after, 0, after, 0, 0, 1, 0, at(moment)];
    }),
  );
  await insert(
    'snapshots',
    'incarnation_id, partition_no, first_offset, feed_id, snapshot_id, status, base_rows, base_in_stock, started_at',
    many(800, (index) => [
      1,
      index % 2,
      index,
      1 + (index % 2),
      `s${index}`,
      index % 9 === 0 ? 'failed' : 'applied',
      0,
      0,
      at(index),
    ]),
  );
  await insert(
    'alerts',
    'fingerprint, alert_id, state, rule, severity, source, account, feed, raised_at, resolved_at, payload',
    many(3000, (index) => {
      const severity = ['info', 'warning', 'critical'][index % 3];
      const state = index % 2 === 0 ? 'open' : 'resolved';
      return [
        `f${index}`,
        `a${index}`,
        state,
        'ran-out',
        severity,
        'ozon',
        '1',
        'ozon:1:product-stocks',
        at(index),
        state === 'open' ? null : at(index),
        '{}',
      ];
    }),
  );
  await insert(
    'sync_logs',
    'run_id, source, status, started_at',
    many(2000, (index) => [`r${index}`, 'ozon', index % 5 === 0 ? 'failed' : 'success', at(index)]),
  );
  for (const table of LARGE) await db.query(`ANALYZE TABLE ${table}`);
}
