import { describe, expect, test } from 'vitest';
import { createMailerApp } from '../../../src/consumers/mailer.js';
import type { Alert } from '../../../src/events/alert.js';
import type { LogRecord } from '../../../src/ports/log-records.js';
import { alertOf, MemoryDeliveries, placeOf, TX } from './memory-alerts.js';

const TOPIC = 'inventory.alerts.v1';

function records(values: readonly (Alert | string)[]): LogRecord[] {
  return values.map((value, offset) => ({
    topic: TOPIC,
    partition: 2,
    offset,
    timestamp: 1_790_000_000_000,
    key: 'k',
    value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
    headers: {},
  }));
}

function app(recipients = 'boss@shop.example', trouble?: string) {
  const deliveries = new MemoryDeliveries();
  const warnings: string[] = [];
  const log = {
    info: () => {},
    error: () => {},
    warn: (_facts: object, text: string) => warnings.push(text),
  };
  return {
    deliveries,
    warnings,
    consumer: createMailerApp({ prefix: 'inventory', outlets: [{ deliveries, recipients, trouble }], log }),
  };
}

const CLAIM = {
  recipients: 'boss@shop.example',
  groupWaitMs: 0,
  groupIntervalMs: 0,
  stuckAfterMs: 1000,
  maxAlerts: 100,
};

describe('mailer consumer', () => {
  test('enters alerts to be mailed, each once however often it is read', async () => {
    const { consumer, deliveries } = app();
    expect(consumer).toMatchObject({
      name: 'mailer',
      group: 'inventory.mailer',
      topic: TOPIC,
      gapless: false,
    });
    const partition = await consumer.open(placeOf(TOPIC));
    for (let time = 0; time < 2; time += 1) {
      const work = await partition.fold(records([alertOf('a'), alertOf('b'), alertOf('a')]));
      expect(await work.write(TX)).toEqual({ ledger: [], outbox: [] });
    }
    const digest = await deliveries.claim(CLAIM);
    expect(digest?.alerts.map((one) => one.id)).toEqual(['a', 'b']);
    expect(digest?.recipients).toBe('boss@shop.example');
  });

  test('every channel has an account of its own', async () => {
    const [mail, telegram] = [new MemoryDeliveries(), new MemoryDeliveries()];
    const outlets = [
      { deliveries: mail, recipients: 'boss@shop.example' },
      { deliveries: telegram, recipients: '-100' },
    ];
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const partition = await createMailerApp({ prefix: 'inventory', outlets, log }).open(placeOf(TOPIC));
    await (await partition.fold(records([alertOf('a')]))).write(TX);
    await mail.sent((await mail.claim(CLAIM))?.digestId ?? '', '250');
    expect([await mail.pending(), await telegram.pending()]).toEqual([0, 1]);
    expect(await telegram.claim({ ...CLAIM, recipients: '-100' })).toMatchObject({ recipients: '-100' });
  });

  test('what cannot be read goes to dead letters, the others are mailed', async () => {
    const { consumer, deliveries } = app();
    const partition = await consumer.open(placeOf(TOPIC));
    const { outbox } = await (await partition.fold(records(['{"id":1}', alertOf('a')]))).write(TX);
    expect(outbox).toHaveLength(1);
    expect(outbox[0]).toMatchObject({ offset: 0, topic: 'dead-letters.v1', key: 'k', value: '{"id":1}' });
    expect(outbox[0]?.headers['dlq-group']).toBe('inventory.mailer');
    expect(await deliveries.pending()).toBe(1);
  });

  test('without a recipient alerts are kept and not mailed, not even later, and that is said once a day', async () => {
    const { consumer, deliveries, warnings } = app('', 'nobody is told');
    for (const partition of [await consumer.open(placeOf(TOPIC)), await consumer.open(placeOf(TOPIC))]) {
      await (await partition.fold(records([alertOf('a')]))).write(TX);
    }
    await deliveries.enqueue(TX, [alertOf('a')], 'boss@shop.example');
    expect(await deliveries.claim(CLAIM)).toBeNull();
    expect(warnings).toEqual(['nobody is told']);
    deliveries.now += 24 * 60 * 60_000;
    const partition = await consumer.open(placeOf(TOPIC));
    await (await partition.fold(records(['{"id":1}']))).write(TX);
    expect(warnings).toHaveLength(1);
    await (await partition.fold(records([alertOf('b')]))).write(TX);
    expect(warnings).toHaveLength(2);
  });
});
