import { describe, expect, test, vi } from 'vitest';
import { createAnomalyApp } from '../../../src/consumers/anomaly.js';
import { AppError } from '../../../src/errors.js';
import type { LogRecord } from '../../../src/ports/log-records.js';
import { appliedEvent, heldEvent, syncRecords } from '../../topology/sync-records.js';
import { settings } from '../domain/anomaly/settings.js';
import { back, gone, product } from '../domain/anomaly/snapshots.js';
import { MemoryAlerts, placeOf, TX } from './memory-alerts.js';
import { MemoryHistory, step } from './memory-history.js';

const TOPIC = 'inventory.sync-events.v1';

function app(alerts = new MemoryAlerts(), history = new MemoryHistory()) {
  return createAnomalyApp({ prefix: 'inventory', settings: settings(), alerts, history });
}

async function process(
  records: readonly LogRecord[],
  alerts = new MemoryAlerts(),
  history = new MemoryHistory(),
) {
  const partition = await app(alerts, history).open(placeOf(TOPIC));
  const work = await partition.fold(records);
  return { partition, alerts, work, written: await work.write(TX) };
}

const many = (count: number) => Array.from({ length: count }, (_, index) => gone(`${index + 1}`));

describe('anomaly consumer', () => {
  test('reads sync events as its own group and needs nothing from before its checkpoint', async () => {
    const consumer = app();
    expect(consumer).toMatchObject({
      name: 'anomaly',
      group: 'inventory.anomaly',
      topic: TOPIC,
      gapless: false,
    });
    const partition = await consumer.open(placeOf(TOPIC));
    expect(partition.rewindTo).toBe(40);
    await partition.recall(syncRecords([appliedEvent('s', 100, 1)]));
    expect(await consumer.owedFromLedger(placeOf(TOPIC), 0, 40)).toEqual([]);
  });

  test('records alerts and publishes them keyed by fingerprint, with the alert’s id', async () => {
    const [record] = syncRecords([appliedEvent('s', 100, 98, { ranOut: [gone('1'), gone('2')] })]);
    const traced = { ...(record as LogRecord), headers: { traceparent: '00-aa-bb-01' } };
    const { alerts, written } = await process([traced]);
    expect(written.ledger).toEqual([]);
    expect(written.outbox.map(({ offset, index, topic, key }) => [offset, index, topic, key])).toEqual([
      [0, 0, 'alerts.v1', 'ran-out:ozon:123:1'],
      [0, 1, 'alerts.v1', 'ran-out:ozon:123:2'],
    ]);
    for (const output of written.outbox) {
      const alert = JSON.parse(output.value);
      expect(output.headers).toMatchObject({
        ce_id: alert.id,
        ce_type: 'inventory.alert.v1',
        ce_time: alert.at,
        ce_source: '/inventory-sync/inventory',
        traceparent: '00-aa-bb-01',
      });
      expect(alerts.recorded.has(alert.id)).toBe(true);
    }
  });

  test('writing again after a deadlock gives the same', async () => {
    const { work, written } = await process(syncRecords([appliedEvent('s', 100, 1)]));
    expect(await work.write(TX)).toEqual(written);
  });

  test('what cannot be read goes to dead letters as it was', async () => {
    const [broken] = syncRecords(['{"type":']);
    const { written } = await process([{ ...(broken as LogRecord), key: 'k', offset: 44 }]);
    expect(written.outbox).toHaveLength(1);
    expect(written.outbox[0]).toMatchObject({
      offset: 44,
      index: 0,
      topic: 'dead-letters.v1',
      key: 'k',
      value: '{"type":',
    });
    expect(written.outbox[0]?.headers).toMatchObject({
      ce_id: `${TOPIC}/3/2/44/0`,
      'dlq-topic': TOPIC,
      'dlq-offset': '44',
      'dlq-group': 'inventory.anomaly',
      'dlq-stage': 'decode',
      'dlq-error-class': 'RECORD_INVALID',
    });
  });

  test('copies of a record that kafkajs leaks are dropped, in one batch and over batches', async () => {
    const events = [
      appliedEvent('s1', 100, 98, { ranOut: [gone('1')] }),
      appliedEvent('s2', 98, 10, { cameBack: [back('1')] }),
    ];
    const once = syncRecords(events);
    const copies = once.map((record) => ({ ...record, offset: record.offset + 10 }));
    const straight = await process(once);
    const doubled = await process([...once, ...copies]);
    expect(doubled.written).toEqual(straight.written);

    const { partition } = doubled;
    partition.settled?.();
    const late = await partition.fold(copies.map((record) => ({ ...record, offset: record.offset + 10 })));
    expect((await late.write(TX)).outbox).toEqual([]);
  });

  test('a batch that was never committed is judged again in full', async () => {
    const records = syncRecords([appliedEvent('s', 100, 1)]);
    const partition = await app().open(placeOf(TOPIC));
    await partition.fold(records);
    const again = await partition.fold(records);
    expect((await again.write(TX)).outbox).toHaveLength(1);
  });

  test('events without an id are never taken for copies', async () => {
    const [record] = syncRecords([appliedEvent('s', 100, 1)]);
    const bare = { ...(record as LogRecord), headers: {} };
    const { written } = await process([bare, { ...bare, offset: 1 }]);
    expect(written.outbox).toHaveLength(2);
  });

  test('asks about many products in questions of bounded size', async () => {
    const { alerts } = await process(syncRecords([appliedEvent('s', 100, 98, { ranOut: many(2500) })]));
    expect(Math.max(...alerts.questions)).toBeLessThanOrEqual(1000);
    expect(alerts.recorded.size).toBe(2500);
  });

  test('a transaction is bounded by records and by bytes, and takes at least one', async () => {
    const partition = await app().open(placeOf(TOPIC));
    const small = syncRecords(Array.from({ length: 700 }, () => '{}'));
    expect(partition.take(small)).toBe(50);
    expect(partition.take(small.slice(0, 3))).toBe(3);
    const large = syncRecords(Array.from({ length: 5 }, () => 'x'.repeat(400_000)));
    expect(partition.take(large)).toBe(2);
    expect(partition.take(syncRecords(['x'.repeat(3_000_000)]))).toBe(1);
  });

  describe('with what happened to products', () => {
    const placed = (id: string, at = '2026-11-22T11:05:00.000Z') => ({
      ...(appliedEvent(id, 100, 98) as object as { feed: string }),
      at,
      place: { life: 1, partition: 4, from: 0, to: 9 },
    });
    const look = {
      ...({ type: 'source-observed', feed: 'ozon:123:product-stocks', source: 'ozon' } as const),
      ...{ account: '123', snapshotId: 'look', at: '2026-11-22T11:05:00.000Z' },
    };
    const records = (...events: object[]) => syncRecords(events.map((event) => JSON.stringify(event)));
    const low = () => new MemoryHistory([step('1', -2)], [product({ before: 6, after: 4 })]);

    test('judges them beside the snapshot, and notes them in the transaction that records the alert', async () => {
      const history = low();
      const alerts = new MemoryAlerts();
      const partition = await app(alerts, history).open(placeOf(TOPIC));
      const work = await partition.fold(records(placed('s1')));
      expect([alerts.recorded.size, history.notes]).toEqual([0, []]);
      const { outbox } = await work.write(TX);
      expect(outbox.map(({ key }) => key)).toEqual(['low-stock:ozon:123:1']);
      expect([...alerts.recorded.keys()]).toEqual(['raised:low-stock:ozon:123:1:s1']);
      expect(history.notes).toMatchObject([
        { at: Date.parse('2026-11-22T11:05:00.000Z'), place: { account: '123', life: 1, from: 0, to: 9 } },
      ]);
    });

    test('notes a batch without an alert too, and a batch that was dropped not at all', async () => {
      const history = new MemoryHistory([step('1', -1)], [product()]);
      const partition = await app(new MemoryAlerts(), history).open(placeOf(TOPIC));
      await partition.fold(records(placed('s1')));
      const work = await partition.fold(records(placed('s1')));
      expect((await work.write(TX)).outbox).toEqual([]);
      expect(history.notes).toHaveLength(1);
    });

    test('a copy that kafkajs leaks notes nothing', async () => {
      const history = low();
      const partition = await app(new MemoryAlerts(), history).open(placeOf(TOPIC));
      const once = records(placed('s1'));
      const copies = once.map((record) => ({ ...record, offset: record.offset + 10 }));
      await (await partition.fold([...once, ...copies])).write(TX);
      partition.settled?.();
      await (await partition.fold(copies)).write(TX);
      expect(history.notes).toHaveLength(1);
    });

    test('what the tables hold already is a copy: neither judged nor noted', async () => {
      const history = low();
      history.now = 'noted';
      const partition = await app(new MemoryAlerts(), history).open(placeOf(TOPIC));
      const work = await partition.fold(records(placed('s1')));
      expect((await work.write(TX)).outbox).toEqual([]);
      expect([history.asked, history.notes]).toEqual([[], []]);
    });

    test('what the projector has not applied in this database yet waits for it', async () => {
      const history = low();
      history.now = 'early';
      const partition = await app(new MemoryAlerts(), history).open(placeOf(TOPIC));
      const early = partition.fold(records(placed('s1')));
      await expect(early).rejects.toMatchObject({ code: 'LEDGER_BEHIND', fate: 'retry' });
      history.now = 'new';
      const work = await partition.fold(records(placed('s1')));
      expect((await work.write(TX)).outbox.map(({ key }) => key)).toEqual(['low-stock:ozon:123:1']);
    });

    test('a transaction ends with the first of them: the next looks back on it', async () => {
      const partition = await app().open(placeOf(TOPIC));
      const plain = JSON.parse(JSON.stringify(appliedEvent('s', 100, 98))) as object;
      const batch = records(plain, plain, placed('s1'), placed('s2'), plain);
      expect(partition.take(batch)).toBe(3);
      expect(partition.take(batch.slice(3))).toBe(1);
      expect(partition.take(batch.slice(4))).toBe(1);
    });

    test('whatever the clock of this machine says, the same is said of the same events', async () => {
      const said = async (clock: number) => {
        vi.useFakeTimers({ toFake: ['Date'], now: clock });
        try {
          const times = { lastSyncAt: '2026-11-22T00:00:00.000Z', keyExpiresAt: '2026-11-25T00:00:00.000Z' };
          const batch = records(placed('s1'), heldEvent('s2'), { ...look, ...times });
          const { outbox } = (await process(batch, new MemoryAlerts(), low())).written;
          return outbox.map(({ key, value, headers }) => ({ key, value, headers }));
        } finally {
          vi.useRealTimers();
        }
      };
      const at = Date.parse('2026-11-22T11:05:00.000Z');
      const then = await said(at);
      expect(then.map(({ key }) => key.split(':')[0])).toEqual(
        expect.arrayContaining(['low-stock', 'feed-held', 'source-stale', 'key-expiring']),
      );
      const day = 86_400_000;
      for (const clock of [at - day, at + day, 0, at + 400 * day]) expect(await said(clock)).toEqual(then);
    });

    test('a database that is away is no reason to put a record aside', async () => {
      const history = low();
      history.steps = () => Promise.reject(new AppError('DB_UNAVAILABLE', 'gone'));
      const partition = await app(new MemoryAlerts(), history).open(placeOf(TOPIC));
      await expect(partition.fold(records(placed('s1')))).rejects.toMatchObject({ code: 'DB_UNAVAILABLE' });
    });
  });
});
