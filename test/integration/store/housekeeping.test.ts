import { afterAll, beforeAll, expect, it } from 'vitest';
import { SqlTransaction } from '../../../src/store/database.js';
import { keepHouse } from '../../../src/store/housekeeping.js';
import { lockName, takeLock } from '../../../src/store/named-lock.js';
import { type StoreDatabase, storeDatabase } from './store-database.js';

const RETENTION = { ledgerDays: 400, eventDays: 180 };
const NOW = 0;
const never = () => false;

let store: StoreDatabase;

beforeAll(async () => {
  store = await storeDatabase('housekeeping');
  const { db } = store;
  await db.execute("INSERT INTO accounts (source, account) VALUES ('ozon', '1')");
  for (const [feed, endpoint] of [
    ['ozon:1:product-stocks', 'product-stocks'],
    ['ozon:1:product-list', 'product-list'],
  ])
    await db.execute('INSERT INTO feeds (feed, account_id, endpoint, partition_no) VALUES (?, 1, ?, 3)', [
      feed,
      endpoint,
    ]);
  await db.execute(
    "INSERT INTO incarnations (topic, life) VALUES ('t.raw-snapshots.v1', 1), ('t.raw-snapshots.v1', 2)",
  );
});
afterAll(() => store?.close());

/** Days ago, as SQL. */
const ago = (days: number) => `NOW(3) - INTERVAL ${days * 24} HOUR`;

interface Planned {
  readonly incarnation?: number;
  readonly feed?: number;
  readonly first: number;
  readonly last: number | null;
  readonly days: number;
  readonly status?: string;
}

async function snapshot({ incarnation = 2, feed = 1, first, last, days, status = 'applied' }: Planned) {
  const ended = last === null ? 'NULL' : ago(days);
  await store.db.execute(
    `INSERT INTO snapshots (incarnation_id, partition_no, first_offset, last_offset, feed_id, snapshot_id, status,
       base_rows, base_in_stock, started_at, ended_at)
     VALUES (?, 3, ?, ?, ?, ?, ?, 0, 0, ${ago(days)}, ${ended})`,
    [incarnation, first, last, feed, `s-${incarnation}-${first}`, status],
  );
  await store.db.execute(
    `INSERT INTO ledger (incarnation_id, partition_no, record_offset, idx, feed_id, product_id, scheme, warehouse_id, op,
       after_present, after_reserved, after_available, after_in_way_to_client, after_in_way_from_client, seq,
       snapshot_offset, observed_at)
     VALUES (?, 3, ?, 0, ?, 7, 'fbo', '', 'u', 1, 0, 1, 0, 0, 1, ?, ${ago(days)})`,
    [incarnation, first + 1, feed, first],
  );
}

const offsets = async (table: string, column: string) =>
  (
    await store.db.query(
      `SELECT incarnation_id AS i, ${column} AS o FROM ${table} ORDER BY incarnation_id, ${column}`,
    )
  ).map(({ i, o }) => `${Number(i)}:${Number(o)}`);

async function checkpoint(published: number) {
  await store.db.execute(
    `REPLACE INTO checkpoints (consumer_group, topic, partition_no, incarnation_id, next_offset, published_offset)
     VALUES ('t.projector', 't.raw-snapshots.v1', 3, 2, 1000, ?)`,
    [published],
  );
}

