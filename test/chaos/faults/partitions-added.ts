import { TOPICS } from '../../../src/events/topics.js';
import { createFeedRegistry } from '../../../src/store/feed-registry.js';
import type { Fault } from '../lab/round.js';
import { outcomes } from '../lab/settle.js';

/** An operator adds partitions to the raw topic: no feed moves, and a new feed in a new partition is read too. */
export const partitionsAdded: Fault = {
  name: 'partitions added to raw-snapshots',
  async play(round) {
    const { installation, shop, workers } = round;
    const topic = installation.topic(TOPICS.rawSnapshots);
    await workers.startReady(1);
    const broker = installation.broker();
    try {
      const before = await broker.partitionCount(topic);
      const count = before + 2;
      await round.underLoad(async () => {
        await round.pause(500, 1_500);
        await broker.ask('adding partitions', (admin) =>
          admin.createPartitions({ topicPartitions: [{ topic, count }] }),
        );
        round.note(`${count} partitions`);
        // Who joins now is told of all of them, and so is everybody else.
        await workers.startReady(1);
      });
      await shop.close();
      const feed = { source: 'ozon', account: `9${count}`, endpoint: 'product-stocks' } as const;
      const registry = createFeedRegistry(await installation.db());
      for (let filler = 0; filler < before; filler += 1) {
        const { partition } = await registry.register({ ...feed, account: `8${count}${filler}` }, count);
        if (partition >= before) break;
      }
      const { partition } = await registry.register(feed, count);
      round.note(`a new feed in partition ${partition}`);
      const id = await shop.publish(feed);
      if (id === null) throw new Error('the new feed could not be written');
      await outcomes(installation, [id]);
    } finally {
      await broker.close();
    }
    await round.goesOn();
  },
};
