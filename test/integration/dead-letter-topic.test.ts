import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCommitted } from '../../engines/conforming-reader.js';
import { ConfigResourceTypes } from '../../src/broker/kafkajs-patched.js';
import { createTopics } from '../../src/broker/topics.js';
import { groupOf, TOPICS } from '../../src/events/topics.js';
import { createFeedRegistry } from '../../src/store/feed-registry.js';
import { testEngines } from '../support/engines.js';
import { expectExactlyOnce } from '../support/exactly-once.js';
import { formatFeed, Pipeline, wbFeed, wbRow } from '../support/pipeline.js';

/** A letter of it has more bytes than the headers alone. */
const RUBBISH = `{"type":"${'x'.repeat(5_000)}`;

describe('where dead letters cannot go', () => {
  let pipe: Pipeline;
  const [spoilt, other] = [wbFeed('spoilt'), wbFeed('other')];
  const fatal: unknown[] = [];
  let letters: string;

  beforeAll(async () => {
    pipe = await Pipeline.start('dlqless');
    letters = pipe.topic(TOPICS.deadLetters);
    await pipe.worker({ fatal: (error) => fatal.push(error) });
    for (const feed of [spoilt, other]) await pipe.outcome(await pipe.publish(feed, [[wbRow(1, 507, 1)]]));
  }, 60_000);
  afterAll(() => pipe?.close());

  const blocked = async () => {
    const from = pipe.logs.length;
    const until = Date.now() + 90_000;
    for (;;) {
      const line = pipe.logs.slice(from).find((one) => one.includes('the partition waits'));
      if (line !== undefined) return line;
      if (Date.now() > until) throw new Error(`nobody waits:\n${pipe.logs.slice(-10).join('\n')}`);
      await delay(50);
    }
  };
  const createAll = () =>
    createTopics(pipe.broker, { prefix: pipe.prefix, rawRetentionDays: 14, replicationFactor: 1 });
  const inTopic = () => readCommitted({ brokers: testEngines().kafka.brokers, topic: letters });

  test.each([
    [
      'too small a topic',
      'MESSAGE_TOO_LARGE',
      () =>
        pipe.broker.ask('shrinking', (admin) =>
          admin.alterConfigs({
            validateOnly: false,
            resources: [
              {
                type: ConfigResourceTypes.TOPIC,
                name: letters,
                configEntries: [{ name: 'max.message.bytes', value: '300' }],
              },
            ],
          }),
        ),
    ],
    [
      'a topic that is gone',
      'topics create',
      () => pipe.broker.ask('deleting', (admin) => admin.deleteTopics({ topics: [letters] })),
    ],
  ])(
    '%s stops the partition, and it goes on by itself: nothing acknowledged is lost, nothing comes twice',
    async (_name, word, harm) => {
      const { partition } = await createFeedRegistry(pipe.db).register(spoilt, 12);
      const raw = pipe.topic(TOPICS.rawSnapshots);
      const before = (await pipe.broker.range(raw, partition)).end;
      await harm();
      const waits = blocked();
      await pipe.raw.append(partition, [{ key: formatFeed(spoilt), value: RUBBISH, headers: {} }]);
      const behind = await pipe.publish(spoilt, [[wbRow(1, 507, 2)]]);
      expect(await waits).toMatch(new RegExp(`^error .*${word}`));
      const mark = await pipe.broker.committed(groupOf(pipe.prefix, 'projector'), raw, partition);
      expect(mark?.offset).toBeLessThanOrEqual(before);
      // Other partitions do not wait.
      const beside = await pipe.publish(other, [[wbRow(1, 507, 2)]]);
      expect(await pipe.outcome(beside)).toMatchObject({ status: 'applied' });

      await createAll();
      expect(await pipe.outcome(behind, 60_000)).toMatchObject({ status: 'applied' });
      expect((await inTopic()).map(({ headers }) => headers['dlq-offset'])).toEqual([String(before)]);
      await expectExactlyOnce(pipe);
      expect(fatal).toEqual([]);
      pipe.logs.length = 0;
    },
    180_000,
  );
});
