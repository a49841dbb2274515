import { beforeEach, describe, expect, it } from 'vitest';
import { createSendOnce, type PlacedMessage, type SendParts } from '../../../src/broker/send-once.js';

interface Message extends PlacedMessage {
  readonly value: string;
}
type Parts = SendParts<Message>;
type Leader = Awaited<ReturnType<Parts['cluster']['findBroker']>>;
type Request = Parameters<Leader['produce']>[0];

/** Partition n of the topic is led by broker n mod 3. */
class FakeCluster {
  readonly deeds: string[] = [];
  readonly received: Request[] = [];
  /** What a broker does with a request, once. */
  readonly fate = new Map<string, () => Promise<never>>();
  concurrent = 0;
  known = 6;
  private readonly sequences = new Map<string, number>();

  readonly parts: Parts = {
    cluster: {
      addMultipleTargetTopics: async (topics) => void this.deeds.push(`knows ${topics.join(',')}`),
      refreshMetadataIfNecessary: async () => undefined,
      findLeaderForPartitions: (_, partitions) => {
        const led: Record<string, number[]> = {};
        for (const one of partitions) if (one < this.known) led[one % 3] = [...(led[one % 3] ?? []), one];
        return led;
      },
      findBroker: async ({ nodeId }) => ({ produce: (request) => this.produce(nodeId, request) }),
    },
    eosManager: {
      isTransactional: () => true,
      addPartitionsToTransaction: async (topics) => {
        this.concurrent -= 1;
        if (this.concurrent >= 0)
          throw Object.assign(new Error('concurrent'), { type: 'CONCURRENT_TRANSACTIONS' });
        const names = topics.flatMap(({ topic, partitions }) =>
          partitions.map((one) => `${topic}/${one.partition}`),
        );
        this.deeds.push(`adds ${names.toSorted().join(' ')}`);
      },
      getTransactionalId: () => 'id',
      getProducerId: () => '7',
      getProducerEpoch: () => 1,
      getSequence: (topic, partition) => this.sequences.get(`${topic}/${partition}`) ?? 0,
      updateSequence: (topic, partition, by) => {
        const place = `${topic}/${partition}`;
        this.sequences.set(place, (this.sequences.get(place) ?? 0) + by);
      },
    },
  };

  private async produce(nodeId: string, request: Request) {
    this.received.push(request);
    this.deeds.push(`to ${nodeId}`);
    const fate = this.fate.get(nodeId);
    if (fate !== undefined) return fate();
    await new Promise(setImmediate);
    this.deeds.push(`${nodeId} answers`);
    return {
      topics: request.topicData.map(({ topic, partitions }) => ({
        topicName: topic,
        partitions: partitions.map(({ partition }) => ({ partition, baseOffset: '5' })),
      })),
    };
  }
}

const messages = (...partitions: number[]): Message[] =>
  partitions.map((partition, at) => ({ partition, value: `${partition}:${at}` }));

describe('a batch within a transaction', () => {
  let kafka: FakeCluster;
  let send: ReturnType<typeof createSendOnce<Message>>;
  const batch = (...partitions: number[]) =>
    send({ acks: -1, topicMessages: [{ topic: 't', messages: messages(...partitions) }] });

  beforeEach(() => {
    kafka = new FakeCluster();
    send = createSendOnce(kafka.parts);
  });

  it('goes to each leader once, in order and numbered per partition', async () => {
    const sent = await batch(0, 1, 0, 3, 0);
    await batch(0);
    expect(sent.map(({ partition, baseOffset }) => [partition, baseOffset]).toSorted()).toEqual([
      [0, '5'],
      [1, '5'],
      [3, '5'],
    ]);
    const seen = kafka.received.flatMap(({ topicData }) => topicData.flatMap(({ partitions }) => partitions));
    expect(
      seen
        .filter(({ partition }) => partition === 0)
        .map((one) => [one.firstSequence, one.messages.map(({ value }) => value)]),
    ).toEqual([
      [0, ['0:0', '0:2', '0:4']],
      [3, ['0:0']],
    ]);
    expect(kafka.received).toHaveLength(3);
  });

  it('fails when one leader fails, after all have answered, and nothing is sent again', async () => {
    kafka.fate.set('1', () => Promise.reject(new Error('connection closed')));
    await expect(batch(0, 1, 2)).rejects.toThrow('connection closed');
    expect(kafka.deeds.slice(2)).toEqual(['to 0', 'to 1', 'to 2', '0 answers', '2 answers']);
  });

  it('enters the partitions before it sends, and waits while the transaction before is being ended', async () => {
    kafka.concurrent = 3;
    await batch(4, 0);
    expect(kafka.deeds.slice(0, 2)).toEqual(['knows t', 'adds t/0 t/4']);
  });

  it('leaves out no partition that the client does not know', async () => {
    kafka.known = 3;
    await expect(batch(0, 5)).rejects.toThrow('does not know all partitions of t');
    expect(kafka.received).toEqual([]);
  });
});
