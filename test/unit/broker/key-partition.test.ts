import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { murmur2, partitionOfKey } from '../../../src/broker/key-partition.js';
import { TOPICS, topicOf } from '../../../src/events/topics.js';

const theirs = createRequire(import.meta.url)('kafkajs/src/producer/partitioners/default/murmur2.js') as (
  key: string,
) => number;

describe('where a record lies', () => {
  const place = (name: (typeof TOPICS)[keyof typeof TOPICS], key: string) =>
    partitionOfKey(topicOf('inventory', name), key, 1000);

  it('is decided by its key', () => {
    const keys = ['wildberries:s1:6:fbw:507', 'wildberries:s1:7:fbw:507'];
    expect(new Set(keys.map((key) => place(TOPICS.stockChanges, key))).size).toBe(2);
  });

  it('is one place for all sync events of an account', () => {
    const feeds = ['wildberries:s1:wb-warehouses', 'wildberries:s1:fbs-stocks', 'wildberries:s1:cards'];
    expect(new Set(feeds.map((key) => place(TOPICS.syncEvents, key))).size).toBe(1);
    expect(place(TOPICS.syncEvents, 'wildberries:s2:cards')).not.toBe(
      place(TOPICS.syncEvents, feeds[0] ?? ''),
    );
  });

  it('is where kafkajs, and so the Java client, would put it', () => {
    const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
    const key = fc.oneof(
      fc.string({ unit: 'binary-ascii', maxLength: 50 }),
      fc.string({ unit, maxLength: 20 }),
    );
    fc.assert(
      fc.property(key, fc.integer({ min: 1, max: 1000 }), (text, partitions) => {
        expect(murmur2(text)).toBe(theirs(text));
        const placed = partitionOfKey(topicOf('inventory', TOPICS.stockChanges), text, partitions);
        expect(placed).toBe((theirs(text) & 0x7fffffff) % partitions);
      }),
      { numRuns: 1_000 },
    );
  });
});
