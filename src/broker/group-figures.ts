import { GROUPS, type GroupName, groupOf, TOPICS, type TopicName, topicOf } from '../events/topics.js';
import type { GroupFigures, LagFigures } from '../ports/operating-figures.js';
import type { Broker } from './broker.js';

/** What each of our groups reads. */
const INPUTS: Readonly<Record<GroupName, TopicName>> = {
  projector: TOPICS.rawSnapshots,
  anomaly: TOPICS.syncEvents,
  mailer: TOPICS.alerts,
};

/** Where our groups stand, and how many members each has. @throws KAFKA_UNAVAILABLE and the like */
export async function groupFigures(broker: Broker, prefix: string): Promise<GroupFigures> {
  const names = Object.keys(GROUPS) as GroupName[];
  const groups = names.map((name) => groupOf(prefix, name));
  const [described, ...partitions] = await Promise.all([
    broker.ask('describing our groups', (admin) => admin.describeGroups(groups)),
    ...names.map((name) => lagOf(broker, groupOf(prefix, name), topicOf(prefix, INPUTS[name]))),
  ]);
  const members = new Map(described.groups.map(({ groupId, members }) => [groupId, members.length]));
  return {
    partitions: partitions.flat(),
    members: Object.fromEntries(groups.map((group) => [group, members.get(group) ?? 0])),
  };
}

async function lagOf(broker: Broker, group: string, topic: string): Promise<LagFigures[]> {
  const [bounds, marks] = await Promise.all([
    broker.ask(`reading offsets of ${topic}`, (admin) => admin.fetchTopicOffsets(topic)),
    broker.ask(`reading offsets of ${group}`, (admin) =>
      admin.fetchOffsets({ groupId: group, topics: [topic] }),
    ),
  ]);
  const committed = new Map(marks[0]?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
  return bounds
    .map(({ partition, low, high }) => ({
      group,
      topic,
      partition,
      ...standing(committed.get(partition) ?? -1, Number(low), Number(high)),
    }))
    .sort((a, b) => a.partition - b.partition);
}

/** An offset below 0 is none. One outside of the log, lost or of an earlier life of it, leaves all there is. */
export function standing(
  mark: number,
  start: number,
  end: number,
): Pick<LagFigures, 'committed' | 'start' | 'end' | 'records'> {
  const isInside = mark >= start && mark <= end;
  return { committed: mark < 0 ? null : mark, start, end, records: end - (isInside ? mark : start) };
}
