import type { Broker } from '../../broker/broker.js';
import { AppError } from '../../errors.js';
import { GROUPS, type GroupName, groupOf, TOPICS, topicOf } from '../../events/topics.js';

/** Where a group is to read on, in the words of kafka-consumer-groups. */
export type ResetTo =
  | { readonly kind: 'earliest' | 'latest' | 'current' }
  | { readonly kind: 'time'; readonly at: number }
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'shift'; readonly by: number };

export interface ResetTopic {
  /** Whole, or one of ours without prefix and version. */
  readonly name: string;
  /** null: all. */
  readonly partitions: readonly number[] | null;
}

export interface NewOffset {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/**
 * Where a group that is not ours would read on; with `execute` it does. Offsets beyond the log's bounds become those.
 *
 * @throws USAGE for our own groups, for groups with live members, for unknown topics and partitions, for shifting what has
 *   no offset
 */
export async function resetGroup(
  broker: Broker,
  prefix: string,
  { group, topic, to, execute }: { group: string; topic: ResetTopic; to: ResetTo; execute: boolean },
): Promise<readonly NewOffset[]> {
  refuseOurs(prefix, group);
  const full = await fullName(broker, prefix, topic.name);
  const { members } = await broker.group(group);
  if (members > 0) {
    throw new AppError('USAGE', `the group ${group} has ${members} live members`, {
      remedy: 'stop its consumers first: their next commit would undo the reset',
    });
  }
  const all = await newOffsets(broker, group, full, to);
  const offsets = all.filter(({ partition }) => topic.partitions?.includes(partition) ?? true);
  const unknown = topic.partitions?.filter((one) => !all.some(({ partition }) => partition === one)) ?? [];
  if (unknown.length > 0) {
    throw new AppError('USAGE', `${full} has no partition ${unknown.join(', ')}`, {
      remedy: `it has ${all.length}: 0 to ${all.length - 1}`,
    });
  }
  if (execute) {
    await broker.ask(`setting offsets of ${group}`, (admin) =>
      admin.setOffsets({
        groupId: group,
        topic: full,
        partitions: offsets.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
      }),
    );
  }
  return offsets;
}

function refuseOurs(prefix: string, group: string): void {
  if (!(Object.keys(GROUPS) as GroupName[]).some((name) => groupOf(prefix, name) === group)) return;
  throw new AppError(
    'USAGE',
    `${group} is a group of ours: its place is in the database, not in its offsets`,
    {
      remedy:
        'use `inventory-sync replay --from-beginning` to fold the log anew, `inventory-sync topics adopt` after a topic was made anew',
    },
  );
}

/** `stock-changes`, `stock-changes.v1`, or a whole name. */
async function fullName(broker: Broker, prefix: string, topic: string): Promise<string> {
  const ours = Object.values(TOPICS).find((name) => name === topic || name === `${topic}.v1`);
  const full = ours === undefined ? topic : topicOf(prefix, ours);
  const known = await broker.ask('listing topics', (admin) => admin.listTopics());
  if (known.includes(full)) return full;
  throw new AppError('USAGE', `there is no topic ${full}`, {
    remedy: 'check --topic and KAFKA_TOPIC_PREFIX',
  });
}

async function newOffsets(broker: Broker, group: string, topic: string, to: ResetTo): Promise<NewOffset[]> {
  const bounds = await broker.ask(`reading offsets of ${topic}`, (admin) => admin.fetchTopicOffsets(topic));
  const wanted = await wantedOffsets(broker, group, topic, to);
  return bounds
    .map(({ partition, low, high }) => {
      const [start, end] = [Number(low), Number(high)];
      const offset = wanted(partition, start, end);
      return { group, topic, partition, offset: Math.min(end, Math.max(start, offset)) };
    })
    .sort((a, b) => a.partition - b.partition);
}

type Wanted = (partition: number, start: number, end: number) => number;

async function wantedOffsets(broker: Broker, group: string, topic: string, to: ResetTo): Promise<Wanted> {
  switch (to.kind) {
    case 'earliest':
      return (_partition, start) => start;
    case 'latest':
      return (_partition, _start, end) => end;
    case 'offset':
      return () => to.offset;
    case 'time': {
      const found = await broker.ask(`looking for offsets by time in ${topic}`, (admin) =>
        admin.fetchTopicOffsetsByTimestamp(topic, to.at),
      );
      return (partition, _start, end) =>
        Number(found.find((one) => one.partition === partition)?.offset ?? end);
    }
    case 'current': {
      const committed = await committedOffsets(broker, group, topic);
      // Where it has none, what comes next: as Kafka's own tool does.
      return (partition, _start, end) => committed.get(partition) ?? end;
    }
    case 'shift': {
      const committed = await committedOffsets(broker, group, topic);
      return (partition) => {
        const at = committed.get(partition);
        if (at !== undefined) return at + to.by;
        throw new AppError('USAGE', `${group} has no offset in ${topic}/${partition} that could be shifted`, {
          remedy: 'use --to-earliest, --to-latest, --to-datetime or --to-offset',
        });
      };
    }
  }
}

async function committedOffsets(broker: Broker, group: string, topic: string): Promise<Map<number, number>> {
  const [committed] = await broker.ask(`reading offsets of ${group}`, (admin) =>
    admin.fetchOffsets({ groupId: group, topics: [topic] }),
  );
  const known = committed?.partitions.filter(({ offset }) => Number(offset) >= 0) ?? [];
  return new Map(known.map(({ partition, offset }) => [partition, Number(offset)]));
}
