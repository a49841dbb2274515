import { TOPICS } from '../events/topics.js';

const FEED_PARTS = 2;
const SYNC_EVENTS = `.${TOPICS.syncEvents}`;

/**
 * What decides where a record lies: its key; of sync events, whose key is a feed, the feed's account. Several feeds of
 * an account speak of the same products, and whoever judges must hear them in one order.
 *
 * @param topic full name
 */
function placingKey(topic: string, key: string): string {
  if (!topic.endsWith(SYNC_EVENTS)) return key;
  return key.split(':').slice(0, FEED_PARTS).join(':');
}

/**
 * The partition of a key as the Java client chooses it, so that any producer chooses the same: the order of a key is
 * kept only within one partition.
 *
 * @param partitions how many the topic has
 */
export function partitionOfKey(topic: string, key: string, partitions: number): number {
  return (murmur2(placingKey(topic, key)) & 0x7fffffff) % partitions;
}

const SEED = 0x9747b28c;
const MIX = 0x5bd1e995;

/** MurmurHash2 of the UTF-8 bytes, with the seed of Kafka's clients. @returns a signed 32-bit integer */
export function murmur2(text: string): number {
  return hashOfUnits(text, 0x7f) ?? hashOfUnits(Buffer.from(text).toString('latin1'), 0xff) ?? 0;
}

/** Takes each unit of the text for a byte. @returns undefined when one is greater than `most` */
function hashOfUnits(text: string, most: number): number | undefined {
  const { length } = text;
  const tail = length & ~3;
  let hash = SEED ^ length;
  let units = 0;
  for (let at = 0; at < tail; at += 4) {
    const a = text.charCodeAt(at);
    const b = text.charCodeAt(at + 1);
    const c = text.charCodeAt(at + 2);
    const d = text.charCodeAt(at + 3);
    units |= a | b | c | d;
    const block = Math.imul(a | (b << 8) | (c << 16) | (d << 24), MIX);
    hash = Math.imul(hash, MIX) ^ Math.imul(block ^ (block >>> 24), MIX);
  }
  let rest = 0;
  for (let at = length - 1; at >= tail; at -= 1) {
    const unit = text.charCodeAt(at);
    units |= unit;
    rest = (rest << 8) | unit;
  }
  if (units > most) return undefined;
  if (length > tail) hash = Math.imul(hash ^ rest, MIX);
  hash = Math.imul(hash ^ (hash >>> 13), MIX);
  return hash ^ (hash >>> 15);
}
