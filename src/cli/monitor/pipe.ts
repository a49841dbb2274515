import { setTimeout as delay } from 'node:timers/promises';
import type { Broker } from '../../broker/broker.js';
import { partitionOfKey } from '../../broker/key-partition.js';
import { messageOf } from '../../errors.js';
import { groupOf, TOPICS, topicOf } from '../../events/topics.js';
import type { Installation } from '../../main.js';
import type { RawRecord } from '../../ports/raw-log.js';
import { WORKER_NAMES, WorkerRuntime } from '../../worker-runtime.js';

/** What the rules and the mail need; what takes longer is left to the next run. */
const DRAIN_MS = 60_000;
/** A group whose last member has just left says so a moment later. */
const TICK_MS = 50;

export interface PartitionLag {
  readonly partition: number;
  readonly records: number;
  /** Next offset to be applied. */
  readonly next: number;
}

/** Partitions of the raw topic with records that wait to be applied. */
export async function readLag(broker: Broker, prefix: string): Promise<PartitionLag[]> {
  const topic = topicOf(prefix, TOPICS.rawSnapshots);
  const group = groupOf(prefix, 'projector');
  const bounds = await broker.ask('reading offsets', (admin) => admin.fetchTopicOffsets(topic));
  const committed = await broker.ask('reading offsets of the group', (admin) =>
    admin.fetchOffsets({ groupId: group, topics: [topic] }),
  );
  const marks = new Map(committed[0]?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
  return bounds.flatMap(({ partition, low, high }) => {
    const next = Math.max(Number(low), marks.get(partition) ?? 0);
    const records = Number(high) - next;
    return records > 0 ? [{ partition, records, next }] : [];
  });
}

/**
 * When the oldest of the waiting records was written, to the second. The topic carries the broker's own times, which
 * only grow: asked for the first record at or after a moment, it shows on which side of that moment the record lies.
 *
 * @param earliest Unix milliseconds; nothing older is in the topic
 */
export async function oldestWaiting(
  broker: Broker,
  prefix: string,
  lags: readonly PartitionLag[],
  earliest: number,
  now: number,
): Promise<number | null> {
  if (lags.length === 0) return null;
  const topic = topicOf(prefix, TOPICS.rawSnapshots);
  let [low, high] = [Math.floor(earliest / 1000), Math.ceil(now / 1000) + 60];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const found = await broker.ask('finding the oldest record', (admin) =>
      admin.fetchTopicOffsetsByTimestamp(topic, middle * 1000),
    );
    const at = new Map(found.map(({ partition, offset }) => [partition, Number(offset)]));
    if (lags.every(({ partition, next }) => (at.get(partition) ?? 0) <= next)) low = middle;
    else high = middle;
  }
  return Math.min(now, low * 1000);
}

/** Live members of each group, in the order of {@link WORKER_NAMES}. */
export async function liveMembers(broker: Broker, prefix: string): Promise<[number, number, number]> {
  const [projector, anomaly, mailer] = WORKER_NAMES;
  const count = async (name: (typeof WORKER_NAMES)[number]) =>
    (await broker.group(groupOf(prefix, name))).members;
  return [await count(projector), await count(anomaly), await count(mailer)];
}

/** Writes records of sync-events where the projector writes those of the same key. */
export async function tellSyncEvents(
  broker: Broker,
  prefix: string,
  records: readonly RawRecord[],
): Promise<void> {
  const topic = topicOf(prefix, TOPICS.syncEvents);
  const partitions = await broker.partitionCount(topic);
  const producer = broker.rawProducer(topic);
  await producer.connect();
  try {
    for (let partition = 0; partition < partitions; partition += 1) {
      const own = records.filter(({ key }) => partitionOfKey(topic, key, partitions) === partition);
      if (own.length > 0) await producer.append(partition, own);
    }
  } finally {
    await producer.close();
  }
}

/** Rules and mail, brought to their end in this process where no worker of the kind lives. Never throws. */
export async function drainHere(
  installation: Installation,
  [, anomaly, mailer]: readonly [number, number, number],
  signal: AbortSignal,
): Promise<void> {
  const only = [
    ...(anomaly === 0 ? (['anomaly'] as const) : []),
    ...(mailer === 0 ? (['mailer'] as const) : []),
  ];
  if (only.length === 0 || signal.aborted) return;
  let failure: unknown;
  const runtime = new WorkerRuntime(installation, { only, onFatal: (error) => (failure ??= error) });
  const tooLong = AbortSignal.timeout(DRAIN_MS);
  const over = AbortSignal.any([signal, tooLong]);
  const started = new AbortController();
  const watching = AbortSignal.any([over, started.signal]);
  try {
    await Promise.race([runtime.start(), endOf(watching, () => failure)]);
    if (!over.aborted && failure === undefined) await runtime.drained(over);
  } catch (error) {
    failure ??= error;
  } finally {
    started.abort();
    await runtime.stop().catch((error: unknown) => {
      failure ??= error;
    });
  }
  if (tooLong.aborted) failure ??= new Error(`they took longer than ${DRAIN_MS / 1000} s`);
  if (failure !== undefined)
    installation.logger.warn({}, `alerts and mail are left to the next run: ${messageOf(failure)}`);
}

async function endOf(signal: AbortSignal, failure: () => unknown): Promise<void> {
  while (!signal.aborted && failure() === undefined) await delay(TICK_MS);
}
