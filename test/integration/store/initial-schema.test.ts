import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StoreDatabase, storeDatabase } from './store-database.js';

/** Verbatim from the contract with users: they stand in their cron jobs. */
const PRODUCTS_QUERY = `SELECT source, COUNT(*) as products_count, MAX(last_sync_at) as last_sync FROM inventory_data
 WHERE last_sync_at > DATE_SUB(NOW(), INTERVAL 24 HOUR) GROUP BY source;`;
const RUNS_QUERY = `SELECT source, status, records_processed, started_at FROM sync_logs ORDER BY started_at DESC LIMIT 10;`;

const HOUR = 60 * 60 * 1000;
const now = Math.floor(Date.now() / 1000) * 1000;
const ago = (hours: number) => new Date(now - hours * HOUR);

let store: StoreDatabase;

beforeAll(async () => {
  store = await storeDatabase('schema');
  const { db } = store;
  const put = (table: string, columns: string, rows: unknown[][]) =>
    db.execute(`INSERT INTO ${table} (${columns}) VALUES ?`, [rows]);

  await put('accounts', 'account_id, source, account', [
    [1, 'ozon', '1001'],
    [2, 'ozon', '2002'],
    [3, 'wildberries', 'sid-3'],
  ]);
  await put(
    'feeds',
    'feed_id, feed, account_id, endpoint, warehouse, partition_no, watermark_at, retired_at',
    [
      [1, 'ozon:1001:product-stocks', 1, 'product-stocks', null, 0, ago(1), null],
      [2, 'ozon:1001:fbs-stocks:77', 1, 'fbs-stocks', '77', 1, ago(3), null],
      [3, 'ozon:2002:product-stocks', 2, 'product-stocks', null, 2, ago(2), null],
      [4, 'wildberries:sid-3:wb-warehouses', 3, 'wb-warehouses', null, 3, ago(5), null],
      [5, 'wildberries:sid-3:fbs:9', 3, 'fbs', '9', 4, null, null],
      [6, 'ozon:1001:fbs-stocks:13', 1, 'fbs-stocks', '13', 5, ago(900), ago(800)],
      [7, 'ozon:2002:fbs-stocks:1', 2, 'fbs-stocks', '1', 6, ago(25), null],
      // Catalogues say nothing of stock: neither their age nor that one was never read counts.
      [8, 'ozon:1001:product-list', 1, 'product-list', null, 7, ago(700), null],
      [9, 'ozon:2002:product-list', 2, 'product-list', null, 8, null, null],
      [10, 'wildberries:sid-3:cards', 3, 'cards', null, 9, ago(0), null],
    ],
  );
  await put('products', 'account_id, product_id, feed_id, offer_id, removed_at', [
    [1, '11', 1, 'A-11', null], // two warehouses in one feed
    [1, '12', 1, 'A-12', null], // nothing but zeroes
    [1, '13', 1, 'A-13', null], // in two feeds
    [1, '14', 1, 'A-14', null], // listed, without a single stock row
    [1, '15', 1, 'A-15', ago(1)], // removed
    [1, '16', 1, 'A-16', null], // a row also in a feed that was retired long ago
    [2, '11', 3, 'B-11', null], // the same number in another account
    [2, '17', 3, 'B-17', null], // its older feed was last seen 25 hours ago
    [3, '-5', 4, 'W-5', null],
    [3, '9007199254740993', 4, 'W-big', null],
    [3, '31', 5, 'W-31', null], // a feed never yet read completely
    [3, '32', 4, 'W-32', null], // the same, beside one that was
    [3, '33', 10, 'W-33', null], // known by its card alone
    [1, '18', 8, 'A-18', null], // known by the catalogue, and by a feed that was retired
  ]);
  const levels: [number, string, string, string, number, number, number][] = [
    [1, '11', 'fbo', '', 5, 1, 4],
    [1, '11', 'fbs', '', 7, 0, 7],
    [1, '11', 'rfbs', '501', 2, 2, 0],
    [1, '12', 'fbo', '', 0, 0, 0],
    [1, '12', 'fbs', '', 0, 0, 0],
    [1, '13', 'fbo', '', 1, 0, 1],
    [2, '13', 'fbs', '77', 9, 3, 6],
    [1, '15', 'fbo', '', 4, 0, 4],
    [1, '16', 'fbo', '', 2, 0, 2],
    [6, '16', 'fbs', '13', 0, 0, 0],
    [6, '18', 'fbs', '13', 0, 0, 0],
    [3, '11', 'fbo', '', 100, 0, 100],
    [3, '17', 'fbo', '', 1, 0, 1],
    [7, '17', 'fbs', '1', 1, 0, 1],
    [4, '-5', 'fbw', '507', 3, 0, 3],
    [4, '-5', 'fbw', '-999999', 4, 0, 4],
    [4, '9007199254740993', 'fbw', '507', 1, 0, 1],
    [5, '31', 'fbs', '9', 1, 0, 1],
    [4, '32', 'fbw', '507', 1, 0, 1],
    [5, '32', 'fbs', '9', 1, 0, 1],
  ];
  await put(
    'levels',
    `generation, feed_id, product_id, scheme, warehouse_id, present, reserved, available,
     in_way_to_client, in_way_from_client, seq, closed, opened_in, observed_at`,
    [
      ...levels.map((row) => [0, ...row, 0, 0, 1, 0, 1, ago(1)]),
      // A replay's shadow rows are nobody's stock.
      [8, 1, '11', 'fbo', '', 999, 0, 999, 0, 0, 1, 0, 1, ago(1)],
    ],
  );
  await put('sync_logs', 'run_id, source, account, status, records_processed, started_at', [
    ...Array.from({ length: 12 }, (_, index) => [
      'r',
      'ozon',
      '1001',
      'success',
      100 + index,
      ago(30 - index),
    ]),
    ['r', 'wildberries', 'sid-3', 'failed', 0, ago(2)],
  ]);
});

