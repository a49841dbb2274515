import { setTimeout as delay } from 'node:timers/promises';
import { groupOf, TOPICS, topicSpecs } from '../../../src/events/topics.js';
import { runProgram } from '../lab/program.js';
import type { Fault, Round } from '../lab/round.js';
import type { Worker } from '../lab/workers.js';

/** The log loses records that were never applied: no worker may go on as if nothing had been. */
export const truncatedAbove: Fault = {
  name: 'raw topic truncated above the checkpoint',
  spoils: true,
  async play(round) {
    await applySome(round);
    const unread = await round.shop.publishGood();
    await truncate(round);
    round.shop.forget(unread);
    round.note('all records are gone, some of them unread');
    await refused(round, /were never applied/);
    await adopt(round);
  },
};

/** The log loses what has long been applied, as retention does: nobody needs to care. */
export const truncatedBelow: Fault = {
  name: 'raw topic truncated below the checkpoint',
  spoils: true,
  async play(round) {
    await applySome(round);
    await truncate(round);
    round.note('all applied records are gone');
    await round.workers.startReady(1);
    await round.goesOn();
  },
};

/** The topic is deleted and made anew, shorter or longer than the one before. */
export function recreated(length: 'shorter' | 'longer'): Fault {
  return {
    name: `raw topic deleted and recreated, ${length}`,
    spoils: true,
    async play(round) {
      await applySome(round);
      await round.shop.close();
      await remake(round);
      round.note('the topic was made anew');
      if (length === 'longer') for (let count = 0; count < 3; count += 1) await round.shop.publishGood();
      await refused(round, length === 'longer' ? /made anew/ : /truncated or made anew/);
      // Nothing in the offsets of a longer one tells: the operator names the partitions.
      await adopt(round, length === 'longer' ? ['--partitions', '0,1,2,3,4,5,6,7,8,9,10,11'] : []);
    },
  };
}

async function applySome(round: Round): Promise<void> {
  await round.workers.startReady(1);
  await round.goesOn();
  await round.workers.killAll();
  await groupEmpty(round);
}

async function groupEmpty(round: Round): Promise<void> {
  const broker = round.installation.broker();
  while ((await broker.group(groupOf(round.installation.name, 'projector'))).members > 0) await delay(100);
  await broker.close();
}

async function truncate(round: Round): Promise<void> {
  const broker = round.installation.broker();
  const topic = round.installation.topic(TOPICS.rawSnapshots);
  try {
    const ends = Object.entries(await broker.ends([topic])).filter(([, end]) => end > 0);
    const partitions = ends.map(([place, end]) => ({
      partition: Number(place.split('/').pop()),
      offset: String(end),
    }));
    await broker.ask('truncating', (admin) => admin.deleteTopicRecords({ topic, partitions }));
  } finally {
    await broker.close();
  }
}

async function remake(round: Round): Promise<void> {
  const broker = round.installation.broker();
  const topic = round.installation.topic(TOPICS.rawSnapshots);
  const spec = topicSpecs(14).find(({ name }) => name === TOPICS.rawSnapshots);
  try {
    await broker.ask('removing the topic', (admin) => admin.deleteTopics({ topics: [topic] }));
    const configEntries = Object.entries(spec?.settings ?? {}).map(([name, value]) => ({ name, value }));
    const made = { topic, numPartitions: spec?.partitions ?? 12, replicationFactor: 1, configEntries };
    await round.until('the topic was made anew', () =>
      broker
        .ask('making it anew', (admin) => admin.createTopics({ waitForLeaders: true, topics: [made] }))
        .catch(() => false),
    );
  } finally {
    await broker.close();
  }
}

/** A worker must end by itself, and say which command mends it. */
async function refused(round: Round, why: RegExp): Promise<void> {
  const worker = round.workers.start();
  const said = (one: Worker) => one.lines.join('\n');
  await round.until('the worker gave up', () => worker.ending !== undefined);
  worker.dismissed = true;
  if (!why.test(said(worker)) || !said(worker).includes('topics adopt') || worker.ending?.code !== 1)
    throw new Error(`it should have been refused: ${worker.lines.slice(-6).join(' | ')}`);
  round.note('refused, loudly');
}

/** What the refusal says is done; then everything is read once more and goes on. */
async function adopt(round: Round, args: readonly string[] = []): Promise<void> {
  const { code, output } = await runProgram(round.installation, ['topics', 'adopt', '--execute', ...args]);
  round.note(`adopted: ${output.trim().split('\n').at(-1)}`);
  if (code !== 0) throw new Error(`adopting ended with ${code}: ${output}`);
  await round.workers.startReady(1);
  await round.goesOn();
}
