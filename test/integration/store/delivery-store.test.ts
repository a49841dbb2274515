import { describe, expect, it } from 'vitest';
import type { ClaimedDigest, DeliveryStore } from '../../../src/ports/alert-store.js';
import { createDeliveryStore } from '../../../src/store/delivery-store.js';
import { someAlert } from './alerts.js';
import { AT_ONCE, deliveries, enqueue, store, TO, useDeliveries } from './delivery-lab.js';

useDeliveries('delivery');

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

  it('gives at most so many, the oldest first', async () => {
    const [first, second] = [some(3), some(3)];
    await enqueue(first);
    await past('created_at', 'alert_deliveries', 20);
    await enqueue(second);
    const claims = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const claimed = await deliveries.claim({ ...AT_ONCE, maxAlerts: 3 });
      if (claimed !== null) await deliveries.sent(claimed.digestId, '250 ok');
      claims.push(ids(claimed));
    }
    expect(claims).toEqual([first.map(({ id }) => id).sort(), second.map(({ id }) => id).sort(), undefined]);
  });

  it('never gives two claimers the same alert', async () => {
    const others = await Promise.all([store.openAnother(), store.openAnother(), store.openAnother()]);
    const claimers = [deliveries, ...others.map((db) => createDeliveryStore(db))];
    const alerts = some(40);
    await enqueue(alerts);
    let left = alerts.length;
    const claim = async (claimer: DeliveryStore) => {
      const mine: ClaimedDigest[] = [];
      // One digest is on its way at a time: who comes meanwhile gets none, and comes again.
      while (left > 0) {
        const digest = await claimer.claim({ ...AT_ONCE, maxAlerts: 3 });
        if (digest === null) continue;
        mine.push(digest);
        left -= digest.alerts.length;
        await claimer.sent(digest.digestId, '250 ok');
      }
      return mine;
    };
    const digests = (await Promise.all(claimers.map(claim))).flat();
    expect(digests.flatMap(({ alerts: given }) => given.map(({ id }) => id)).sort()).toEqual(
      alerts.map(({ id }) => id).sort(),
    );
    expect(new Set(digests.map(({ digestId }) => digestId)).size).toBe(digests.length);
    // The same for digests whose senders died.
    await store.db.execute("UPDATE digests SET status = 'sending'");
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

describe('while a digest is on its way', () => {
  it('no other begins, until it is sent or given up, and not too soon after it was sent', async () => {
    await enqueue(some(1));
    const first = await deliveries.claim(AT_ONCE);
    await enqueue(some(1));
    expect(await deliveries.claim(AT_ONCE)).toBeNull();
    await deliveries.failed(first?.digestId ?? '', '451', 60_000);
    expect(await deliveries.claim(AT_ONCE)).toBeNull();
    await past('not_before', 'digests', 1);
    await deliveries.claim(AT_ONCE);
    await deliveries.sent(first?.digestId ?? '', '250');
    await enqueue(some(1));
    const patient = { ...AT_ONCE, groupIntervalMs: 300_000 };
    expect(await deliveries.claim(patient)).toBeNull();
    await past('sent_at', 'digests', 301);
    expect((await deliveries.claim(patient))?.alerts).toHaveLength(1);
  });

  it('none of many claimers at once begins another, however much waits', async () => {
    const others = await Promise.all([store.openAnother(), store.openAnother()]);
    const claimers = [deliveries, ...others.map((db) => createDeliveryStore(db))];
    for (let round = 0; round < 5; round += 1) {
      await enqueue(some(20));
      const all = [...claimers, ...claimers, ...claimers].map((one) =>
        one.claim({ ...AT_ONCE, maxAlerts: 3 }),
      );
      const [digest, ...more] = (await Promise.all(all)).filter((one) => one !== null);
      expect([digest?.alerts.length, more]).toEqual([3, []]);
      await deliveries.sent(digest?.digestId ?? '', '250');
    }
  });

  it('one that surely did not arrive takes up what came since, up to the most', async () => {
    const [old, young] = [some(2), some(3)];
    await enqueue(old);
    const digest = await deliveries.claim(AT_ONCE);
    await deliveries.failed(digest?.digestId ?? '', 'ECONNREFUSED', 0);
    await enqueue(young);
    const again = await deliveries.claim({ ...AT_ONCE, maxAlerts: 4 });
    expect(again).toMatchObject({ digestId: digest?.digestId, createdAt: digest?.createdAt, attempt: 2 });
    expect(ids(again)).toEqual([...old, ...young.slice(0, 2)].map(({ id }) => id).sort());
    expect(await deliveries.pending()).toBe(5);
  });

  it('one that may have arrived stays as it is, whatever later tries say', async () => {
    await enqueue(some(2));
    const digest = await deliveries.claim(AT_ONCE);
    await deliveries.failed(digest?.digestId ?? '', 'connection lost', 0, { unclear: true });
    await enqueue(some(1));
    expect(await deliveries.claim(AT_ONCE)).toEqual({ ...digest, attempt: 2 });
    await deliveries.failed(digest?.digestId ?? '', '451 later', 0);
    expect(await deliveries.claim(AT_ONCE)).toEqual({ ...digest, attempt: 3 });
    await deliveries.sent(digest?.digestId ?? '', '250');
    expect((await deliveries.claim(AT_ONCE))?.alerts).toHaveLength(1);
  });

  it('one whose sender died may have arrived', async () => {
    await enqueue(some(1));
    const digest = await deliveries.claim(AT_ONCE);
    await past('sending_since', 'digests', 7200);
    await enqueue(some(1));
    expect(await deliveries.claim(AT_ONCE)).toEqual({ ...digest, attempt: 2 });
  });
});

describe('channels', () => {
  it('know nothing of each other', async () => {
    const telegram = createDeliveryStore(store.db, 'telegram');
    const alerts = some(2);
    await enqueue(alerts);
    await store.db.transaction((tx) => telegram.enqueue(tx, alerts, '-100'));
    const mail = await deliveries.claim(AT_ONCE);
    const chat = await telegram.claim({ ...AT_ONCE, recipients: '-100' });
    expect([mail?.recipients, chat?.recipients]).toEqual([TO, '-100']);
    expect(ids(chat)).toEqual(ids(mail));
    await telegram.failed(chat?.digestId ?? '', 'blocked', 3_600_000);
    await deliveries.sent(mail?.digestId ?? '', '250');
    expect([await deliveries.pending(), await telegram.pending()]).toEqual([0, 2]);
  });
});

describe('ten thousand alerts in one snapshot', () => {
  it('make one digest with all of them', async () => {
    await enqueue(some(10_000));
    const digest = await deliveries.claim({ ...AT_ONCE, maxAlerts: 10_000 });
    expect(digest?.alerts).toHaveLength(10_000);
    await deliveries.sent(digest?.digestId ?? '', '250');
    expect(await deliveries.pending()).toBe(0);
  });
});

describe('a notice', () => {
  it('is due once in its time, whichever process asks', async () => {
    const another = createDeliveryStore(await store.openAnother());
    const ask = (of: DeliveryStore) => store.db.transaction((tx) => of.notice(tx, 'no-mail', 86_400_000));
    expect([await ask(deliveries), await ask(another), await ask(deliveries)]).toEqual([true, false, false]);
    await past('said_at', 'notices', 86_401);
    expect([await ask(another), await ask(deliveries)]).toEqual([true, false]);
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
