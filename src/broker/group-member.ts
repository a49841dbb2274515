import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import type { GroupHandlers, GroupMember } from '../ports/broker.js';
import type { LogRecord } from '../ports/log-records.js';
import { kafkaError } from './errors.js';

/**
 * How long a fetch waits for news, and how long the client sleeps while all its partitions are paused. Short,
 * because a partition that was just resumed waits for the end of that sleep.
 */
const MAX_WAIT_MS = 100;
/** As they lie in the log; of each partition a batch is worked on while the next is read. */
const MAX_BYTES_PER_PARTITION = 2 * 1024 * 1024;
const MAX_BYTES = 8 * 1024 * 1024;

export interface MemberOptions {
  readonly group: string;
  readonly topic: string;
  readonly sessionTimeoutMs: number;
  /** Partitions worked on at the same time. */
  readonly concurrency: number;
}

/** One consumer of kafkajs, with its traps covered (see the comments) and its events in our terms. */
export function createGroupMember(kafka: Kafka, options: MemberOptions): GroupMember {
  const { group, topic } = options;
  const consumer: Consumer = kafka.consumer({
    groupId: group,
    sessionTimeout: options.sessionTimeoutMs,
    rebalanceTimeout: Math.max(60_000, options.sessionTimeoutMs),
    heartbeatInterval: Math.max(200, Math.floor(options.sessionTimeoutMs / 6)),
    maxWaitTimeInMs: MAX_WAIT_MS,
    maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
    maxBytes: MAX_BYTES,
    allowAutoTopicCreation: false,
    readUncommitted: false,
    metadataMaxAge: 60_000,
    retry: { retries: 8, initialRetryTime: 100, maxRetryTime: 5_000 },
  });
  let tenure = 0;
  let stopping = false;
  const pause = (partitions: readonly number[]) =>
    inMembership(() => consumer.pause([{ topic, partitions: [...partitions] }]));

  return {
    async start(handlers) {
      // The listener runs before the first fetch: paused now, nothing is read until the take-over resumes it.
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        tenure += 1;
        const partitions = payload.memberAssignment[topic] ?? [];
        pause(partitions);
        handlers.joined(partitions);
      });
      // Batches that held only transaction markers never reach eachBatch.
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
        if (payload.batchSize === 0) handlers.skipped(payload.partition, Number(payload.lastOffset) + 1);
      });
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        // With restart the client starts anew by itself. Without, it would stay up, idle, for ever.
        if (!payload.restart && !stopping)
          handlers.crashed(kafkaError(payload.error, `reading ${topic} as ${group}`));
      });
      try {
        await consumer.connect();
        // fromBeginning also decides where an out-of-range offset is reset to: never skip to the end.
        await consumer.subscribe({ topic, fromBeginning: true });
        await consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          partitionsConsumedConcurrently: options.concurrency,
          eachBatch: (payload) => deliver(payload, handlers, tenure, () => tenure),
        });
      } catch (error) {
        throw kafkaError(error, `joining the group ${group}`);
      }
    },
    pause: (partition) => pause([partition]),
    resumeAt(partition, offset) {
      inMembership(() => {
        consumer.seek({ topic, partition, offset: String(offset) });
        consumer.resume([{ topic, partitions: [partition] }]);
      });
    },
    async stop() {
      stopping = true;
      await consumer.disconnect().catch(() => undefined);
    },
  };
}

/**
 * While the client starts anew after a crash it has no group, and throws at whoever speaks of partitions. There is
 * nothing to pause or resume then: the next membership begins with all of them paused.
 */
function inMembership(deed: () => void): void {
  try {
    deed();
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('Consumer group was not initialized'))
      throw error;
  }
}

async function deliver(
  payload: EachBatchPayload,
  handlers: GroupHandlers,
  tenure: number,
  currentTenure: () => number,
): Promise<void> {
  const { batch, heartbeat, resolveOffset, commitOffsetsIfNecessary, isRunning, isStale } = payload;
  if (!isRunning() || isStale()) return;
  const { partition, topic } = batch;
  const done = await handlers.batch({
    partition,
    records: batch.messages.map((message) => logRecord(topic, partition, message)),
    endOffset: Number(batch.lastOffset()) + 1,
    more: Number(batch.highWatermark) > Number(batch.lastOffset()) + 1,
    heartbeat,
    // Not consumer.commitOffsets(): from an evicted member that ends in a crash without restart.
    commit: (offset, stamp) => {
      const partitions = [{ partition, offset: String(offset), metadata: stamp }];
      return commitOffsetsIfNecessary({ topics: [{ topic, partitions }] });
    },
  });
  // Positions belong to a membership: one that ended meanwhile has a new owner, and a seek pending.
  if (done && tenure === currentTenure() && !isStale()) resolveOffset(batch.lastOffset());
}

function logRecord(topic: string, partition: number, message: KafkaMessage): LogRecord {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    if (value !== undefined)
      headers[name] = Array.isArray(value) ? value.map(String).join(',') : value.toString();
  }
  return {
    topic,
    partition,
    offset: Number(message.offset),
    timestamp: Number(message.timestamp),
    key: message.key === null ? null : message.key.toString(),
    value: message.value,
    headers,
    // Not in kafkajs' types, but in each message that it hands out.
    leaderEpoch: (message as { batchContext?: { partitionLeaderEpoch?: number } }).batchContext
      ?.partitionLeaderEpoch,
  };
}
