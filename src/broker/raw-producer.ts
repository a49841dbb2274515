import type { Kafka, Producer } from 'kafkajs';
import type { RawLog, RawRecord } from '../ports/raw-log.js';
import { kafkaError } from './errors.js';
import { CompressionTypes } from './kafkajs-patched.js';

/** What the client can do without a further package. */
export type Compression = 'gzip' | 'none';

export interface RawProducer extends RawLog {
  connect(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Writes raw records: idempotent, one request in flight, acknowledged by all in-sync replicas, without transactions
 * (a snapshot may take minutes, and readers must not wait for it).
 */
export function createRawProducer(kafka: Kafka, topic: string, compression: Compression): RawProducer {
  const producer: Producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    retry: { retries: 8, initialRetryTime: 50, maxRetryTime: 5_000 },
  });
  return {
    async connect() {
      try {
        await producer.connect();
      } catch (error) {
        throw kafkaError(error, 'connecting the producer');
      }
    },
    async append(partition: number, records: readonly RawRecord[]) {
      try {
        await producer.send({
          topic,
          acks: -1,
          compression: compression === 'gzip' ? CompressionTypes.GZIP : CompressionTypes.None,
          messages: records.map(({ key, value, headers }) => ({
            key,
            value,
            headers: { ...headers },
            partition,
          })),
        });
      } catch (error) {
        throw kafkaError(error, `writing to ${topic}/${partition}`);
      }
    },
    close: () => producer.disconnect(),
  };
}
