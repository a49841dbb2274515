import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka, Producer, Transaction } from 'kafkajs';
import { AppError, isAppError, messageOf } from '../errors.js';
import type { Headers } from '../events/envelope.js';
import { type TopicName, topicOf } from '../events/topics.js';
import type { GroupOffset, OutputOffsets, TransactionalPublisher } from '../ports/broker.js';
import type { Output } from '../ports/log-records.js';
import { kafkaError } from './errors.js';
import { CompressionTypes, Partitioners } from './kafkajs-patched.js';
import { partitionOfKey } from './key-partition.js';

/** Long enough for the largest snapshot; a dead owner's transaction is ended at once by its successor's fence. */
export const TRANSACTION_TIMEOUT_MS = 300_000;
/** Bytes of one partition's batch: the broker refuses more than `message.max.bytes` (1 MB by default). */
const BATCH_BYTES = 600_000;
/** About what a record's key and headers take. */
const HEADERS_BYTES = 400;
const CONCURRENT_RETRIES = 200;

/**
 * Opens the transactional producer of one input partition. kafkajs sends InitProducerId (which fences the former
 * owner and ends its transaction) only when a transaction begins: hence the empty one.
 */
export async function openTransactionalPublisher(
  kafka: Kafka,
  prefix: string,
  transactionalId: string,
  partitionsOf: (topic: string) => Promise<number>,
): Promise<TransactionalPublisher> {
  const producer = kafka.producer({
    transactionalId,
    idempotent: true,
    maxInFlightRequests: 1,
    transactionTimeout: TRANSACTION_TIMEOUT_MS,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  try {
    await producer.connect();
    const fence = await producer.transaction();
    await fence.abort();
  } catch (error) {
    await quietly(producer);
    throw kafkaError(error, `opening the transactional producer ${transactionalId}`);
  }
  return {
    async publish(outputs, mark) {
      let transaction: Transaction | undefined;
      let committing = false;
      try {
        transaction = await begin(producer);
        const destinations = await destinationsOf(outputs, prefix, partitionsOf);
        const offsets = await sendAll(transaction, outputs, destinations);
        await sendOffset(transaction, mark);
        committing = true;
        await transaction.commit();
        return offsets;
      } catch (error) {
        if (!committing) await transaction?.abort().catch(() => undefined);
        const blocked = committing ? null : blockage(error, outputs, mark);
        if (blocked !== null) throw blocked;
        throw new AppError(
          'OWNERSHIP_LOST',
          `publishing for ${mark.topic}/${mark.partition}: ${messageOf(error)}`,
          {
            cause: error,
            facts: { outcomeUnknown: committing },
          },
        );
      }
    },
    close: () => quietly(producer),
  };
}

const REMEDIES: Readonly<Record<string, string>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'run `inventory-sync topics create`',
  MESSAGE_TOO_LARGE: 'run `inventory-sync topics create`, which puts max.message.bytes of the topics right',
  RECORD_LIST_TOO_LARGE:
    'run `inventory-sync topics create`, which puts max.message.bytes of the topics right',
  INVALID_TIMESTAMP:
    'this machine’s clock is more than an hour fast: set it, or run `inventory-sync topics create`, by which the broker’s clock counts alone',
  POLICY_VIOLATION: 'see what the broker refuses in its log, and change its policy or the topics',
  TOPIC_AUTHORIZATION_FAILED: 'give the user of KAFKA_SASL_USERNAME the right to write to these topics',
};

/** A topic is missing, or does not take what must go there: no retry mends that, but a person will. */
function blockage(error: unknown, outputs: readonly Output[], { topic, partition }: GroupOffset) {
  const type = refusalOf(error);
  const remedy = REMEDIES[type ?? ''];
  if (remedy === undefined) return null;
  const names = [...new Set(outputs.map((output) => output.topic))].join(', ');
  return new AppError(
    'OUTPUT_BLOCKED',
    `what follows from ${topic}/${partition} cannot be published to ${names}: ${type}; the partition waits, nothing is lost`,
    { remedy: `${remedy}; it goes on by itself then`, cause: error, facts: { type } },
  );
}

/** The broker's own word for why it refuses, however deep it lies in what the client throws. */
function refusalOf(error: unknown): string | undefined {
  let current = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth += 1) {
    const { type } = current as { type?: unknown };
    if (typeof type === 'string' && type in REMEDIES) return type;
    // A topic that cannot even be asked about.
    if (isAppError(current) && typeof current.facts.type === 'string') return current.facts.type;
    current = current.cause;
  }
  return undefined;
}

