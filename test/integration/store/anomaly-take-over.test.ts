import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAnomalyApp } from '../../../src/consumers/anomaly.js';
import { type Feed, formatFeed } from '../../../src/domain/feed.js';
import type { LogRecord } from '../../../src/ports/log-records.js';
import { createAlertStore } from '../../../src/store/alert-store.js';
import { createProductHistory } from '../../../src/store/product-history.js';
import { createProjectionStore } from '../../../src/store/projection-store.js';
import { appliedEvent, syncRecords } from '../../topology/sync-records.js';
import { settings } from '../../unit/domain/anomaly/settings.js';
import { type Change, changeRows } from './change-rows.js';
import { type StoreDatabase, storeDatabase } from './store-database.js';

const RAW = 'inventory.raw-snapshots.v1';
const FEED: Feed = { source: 'ozon', account: '123', endpoint: 'product-stocks' };
const PLACE = { topic: 'inventory.sync-events.v1', incarnation: 2, life: 1, partition: 3, logStart: 0 };

let database: StoreDatabase;
let feedId = 0;

beforeAll(async () => {
  database = await storeDatabase('takeover');
  const { db } = database;
  const store = createProjectionStore(db);
  await db.execute('INSERT INTO incarnations (incarnation_id, topic, life) VALUES (1, ?, 1)', [RAW]);
  feedId = (await store.feed(FEED, 4)).feedId;
  await db.transaction((tx) =>
    store.products(tx, [{ productId: '1', feedId, seenAt: Date.parse('2026-10-01T00:00:00.000Z') }]),
  );
});
beforeEach(async () => {
  const { db } = database;
  for (const table of ['levels', 'ledger', 'counted_changes', 'product_hours', 'alerts', 'checkpoints'])
    await db.execute(`DELETE FROM ${table}`);
  await applied(10, [['1:fbo:', null, 9]]);
  await applied(20, [['1:fbo:', 9, 6]]);
  await applied(30, [['1:fbo:', 6, 4]]);
  await projectorAt(31);
});
afterAll(() => database?.close());

/** What the projector has made of one raw record. */
async function applied(offset: number, changes: readonly Change[]): Promise<void> {
  const place = { topic: RAW, incarnation: 1, life: 1, partition: 4, checkpoint: 0, logStart: 0 };
  const rows = changeRows(offset, feedId, changes);
  await database.db.transaction((tx) => createProjectionStore(database.db).changes(tx, place, rows));
}

async function projectorAt(offset: number): Promise<void> {
  await database.db.execute(
    `REPLACE INTO checkpoints (consumer_group, topic, partition_no, incarnation_id, next_offset, published_offset)
     VALUES ('inventory.projector', ?, 4, 1, ?, ?)`,
    [RAW, offset, offset],
  );
}

/** The event of the snapshot that ended there, at some offset of sync-events. */
function event(end: number, offset: number): LogRecord {
  const plain = appliedEvent(`s${end}`, 100, 98) as object;
  const value = {
    ...plain,
    feed: formatFeed(FEED),
    place: { life: 1, partition: 4, from: end - 9, to: end },
  };
  const [record] = syncRecords([JSON.stringify(value)]);
  return { ...(record as LogRecord), offset, headers: { ce_id: `${RAW}/1/4/${end}/0` } };
}

/** A worker that owns the partition from now on, and remembers nothing. */
async function takeOver() {
  const { db } = database;
  const app = createAnomalyApp({
    prefix: 'inventory',
    settings: settings({ lowStock: { ozon: 5, wildberries: 5 } }),
    alerts: createAlertStore(db),
    history: createProductHistory(db, RAW),
  });
  const partition = await app.open({ ...PLACE, checkpoint: 0 });
  return async (...records: readonly LogRecord[]): Promise<string[]> => {
    const ids: string[] = [];
    for (let rest = records; rest.length > 0; ) {
      const batch = rest.slice(0, partition.take(rest));
      rest = rest.slice(batch.length);
      const work = await partition.fold(batch);
      const { outbox } = await db.transaction((tx) => work.write(tx));
      partition.settled?.();
      ids.push(...outbox.map(({ headers }) => String(headers.ce_id)));
    }
    return ids;
  };
}

async function soldSoFar(): Promise<number> {
  const [row] = await database.db.query('SELECT SUM(sold) AS sold FROM product_hours');
  return Number(row?.sold);
}

const LOW = 'raised:low-stock:ozon:123:1';

describe('an event that comes twice', () => {
  it('counts once, though the one who counted it is gone', async () => {
    const first = await takeOver();
    expect(await first(event(20, 0), event(30, 1))).toEqual([`${LOW}:s30`]);
    expect(await soldSoFar()).toBe(5);
    const second = await takeOver();
    expect(await second(event(20, 5), event(30, 6))).toEqual([]);
    expect(await soldSoFar()).toBe(5);
    const third = await takeOver();
    await applied(40, [['1:fbo:', 4, 3]]);
    await projectorAt(41);
    expect(await third(event(30, 7), event(40, 8))).toEqual([]);
    expect(await soldSoFar()).toBe(6);
  });

  it('counts where the first one who saw it never committed', async () => {
    const app = createAnomalyApp({
      ...{ prefix: 'inventory', settings: settings(), alerts: createAlertStore(database.db) },
      history: createProductHistory(database.db, RAW),
    });
    await (await app.open({ ...PLACE, checkpoint: 0 })).fold([event(20, 0)]);
    const second = await takeOver();
    await second(event(20, 0));
    expect(await soldSoFar()).toBe(3);
  });
});

describe('an event that is ahead of a restored database', () => {
  it('waits until the projector has applied it again, and then counts', async () => {
    await database.db.execute('DELETE FROM ledger WHERE record_offset > 20');
    await database.db.execute('UPDATE levels SET present = 6, available = 6');
    await projectorAt(21);
    const worker = await takeOver();
    await worker(event(20, 0));
    await expect(worker(event(30, 1))).rejects.toMatchObject({ code: 'LEDGER_BEHIND', fate: 'retry' });
    expect(await soldSoFar()).toBe(3);
    await applied(30, [['1:fbo:', 6, 4]]);
    await projectorAt(31);
    const again = await takeOver();
    expect(await again(event(30, 1))).toEqual([`${LOW}:s30`]);
    expect(await soldSoFar()).toBe(5);
  });
});