it('deletes changes and snapshots that are older than wanted, never one that may not have been published', async () => {
  await snapshot({ incarnation: 1, first: 500, last: 510, days: 900 });
  await snapshot({ first: 0, last: 10, days: 600 });
  await snapshot({ first: 20, last: 30, days: 500 });
  await snapshot({ first: 40, last: 50, days: 450 });
  // Interleaved with one that stays: its own change lies before, its end behind.
  await snapshot({ first: 60, last: 85, days: 401 });
  await snapshot({ first: 70, last: 80, days: 399, feed: 2 });
  await snapshot({ first: 90, last: null, days: 1, status: 'open' });
  await checkpoint(25);
  const first = await keepHouse(store.db, RETENTION, NOW, never);
  expect(first).toMatchObject({ ledger: 3, snapshots: 1 });
  // 21 lies before 25, but its snapshot ends behind it; the other life's newest snapshot stays with nothing in it.
  expect(await offsets('ledger', 'record_offset')).toEqual(['2:41', '2:61', '2:71', '2:91']);
  expect(await offsets('snapshots', 'first_offset')).toEqual([
    '1:500',
    '2:20',
    '2:40',
    '2:60',
    '2:70',
    '2:90',
  ]);

  await checkpoint(1000);
  expect(await keepHouse(store.db, RETENTION, NOW, never)).toMatchObject({ ledger: 2, snapshots: 2 });
  expect(await offsets('ledger', 'record_offset')).toEqual(['2:71', '2:91']);
  expect(await offsets('snapshots', 'first_offset')).toEqual(['1:500', '2:60', '2:70', '2:90']);
  // Every change that is left is in the view.
  expect(await store.db.query('SELECT record_offset FROM stock_changes')).toHaveLength(2);
  expect(await keepHouse(store.db, RETENTION, NOW, never)).toMatchObject({ ledger: 0, snapshots: 0 });
});

it('deletes events of the outbox that are old and published', async () => {
  for (const [offset, days] of [
    [10, 300],
    [20, 200],
    [30, 181],
    [40, 10],
  ])
    await store.db.execute(
      `INSERT INTO outbox (incarnation_id, partition_no, record_offset, idx, topic, record_key, value, headers, created_at)
       VALUES (2, 3, ?, 0, 'sync-events.v1', 'k', '{}', '{}', ${ago(days as number)})`,
      [offset],
    );
  await checkpoint(21);
  expect(await keepHouse(store.db, RETENTION, NOW, never)).toMatchObject({ outbox: 2 });
  expect(await offsets('outbox', 'record_offset')).toEqual(['2:30', '2:40']);
  await checkpoint(1000);
  expect(await keepHouse(store.db, RETENTION, NOW, never)).toMatchObject({ outbox: 1 });
  expect(await offsets('outbox', 'record_offset')).toEqual(['2:40']);
});

it('keeps the newest run of each source, alerts that are open, and what waits to be sent', async () => {
  const { db } = store;
  await db.execute(
    `INSERT INTO sync_logs (run_id, source, status, started_at) VALUES ('a', 'ozon', 'success', ${ago(300)}),
       ('b', 'ozon', 'success', ${ago(200)}), ('c', 'wildberries', 'failed', ${ago(400)})`,
  );
  await db.execute(
    `INSERT INTO alerts (fingerprint, alert_id, state, rule, severity, source, account, feed, raised_at, resolved_at,
       payload)
     VALUES ('f1', 'a1', 'resolved', 'r', 'warning', 'ozon', '1', '', ${ago(300)}, ${ago(299)}, '{}'),
            ('f2', 'a2', 'raised', 'r', 'warning', 'ozon', '1', '', ${ago(300)}, NULL, '{}'),
            ('f3', 'a3', 'resolved', 'r', 'warning', 'ozon', '1', '', ${ago(300)}, ${ago(3)}, '{}')`,
  );
  await db.execute(
    `INSERT INTO alert_deliveries (alert_id, recipients, status, payload, created_at)
     VALUES ('a1', 'x', 'sent', '{}', ${ago(299)}), ('a2', 'x', 'waiting', '{}', ${ago(299)}),
            ('a3', 'x', 'sent', '{}', ${ago(3)})`,
  );
  await db.execute(
    `INSERT INTO digests (digest_id, recipients, status, created_at)
     VALUES ('d1', 'x', 'sent', ${ago(299)}), ('d2', 'x', 'retry', ${ago(299)}), ('d3', 'x', 'sent', ${ago(3)})`,
  );
  await db.execute(
    `INSERT INTO dead_letter_fates (letter, fate, decided_by, decided_at)
     VALUES ('l1', 'dropped', 'me', ${ago(299)}), ('l2', 'redriven', 'me', ${ago(3)})`,
  );
  const trimmed = await keepHouse(db, RETENTION, NOW, never);
  expect(trimmed).toMatchObject({
    sync_logs: 1,
    alerts: 1,
    alert_deliveries: 1,
    digests: 1,
    dead_letter_fates: 1,
  });
  const left = async (table: string, column: string) =>
    (await db.query(`SELECT ${column} AS c FROM ${table} ORDER BY ${column}`)).map(({ c }) => c);
  expect(await left('sync_logs', 'run_id')).toEqual(['b', 'c']);
  expect(await left('alerts', 'fingerprint')).toEqual(['f2', 'f3']);
  expect(await left('alert_deliveries', 'alert_id')).toEqual(['a2', 'a3']);
  expect(await left('digests', 'digest_id')).toEqual(['d2', 'd3']);
  expect(await left('dead_letter_fates', 'letter')).toEqual(['l2']);
});

