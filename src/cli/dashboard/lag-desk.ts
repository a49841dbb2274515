import type { Broker } from '../../broker/broker.js';
import { groupLag } from '../../broker/group-lag.js';
import type { LagDesk } from '../../dashboard/pipeline/contract.js';
import { askedGroups } from '../lag/look.js';

/** Where our groups stand, asked of the broker each time. */
export function createLagDesk(broker: () => Promise<Broker>, prefix: string): LagDesk {
  return {
    async groups() {
      const kafka = await broker();
      return Promise.all(
        askedGroups(prefix, undefined, undefined).map(async ({ group, topic }) => ({
          group,
          topic,
          members: (await kafka.group(group)).members,
          partitions: await groupLag(kafka, group, topic),
        })),
      );
    },
  };
}
