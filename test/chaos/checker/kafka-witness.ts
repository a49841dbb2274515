import type { SeenRecord } from './console-consumer.js';
import { kafkaTool, logEnds } from './log-ends.js';
import { readTopic } from './read-topic.js';

/** `group topic partition` → committed offset. */
export type GroupOffsets = ReadonlyMap<string, number>;

/** What is asked of Kafka. */
export interface KafkaWitness {
  /** Hands out everything that is committed in a topic, in the order of each partition. */
  read(topic: string, onRecord: (record: SeenRecord) => void): Promise<number>;
  /** Where the partitions of a topic begin or end. */
  ends(topic: string, which: 'earliest' | 'latest'): Promise<ReadonlyMap<number, number>>;
  /** What these groups have committed; a group that there is not has committed nothing. */
  committed(groups: readonly string[]): Promise<GroupOffsets>;
}

/** Kafka's own tools: its Java client is what conforming means. */
export function kafkaTools(brokers: string): KafkaWitness {
  return {
    read: (topic, onRecord) => readTopic(brokers, topic, onRecord),
    ends: (topic, which) => logEnds(brokers, topic, which),
    committed: (groups) => committed(brokers, groups),
  };
}

async function committed(brokers: string, groups: readonly string[]): Promise<GroupOffsets> {
  const offsets = new Map<string, number>();
  const words = [
    '--bootstrap-server',
    brokers,
    '--describe',
    '--offsets',
    '--all-groups',
    '--timeout',
    '30000',
  ];
  const output = await kafkaTool('org.apache.kafka.tools.consumer.group.ConsumerGroupCommand', words);
  for (const line of output.split('\n')) {
    const [group = '', topic, partition, offset] = line.trim().split(/\s+/);
    if (groups.includes(group) && /^\d+$/.test(offset ?? '')) {
      offsets.set(`${group} ${topic} ${partition}`, Number(offset));
    }
  }
  return offsets;
}
