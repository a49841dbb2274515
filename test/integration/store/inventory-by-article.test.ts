import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StoreDatabase, storeDatabase } from './store-database.js';

const now = Math.floor(Date.now() / 1000) * 1000;
const ago = (hours: number) => new Date(now - hours * 60 * 60 * 1000);

let store: StoreDatabase;

beforeAll(async () => {
  store = await storeDatabase('articles');
  const put = (table: string, columns: string, rows: unknown[][]) =>
    store.db.execute(`INSERT INTO ${table} (${columns}) VALUES ?`, [rows]);
  await put('accounts', 'account_id, source, account', [
    [1, 'ozon', '1001'],
    [2, 'ozon', '2002'],
    [3, 'wildberries', 'sid-3'],
  ]);
  await put('feeds', 'feed_id, feed, account_id, endpoint, partition_no, watermark_at, retired_at', [
    [1, 'ozon:1001:product-stocks', 1, 'product-stocks', 0, ago(1), null],
    [2, 'ozon:2002:product-stocks', 2, 'product-stocks', 0, ago(2), null],
    [3, 'wildberries:sid-3:wb-warehouses', 3, 'wb-warehouses', 0, ago(4), null],
    [4, 'wildberries:sid-3:fbs-stocks', 3, 'fbs-stocks', 0, null, null],
    [5, 'wildberries:sid-3:cards', 3, 'cards', 0, ago(9), null],
  ]);
  await put('products', 'account_id, product_id, feed_id, offer_id, name, removed_at', [
    [1, '11', 1, 'both', 'Кружка', null],
    [2, '12', 2, 'both', 'Кружка синяя', null],
    [1, '13', 1, 'both', 'Кружка снятая', ago(1)],
    [1, '14', 1, 'ozon only', null, null],
    [1, '15', 1, null, 'без артикула', null],
    [1, '16', 1, '0042', 'с нулями', null],
    [3, '21', 5, 'both', 'Mug', null],
    [3, '22', 5, 'both', 'Mug', null],
    [3, '23', 5, '42', 'без нулей', null],
    [3, '24', 5, 'Both', 'another case', null],
  ]);
  const levels: [number, string, string, string, number, number, number, number, number][] = [
    [1, '11', 'fbo', '', 5, 1, 4, 0, 0],
    [1, '11', 'fbs', '77', 2, 2, 0, 0, 0],
    [2, '12', 'fbo', '', 10, 0, 10, 0, 0],
    [1, '13', 'fbo', '', 500, 0, 500, 0, 0],
    [1, '15', 'fbo', '', 3, 0, 3, 0, 0],
    [3, '21', 'fbw', '507', 7, 0, 7, 1, 2],
    [3, '22', 'fbw', '507', 8, 0, 8, 3, 4],
    [3, '22', 'fbw', '-999999', 1, 0, 1, 0, 0],
    [4, '24', 'fbs', '9', 1, 0, 1, 0, 0],
  ];
  await put(
    'levels',
    `feed_id, product_id, scheme, warehouse_id, present, reserved, available, in_way_to_client,
     in_way_from_client, generation, seq, closed, opened_in`,
    levels.map((row) => [...row, 0, 1, 0, 1]),
  );
});
afterAll(() => store?.close());

it('puts the marketplaces side by side, products, sizes and accounts added up', async () => {
  const rows = await store.db.query("SELECT * FROM inventory_by_article WHERE article = 'both'");
  expect(rows).toEqual([
    {
      article: 'both',
      name: 'Кружка синяя',
      ozon_products: '2',
      ozon_present: '17',
      ozon_reserved: '3',
      ozon_available: '14',
      ozon_last_sync_at: ago(2),
      wb_products: '2',
      wb_present: '16',
      wb_available: '16',
      wb_in_way_to_client: '4',
      wb_in_way_from_client: '6',
      wb_last_sync_at: ago(4),
    },
  ]);
});

it('tells not sold there from sold out', async () => {
  const [row] = await store.db.query("SELECT * FROM inventory_by_article WHERE article = 'ozon only'");
  expect(row).toMatchObject({ ozon_products: '1', ozon_available: '0', ozon_last_sync_at: ago(1) });
  expect(row).toMatchObject({ name: null, wb_products: '0', wb_available: null, wb_last_sync_at: null });
});

it('takes articles by the letter, and leaves out products that have none', async () => {
  const rows = await store.db.query(
    'SELECT article, ozon_products, wb_products, wb_last_sync_at FROM inventory_by_article',
  );
  const told = rows.map((row) => [row.article, row.ozon_products, row.wb_products]);
  expect(told.sort()).toEqual([
    ['0042', '1', '0'],
    ['42', '0', '1'],
    ['Both', '0', '1'],
    ['both', '2', '2'],
    ['ozon only', '1', '0'],
  ]);
  expect(rows.find(({ article }) => article === 'Both')?.wb_last_sync_at, 'a feed never read').toBeNull();
});
