import { TOPICS } from '../events/topics.js';
import { Partitioners } from './kafkajs-patched.js';

const FEED_PARTS = 2;

/**
 * What decides where a record lies: its key; of sync events, whose key is a feed, the feed's account. Several feeds of
 * an account speak of the same products, and whoever judges must hear them in one order.
 *
 * @param topic full name
 */
export function placingKey(topic: string, key: string): string {
  if (!topic.endsWith(`.${TOPICS.syncEvents}`)) return key;
  return key.split(':').slice(0, FEED_PARTS).join(':');
}

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
  return Partitioners.DefaultPartitioner()({
    topic,
    partitionMetadata,
    message: { key: placingKey(topic, key), value: null },
  });
}
