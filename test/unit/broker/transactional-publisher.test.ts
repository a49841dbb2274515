import type { Kafka, Message } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { openTransactionalPublisher } from '../../../src/broker/transactional-publisher.js';
import { TOPICS } from '../../../src/events/topics.js';
import type { Output } from '../../../src/ports/log-records.js';

interface Sent {
  readonly topic: string;
  readonly messages: readonly (Message & { partition: number })[];
}

/** A producer that keeps what it is told, and fails where it is told to. */
class FakeKafka {
  readonly deeds: string[] = [];
  readonly batches: Sent[][] = [];
  options: Record<string, unknown> = {};
  /** Error to throw at a deed, once. */
  readonly trouble = new Map<string, Error>();
  /** How often a deed says CONCURRENT_TRANSACTIONS first. */
  readonly concurrent = new Map<string, number>();
  private offset = 100;

  get kafka(): Kafka {
    const producer = (options: Record<string, unknown>) => {
      this.options = options;
      return {
        connect: () => this.does('connect'),
        disconnect: () => this.does('disconnect'),
        transaction: async () => {
          await this.does('begin');
          return {
            sendBatch: (batch: { topicMessages: Sent[] }) => this.send(batch.topicMessages),
            sendOffsets: async (offsets: unknown) => this.does(`offsets ${JSON.stringify(offsets)}`),
            commit: () => this.does('commit'),
            abort: () => this.does('abort'),
          };
        },
      };
    };
    return { producer } as unknown as Kafka;
  }

  private async does(deed: string): Promise<void> {
    const [name = ''] = deed.split(' ');
    const left = this.concurrent.get(name) ?? 0;
    if (left > 0) {
      this.concurrent.set(name, left - 1);
      throw Object.assign(new Error('concurrent'), { type: 'CONCURRENT_TRANSACTIONS' });
    }
    const error = this.trouble.get(name);
    this.trouble.delete(name);
    this.deeds.push(error === undefined ? deed : `${name} failed`);
    if (error !== undefined) throw error;
  }

  private async send(topicMessages: Sent[]) {
    await this.does('send');
    this.batches.push(topicMessages);
    return topicMessages.flatMap(({ topic, messages }) =>
      [...new Set(messages.map((message) => message.partition))].map((partition) => {
        this.offset += 1;
        return { topicName: topic, partition, baseOffset: String(this.offset) };
      }),
    );
  }
}

const output = (key: string, value = 'x', offset = 1, index = 0): Output => ({
  offset,
  index,
  topic: TOPICS.stockChanges,
  key,
  value,
  headers: { ce_id: `${offset}/${index}` },
});
const MARK = { group: 'inventory.projector', topic: 'raw', partition: 3, offset: 42, stamp: 'ours' };

async function opened(partitions = 12) {
  const fake = new FakeKafka();
  const publisher = await openTransactionalPublisher(fake.kafka, 'inventory', 'inventory.projector.3', () =>
    Promise.resolve(partitions),
  );
  const opening = fake.deeds.splice(0);
  return { fake, publisher, opening };
}

describe('opening', () => {
  test('fences the former owner: connects, begins, aborts', async () => {
    const { fake, opening } = await opened();
    expect(opening).toEqual(['connect', 'begin', 'abort']);
    expect(fake.options).toMatchObject({
      transactionalId: 'inventory.projector.3',
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
    });
  });

  test.each(['connect', 'begin', 'abort'])('that fails at %s leaves no connection behind', async (deed) => {
    const fake = new FakeKafka();
    fake.trouble.set(deed, new Error('no broker'));
    await expect(
      openTransactionalPublisher(fake.kafka, 'inventory', 'id', () => Promise.resolve(1)),
    ).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' });
    expect(fake.deeds.at(-1)).toBe('disconnect');
  });
});

