import type { Kafka } from 'kafkajs';
import type { Headers } from '../events/envelope.js';
import { kafkaError } from './errors.js';
import { CompressionTypes } from './kafkajs-patched.js';

export interface WrittenRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
}

export interface RecordWriter {
  /** Resolves with the record's offset when all in-sync replicas have it. @throws KAFKA_UNAVAILABLE, TOPIC_UNFIT */
  write(record: WrittenRecord): Promise<number>;
  close(): Promise<void>;
}

/** Writes records one by one, without transactions. Connects at the first one. */
export function createRecordWriter(kafka: Kafka): RecordWriter {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    retry: { retries: 8, initialRetryTime: 50, maxRetryTime: 5_000 },
  });
  let connected: Promise<void> | undefined;
  return {
    async write({ topic, partition, key, value, headers }) {
      try {
        connected ??= producer.connect();
        await connected;
        const [sent] = await producer.send({
          topic,
          acks: -1,
          compression: CompressionTypes.GZIP,
          messages: [{ key, value, headers: { ...headers }, partition }],
        });
        return Number(sent?.baseOffset ?? -1);
      } catch (error) {
        throw kafkaError(error, `writing to ${topic}/${partition}`);
      }
    },
    close: () => producer.disconnect(),
  };
}
