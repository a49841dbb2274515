import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../src/errors.js';
import { groupOf, TOPICS, topicSpecs } from '../../src/events/topics.js';
import { settleOwed } from '../../src/settle-owed.js';
import { adoptTopics } from '../../src/store/adopt-topics.js';
import { expectExactlyOnce } from '../support/exactly-once.js';
import { ozonFeed, ozonItem, Pipeline } from '../support/pipeline.js';

const TABLES = [
  'levels',
  'ledger',
  'outbox',
  'products',
  'snapshots',
  'checkpoints',
  'incarnations',
  'feeds',
  'accounts',
];

describe('when database and topic no longer fit', () => {
  let pipe: Pipeline;
  beforeEach(async () => {
    pipe = await Pipeline.start('diverged');
  });
  afterEach(() => pipe.close());

  const items = (figure: number) =>
    [1, 2, 3].map((id) => ozonItem(id, ['fbo', figure + id, 0], ['fbs', id, 0]));

  it('fills a lost database from the topic and publishes nothing twice', async () => {
    const first = await pipe.worker();
    for (const figure of [10, 20, 30]) await pipe.outcome(await pipe.publish(ozonFeed(), [items(figure)]));
    await pipe.stopWorker(first);
    for (const table of TABLES) await pipe.db.execute(`DELETE FROM ${table}`);

    const second = await pipe.worker();
    await vi.waitUntil(() => second.caughtUp(), { timeout: 20_000 });
    await expectExactlyOnce(pipe);
    // And goes on from there as if nothing had been.
    await pipe.outcome(await pipe.publish(ozonFeed(), [items(40)]));
    const folded = await expectExactlyOnce(pipe);
    expect(folded.get('ozon:100500:3:fbo:')?.available).toBe(43);
  });

  it('marks again what is published after the group was deleted, though nothing new comes', async () => {
    const first = await pipe.worker();
    const id = await pipe.publish(ozonFeed(), [items(10)]);
    await pipe.outcome(id);
    await pipe.stopWorker(first);
    await pipe.broker.ask('losing the offsets', (admin) =>
      admin.deleteGroups([groupOf(pipe.prefix, 'projector')]),
    );
    await pipe.worker();
    await pipe.outcome(id);
    await expectExactlyOnce(pipe);
  });

  it('refuses a topic that was made anew, and goes on when it is adopted', async () => {
    const first = await pipe.worker();
    await pipe.outcome(await pipe.publish(ozonFeed(), [items(10)]));
    await pipe.stopWorker(first);
    await remakeRawTopic(pipe);
    // As long as before, so that only its content tells.
    await pipe.publish(ozonFeed(), [items(20)]);
    await pipe.publish(ozonFeed(), [items(30)]);

    const [fatal] = await startAndFail(pipe);
    expect(String(fatal)).toContain('the topic was made anew');
    const [row] = await pipe.db.query('SELECT partition_no FROM feeds');
    const partition = Number(row?.partition_no);
    const { prefix, db, broker } = pipe;
    expect(await adoptTopics(db, broker, prefix, null)).toEqual([]);
    const adopted = await adoptTopics(db, broker, prefix, settleOwed(db, broker, prefix), [partition]);
    expect(adopted).toMatchObject([{ partition, to: 0 }]);

    await pipe.worker();
    await pipe.outcome(await pipe.publish(ozonFeed(), [items(40)]));
    await expectExactlyOnce(pipe);
  });

  it('refuses a topic that ends before the checkpoint', async () => {
    const first = await pipe.worker();
    await pipe.outcome(await pipe.publish(ozonFeed(), [items(10)]));
    await pipe.stopWorker(first);
    await remakeRawTopic(pipe);
    const [fatal] = await startAndFail(pipe);
    expect(fatal).toMatchObject({ code: 'TOPIC_DIVERGED', remedy: expect.stringContaining('topics adopt') });
    const { db, broker, prefix } = pipe;
    const adopted = await adoptTopics(db, broker, prefix, settleOwed(db, broker, prefix));
    expect(adopted).toMatchObject([{ to: 0 }]);
    await pipe.worker();
    await pipe.outcome(await pipe.publish(ozonFeed(), [items(20)]));
    await expectExactlyOnce(pipe);
  });

  describe('changes that were committed and not published when the topic went', () => {
    /** As a worker leaves things that dies between its two commits, whose topic is then made anew. */
    async function diesBetweenTheCommits(): Promise<void> {
      const first = await pipe.worker();
      await pipe.outcome(await pipe.publish(ozonFeed(), [items(10)]));
      await pipe.stopWorker(first);
      let committed = 0;
      const second = await pipe.worker({
        probe: (point) => {
          if (point !== 'committed') return;
          committed += 1;
          throw new AppError('INVARIANT', 'killed here');
        },
        fatal: () => undefined,
      });
      await pipe.publish(ozonFeed(), [items(20)]);
      await vi.waitUntil(() => committed > 0, { timeout: 20_000 });
      await pipe.stopWorker(second);
      await remakeRawTopic(pipe);
    }

    async function goesOn(): Promise<void> {
      await pipe.worker();
      await pipe.outcome(await pipe.publish(ozonFeed(), [items(30)]));
      await expectExactlyOnce(pipe);
    }

    it('go out before the worker refuses the new one', async () => {
      await diesBetweenTheCommits();
      const [fatal] = await startAndFail(pipe);
      expect(fatal).toMatchObject({ code: 'TOPIC_DIVERGED' });
      await adoptTopics(pipe.db, pipe.broker, pipe.prefix, async () => undefined);
      await goesOn();
    });

    it('go out when the new one is adopted, without a worker before', async () => {
      await diesBetweenTheCommits();
      const { db, broker, prefix } = pipe;
      await adoptTopics(db, broker, prefix, settleOwed(db, broker, prefix));
      await goesOn();
    });
  });

  it('refuses to skip records that retention removed before they were applied', async () => {
    const first = await pipe.worker();
    await pipe.outcome(await pipe.publish(ozonFeed(), [items(10)]));
    await pipe.stopWorker(first);
    await pipe.publish(ozonFeed(), [items(20)]);
    const [row] = await pipe.db.query('SELECT partition_no FROM feeds');
    const partition = Number(row?.partition_no);
    const topic = pipe.topic(TOPICS.rawSnapshots);
    const { end } = await pipe.broker.range(topic, partition);
    await pipe.broker.ask('truncating', (admin) =>
      admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(end) }] }),
    );
    const [fatal] = await startAndFail(pipe);
    expect(String(fatal)).toContain('were never applied');
  });
});

/** Starts a worker that must give up, and answers why. */
async function startAndFail(pipe: Pipeline): Promise<unknown[]> {
  const failures: unknown[] = [];
  const run = await pipe.worker({ fatal: (error) => failures.push(error) });
  await vi.waitUntil(() => failures.length > 0, { timeout: 20_000 });
  await pipe.stopWorker(run);
  return failures;
}

async function remakeRawTopic(pipe: Pipeline): Promise<void> {
  const topic = pipe.topic(TOPICS.rawSnapshots);
  await pipe.broker.ask('removing the topic', (admin) => admin.deleteTopics({ topics: [topic] }));
  const spec = topicSpecs(14).find(({ name }) => name === TOPICS.rawSnapshots);
  await vi.waitUntil(
    () =>
      pipe.broker
        .ask('making it anew', (admin) =>
          admin.createTopics({
            waitForLeaders: true,
            topics: [
              {
                topic,
                numPartitions: spec?.partitions ?? 12,
                replicationFactor: 1,
                configEntries: Object.entries(spec?.settings ?? {}).map(([name, value]) => ({ name, value })),
              },
            ],
          }),
        )
        .catch(() => false),
    { timeout: 20_000, interval: 200 },
  );
}
