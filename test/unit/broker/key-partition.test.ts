import { describe, expect, it } from 'vitest';
import { partitionOfKey } from '../../../src/broker/key-partition.js';
import { TOPICS, topicOf } from '../../../src/events/topics.js';

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
});
