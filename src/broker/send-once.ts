import { setTimeout as delay } from 'node:timers/promises';

/** A message whose partition is decided. */
export interface PlacedMessage {
  readonly partition: number;
}

export interface SendRequest<M extends PlacedMessage> {
  readonly acks: number;
  readonly timeout?: number;
  readonly compression?: number;
  readonly topicMessages: readonly { readonly topic: string; readonly messages: readonly M[] }[];
}

interface PartitionData<M> {
  readonly partition: number;
  readonly messages: readonly M[];
  readonly firstSequence: number;
}

interface TopicData<M> {
  readonly topic: string;
  readonly partitions: readonly PartitionData<M>[];
}

interface ProduceAnswer {
  readonly topics: readonly {
    readonly topicName: string;
    readonly partitions: readonly { readonly partition: number; readonly baseOffset?: string }[];
  }[];
}

interface Leader<M> {
  produce(request: object & { readonly topicData: readonly TopicData<M>[] }): Promise<ProduceAnswer>;
}

/** What kafkajs hands to the maker of its send function, as far as it is needed here. */
export interface SendParts<M> {
  readonly cluster: {
    addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
    refreshMetadataIfNecessary(): Promise<void>;
    /** Leader's number → partitions; a partition that is not known is left out. */
    findLeaderForPartitions(topic: string, partitions: readonly number[]): Record<string, number[]>;
    findBroker(which: { readonly nodeId: string }): Promise<Leader<M>>;
  };
  readonly eosManager: {
    isTransactional(): boolean;
    addPartitionsToTransaction(
      topics: readonly {
        readonly topic: string;
        readonly partitions: readonly { readonly partition: number }[];
      }[],
    ): Promise<void>;
    getTransactionalId(): string;
    getProducerId(): string;
    getProducerEpoch(): number;
    getSequence(topic: string, partition: number): number;
    updateSequence(topic: string, partition: number, increment: number): void;
  };
}

const CONCURRENT_RETRIES = 200;

/**
 * Sends a batch within a transaction to the leaders of its partitions, each one once, and waits for all their answers.
 * Any failure fails the whole: the transaction is to be ended and begun anew by a new producer.
 *
 * kafkajs' own function tries again while requests of the first try are still under way, and numbers the repetition
 * as something new; and what has gone over to a leader that has answered already it sends nowhere. With several
 * brokers, one of which dies, the first writes records twice and the second loses them, inside a transaction that
 * commits.
 */
export function createSendOnce<M extends PlacedMessage>({ cluster, eosManager }: SendParts<M>) {
  return async ({ acks, timeout, compression, topicMessages }: SendRequest<M>) => {
    await cluster.addMultipleTargetTopics(topicMessages.map(({ topic }) => topic));
    await cluster.refreshMetadataIfNecessary();
    const byLeader = new Map<string, TopicData<M>[]>();
    for (const { topic, messages } of topicMessages) {
      for (const [leader, data] of ledData(topic, messages, { cluster, eosManager })) {
        byLeader.set(leader, [...(byLeader.get(leader) ?? []), data]);
      }
    }
    await whileConcurrent(() => eosManager.addPartitionsToTransaction([...byLeader.values()].flat()));
    const common = {
      ...{ acks, timeout, compression },
      transactionalId: eosManager.getTransactionalId(),
      producerId: eosManager.getProducerId(),
      producerEpoch: eosManager.getProducerEpoch(),
    };
    const answers = await Promise.allSettled(
      [...byLeader].map(async ([nodeId, topicData]) => {
        const leader = await cluster.findBroker({ nodeId });
        return leader.produce({ ...common, topicData });
      }),
    );
    return answers.flatMap((answer) => {
      if (answer.status === 'rejected') throw answer.reason;
      return answer.value.topics.flatMap(({ topicName, partitions }) =>
        partitions.map((partition) => ({ topicName, ...partition })),
      );
    });
  };
}

/** One topic's messages by the partitions' leaders, numbered. */
function ledData<M extends PlacedMessage>(
  topic: string,
  messages: readonly M[],
  { cluster, eosManager }: SendParts<M>,
): [leader: string, data: TopicData<M>][] {
  const byPartition = new Map<number, M[]>();
  for (const message of messages) {
    const list = byPartition.get(message.partition);
    if (list === undefined) byPartition.set(message.partition, [message]);
    else list.push(message);
  }
  const led = Object.entries(cluster.findLeaderForPartitions(topic, [...byPartition.keys()]));
  if (led.flatMap(([, partitions]) => partitions).length < byPartition.size)
    throw new Error(`the client does not know all partitions of ${topic} that are to be written to`);
  return led.map(([leader, partitions]) => {
    const numbered = partitions.map((partition) => {
      const own = byPartition.get(partition) ?? [];
      const firstSequence = eosManager.getSequence(topic, partition);
      eosManager.updateSequence(topic, partition, own.length);
      return { partition, messages: own, firstSequence };
    });
    return [leader, { topic, partitions: numbered }];
  });
}

/** The broker is still writing the markers of the transaction before. */
async function whileConcurrent(call: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const { type } = error as { type?: string };
      if (type !== 'CONCURRENT_TRANSACTIONS' || attempt >= CONCURRENT_RETRIES) throw error;
      await delay(5);
    }
  }
}
