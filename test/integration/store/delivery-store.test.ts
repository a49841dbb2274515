import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/events/alert.js';
import type { ClaimedDigest, DeliveryStore } from '../../../src/ports/alert-store.js';
import { createDeliveryStore } from '../../../src/store/delivery-store.js';
import { someAlert } from './alerts.js';
import { type StoreDatabase, storeDatabase } from './store-database.js';

const TO = 'shop@example.test';
/** Nothing waits, nothing counts as stuck. */
const AT_ONCE = { groupWaitMs: 0, stuckAfterMs: 3_600_000, maxAlerts: 100 };

let store: StoreDatabase;
let deliveries: DeliveryStore;

beforeAll(async () => {
  store = await storeDatabase('delivery');
  deliveries = createDeliveryStore(store.db);
});
beforeEach(async () => {
  await store.db.execute('DELETE FROM alert_deliveries');
  await store.db.execute('DELETE FROM digests');
});
afterAll(() => store?.close());

const enqueue = (alerts: Alert[], to = TO) =>
  store.db.transaction((tx) => deliveries.enqueue(tx, alerts, to));
const some = (count: number) => Array.from({ length: count }, () => someAlert());
const ids = (digest: ClaimedDigest | null) => digest?.alerts.map(({ id }) => id).sort();
const digestRow = async () => (await store.db.query('SELECT * FROM digests'))[0];
const deliveryStates = async () =>
  (await store.db.query('SELECT DISTINCT status FROM alert_deliveries ORDER BY 1')).map((row) => row.status);
const past = (column: string, table: string, seconds: number) =>
  store.db.execute(`UPDATE ${table} SET ${column} = NOW(3) - INTERVAL ${seconds} SECOND`);

describe('enqueue', () => {
  it('leaves an alert that is there as it is', async () => {
    const alert = someAlert();
    await enqueue([alert]);
    const digest = await deliveries.claim(AT_ONCE);
    await deliveries.sent(digest?.digestId ?? '', '250 ok');
    await enqueue([{ ...alert, severity: 'critical' }, alert], 'other@example.test');
    expect(
      await store.db.query('SELECT alert_id, recipients, status, payload FROM alert_deliveries'),
    ).toEqual([{ alert_id: alert.id, recipients: TO, status: 'sent', payload: JSON.stringify(alert) }]);
    expect(await deliveries.claim(AT_ONCE)).toBeNull();
  });

  it('keeps alerts for nobody, and hands them to nobody', async () => {
    await enqueue(some(2), '');
    expect(await deliveries.claim(AT_ONCE)).toBeNull();
    expect(await deliveries.pending()).toBe(0);
    expect(await store.db.query('SELECT COUNT(*) AS n FROM alert_deliveries')).toEqual([{ n: '2' }]);
  });
});

describe('claim', () => {
  it('gives all that wait, once the oldest has waited long enough', async () => {
    const [old, young] = [some(2), some(3)];
    await enqueue(old);
    expect(await deliveries.claim({ ...AT_ONCE, groupWaitMs: 60_000 })).toBeNull();
    await past('created_at', 'alert_deliveries', 61);
    await enqueue(young);
    const digest = await deliveries.claim({ ...AT_ONCE, groupWaitMs: 60_000 });
    expect(digest).toMatchObject({ recipients: TO, attempt: 1 });
    expect(ids(digest)).toEqual([...old, ...young].map(({ id }) => id).sort());
    expect(digest?.alerts[0]).toEqual(old[0]);
    expect(await deliveries.claim(AT_ONCE)).toBeNull();
  });

  it('gives at most so many, the oldest first, and one set of recipients at a time', async () => {
    const [first, second, third] = [some(3), some(3), some(1)];
    await enqueue(first);
    await past('created_at', 'alert_deliveries', 20);
    await enqueue(third, 'other@example.test');
    await past('created_at', 'alert_deliveries', 10);
    await store.db.execute(
      'UPDATE alert_deliveries SET created_at = NOW(3) - INTERVAL 20 SECOND WHERE recipients = ?',
      [TO],
    );
    await enqueue(second);
    const claims = [];
    for (let turn = 0; turn < 4; turn += 1) claims.push(await deliveries.claim({ ...AT_ONCE, maxAlerts: 3 }));
    expect(ids(claims[0] ?? null)).toEqual(first.map(({ id }) => id).sort());
    expect(claims[1]).toMatchObject({ recipients: 'other@example.test', alerts: third });
    expect(ids(claims[2] ?? null)).toEqual(second.map(({ id }) => id).sort());
    expect(claims[3]).toBeNull();
  });

  it('never gives two claimers the same alert', async () => {
    const others = await Promise.all([store.openAnother(), store.openAnother(), store.openAnother()]);
    const claimers = [deliveries, ...others.map(createDeliveryStore)];
    const alerts = some(40);
    await enqueue(alerts);
    const claim = async (claimer: DeliveryStore) => {
      const mine: ClaimedDigest[] = [];
      for (let turn = 0; turn < 6; turn += 1) {
        const digest = await claimer.claim({ ...AT_ONCE, maxAlerts: 3 });
        if (digest !== null) mine.push(digest);
      }
      return mine;
    };
    const digests = (await Promise.all(claimers.map(claim))).flat();
    expect(digests.flatMap(({ alerts: given }) => given.map(({ id }) => id)).sort()).toEqual(
      alerts.map(({ id }) => id).sort(),
    );
    expect(new Set(digests.map(({ digestId }) => digestId)).size).toBe(digests.length);
    // The same for digests whose senders died.
    await past('sending_since', 'digests', 100);
    const again = await Promise.all(
      [...claimers, ...claimers, ...claimers, ...claimers].map((one) =>
        one.claim({ ...AT_ONCE, stuckAfterMs: 90_000 }),
      ),
    );
    const handedOut = again.flatMap((digest) => (digest === null ? [] : [digest.digestId]));
    expect(new Set(handedOut).size).toBe(handedOut.length);
    expect(handedOut.sort()).toEqual(digests.map(({ digestId }) => digestId).sort());
  });

  it('hands a digest whose sender died out again, the same but for the attempt', async () => {
    await enqueue(some(3));
    const digest = await deliveries.claim(AT_ONCE);
    await enqueue(some(2));
    expect(await deliveries.claim({ ...AT_ONCE, groupWaitMs: 60_000, stuckAfterMs: 60_000 })).toBeNull();
    await past('sending_since', 'digests', 61);
    const again = await deliveries.claim({ ...AT_ONCE, groupWaitMs: 60_000, stuckAfterMs: 60_000 });
    expect(again).toEqual({ ...digest, attempt: 2 });
    expect(await deliveries.claim({ ...AT_ONCE, groupWaitMs: 60_000, stuckAfterMs: 60_000 })).toBeNull();
  });
});

