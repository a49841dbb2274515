import { randomUUID } from 'node:crypto';
import { owedFromLedger } from './consumers/projector.js';
import { settle } from './consumers/take-over.js';
import { groupOf } from './events/topics.js';
import type { BrokerPort } from './ports/broker.js';
import type { Adoption } from './store/adopt-topics.js';
import { createCheckpointStore } from './store/checkpoint-store.js';
import type { Database } from './store/database.js';
import { createProjectionStore } from './store/projection-store.js';

/** What a worker would publish at its next start for a partition that is about to be adopted. */
export function settleOwed(
  db: Database,
  broker: BrokerPort,
  prefix: string,
): (adoption: Adoption) => Promise<void> {
  const checkpoints = createCheckpointStore(db);
  const fromLedger = owedFromLedger({ prefix, store: createProjectionStore(db) });
  return ({ group, topic, partition }) =>
    settle(partition, {
      app: {
        group,
        topic,
        owedFromLedger: group === groupOf(prefix, 'projector') ? fromLedger : async () => [],
      },
      broker,
      checkpoints,
      newToken: randomUUID,
      refuseIfOvertaken: () => undefined,
    });
}
