import { TOPICS } from '../../../src/events/topics.js';
import type { Fault, Round } from '../lab/round.js';
import { outcomes } from '../lab/settle.js';
import { FEEDS } from '../lab/shop-rows.js';

/** The owner dies when half of a snapshot is applied; who takes over must judge the whole of it. */
export const killMidSnapshot: Fault = {
  name: 'killed in the middle of a snapshot',
  async play(round) {
    const { shop, workers } = round;
    const [first] = await workers.startReady(1);
    await outcomes(round.installation, await shop.publishGood());
    const feed = round.pick(FEEDS);
    const id = await shop.publish(feed, {
      beforePage: async (page) => {
        if (page !== 2) return;
        await allApplied(round);
        round.note(`${feed.account} ${feed.endpoint}: a page is applied, its owner dies`);
        await first?.kill();
        workers.start();
      },
    });
    if (id === null) throw new Error('the snapshot was not acknowledged');
    const found = await outcomes(round.installation, [id]);
    const status = found.get(id)?.status;
    if (status !== 'applied') throw new Error(`the snapshot is ${status}, ${found.get(id)?.reason}`);
  },
};

/** Nothing lies in the raw topic that is not in the tables. */
async function allApplied(round: Round): Promise<void> {
  const { installation } = round;
  const topic = installation.topic(TOPICS.rawSnapshots);
  const broker = installation.broker();
  const db = await installation.db();
  try {
    await round.until('all is applied', async () => {
      const ends = await broker.ends([topic]);
      const rows = await db.query('SELECT partition_no, next_offset FROM checkpoints WHERE topic = ?', [
        topic,
      ]);
      return rows.every(
        (row) => Number(row.next_offset) >= (ends[`${topic}/${String(row.partition_no)}`] ?? 0),
      );
    });
  } finally {
    await broker.close();
  }
}
