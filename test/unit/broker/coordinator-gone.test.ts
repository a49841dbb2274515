import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import '../../../src/broker/kafkajs-patched.js';

interface ClusterClass {
  readonly prototype: { findGroupCoordinatorMetadata(of: { groupId: string }): Promise<unknown> };
}

const Cluster = createRequire(import.meta.url)('kafkajs/src/cluster/index.js') as ClusterClass;

it('no broker says who coordinates a group: the consumer starts anew instead of giving up', async () => {
  const nobodyAnswers = { brokerPool: { withBroker: () => Promise.resolve(null) } };
  const asked = Cluster.prototype.findGroupCoordinatorMetadata.call(nobodyAnswers, { groupId: 'g' });
  // What decides about a restart is this flag of the first cause.
  await expect(asked).rejects.toMatchObject({ name: 'KafkaJSGroupCoordinatorNotFound', retriable: true });
});
