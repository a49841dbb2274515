import { Partitioners } from './kafkajs-patched.js';

/**
 * The partition of a key as the transactional publisher chooses it (murmur2, as the Java client): who writes
 * beside a transactional producer keeps the order of a key only by writing to the same place.
 *
 * @param partitions how many the topic has
 */
export function partitionOfKey(topic: string, key: string, partitions: number): number {
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 0,
    replicas: [],
    isr: [],
  }));
  return Partitioners.DefaultPartitioner()({ topic, partitionMetadata, message: { key, value: null } });
}
