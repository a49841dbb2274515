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

function app(recipients = 'boss@shop.example') {
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
    consumer: createMailerApp({ prefix: 'inventory', deliveries, recipients, log }),
  };
}

const CLAIM = { groupWaitMs: 0, stuckAfterMs: 1000, maxAlerts: 100 };

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

  test('what cannot be read goes to dead letters, the others are mailed', async () => {
    const { consumer, deliveries } = app();
    const partition = await consumer.open(placeOf(TOPIC));
    const { outbox } = await (await partition.fold(records(['{"id":1}', alertOf('a')]))).write(TX);
    expect(outbox).toHaveLength(1);
    expect(outbox[0]).toMatchObject({ offset: 0, topic: 'dead-letters.v1', key: 'k', value: '{"id":1}' });
    expect(outbox[0]?.headers['dlq-group']).toBe('inventory.mailer');
    expect(await deliveries.pending()).toBe(1);
  });

  test('without a recipient alerts are kept and not mailed, not even later, and that is said once', async () => {
    const { consumer, deliveries, warnings } = app('');
    for (const partition of [await consumer.open(placeOf(TOPIC)), await consumer.open(placeOf(TOPIC))]) {
      await (await partition.fold(records([alertOf('a')]))).write(TX);
    }
    await deliveries.enqueue(TX, [alertOf('a')], 'boss@shop.example');
    expect(await deliveries.claim(CLAIM)).toBeNull();
    expect(warnings).toEqual([expect.stringContaining('ALERT_EMAIL')]);
  });
});
