import { describe, expect, it } from 'vitest';
import type { ClaimedDigest } from '../../../src/ports/alert-store.js';
import { someAlert } from './alerts.js';
import { AT_ONCE, deliveries, enqueue, store, TO, useDeliveries } from './delivery-lab.js';

useDeliveries('trouble');

const some = (count: number) => Array.from({ length: count }, () => someAlert());
const digestRow = async () => (await store.db.query('SELECT * FROM digests'))[0];
const past = (column: string, table: string, seconds: number) =>
  store.db.execute(`UPDATE ${table} SET ${column} = NOW(3) - INTERVAL ${seconds} SECOND`);

describe('where the settings name others now', () => {
  const OTHER = 'new@example.test';
  const now = { ...AT_ONCE, recipients: OTHER };
  const recipients = async () =>
    (await store.db.query('SELECT DISTINCT recipients FROM alert_deliveries')).map((row) => row.recipients);

  it('what waits goes to them, with what was entered for them', async () => {
    await enqueue(some(2));
    await enqueue(some(1), OTHER);
    const digest = await deliveries.claim(now);
    expect([digest?.recipients, digest?.alerts.length]).toEqual([OTHER, 3]);
    expect(await recipients()).toEqual([OTHER]);
  });

  it('so does a digest that surely did not arrive, under its id', async () => {
    await enqueue(some(2));
    const digest = await deliveries.claim(AT_ONCE);
    await deliveries.failed(digest?.digestId ?? '', '550 no such user', 0);
    await enqueue(some(1), OTHER);
    const again = await deliveries.claim(now);
    expect(again).toMatchObject({ digestId: digest?.digestId, recipients: OTHER, attempt: 2 });
    expect(again?.alerts).toHaveLength(3);
    await deliveries.sent(digest?.digestId ?? '', '250');
    expect([await recipients(), (await digestRow())?.recipients]).toEqual([[OTHER], OTHER]);
  });

  it('one that may have arrived goes to whom it went, and holds nothing of theirs up', async () => {
    await enqueue(some(2));
    const digest = await deliveries.claim(AT_ONCE);
    await deliveries.failed(digest?.digestId ?? '', 'connection lost', 60_000, { unclear: true });
    await enqueue(some(1), OTHER);
    const theirs = await deliveries.claim(now);
    expect([theirs?.recipients, theirs?.alerts.length]).toEqual([OTHER, 1]);
    await past('not_before', 'digests', 1);
    expect(await deliveries.claim(now)).toEqual({ ...digest, attempt: 2 });
  });

  it('nobody: nothing goes, and nothing is lost', async () => {
    await enqueue(some(2));
    const { digestId = '' } = (await deliveries.claim({ ...AT_ONCE, maxAlerts: 1 })) ?? {};
    await deliveries.failed(digestId, '451', 0);
    expect(await deliveries.claim({ ...AT_ONCE, recipients: '' })).toBeNull();
    expect((await deliveries.claim(AT_ONCE))?.alerts).toHaveLength(2);
  });
});

describe('a digest that is at fault itself', () => {
  const fail = (digest: ClaimedDigest | null, retryInMs = 60_000) =>
    deliveries.failed(digest?.digestId ?? '', 'refused', retryInMs, { ownFault: true });
  const claimNew = async () => {
    await enqueue(some(1));
    return deliveries.claim(AT_ONCE);
  };

  it('stands aside: others go, and it goes on alone, without what came since', async () => {
    const bad = await claimNew();
    await fail(bad);
    const good = await claimNew();
    expect(good?.digestId).not.toBe(bad?.digestId);
    await deliveries.sent(good?.digestId ?? '', '250');
    await enqueue(some(1));
    await past('not_before', 'digests', 1);
    await past('aside_since', 'digests', 7200);
    const again = await deliveries.claim(AT_ONCE);
    expect(again).toMatchObject({ digestId: bad?.digestId, alerts: bad?.alerts, attempt: 2 });
    expect(again?.asideMs).toBeGreaterThanOrEqual(7_200_000);
    // While it is being sent the others need not wait either.
    expect((await deliveries.claim(AT_ONCE))?.alerts).toHaveLength(1);
  });

  it('the next one that fails like it stays in the way and takes up what comes', async () => {
    await fail(await claimNew());
    const second = await claimNew();
    await fail(second);
    expect(await claimNew()).toBeNull();
    await store.db.execute('UPDATE digests SET not_before = NOW(3) WHERE digest_id = ?', [second?.digestId]);
    const again = await deliveries.claim(AT_ONCE);
    expect([again?.digestId, again?.alerts.length]).toEqual([second?.digestId, 2]);
  });

  it('once another was accepted, the next one may stand aside too', async () => {
    await fail(await claimNew());
    await past('aside_since', 'digests', 10);
    const good = await claimNew();
    await deliveries.sent(good?.digestId ?? '', '250');
    await fail(await claimNew());
    expect(await claimNew()).not.toBeNull();
  });
});

describe('a recipient that the server refuses', () => {
  const refused = [{ to: 'b@example.test', said: '550 no such user', remedy: { ru: 'р', en: 'r' } }];
  const claimNew = async (recipients = TO) => {
    await enqueue(some(1), recipients);
    return deliveries.claim({ ...AT_ONCE, recipients });
  };

  it('is named in the next digest to the same people, on each of its tries', async () => {
    const first = await claimNew();
    expect(first?.notReached).toBeUndefined();
    await deliveries.sent(first?.digestId ?? '', '250', refused);
    const next = await claimNew();
    expect(next?.notReached).toEqual([{ to: 'b@example.test', said: '550 no such user' }]);
    await deliveries.failed(next?.digestId ?? '', '451', 0);
    expect(await deliveries.claim(AT_ONCE)).toEqual({ ...next, attempt: 2 });
    await deliveries.sent(next?.digestId ?? '', '250');
    const after = await claimNew();
    expect(after?.notReached).toBeUndefined();
  });

  it('is not named any more once the addresses are others', async () => {
    await deliveries.sent((await claimNew())?.digestId ?? '', '250', refused);
    expect((await claimNew('c@example.test'))?.notReached).toBeUndefined();
  });
});
