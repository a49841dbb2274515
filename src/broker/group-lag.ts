import type { Broker } from './broker.js';
import { AssignerProtocol } from './kafkajs-patched.js';

/** How far a group has come in one partition. */
export interface PartitionLag {
  readonly partition: number;
  /** Null where the group has no offset here: never committed, expired, deleted, or one of the client's sentinels. */
  readonly committed: number | null;
  /** Oldest offset that the log holds, and the offset of the next record to be written. */
  readonly start: number;
  readonly end: number;
  /** Offsets that wait, as far as the log still holds them; counts transaction markers too. */
  readonly records: number;
  /** `lost`: the log begins behind the offset. `beyond`: it ends before it. `none`: there is no offset. */
  readonly oddity: 'none' | 'lost' | 'beyond' | null;
  /** Client id and host of the member that owns the partition; null where nobody does. */
  readonly owner: string | null;
}

/** Where a group stands in a topic; partitions in order. */
export async function groupLag(broker: Broker, group: string, topic: string): Promise<PartitionLag[]> {
  const [bounds, marks, owners] = await Promise.all([
    broker.ask(`reading offsets of ${topic}`, (admin) => admin.fetchTopicOffsets(topic)),
    broker.ask(`reading offsets of ${group}`, (admin) =>
      admin.fetchOffsets({ groupId: group, topics: [topic] }),
    ),
    ownersOf(broker, group, topic),
  ]);
  const committed = new Map(marks[0]?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
  return bounds
    .map(({ partition, low, high }) => ({
      partition,
      ...standing(committed.get(partition) ?? -1, Number(low), Number(high)),
      owner: owners.get(partition) ?? null,
    }))
    .sort((a, b) => a.partition - b.partition);
}

/**
 * @param mark the group's offset; below 0 it is none: −1 and −2 are what clients commit for "latest" and "earliest",
 *   and what the broker answers where nothing was committed
 */
export function standing(
  mark: number,
  start: number,
  end: number,
): Omit<PartitionLag, 'partition' | 'owner'> {
  if (mark < 0)
    return { committed: null, start, end, records: end - start, oddity: end > start ? 'none' : null };
  if (mark > end) return { committed: mark, start, end, records: end - start, oddity: 'beyond' };
  if (mark < start) return { committed: mark, start, end, records: end - start, oddity: 'lost' };
  return { committed: mark, start, end, records: end - mark, oddity: null };
}

/** First offset that waits. */
export function nextOffset({ committed, start, oddity }: PartitionLag): number {
  return committed === null || oddity !== null ? start : committed;
}

async function ownersOf(broker: Broker, group: string, topic: string): Promise<Map<number, string>> {
  const { groups } = await broker.ask(`describing the group ${group}`, (admin) =>
    admin.describeGroups([group]),
  );
  const owners = new Map<number, string>();
  for (const { clientId, clientHost, memberAssignment } of groups[0]?.members ?? []) {
    // Between two generations a member has no assignment yet.
    if (memberAssignment.length === 0) continue;
    const assignment = AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment ?? {};
    for (const partition of assignment[topic] ?? [])
      owners.set(partition, `${clientId}@${clientHost.replace(/^\//, '')}`);
  }
  return owners;
}

/**
 * When the first record at or after each offset was written, to the second. The broker is asked for the first record
 * at or after a moment, which shows on which side of that moment the offset lies.
 *
 * @param earliest Unix milliseconds; nothing older is looked for
 * @returns Unix milliseconds by partition
 */
export async function writtenAt(
  broker: Broker,
  topic: string,
  offsets: ReadonlyMap<number, number>,
  earliest: number,
  now: number,
): Promise<ReadonlyMap<number, number>> {
  const ranges = new Map(
    [...offsets.keys()].map((partition) => [
      partition,
      { low: Math.floor(earliest / 1000), high: Math.ceil(now / 1000) + 60 },
    ]),
  );
  for (;;) {
    const open = [...ranges.values()].find(({ low, high }) => high - low > 1);
    if (open === undefined) break;
    const middle = Math.floor((open.low + open.high) / 2);
    const found = await broker.ask('finding when a record was written', (admin) =>
      admin.fetchTopicOffsetsByTimestamp(topic, middle * 1000),
    );
    // One answer tells of all partitions.
    for (const { partition, offset } of found) {
      const range = ranges.get(partition);
      if (range === undefined || middle <= range.low || middle >= range.high) continue;
      if (Number(offset) <= (offsets.get(partition) ?? 0)) range.low = middle;
      else range.high = middle;
    }
  }
  return new Map([...ranges].map(([partition, { low }]) => [partition, Math.min(now, low * 1000)]));
}
