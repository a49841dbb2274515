import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSnapshotStatusReader } from '../../../src/store/snapshot-status.js';
import { type StoreDatabase, storeDatabase } from './store-database.js';

let store: StoreDatabase;

beforeAll(async () => {
  store = await storeDatabase('snapstat');
  const { db } = store;
  // Between the two lives of the raw topic another topic was entered.
  await db.execute(
    "INSERT INTO incarnations (incarnation_id, topic, life) VALUES (1, 'raw', 1), (2, 'other', 1), (3, 'raw', 2)",
  );
  await db.execute(
    `INSERT INTO snapshots (incarnation_id, partition_no, first_offset, last_offset, feed_id, snapshot_id, status, reason,
       base_rows, base_in_stock, pages, rows_read, created_rows, updated_rows, closed_rows, invalid_rows) VALUES ?`,
    [
      [
        [1, 3, 10, null, 1, 'open-one', 'open', null, 0, 0, 1, 2, 3, 4, 5, 6],
        [
          1,
          4,
          10,
          20,
          2,
          'held-one',
          'held',
          'the answer is empty, 7 rows were known',
          7,
          7,
          1,
          0,
          0,
          0,
          0,
          0,
        ],
        [1, 5, 900, 910, 3, 'read-twice', 'incomplete', 'cut', 0, 0, 0, 0, 0, 0, 0, 0],
        [3, 5, 10, 12, 3, 'read-twice', 'applied', null, 0, 0, 1, 1, 1, 0, 0, 0],
      ],
    ],
  );
  await db.execute(
    `INSERT INTO checkpoints (consumer_group, topic, partition_no, incarnation_id, next_offset, published_offset)
     VALUES ('g', 't', 3, 1, 9007199254740991, 41)`,
  );
});
afterAll(() => store?.close());

it('tells what became of snapshots, and nothing of those not reached', async () => {
  const reader = createSnapshotStatusReader(store.db);
  const found = await reader.statusOf(['open-one', 'held-one', 'read-twice', 'unheard-of']);
  expect(Object.fromEntries(found)).toEqual({
    'open-one': {
      status: 'open',
      reason: null,
      life: 1,
      partition: 3,
      lastOffset: null,
      counts: { pages: 1, rowsRead: 2, created: 3, updated: 4, closed: 5, invalid: 6 },
    },
    'held-one': expect.objectContaining({
      status: 'held',
      reason: 'the answer is empty, 7 rows were known',
      partition: 4,
      lastOffset: 20,
    }),
    'read-twice': expect.objectContaining({ status: 'applied', life: 2, lastOffset: 12 }),
  });
  expect((await reader.statusOf([])).size).toBe(0);
});

it('tells how far a group has published', async () => {
  const reader = createSnapshotStatusReader(store.db);
  expect(await reader.publishedOffset('g', 't', 3)).toBe(41);
  expect(await reader.publishedOffset('g', 't', 4)).toBeNull();
});
