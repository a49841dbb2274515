import { randomUUID } from 'node:crypto';
import { type EachMessagePayload, Kafka, logLevel } from 'kafkajs';
import type { ReportRow } from './catalogue.js';

/** Where a snapshot lies in the raw topic. */
export interface Stretch {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly end: number;
}

interface RawPage {
  readonly type: 'page-chunk';
  readonly fetchedAt: string;
  readonly rows: readonly ReportRow[];
}

/** The client as anybody would use it, except that it fetches as much at a time as the worker does. */
const FETCH = { maxBytesPerPartition: 4 * 1024 * 1024, maxBytes: 16 * 1024 * 1024, maxWaitTimeInMs: 100 };

/**
 * Reads a snapshot with a group of its own that commits as it goes, one record after another.
 * @param joined told before the first record is asked for
 */
export async function drain(
  brokers: string,
  { topic, partition, from, end }: Stretch,
  joined: () => void,
  found: (page: RawPage) => Promise<void> | void,
): Promise<void> {
  const kafka = new Kafka({ clientId: 'bench', brokers: brokers.split(','), logLevel: logLevel.ERROR });
  const groupId = `bench-drain-${randomUUID()}`;
  const admin = kafka.admin();
  await admin.connect();
  const partitions = (await admin.fetchTopicOffsets(topic)).map((place) => ({
    partition: place.partition,
    offset: place.partition === partition ? String(from) : place.high,
  }));
  await admin.setOffsets({ groupId, topic, partitions });
  const consumer = kafka.consumer({ groupId, ...FETCH });
  consumer.on(consumer.events.GROUP_JOIN, joined);
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    const each = async ({ message }: EachMessagePayload) => {
      const record = JSON.parse(message.value?.toString() ?? '') as RawPage | { type: 'other' };
      if (record.type === 'page-chunk') await found(record);
      if (Number(message.offset) === end - 1) resolve();
    };
    consumer.run({ eachMessage: each }).catch(reject);
  });
  await consumer.disconnect();
  await admin.deleteGroups([groupId]);
  await admin.disconnect();
}
