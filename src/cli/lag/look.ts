import type { Broker } from '../../broker/broker.js';
import { GROUP_INPUTS } from '../../broker/group-figures.js';
import { groupLag, nextOffset, type PartitionLag, writtenAt } from '../../broker/group-lag.js';
import { GROUPS, type GroupName, groupOf, TOPICS, topicOf } from '../../events/topics.js';

/** What transactions write ends with markers, which no reader is ever handed. */
const WRITTEN_IN_TRANSACTIONS: ReadonlySet<string> = new Set([
  TOPICS.stockChanges,
  TOPICS.syncEvents,
  TOPICS.alerts,
  TOPICS.deadLetters,
]);
/** So few are looked at one by one: they may be nothing but markers. */
const FEW = 100;
const LONGEST_RETENTION_MS = 400 * 24 * 60 * 60 * 1000;

export interface LagLine extends PartitionLag {
  readonly group: string;
  readonly topic: string;
  /** How long the oldest waiting record has been waiting; null where none is. */
  readonly seconds: number | null;
}

export interface Asked {
  readonly group: string;
  readonly topic: string;
}

/** Our own groups, each with the topic that it reads; or one other, on a topic of ours. */
export function askedGroups(prefix: string, group: string | undefined, topic: string | undefined): Asked[] {
  const own = (Object.keys(GROUPS) as GroupName[]).map((name) => ({
    group: groupOf(prefix, name),
    topic: topicOf(prefix, GROUP_INPUTS[name]),
  }));
  if (group === undefined) return own;
  const found = own.find((one) => one.group === group || one.group === `${prefix}.${group}`);
  return [found ?? { group, topic: topic ?? topicOf(prefix, TOPICS.stockChanges) }];
}

/** Where the groups stand, partition by partition. */
export async function lookAtLag(broker: Broker, asked: readonly Asked[], now: number): Promise<LagLine[]> {
  const lines: LagLine[] = [];
  for (const { group, topic } of asked) {
    const standing = await groupLag(broker, group, topic);
    const waiting = await waitingRecords(broker, topic, standing);
    const behind = standing.filter(({ partition }) => (waiting.get(partition) ?? 0) > 0);
    const since = await writtenAt(
      broker,
      topic,
      new Map(behind.map((line) => [line.partition, nextOffset(line)])),
      now - LONGEST_RETENTION_MS,
      now,
    );
    for (const line of standing) {
      const at = since.get(line.partition);
      lines.push({
        group,
        topic,
        ...line,
        records: waiting.get(line.partition) ?? 0,
        seconds: at === undefined ? null : Math.max(0, Math.round((now - at) / 1000)),
      });
    }
  }
  return lines;
}

/** By partition; where few offsets wait in what transactions wrote, only those that hold a record count. */
async function waitingRecords(
  broker: Broker,
  topic: string,
  standing: readonly PartitionLag[],
): Promise<Map<number, number>> {
  const counts = new Map(standing.map(({ partition, records }) => [partition, records]));
  if (![...WRITTEN_IN_TRANSACTIONS].some((name) => topic.endsWith(`.${name}`))) return counts;
  const doubtful = standing.filter(({ records }) => records > 0 && records <= FEW);
  for (const { partition } of doubtful) counts.set(partition, 0);
  await broker.read(
    topic,
    doubtful.map((line) => ({ partition: line.partition, from: nextOffset(line), end: line.end })),
    ({ partition }) => {
      counts.set(partition, (counts.get(partition) ?? 0) + 1);
    },
  );
  return counts;
}
