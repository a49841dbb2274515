import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type Feed, formatFeed } from '../../../src/domain/feed.js';
import type { ChangesPlace } from '../../../src/ports/product-history.js';
import { createProductHistory } from '../../../src/store/product-history.js';
import { createProjectionStore } from '../../../src/store/projection-store.js';
import { type Change, changeRows } from './change-rows.js';
import { type StoreDatabase, storeDatabase } from './store-database.js';

export const RAW = 'inventory.raw-snapshots.v1';
const STOCKS: Feed = { source: 'ozon', account: '1001', endpoint: 'product-stocks' };
export const FBS: Feed = { source: 'ozon', account: '1001', endpoint: 'fbs-stocks', warehouse: '77' };
export const OTHER: Feed = { source: 'ozon', account: '2002', endpoint: 'product-stocks' };
export const BIG = '9007199254740993';

const HOUR = 3_600_000;
export const AT = Date.parse('2026-11-20T10:15:00.000Z');
export const NOW_HOUR = Math.floor(AT / HOUR);
export const SEEN = Date.parse('2026-10-01T00:00:00.000Z');

export let database: StoreDatabase;
let store: ReturnType<typeof createProjectionStore>;
export let history: ReturnType<typeof createProductHistory>;
const feedIds = new Map<Feed, number>();
export let accountId = 0;

/** Two accounts, three feeds and a fresh history for each test of the file. */
export function useHistory(): void {
  beforeAll(async () => {
    database = await storeDatabase('history');
    store = createProjectionStore(database.db);
    history = createProductHistory(database.db, RAW);
    const { db } = database;
    await db.execute('INSERT INTO incarnations (incarnation_id, topic, life) VALUES ?', [
      [
        [11, RAW, 1],
        [12, RAW, 2],
        [13, 'other.raw-snapshots.v1', 1],
      ],
    ]);
    for (const [partition, feed] of [STOCKS, FBS, OTHER].entries())
      feedIds.set(feed, (await store.feed(feed, partition)).feedId);
    const [account] = await db.query('SELECT account_id FROM feeds WHERE feed = ?', [formatFeed(STOCKS)]);
    accountId = Number(account?.account_id);
  });
  beforeEach(async () => {
    for (const table of [
      'levels',
      'ledger',
      'counted_changes',
      'product_hours',
      'product_settings',
      'products',
    ])
      await database.db.execute(`DELETE FROM ${table}`);
    await database.db.execute(
      `REPLACE INTO checkpoints (consumer_group, topic, partition_no, incarnation_id, next_offset, published_offset)
       VALUES ('inventory.projector', ?, 4, 12, 1000, 1000)`,
      [RAW],
    );
    await products('1', '2', '3');
  });
  afterAll(() => database?.close());
}

export const products = (...ids: string[]) =>
  database.db.transaction((tx) =>
    store.products(
      tx,
      ids.map((productId) => ({
        productId,
        feedId: feedOf(STOCKS),
        seenAt: SEEN,
        offerId: `ART-${productId}`,
      })),
    ),
  );
const feedOf = (feed: Feed) => feedIds.get(feed) ?? 0;

interface Where {
  readonly feed?: Feed;
  readonly incarnation?: number;
  readonly partition?: number;
}

/** What one raw record changed, in levels and ledger. */
export async function record(offset: number, changes: readonly Change[], where: Where = {}): Promise<void> {
  const { feed = STOCKS, incarnation = 11, partition = 4 } = where;
  const place = { topic: RAW, incarnation, life: 1, partition, checkpoint: 0, logStart: 0 };
  const rows = changeRows(offset, feedOf(feed), changes);
  await database.db.transaction((tx) => store.changes(tx, place, rows));
}

export function slice(from: number, to: number, fields: Partial<ChangesPlace> = {}): ChangesPlace {
  const { source, account } = STOCKS;
  return { source, account, feed: formatFeed(STOCKS), life: 1, partition: 4, from, to, ...fields };
}

/** `product available present reserved` of each step. */
export async function steps(from: number, to: number, fields: Partial<ChangesPlace> = {}): Promise<string[]> {
  const found = await history.steps(slice(from, to, fields));
  return found.map(({ productId, available, present, reserved }) =>
    [productId, available, present, reserved].join(' '),
  );
}

export const note = (place: ChangesPlace, at = AT) =>
  database.db.transaction((tx) => history.note(tx, place, at));

/** Sales of products in an hour of an account, as earlier snapshots have left them. */
export async function sold(hour: number, pieces: Readonly<Record<string, number>>): Promise<void> {
  await database.db.execute('INSERT INTO product_hours VALUES ?', [
    Object.entries(pieces).map(([id, count]) => [accountId, id, hour, count, 0]),
  ]);
}
