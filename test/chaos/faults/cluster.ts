import type { KafkaCluster, KafkaNode } from '../../../engines/kafka-cluster.js';
import { groupOf, TOPICS } from '../../../src/events/topics.js';
import { runProgram } from '../lab/program.js';
import type { Fault, Round } from '../lab/round.js';

/** One of three brokers dies under load: the others carry on without it, and it comes back. */
export const oneOfThreeKilled: Fault = {
  name: 'one of three brokers killed',
  async play(round) {
    const cluster = clusterOf(round);
    await round.workers.startReady(2);
    await round.underLoad(async () => {
      await round.pause(500, 2_000);
      const node = round.pick([1, 2, 3] as const);
      round.note(`SIGKILL to broker ${node}`);
      await cluster.killNode(node);
      await round.pause(1_000, 4_000);
    });
    await round.goesOn();
    await round.underLoad(async () => {
      await cluster.startAll();
      round.note('all three are up');
    });
    await round.goesOn();
  },
};

/** Of which broker the raw topic's copies are, in the lab of this fault. */
export const RAW_REPLICAS: readonly [KafkaNode, KafkaNode] = [1, 2];

/**
 * The broker that has everything dies, and one that slept meanwhile becomes leader: Kafka loses acknowledged records.
 * The workers may stop and say so, or be right. `written` afterwards: the log has grown past where they were.
 */
export function uncleanElection(workers: 'alive' | 'stopped', written: 'little' | 'much'): Fault {
  return {
    name: `unclean election, workers ${workers}, ${written} written afterwards`,
    spoils: true,
    async play(round) {
      const cluster = clusterOf(round);
      const [full, lagging] = RAW_REPLICAS;
      const [worker] = await round.workers.startReady(1);
      await round.goesOn();
      await cluster.killNode(lagging);
      round.note(`broker ${lagging} sleeps`);
      await round.until('its copies count no more', () => onlyCopy(round, full));
      await round.goesOn();
      if (workers === 'stopped') await round.workers.killAll();
      await cluster.killNode(full);
      await cluster.startNode(lagging);
      await round.shop.close();
      round.note(`broker ${lagging} leads, without the last snapshots`);
      await round.until('it leads', () => onlyCopy(round, lagging));
      for (let count = 0; count < (written === 'much' ? 4 : 1); count += 1) await round.shop.publishGood();
      await cluster.startAll();
      const judge = workers === 'alive' ? worker : round.workers.start();
      await round.until('a worker noticed', () => judge?.ending !== undefined);
      if (judge !== undefined) judge.dismissed = true;
      const said = judge?.lines.join('\n') ?? '';
      if (!said.includes('topics adopt'))
        throw new Error(`it did not say why it ended: ${judge?.lines.slice(-6).join(' | ')}`);
      round.note('noticed, loudly');
      await round.until('the group is empty', () => nobodyReads(round));
      const all = '0,1,2,3,4,5,6,7,8,9,10,11';
      const { code, output } = await runProgram(round.installation, [
        'topics',
        'adopt',
        '--execute',
        '--partitions',
        all,
      ]);
      if (code !== 0) throw new Error(`adopting ended with ${code}: ${output}`);
      await round.workers.startReady(1);
      await round.goesOn();
    },
  };
}

function clusterOf({ servers }: Round): KafkaCluster {
  if (servers.cluster === null) throw new Error('this lab has one broker');
  return servers.cluster;
}

/** The raw topic's partitions have this broker for a leader, and no other copy in step. */
async function onlyCopy(round: Round, node: KafkaNode): Promise<boolean> {
  const broker = round.installation.broker();
  const topic = round.installation.topic(TOPICS.rawSnapshots);
  try {
    const { topics } = await broker.ask('asking for the leaders', (admin) =>
      admin.fetchTopicMetadata({ topics: [topic] }),
    );
    return topics[0]?.partitions.every(({ leader, isr }) => leader === node && isr.length === 1) === true;
  } catch {
    return false;
  } finally {
    await broker.close();
  }
}

async function nobodyReads(round: Round): Promise<boolean> {
  const broker = round.installation.broker();
  try {
    return (await broker.group(groupOf(round.installation.name, 'projector'))).members === 0;
  } finally {
    await broker.close();
  }
}
