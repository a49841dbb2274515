import { GROUPS, type GroupName, groupOf, TOPICS, type TopicName, topicOf } from '../events/topics.js';
import type { GroupFigures } from '../ports/operating-figures.js';
import type { Broker } from './broker.js';
import { groupLag } from './group-lag.js';

/** What each of our groups reads. */
export const GROUP_INPUTS: Readonly<Record<GroupName, TopicName>> = {
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
    ...names.map(async (name) => {
      const group = groupOf(prefix, name);
      const topic = topicOf(prefix, GROUP_INPUTS[name]);
      const standing = await groupLag(broker, group, topic);
      return standing.map(({ partition, committed, start, end, records }) => ({
        ...{ group, topic, partition, committed, start, end, records },
      }));
    }),
  ]);
  const members = new Map(described.groups.map(({ groupId, members }) => [groupId, members.length]));
  return {
    partitions: partitions.flat(),
    members: Object.fromEntries(groups.map((group) => [group, members.get(group) ?? 0])),
  };
}