afterAll(() => store?.close());

type SessionZone = '+03:00' | '-11:00' | '+00:00';

/** A session as a user's own program or a `mysql` client would have, in its own time zone. */
async function asked<T>(sql: string, timeZone: SessionZone): Promise<T[]> {
  const { host, port, user, password, database } = store.fresh;
  const session = await createConnection({
    host,
    port,
    user,
    password,
    database,
    timezone: timeZone === '+00:00' ? 'Z' : timeZone,
    supportBigNumbers: true,
    bigNumberStrings: true,
  });
  try {
    await session.query(`SET time_zone = '${timeZone}'`);
    return (await session.query(sql))[0] as T[];
  } finally {
    await session.end();
  }
}

describe.each(['+03:00', '-11:00', '+00:00'] as const)('in a session at %s', (timeZone) => {
  it('counts the products read completely in the last 24 hours, and says when', async () => {
    const rows = await asked(PRODUCTS_QUERY, timeZone);
    expect(rows).toHaveLength(2);
    expect(rows).toEqual(
      expect.arrayContaining([
        // 11, 12, 13, 14, 16 and 18 of one account, 11 of the other; its 17 is too old in one feed.
        { source: 'ozon', products_count: '7', last_sync: ago(1) },
        { source: 'wildberries', products_count: '2', last_sync: ago(5) },
      ]),
    );
  });

  it('lists the ten newest runs', async () => {
    const rows = await asked<{ source: string; started_at: Date }>(RUNS_QUERY, timeZone);
    expect(rows).toHaveLength(10);
    expect(rows[0]).toEqual({
      source: 'wildberries',
      status: 'failed',
      records_processed: '0',
      started_at: ago(2),
    });
    expect(rows[1]).toEqual({
      source: 'ozon',
      status: 'success',
      records_processed: '111',
      started_at: ago(19),
    });
    expect(rows[9]?.started_at).toEqual(ago(27));
  });
});

describe('inventory_data', () => {
  interface Product {
    source: string;
    account: string;
    product_id: string;
    available: string;
    present: string;
    reserved: string;
    last_sync_at: Date | null;
  }
  const products = async () =>
    new Map(
      (await asked<Product>('SELECT * FROM inventory_data', '+00:00')).map((row) => [
        `${row.source}:${row.account}:${row.product_id}`,
        row,
      ]),
    );

  it('has one row per known product and none per warehouse', async () => {
    const found = await products();
    expect([...found.keys()].sort()).toEqual(
      [
        ...['11', '12', '13', '14', '16', '18'].map((id) => `ozon:1001:${id}`),
        ...['11', '17'].map((id) => `ozon:2002:${id}`),
        ...['-5', '31', '32', '33', '9007199254740993'].map((id) => `wildberries:sid-3:${id}`),
      ].sort(),
    );
    const [row] = await asked<{ n: string }>('SELECT COUNT(*) AS n FROM inventory_data', '+00:00');
    expect(row?.n).toBe('13');
  });

  it('adds up warehouses and schemes', async () => {
    const found = await products();
    expect(found.get('ozon:1001:11')).toMatchObject({ present: '14', reserved: '3', available: '11' });
    expect(found.get('ozon:1001:12')).toMatchObject({ present: '0', available: '0' });
    expect(found.get('ozon:1001:14')).toMatchObject({ present: '0', available: '0', last_sync_at: ago(3) });
    expect(found.get('ozon:2002:11')).toMatchObject({ available: '100' });
    expect(found.get('wildberries:sid-3:-5')).toMatchObject({ available: '7' });
  });

  it('dates a product by the older of its feeds, and not at all while one was never read completely', async () => {
    const found = await products();
    expect(found.get('ozon:1001:11')?.last_sync_at).toEqual(ago(1));
    expect(found.get('ozon:1001:13')?.last_sync_at).toEqual(ago(3));
    expect(found.get('ozon:1001:16')?.last_sync_at).toEqual(ago(1));
    expect(found.get('ozon:2002:17')?.last_sync_at).toEqual(ago(25));
    expect(found.get('wildberries:sid-3:31')?.last_sync_at).toBeNull();
    expect(found.get('wildberries:sid-3:32')?.last_sync_at).toBeNull();
    expect(found.get('wildberries:sid-3:-5')?.last_sync_at).toEqual(ago(5));
  });

  it('dates a product without rows by the oldest feed that would have told of it', async () => {
    const found = await products();
    expect(found.get('ozon:1001:14')?.last_sync_at).toEqual(ago(3));
    expect(found.get('ozon:1001:18')?.last_sync_at).toEqual(ago(3));
    expect(found.get('wildberries:sid-3:33')?.last_sync_at).toBeNull();
  });
});

it('shows levels by the names that people use', async () => {
  const rows = await asked<Record<string, unknown>>(
    `SELECT source, account, product_id, scheme, warehouse_id, present, reserved, available, in_way_to_client,
            in_way_from_client, observed_at FROM stock_levels WHERE product_id = 11 ORDER BY account, scheme`,
    '+00:00',
  );
  expect(rows.map((row) => [row.account, row.scheme, row.warehouse_id, row.available])).toEqual([
    ['1001', 'fbo', '', '4'],
    ['1001', 'fbs', '', '7'],
    ['1001', 'rfbs', '501', '0'],
    ['2002', 'fbo', '', '100'],
  ]);
});
