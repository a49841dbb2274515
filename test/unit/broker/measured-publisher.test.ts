import { describe, expect, it } from 'vitest';
import { measuredPublisher } from '../../../src/broker/measured-publisher.js';
import { TOPICS, type TopicName } from '../../../src/events/topics.js';
import type { TransactionalPublisher } from '../../../src/ports/broker.js';
import type { Output } from '../../../src/ports/log-records.js';
import { RecordedInstruments } from '../../support/instruments.js';

const mark = { group: 'inventory.projector', topic: 't', partition: 1, offset: 5, stamp: 's' };
const output = (topic: TopicName, key: string): Output => ({
  offset: 1,
  index: 0,
  topic,
  key,
  value: '{}',
  headers: {},
});
const outputs = [
  output(TOPICS.stockChanges, 'ozon:1:2:fbo:'),
  output(TOPICS.stockChanges, 'ozon:1:3:fbo:'),
  output(TOPICS.stockChanges, 'wildberries:s:4:fbw:5'),
  output(TOPICS.deadLetters, 'ozon:1:stocks'),
];

describe('what is published', () => {
  it('is counted once it is committed', async () => {
    const { metrics, counts, times } = new RecordedInstruments();
    const publisher: TransactionalPublisher = { publish: async () => ({ 't/0': 3 }), close: async () => {} };
    const measured = await measuredPublisher(Promise.resolve(publisher), metrics);
    expect(await measured.publish(outputs, mark)).toEqual({ 't/0': 3 });
    expect(counts).toEqual({
      'events stock-changes.v1': 3,
      'events dead-letters.v1': 1,
      'changes ozon': 2,
      'changes wildberries': 1,
    });
    expect(times['kafkaTransaction inventory.projector,committed']).toHaveLength(1);
  });

  it('is not counted where nobody knows whether it is', async () => {
    const { metrics, counts, times } = new RecordedInstruments();
    const doubt = new Error('fenced');
    const publisher: TransactionalPublisher = {
      publish: () => Promise.reject(doubt),
      close: async () => {},
    };
    const measured = await measuredPublisher(Promise.resolve(publisher), metrics);
    await expect(measured.publish(outputs, mark)).rejects.toBe(doubt);
    expect(counts).toEqual({});
    expect(Object.keys(times)).toEqual(['kafkaTransaction inventory.projector,failed']);
  });
});