describe('publishing', () => {
  test('one transaction: the records, then the group’s offset with our stamp, then commit', async () => {
    const { fake, publisher } = await opened();
    const first = await publisher.publish([output('a'), output('b')], MARK);
    expect(fake.deeds.map((deed) => deed.split(' ')[0])).toEqual(['begin', 'send', 'offsets', 'commit']);
    expect(JSON.parse(fake.deeds[2]?.slice('offsets '.length) ?? '')).toEqual({
      consumerGroupId: 'inventory.projector',
      topics: [{ topic: 'raw', partitions: [{ partition: 3, offset: '42', metadata: 'ours' }] }],
    });
    expect(Object.keys(first).every((place) => place.startsWith('inventory.stock-changes.v1/'))).toBe(true);
    expect(Math.min(...Object.values(first))).toBe(101);
  });

  test('keeps the order of each partition, and puts equal keys into one', async () => {
    const { fake, publisher } = await opened(4);
    const outputs = Array.from({ length: 200 }, (_, index) => output(`key-${index % 20}`, `value ${index}`));
    await publisher.publish(outputs, MARK);
    const sent = fake.batches.flat().flatMap((batch) => batch.messages);
    expect(sent).toHaveLength(200);
    for (let key = 0; key < 20; key += 1) {
      const mine = sent.filter((message) => message.key === `key-${key}`);
      expect(new Set(mine.map((message) => message.partition)).size).toBe(1);
      expect(mine.map((message) => message.value)).toEqual(
        outputs.filter((one) => one.key === `key-${key}`).map((one) => one.value),
      );
    }
  });

  test('chooses partitions as the Java client does', async () => {
    const { fake, publisher } = await opened(12);
    // Worked out with the murmur2 of Kafka's own client: toPositive(murmur2(key)) mod 12.
    const keys = ['ozon:100500:1:fbo:', 'wildberries:a1:91663228:fbw:-999999', 'x'];
    await publisher.publish(
      keys.map((key) => output(key)),
      MARK,
    );
    const placed = new Map(
      fake.batches
        .flat()
        .flatMap(({ messages }) => messages.map((one) => [String(one.key), one.partition] as const)),
    );
    expect(keys.map((key) => placed.get(key))).toEqual(keys.map((key) => (murmur2(key) & 0x7fffffff) % 12));
  });

  test('is cut where a partition’s batch would grow beyond what a broker takes, in bytes', async () => {
    const { fake, publisher } = await opened(1);
    const text = 'ё'.repeat(100_000);
    await publisher.publish(
      Array.from({ length: 12 }, (_, index) => output(`k${index}`, `${index}${text}`)),
      MARK,
    );
    const sizes = fake.batches.map((batch) =>
      batch
        .flatMap(({ messages }) => messages)
        .reduce((sum, one) => sum + Buffer.byteLength(String(one.value)), 0),
    );
    expect(Math.max(...sizes)).toBeLessThan(900_000);
    expect(sizes.length).toBeLessThanOrEqual(6);
    const order = fake.batches.flat().flatMap(({ messages }) => messages.map((one) => one.key));
    expect(order).toEqual(Array.from({ length: 12 }, (_, index) => `k${index}`));
    expect(fake.deeds.filter((deed) => deed === 'commit')).toHaveLength(1);
  });

  test('a record larger than a batch goes alone', async () => {
    const { fake, publisher } = await opened(1);
    await publisher.publish([output('a'), output('b', 'x'.repeat(900_000)), output('c')], MARK);
    expect(
      fake.batches.map((batch) => batch.flatMap(({ messages }) => messages.map((one) => one.key))),
    ).toEqual([['a'], ['b'], ['c']]);
  });

  test('nothing to publish is a transaction with the offset alone', async () => {
    const { fake, publisher } = await opened();
    expect(await publisher.publish([], MARK)).toEqual({});
    expect(fake.deeds.map((deed) => deed.split(' ')[0])).toEqual(['begin', 'offsets', 'commit']);
  });

  test('meets the end of the transaction before as a matter of course', async () => {
    const { fake, publisher } = await opened();
    fake.concurrent.set('begin', 2);
    fake.concurrent.set('offsets', 3);
    await publisher.publish([output('a')], MARK);
    expect(fake.deeds.map((deed) => deed.split(' ')[0])).toEqual(['begin', 'send', 'offsets', 'commit']);
  });
});

describe('publishing that fails', () => {
  test.each(['begin', 'send', 'offsets'])(
    'at %s is undone as far as can be, and ownership is in doubt',
    async (deed) => {
      const { fake, publisher } = await opened();
      fake.trouble.set(deed, Object.assign(new Error('fenced'), { name: 'KafkaJSProtocolError' }));
      await expect(publisher.publish([output('a')], MARK)).rejects.toMatchObject({
        code: 'OWNERSHIP_LOST',
        message: expect.stringContaining('fenced'),
        facts: { outcomeUnknown: false },
      });
      expect(fake.deeds.at(-1)).toBe(deed === 'begin' ? 'begin failed' : 'abort');
      expect(fake.deeds).not.toContain('commit');
    },
  );

  test('at commit is left alone: nobody knows whether it holds', async () => {
    const { fake, publisher } = await opened();
    fake.trouble.set('commit', new Error('no answer'));
    await expect(publisher.publish([output('a')], MARK)).rejects.toMatchObject({
      code: 'OWNERSHIP_LOST',
      facts: { outcomeUnknown: true },
    });
    expect(fake.deeds.at(-1)).toBe('commit failed');
    expect(fake.deeds).not.toContain('abort');
    expect(fake.batches).toHaveLength(1);
  });

  test('an abort that fails too hides nothing', async () => {
    const { fake, publisher } = await opened();
    fake.trouble.set('send', new Error('the first'));
    fake.trouble.set('abort', new Error('the second'));
    await expect(publisher.publish([output('a')], MARK)).rejects.toThrow('the first');
  });

  test('closing never fails', async () => {
    const { fake, publisher } = await opened();
    fake.trouble.set('disconnect', new Error('gone already'));
    await publisher.close();
    expect(fake.deeds).toEqual(['disconnect failed']);
  });
});

/** MurmurHash2 with the seed of Kafka's clients, over the UTF-8 bytes of the key. */
function murmur2(key: string): number {
  const data = Buffer.from(key);
  const m = 0x5bd1e995;
  let h = 0x9747b28c ^ data.length;
  const blocks = data.length >> 2;
  for (let block = 0; block < blocks; block += 1) {
    let k = Math.imul(data.readInt32LE(block * 4), m);
    k ^= k >>> 24;
    h = Math.imul(h, m) ^ Math.imul(k, m);
  }
  const tail = data.subarray(blocks * 4);
  for (const [index, byte] of [...tail.entries()].reverse()) h ^= byte << (8 * index);
  if (tail.length > 0) h = Math.imul(h, m);
  h ^= h >>> 13;
  h = Math.imul(h, m);
  return h ^ (h >>> 15);
}
