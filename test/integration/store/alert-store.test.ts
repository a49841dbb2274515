import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Alert } from '../../../src/events/alert.js';
import type { AlertStore } from '../../../src/ports/alert-store.js';
import { createAlertStore } from '../../../src/store/alert-store.js';
import { someAlert } from './alerts.js';
import { type StoreDatabase, storeDatabase } from './store-database.js';

let store: StoreDatabase;
let alerts: AlertStore;

beforeAll(async () => {
  store = await storeDatabase('alerts');
  alerts = createAlertStore(store.db);
});
beforeEach(() => store.db.execute('DELETE FROM alerts'));
afterAll(() => store?.close());

const record = (...events: Alert[]) => store.db.transaction((tx) => alerts.record(tx, events));
const rows = () => store.db.query('SELECT * FROM alerts ORDER BY fingerprint');

it('knows which findings are open', async () => {
  const [a, b, c] = [someAlert(), someAlert(), someAlert()];
  await record(a, b, { ...b, id: 'other', state: 'resolved' });
  expect(await alerts.open([a.fingerprint, b.fingerprint, c.fingerprint])).toEqual(new Set([a.fingerprint]));
  expect(await alerts.open([])).toEqual(new Set());
  const many = Array.from({ length: 2500 }, (_, index) => `nothing:${index}`);
  expect(await alerts.open([...many, a.fingerprint])).toEqual(new Set([a.fingerprint]));
});

it('refuses what was decided before another opened or resolved the same, and lets the first of two go through', async () => {
  const raised = someAlert({ fingerprint: 'f', id: '1' });
  const decide = (event: Alert, open: readonly string[]) =>
    store.db.transaction((tx) => alerts.record(tx, [event], new Set(open)));
  const twice = await Promise.allSettled([decide(raised, []), decide({ ...raised, id: '2' }, [])]);
  expect(twice.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(twice.find((one) => one.status === 'rejected')).toMatchObject({
    reason: { code: 'OWNERSHIP_LOST' },
  });
  const resolved: Alert = { ...raised, id: '3', state: 'resolved' };
  await decide(resolved, ['f']);
  await expect(decide({ ...resolved, id: '4' }, ['f'])).rejects.toMatchObject({ code: 'OWNERSHIP_LOST' });
  expect(await rows()).toMatchObject([{ alert_id: '3', state: 'resolved' }]);
});

it('keeps one row per finding, with the newest event', async () => {
  const raised = someAlert({ fingerprint: 'f', id: '1', at: '2026-01-02T03:04:05.678Z' });
  const resolved = someAlert({
    fingerprint: 'f',
    id: '2',
    state: 'resolved',
    at: '2026-01-03T00:00:00.000Z',
  });
  await record(raised);
  expect(await rows()).toEqual([
    {
      ...{ acknowledged_at: null, muted_until: null },
      fingerprint: 'f',
      alert_id: '1',
      state: 'open',
      rule: 'ran-out',
      severity: 'warning',
      source: 'ozon',
      account: '1001',
      feed: 'ozon:1001:product-stocks',
      raised_at: new Date('2026-01-02T03:04:05.678Z'),
      resolved_at: null,
      payload: JSON.stringify(raised),
    },
  ]);
  await record(resolved);
  expect(await rows()).toMatchObject([
    { alert_id: '2', state: 'resolved', raised_at: new Date(raised.at), resolved_at: new Date(resolved.at) },
  ]);
  await record({ ...raised, id: '3', at: '2026-01-04T00:00:00.000Z', severity: 'critical' });
  expect(await rows()).toMatchObject([
    {
      alert_id: '3',
      state: 'open',
      severity: 'critical',
      raised_at: new Date('2026-01-04'),
      resolved_at: null,
    },
  ]);
});

it('forgets at its end that an alert was acknowledged, and keeps what was muted', async () => {
  const raised = someAlert({ fingerprint: 'f', id: '1' });
  await record(raised);
  await store.db.execute("UPDATE alerts SET acknowledged_at = NOW(3), muted_until = '2030-01-01'");
  await record({ ...raised, id: '2' });
  expect(await rows()).toMatchObject([{ acknowledged_at: expect.any(Date) }]);
  await record({ ...raised, id: '3', state: 'resolved' });
  await record({ ...raised, id: '4' });
  expect(await rows()).toMatchObject([{ acknowledged_at: null, muted_until: expect.any(Date) }]);
});

it('comes to the same rows whether events arrive one by one, at once, or once more', async () => {
  const events = ['a', 'b', 'a', 'c', 'b', 'a', 'a', 'b'].map((fingerprint, index) =>
    someAlert({
      fingerprint,
      id: String(index),
      state: index % 3 === 2 ? 'resolved' : 'raised',
      at: new Date(Date.UTC(2026, 0, 1, index)).toISOString(),
    }),
  );
  for (const event of events) await record(event);
  const single = await rows();
  await record(...events);
  expect(await rows()).toEqual(single);
  await store.db.execute('DELETE FROM alerts');
  await record(...events);
  expect(await rows()).toEqual(single);
});

it('goes and comes with its transaction', async () => {
  const alert = someAlert();
  await expect(
    store.db.transaction(async (tx) => {
      await alerts.record(tx, [alert]);
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(await alerts.open([alert.fingerprint])).toEqual(new Set());
});
