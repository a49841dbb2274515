import { beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/events/alert.js';
import type { ClaimedDigest } from '../../../src/ports/alert-store.js';
import { createAlertStore } from '../../../src/store/alert-store.js';
import { createDeliveryStore } from '../../../src/store/delivery-store.js';
import { createFeedRegistry } from '../../../src/store/feed-registry.js';
import { someAlert } from './alerts.js';
import { AT_ONCE, deliveries, enqueue, store, TO, useDeliveries } from './delivery-lab.js';

useDeliveries('screen');

const open = (alerts: Alert[]) => store.db.transaction((tx) => createAlertStore(store.db).record(tx, alerts));
const some = (count: number) => Array.from({ length: count }, () => someAlert());
const ids = (digest: ClaimedDigest | null) => digest?.alerts.map(({ id }) => id).sort();
const deliveryStates = async () =>
  (await store.db.query('SELECT DISTINCT status FROM alert_deliveries ORDER BY 1')).map((row) => row.status);
const past = (column: string, table: string, seconds: number) =>
  store.db.execute(`UPDATE ${table} SET ${column} = NOW(3) - INTERVAL ${seconds} SECOND`);

describe('what is not told one by one', () => {
  const ozon = (given: Partial<Alert> = {}) => someAlert({ account: '1001', ...given });
  const down = (rule: string, feed = 'ozon:1001:product-stocks') =>
    someAlert({ rule, severity: 'critical', feed, fingerprint: `${rule}:${feed}`, product: undefined });

  it.each(['source-stale', 'credentials-refused', 'snapshots-failing', 'method-retired'])(
    'products of a source with %s open are counted only, once',
    async (rule) => {
      const trouble = down(rule);
      const other = someAlert({ source: 'wildberries', account: 'abc', feed: 'wildberries:abc:warehouses' });
      await open([trouble]);
      await enqueue([ozon(), ozon(), ozon({ account: '2002' }), other, trouble]);
      const digest = await deliveries.claim(AT_ONCE);
      expect(digest?.muted).toEqual([{ source: 'ozon', count: 2 }]);
      expect(digest?.alerts.map(({ account }) => account).sort()).toEqual(['1001', '2002', 'abc']);
      await deliveries.sent(digest?.digestId ?? '', '250');
      expect(await deliveryStates()).toEqual(['muted', 'sent']);
      await enqueue([ozon()]);
      expect(await deliveries.claim(AT_ONCE)).toBeNull();
      await open([{ ...trouble, state: 'resolved' }]);
      await enqueue([ozon()]);
      const after = await deliveries.claim(AT_ONCE);
      expect([after?.alerts.length, after?.muted]).toEqual([1, [{ source: 'ozon', count: 1 }]]);
    },
  );

  it('a catalogue in trouble mutes nothing', async () => {
    await open([down('source-stale', 'ozon:1001:product-list')]);
    await enqueue([ozon()]);
    expect((await deliveries.claim(AT_ONCE))?.alerts).toHaveLength(1);
  });

  it('what a person has muted is not told, until the time is over', async () => {
    const [muted, loud] = some(2) as [Alert, Alert];
    await open([muted, loud]);
    const mute = (minutes: number) =>
      store.db.execute('UPDATE alerts SET muted_until = NOW(3) + INTERVAL ? MINUTE WHERE fingerprint = ?', [
        minutes,
        muted.fingerprint,
      ]);
    await mute(5);
    await enqueue([muted, loud]);
    const digest = await deliveries.claim(AT_ONCE);
    expect([ids(digest), digest?.muted]).toEqual([[loud.id], []]);
    await deliveries.sent(digest?.digestId ?? '', '250');
    await mute(-1);
    await enqueue([{ ...muted, id: `${muted.id}/later` }]);
    expect(ids(await deliveries.claim(AT_ONCE))).toEqual([`${muted.id}/later`]);
  });
});

describe('what is told once more', () => {
  const HOURS = 4 * 3_600_000;
  const critical = (at = new Date()) =>
    someAlert({ rule: 'feed-held', severity: 'critical', product: undefined, at: at.toISOString() });
  const told = async (alerts: Alert[]) => {
    await open(alerts);
    await enqueue(alerts);
    const { digestId = '' } = (await deliveries.claim(AT_ONCE)) ?? {};
    await deliveries.sent(digestId, '250');
  };

  it('an open critical four hours after it was told, once, whoever asks', async () => {
    const [held, warning] = [critical(), someAlert()];
    await told([held, warning]);
    expect(await deliveries.repeat(HOURS, TO)).toBe(0);
    await past('sent_at', 'digests', 4 * 3600 + 1);
    const another = createDeliveryStore(await store.openAnother());
    await Promise.all([deliveries.repeat(HOURS, TO), another.repeat(HOURS, TO)]);
    expect(await deliveries.repeat(HOURS, TO)).toBe(0);
    const digest = await deliveries.claim(AT_ONCE);
    expect([digest?.alerts, digest?.repeated, digest?.muted]).toEqual([[], [held], []]);
    await deliveries.sent(digest?.digestId ?? '', '250');
    expect(await deliveries.repeat(HOURS, TO)).toBe(0);
    await past('sent_at', 'digests', 4 * 3600 + 1);
    expect(await deliveries.repeat(HOURS, TO)).toBe(1);
  });

  it('not while it waits to be told, nor to nobody, nor on a channel that told it lately', async () => {
    const held = critical(new Date(Date.now() - 5 * 3_600_000));
    await open([held]);
    await enqueue([held]);
    expect(await deliveries.repeat(HOURS, TO)).toBe(0);
    expect(await deliveries.repeat(HOURS, '')).toBe(0);
    const { digestId = '' } = (await deliveries.claim(AT_ONCE)) ?? {};
    await deliveries.sent(digestId, '250');
    expect(await deliveries.repeat(HOURS, TO)).toBe(0);
    expect(await createDeliveryStore(store.db, 'max').repeat(HOURS, '1')).toBe(1);
  });

  it.each(['muted_until = NOW(3) + INTERVAL 1 HOUR', 'acknowledged_at = NOW(3)', "state = 'resolved'"])(
    'not with %s, even where it was entered before',
    async (change) => {
      await told([critical()]);
      await past('sent_at', 'digests', 4 * 3600 + 1);
      expect(await deliveries.repeat(HOURS, TO)).toBe(1);
      await store.db.execute(`UPDATE alerts SET ${change}`);
      expect(await deliveries.claim(AT_ONCE)).toBeNull();
      expect(await deliveries.repeat(HOURS, TO)).toBe(0);
    },
  );

  describe('only of shops that are still read', () => {
    const ours = [{ source: 'ozon', account: '1001' }] as const;
    const stale = (given: Partial<Alert> = {}) =>
      someAlert({ rule: 'source-stale', severity: 'critical', product: undefined, ...given });
    const wb = { source: 'wildberries', account: 'abc', feed: 'wildberries:abc:wb-warehouses' } as const;
    const due = async (alerts: Alert[]) => {
      await told(alerts.map((one) => ({ ...one, at: new Date().toISOString() })));
      await past('sent_at', 'digests', 4 * 3600 + 1);
    };
    const ranAt = (hoursAgo: number) =>
      store.db.execute(
        `INSERT INTO sync_logs (run_id, source, account, status, started_at)
         VALUES ('r', 'wildberries', 'abc', 'failed', NOW(3) - INTERVAL ? HOUR)`,
        [hoursAgo],
      );
    beforeEach(() => store.db.execute('DELETE FROM sync_logs'));
    const repeated = async () => (await deliveries.claim(AT_ONCE))?.repeated.map(({ account }) => account);

    it('not of an account that the settings name no more, nor of a marketplace that they dropped', async () => {
      await due([stale(), stale({ account: '2002', feed: 'ozon:2002:product-stocks' }), stale(wb)]);
      await ranAt(25);
      expect(await deliveries.repeat(HOURS, TO, ours)).toBe(1);
      expect(await repeated()).toEqual(['1001']);
    });

    it('of one that another process reads with settings of its own', async () => {
      await due([stale(wb)]);
      await ranAt(23);
      expect(await deliveries.repeat(HOURS, TO, ours)).toBe(1);
    });

    it('of all where the settings name no shop, or do not say whose', async () => {
      await due([stale(wb)]);
      const unknown = [...ours, { source: 'wildberries', account: null } as const];
      expect(await deliveries.repeat(HOURS, TO, unknown)).toBe(1);
      expect(await deliveries.repeat(HOURS, TO, ours)).toBe(0);
      expect(await repeated()).toBeUndefined();
      expect(await deliveryStates()).toEqual(['over', 'sent']);
    });

    it('a worker that only mails leaves none out', async () => {
      await due([stale(), stale(wb)]);
      expect(await deliveries.repeat(HOURS, TO, [])).toBe(2);
    });

    it('not of a feed that was retired, even where it was entered before', async () => {
      await createFeedRegistry(store.db).register(
        { source: 'ozon', account: '1001', endpoint: 'product-stocks' },
        1,
      );
      await due([stale()]);
      expect(await deliveries.repeat(HOURS, TO, ours)).toBe(1);
      await store.db.execute('UPDATE feeds SET retired_at = NOW(3)');
      expect(await repeated()).toBeUndefined();
      expect(await deliveries.repeat(HOURS, TO, ours)).toBe(0);
      await store.db.execute('UPDATE feeds SET retired_at = NULL');
    });
  });
});
