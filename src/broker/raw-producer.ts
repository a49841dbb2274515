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
 *
 * After a failure nobody knows whether the broker has the record. The client would give its number to the next one,
 * and a broker that has it would take that one for a repetition: acknowledged, and not written. So what follows a
 * failure goes out under a new producer's id. Within a request that the client tries again it is the same: what goes to
 * one partition waits for what went there before.
 */
export function createRawProducer(kafka: Kafka, topic: string, compression: Compression): RawProducer {
  const open = (): Producer =>
    kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: { retries: 8, initialRetryTime: 50, maxRetryTime: 5_000 },
    });
  let producer = open();
  let connected: Promise<void> | undefined;
  /** Per partition the write that is under way, or the last one. */
  const underWay = new Map<number, Promise<unknown>>();
  const abandon = (failed: Producer): void => {
    if (failed !== producer) return;
    producer = open();
    connected = undefined;
    failed.disconnect().catch(() => undefined);
  };
  const connect = (): Promise<void> => (connected ??= producer.connect());
  const write = async (partition: number, records: readonly RawRecord[]): Promise<void> => {
    const current = producer;
    try {
      await connect();
      await current.send({
        topic,
        acks: -1,
        compression: compression === 'gzip' ? CompressionTypes.GZIP : CompressionTypes.None,
        messages: records.map(({ key, value, headers }) => ({ key, value, headers, partition })),
      });
    } catch (error) {
      abandon(current);
      throw kafkaError(error, `writing to ${topic}/${partition}`);
    }
  };
  return {
    async connect() {
      try {
        await connect();
      } catch (error) {
        abandon(producer);
        throw kafkaError(error, 'connecting the producer');
      }
    },
    append(partition: number, records: readonly RawRecord[]) {
      const before = underWay.get(partition) ?? Promise.resolve();
      const written = before.then(() => write(partition, records));
      underWay.set(
        partition,
        written.catch(() => undefined),
      );
      return written;
    },
    close: () => producer.disconnect(),
  };
}
