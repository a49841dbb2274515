import { afterAll, beforeAll, expect, it } from 'vitest';
import { groupOf, TOPICS, topicOf } from '../../../src/events/topics.js';
import { Lab } from './lab.js';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start('cli_two_drains', { ozonProducts: 5, wbProducts: 5 });
});
afterAll(() => lab.close());

it('sync leaves nothing unread on partitions that a health check of the same minute still holds', async () => {
  const [group, topic] = [groupOf(lab.prefix, 'anomaly'), topicOf(lab.prefix, TOPICS.syncEvents)];
  const partitions = await lab.broker.partitionCount(topic);
  // A member that has read all that it came for, and is about to leave: it holds every partition, later its share of them.
  const member = lab.broker.member(group, topic);
  const shares: number[] = [];
  let tellShared: () => void = () => undefined;
  const shared = new Promise<void>((resolve) => (tellShared = resolve));
  await member.start({
    joined: (own) => {
      shares.push(own.length);
      if (own.length < partitions) tellShared();
    },
    batch: async () => false,
    skipped: () => undefined,
    crashed: () => undefined,
  });
  const run = lab.start(['sync']);
  await Promise.race([shared, run.ended]);
  expect(shares).toHaveLength(2);
  // One record that is nobody's event on every partition, ours and theirs.
  const producer = lab.broker.rawProducer(topic);
  await producer.connect();
  for (let partition = 0; partition < partitions; partition += 1)
    await producer.append(partition, [{ key: 'k', value: '{}', headers: {} }]);
  await producer.close();
  await run.says('bringing events and mail to their end');
  await member.stop();
  expect(await run.ended).toMatchObject({ code: 0 });
  const ends = await lab.broker.ends([topic]);
  for (let partition = 0; partition < partitions; partition += 1) {
    const mark = await lab.broker.committed(group, topic, partition);
    expect({ partition, mark: mark?.offset }).toEqual({ partition, mark: ends[`${topic}/${partition}`] });
  }
});