it('deletes hours of products that no rule looks back at, range after range', async () => {
  const hour = Math.floor(Date.now() / 3_600_000);
  const rows = Array.from({ length: 4_500 }, (_, product) => [
    `(1, ${product + 1}, ${hour - 24 * 71}, 1, 0)`,
    `(1, ${product + 1}, ${hour - 24 * 69}, 1, 0)`,
  ]).flat();
  await store.db.execute(
    `INSERT INTO product_hours (account_id, product_id, hour_no, sold, received) VALUES ${rows.join(',')}`,
  );
  expect(await keepHouse(store.db, RETENTION, NOW, never)).toMatchObject({ product_hours: 4_500 });
  expect(await store.db.query(`SELECT 1 FROM product_hours WHERE hour_no < ${hour - 24 * 70}`)).toEqual([]);
});

it('deletes the shadow rows of replays that are over, and of no other', async () => {
  const { db } = store;
  await db.execute(
    "INSERT INTO replays (status, asked, owner) VALUES ('done', '', 'a'), ('folding', '', 'a'), ('discarded', '', 'a')",
  );
  for (const generation of [0, 1, 2, 3]) {
    await db.execute(
      `INSERT INTO levels (generation, feed_id, product_id, scheme, warehouse_id, present, reserved, available,
         in_way_to_client, in_way_from_client, closed, seq, opened_in, observed_at)
       VALUES (?, 1, 7, 'fbo', '', 1, 0, 1, 0, 0, 0, 1, 1, NOW(3))`,
      [generation],
    );
    if (generation > 0)
      await db.execute(
        "INSERT INTO replay_products (generation, feed_id, product_id, removed, body) VALUES (?, 1, 7, 0, '{}')",
        [generation],
      );
  }
  await db.execute('DELETE FROM notices');
  expect(await keepHouse(db, { ...RETENTION }, NOW, never)).toMatchObject({ shadows: 4 });
  const left = async (table: string) =>
    (await db.query(`SELECT generation FROM ${table} ORDER BY 1`)).map((row) => Number(row.generation));
  expect(await left('levels')).toEqual([0, 2]);
  expect(await left('replay_products')).toEqual([2]);
});

it('is done once a day, by one process, and stops when told to', async () => {
  const day = 24 * 60 * 60 * 1000;
  await store.db.execute(
    "UPDATE notices SET said_at = NOW(3) - INTERVAL 25 HOUR WHERE name = 'housekeeping'",
  );
  expect(await keepHouse(store.db, RETENTION, day, () => true)).not.toBeNull();
  // It was stopped: what is left is still due.
  expect(await keepHouse(store.db, RETENTION, day, never)).not.toBeNull();
  expect(await keepHouse(store.db, RETENTION, day, never)).toBeNull();
  const other = store.db.dataSource.createQueryRunner();
  try {
    expect(await takeLock(new SqlTransaction(other), lockName('housekeeping', store.fresh.database), 0)).toBe(
      true,
    );
    expect(await keepHouse(store.db, RETENTION, NOW, never)).toBeNull();
  } finally {
    await other.query('SELECT RELEASE_ALL_LOCKS()');
    await other.release();
  }
});