describe('the end of an attempt', () => {
  it('is kept with the words of the server', async () => {
    await enqueue(some(2));
    const digest = await deliveries.claim(AT_ONCE);
    expect(await deliveries.pending()).toBe(2);
    await deliveries.sent(digest?.digestId ?? '', `250 ${'да'.repeat(1000)}`);
    const row = await digestRow();
    expect(row).toMatchObject({ status: 'sent', attempts: 1, error: null, not_before: null });
    expect(row?.sent_at).toBeInstanceOf(Date);
    expect(String(row?.server_answer)).toMatch(/^250 да.*…$/);
    expect(await deliveryStates()).toEqual(['sent']);
    expect(await deliveries.pending()).toBe(0);
  });

  it('may be told twice; the first word stays', async () => {
    await enqueue(some(1));
    const { digestId = '' } = (await deliveries.claim(AT_ONCE)) ?? {};
    await deliveries.sent(digestId, '250 first');
    const row = await digestRow();
    await deliveries.sent(digestId, '250 second');
    await deliveries.failed(digestId, 'a late answer', 0);
    await deliveries.failed(digestId, 'a late answer', null);
    expect(await digestRow()).toEqual(row);
    expect(await deliveryStates()).toEqual(['sent']);
  });

  it('that failed comes again later, the same digest', async () => {
    await enqueue(some(2));
    const digest = await deliveries.claim(AT_ONCE);
    await deliveries.failed(digest?.digestId ?? '', '451 later', 60_000);
    expect(await digestRow()).toMatchObject({ status: 'retry', error: '451 later', server_answer: null });
    expect(await deliveryStates()).toEqual(['retry']);
    expect(await deliveries.pending()).toBe(2);
    expect(await deliveries.claim(AT_ONCE)).toBeNull();
    await past('not_before', 'digests', 1);
    expect(await deliveries.claim(AT_ONCE)).toEqual({ ...digest, attempt: 2 });
    expect(await deliveryStates()).toEqual(['sending']);
    await deliveries.failed(digest?.digestId ?? '', '451 later', 0);
    expect(await deliveries.claim(AT_ONCE)).toEqual({ ...digest, attempt: 3 });
  });

  it('that was the last is given up and can be found', async () => {
    await enqueue(some(2));
    const digest = await deliveries.claim(AT_ONCE);
    await deliveries.failed(digest?.digestId ?? '', '550 no such user', null);
    expect(await digestRow()).toMatchObject({
      status: 'given-up',
      error: '550 no such user',
      not_before: null,
    });
    expect(await deliveryStates()).toEqual(['given-up']);
    expect(await deliveries.pending()).toBe(0);
    await past('sending_since', 'digests', 100_000);
    expect(await deliveries.claim(AT_ONCE)).toBeNull();
  });

  it('of a digest nobody knows is a fault', async () => {
    await expect(deliveries.sent('nothing', '250')).rejects.toMatchObject({ code: 'INVARIANT' });
    await expect(deliveries.failed('nothing', 'x', 1)).rejects.toMatchObject({ code: 'INVARIANT' });
  });
});