/** A message whose partition is decided. */
interface Placed {
  readonly partition: number;
  readonly key: string;
  readonly value: string;
  readonly headers: Headers;
}

interface Destination {
  readonly topic: string;
  /** How many the topic has. */
  readonly partitions: number;
  /** Bytes of each partition's batch that is being gathered. */
  readonly bytes: Map<number, number>;
  messages: Placed[];
}

async function destinationsOf(
  outputs: readonly Output[],
  prefix: string,
  partitionsOf: (topic: string) => Promise<number>,
): Promise<Map<TopicName, Destination>> {
  const destinations = new Map<TopicName, Destination>();
  for (const { topic: name } of outputs) {
    if (destinations.has(name)) continue;
    const topic = topicOf(prefix, name);
    destinations.set(name, { topic, partitions: await partitionsOf(topic), bytes: new Map(), messages: [] });
  }
  return destinations;
}

/** Sends in order, cut so that no partition's batch grows beyond what the broker takes. */
async function sendAll(
  transaction: Transaction,
  outputs: readonly Output[],
  destinations: ReadonlyMap<TopicName, Destination>,
): Promise<OutputOffsets> {
  const first: Record<string, number> = {};
  const flush = async () => {
    const topicMessages = [];
    for (const destination of destinations.values()) {
      const { topic, messages } = destination;
      if (messages.length > 0) topicMessages.push({ topic, messages });
      destination.messages = [];
      destination.bytes.clear();
    }
    if (topicMessages.length === 0) return;
    const sent = await transaction.sendBatch({ acks: -1, compression: CompressionTypes.GZIP, topicMessages });
    for (const { topicName, partition, baseOffset } of sent) {
      first[`${topicName}/${partition}`] ??= Number(baseOffset ?? -1);
    }
  };
  for (const { topic: name, key, value, headers } of outputs) {
    const destination = destinations.get(name);
    if (destination === undefined) throw new Error(`no place for a record to ${name}`);
    const { topic, partitions, bytes } = destination;
    const partition = partitionOfKey(topic, key, partitions);
    const size = Buffer.byteLength(value) + HEADERS_BYTES;
    const gathered = bytes.get(partition) ?? 0;
    if (gathered > 0 && gathered + size > BATCH_BYTES) await flush();
    bytes.set(partition, (bytes.get(partition) ?? 0) + size);
    destination.messages.push({ partition, key, value, headers });
  }
  await flush();
  return first;
}

async function sendOffset(transaction: Transaction, mark: GroupOffset): Promise<void> {
  const partition = { partition: mark.partition, offset: String(mark.offset), metadata: mark.stamp };
  const topics = [{ topic: mark.topic, partitions: [partition] }];
  // AddOffsetsToTxn stands outside kafkajs' own retry. Nothing has been committed yet: trying again is safe.
  await retryConcurrent(() => transaction.sendOffsets({ consumerGroupId: mark.group, topics }));
}

function begin(producer: Producer): Promise<Transaction> {
  return retryConcurrent(() => producer.transaction());
}

async function retryConcurrent<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const type = (error as { type?: string }).type;
      if (type !== 'CONCURRENT_TRANSACTIONS' || attempt >= CONCURRENT_RETRIES) throw error;
      await delay(5);
    }
  }
}

async function quietly(producer: Producer): Promise<void> {
  await producer.disconnect().catch(() => undefined);
}
