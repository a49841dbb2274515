import type { Broker } from '../../broker/broker.js';
import { partitionOfKey } from '../../broker/key-partition.js';
import { groupOf, TOPICS, topicOf } from '../../events/topics.js';
import type { RawRecord } from '../../ports/raw-log.js';
import { WORKER_NAMES } from '../../worker-runtime.js';

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
