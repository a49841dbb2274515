import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKafka } from '../../src/broker/client.js';
import { groupOf, TOPICS, type TopicName } from '../../src/events/topics.js';
import type { Output } from '../../src/ports/log-records.js';
import { testEngines } from '../support/engines.js';
import { expectExactlyOnce } from '../support/exactly-once.js';
import { ozonFeed, ozonItem, Pipeline, quietLogger } from '../support/pipeline.js';

// What kafkajs 2.2.4 does where it is left alone, and that what is built around it copes.

describe('the client on a leash: transactions', () => {
  let pipe: Pipeline;
  beforeAll(async () => {
    pipe = await Pipeline.start('traps_tx');
  });
  afterAll(() => pipe.close());

  const raw = () => pipe.topic(TOPICS.rawSnapshots);
  const changes = () => pipe.topic(TOPICS.stockChanges);

  function output(offset: number, topic: TopicName = TOPICS.stockChanges, key = 'k'): Output {
    const headers = { ce_id: `${key}-${offset}-${randomUUID()}` };
    return { offset, index: 0, topic, key, value: JSON.stringify({ offset }), headers };
  }
  /** In a group and on a partition of its own. */
  const markOf = (name: string, offset: number) => ({
    ...{ group: `${pipe.prefix}.${name}`, topic: raw(), partition: 0, offset, stamp: 's' },
  });
  const idOf = ({ headers }: Output) => headers.ce_id ?? '';
  const kafka = () =>
    createKafka({
      brokers: testEngines().kafka.brokers.split(','),
      clientId: 'inventory-sync-test',
      sessionTimeoutMs: 6_000,
      logger: quietLogger(),
    });

  it('transactions one straight after the other all go through, although the broker is still at the last one', async () => {
    const publisher = await pipe.broker.openPublisher(`${pipe.prefix}.rapid`);
    try {
      for (let offset = 1; offset <= 60; offset += 1) await publisher.publish([], markOf('rapid', offset));
    } finally {
      await publisher.close();
    }
    expect(await pipe.broker.committed(`${pipe.prefix}.rapid`, raw(), 0)).toEqual({ offset: 60, stamp: 's' });
  });

  it('a former owner publishes nothing and moves no offset, though the client lets anybody send offsets', async () => {
    const from = await pipe.broker.ends([changes()]);
    const former = await pipe.broker.openPublisher(`${pipe.prefix}.owned`);
    const owner = await pipe.broker.openPublisher(`${pipe.prefix}.owned`);
    const [late, right] = [output(1), output(2)];
    try {
      await expect(former.publish([late], markOf('owned', 7))).rejects.toMatchObject({
        code: 'OWNERSHIP_LOST',
      });
      expect(await pipe.broker.committed(`${pipe.prefix}.owned`, raw(), 0)).toBeNull();
      await owner.publish([right], markOf('owned', 3));
    } finally {
      await former.close();
      await owner.close();
    }
    expect([...(await pipe.broker.idsSince(from))]).toEqual([idOf(right)]);
    expect(await pipe.broker.committed(`${pipe.prefix}.owned`, raw(), 0)).toMatchObject({ offset: 3 });
  });

  it('records of aborted transactions are never handed out, however many producers share the partition', async () => {
    const client = kafka();
    const producers = Array.from({ length: 6 }, (_, index) =>
      client.producer({
        ...{ transactionalId: `${pipe.prefix}.mixed.${index}`, idempotent: true, maxInFlightRequests: 1 },
      }),
    );
    const from = await pipe.broker.ends([changes()]);
    const kept = new Set<string>();
    await Promise.all(producers.map((producer) => producer.connect()));
    try {
      for (let round = 0; round < 6; round += 1) {
        const open = await Promise.all(producers.map((producer) => producer.transaction()));
        // Begun in one order, ended in another: the broker lists aborted ones by their ends.
        for (let step = 0; step < 3; step += 1) {
          for (const [index, transaction] of open.entries()) {
            const id = `${round}-${step}-${index}`;
            await transaction.send({
              topic: changes(),
              messages: [{ partition: 0, key: 'k', value: '{}', headers: { ce_id: id } }],
            });
            if ((index + round) % 2 === 0) kept.add(id);
          }
        }
        for (const [index, transaction] of [...open.entries()].reverse()) {
          await ((index + round) % 2 === 0 ? transaction.commit() : transaction.abort());
        }
      }
    } finally {
      await Promise.all(producers.map((producer) => producer.disconnect()));
    }
    const read = await pipe.broker.idsSince(from);
    expect([...read].sort()).toEqual([...kept].sort());
  });

  it('an idle connection sets next to no timers', async () => {
    const original = globalThis.setTimeout;
    let set = 0;
    await pipe.broker.ends([raw()]);
    globalThis.setTimeout = Object.assign(
      (...args: Parameters<typeof original>) => {
        set += 1;
        return original(...args);
      },
      { __promisify__: original.__promisify__ },
    ) as typeof original;
    try {
      await delay(400);
    } finally {
      globalThis.setTimeout = original;
    }
    expect(set).toBeLessThan(20);
  });
});

describe('the client on a leash: reading', () => {
  let pipe: Pipeline;
  beforeAll(async () => {
    pipe = await Pipeline.start('traps_read');
  });
  afterAll(() => pipe.close());

  const group = () => groupOf(pipe.prefix, 'projector');
  const raw = () => pipe.topic(TOPICS.rawSnapshots);

  it.each([
    ['beyond the end', (offset: number) => offset + 500],
    ['the sentinel for the end', () => -1],
    ['the sentinel for the beginning', () => -2],
  ])('with the group’s offset at %s nothing is skipped and nothing published twice', async (_, moved) => {
    const feed = ozonFeed('301');
    const first = await pipe.worker();
    const before = await pipe.outcome(
      await pipe.publish(feed, [[ozonItem(1, ['fbo', Math.ceil(Math.random() * 1e6), 0])]]),
    );
    await pipe.stopWorker(first);
    const mark = await pipe.broker.committed(group(), raw(), before.partition);
    await pipe.broker.ask('moving the offset', (admin) =>
      admin.setOffsets({
        groupId: group(),
        topic: raw(),
        partitions: [{ partition: before.partition, offset: String(moved(mark?.offset ?? 0)) }],
      }),
    );
    const id = await pipe.publish(feed, [[ozonItem(1, ['fbo', Math.ceil(Math.random() * 1e6), 0])]]);
    const second = await pipe.worker();
    expect(await pipe.outcome(id)).toMatchObject({ status: 'applied' });
    await pipe.stopWorker(second);
    await expectExactlyOnce(pipe);
  });

  it('a step that takes longer than the session keeps the membership, for it beats all the while', async () => {
    let slow = true;
    const worker = await pipe.worker({
      probe: async (point) => {
        if (point !== 'folded' || !slow) return;
        slow = false;
        await delay(9_000);
      },
    });
    const quiet = pipe.logs.length;
    const id = await pipe.publish(ozonFeed('302'), [[ozonItem(5, ['fbo', 3, 0])]]);
    expect(await pipe.outcome(id)).toMatchObject({ status: 'applied' });
    await pipe.stopWorker(worker);
    expect(pipe.logs.slice(quiet).filter((line) => line.includes('in doubt'))).toEqual([]);
    await expectExactlyOnce(pipe);
  });
});
