import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { SyncLog } from '../../../src/ports/sync-log.js';
import { createSyncLog } from '../../../src/store/sync-log.js';
import { type StoreDatabase, storeDatabase } from './store-database.js';

let store: StoreDatabase;
let log: SyncLog;

beforeAll(async () => {
  store = await storeDatabase('synclog');
  log = createSyncLog(store.db);
});
beforeEach(() => store.db.execute('DELETE FROM sync_logs'));
afterAll(() => store?.close());

const rowOf = async (id: string) => (await store.db.query('SELECT * FROM sync_logs WHERE id = ?', [id]))[0];

it('follows a run from its beginning to its end', async () => {
  const id = await log.begin('run-1', 'ozon', '1001');
  expect(id).toMatch(/^\d+$/);
  const begun = await rowOf(id);
  expect(begun).toMatchObject({
    run_id: 'run-1',
    source: 'ozon',
    account: '1001',
    status: 'running',
    records_processed: '0',
    changed_rows: '0',
    absent_rows: '0',
    error: null,
    finished_at: null,
  });
  expect(begun?.started_at).toBeInstanceOf(Date);

  await log.progress(id, 1500);
  expect(await rowOf(id)).toMatchObject({ status: 'running', records_processed: '1500' });

  await log.finish(id, { status: 'success', records: 2000, changed: 17, absent: 2 });
  const finished = await rowOf(id);
  expect(finished).toMatchObject({
    status: 'success',
    records_processed: '2000',
    changed_rows: '17',
    absent_rows: '2',
    error_code: null,
    error: null,
    request_id: null,
    started_at: begun?.started_at,
  });
  const took = Number(finished?.finished_at) - Number(finished?.started_at);
  expect(took).toBeGreaterThanOrEqual(0);

  await log.progress(id, 5);
  expect(await rowOf(id)).toEqual(finished);
});

it('keeps why a run failed, as much as fits', async () => {
  const id = await log.begin('run-1', 'wildberries', null);
  await log.finish(id, {
    status: 'failed',
    records: 0,
    changed: 0,
    absent: 0,
    errorCode: 'API_CREDENTIALS',
    error: '🫖'.repeat(3000),
    requestId: 'ю'.repeat(500),
  });
  const row = await rowOf(id);
  expect(row).toMatchObject({ account: null, status: 'failed', error_code: 'API_CREDENTIALS' });
  expect(String(row?.error)).toBe(`${'🫖'.repeat(1023)}…`);
  expect(String(row?.request_id)).toBe(`${'ю'.repeat(189)}…`);
});

it('marks runs that died as failed, and only those', async () => {
  const dead = await log.begin('run-1', 'ozon', '1001');
  const unnamed = await log.begin('run-1', 'ozon', null);
  const otherAccount = await log.begin('run-7', 'ozon', '2002');
  const done = await log.begin('run-2', 'ozon', '1001');
  await log.finish(done, { status: 'held', records: 1, changed: 0, absent: 0 });
  const otherSource = await log.begin('run-3', 'wildberries', 'sid');
  const own = await log.begin('run-4', 'ozon', '1001');

  expect(await log.closeDead('ozon', 'run-4', '1001')).toBe(2);
  expect(await log.closeDead('ozon', 'run-4', '1001')).toBe(0);
  for (const id of [dead, unnamed]) {
    expect(await rowOf(id)).toMatchObject({
      status: 'failed',
      finished_at: expect.any(Date),
      error: expect.any(String),
    });
  }
  expect(await rowOf(done)).toMatchObject({ status: 'held' });
  for (const id of [otherAccount, otherSource, own])
    expect(await rowOf(id)).toMatchObject({ status: 'running' });

  expect(await log.closeDead('ozon', 'run-4')).toBe(1);
  expect(await rowOf(otherAccount)).toMatchObject({ status: 'failed' });
});

it('reads nothing back from what it writes', async () => {
  const seen: string[] = [];
  const { dataSource } = store.db;
  const usual = dataSource.logger;
  dataSource.logger = { ...silent, logQuery: (sql) => seen.push(sql.trim().split(' ')[0] ?? '') };
  try {
    const id = await log.begin('run-1', 'ozon', '1001');
    await log.progress(id, 1);
    await log.finish(id, { status: 'success', records: 1, changed: 0, absent: 0 });
  } finally {
    dataSource.logger = usual;
  }
  expect(seen).toEqual(['INSERT', 'UPDATE', 'UPDATE']);
});

const silent = {
  logQueryError: () => undefined,
  logQuerySlow: () => undefined,
  logSchemaBuild: () => undefined,
  logMigration: () => undefined,
  log: () => undefined,
};
