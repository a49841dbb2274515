import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Feed } from '../../../src/domain/feed.js';
import type { FeedRegistry } from '../../../src/ports/feed-registry.js';
import { createFeedRegistry } from '../../../src/store/feed-registry.js';
import { type StoreDatabase, storeDatabase } from './store-database.js';

let store: StoreDatabase;
let feeds: FeedRegistry;

beforeAll(async () => {
  store = await storeDatabase('feeds');
  feeds = createFeedRegistry(store.db);
});
beforeEach(async () => {
  await store.db.execute('DELETE FROM feeds');
  await store.db.execute('DELETE FROM accounts');
});
afterAll(() => store?.close());

const feed = (endpoint: string, account = '1001'): Feed => ({ source: 'ozon', account, endpoint });

describe('register', () => {
  it('finds a feed again where it was put, however many partitions there are now', async () => {
    const registered = await feeds.register(feed('product-stocks'), 12);
    expect(registered.partition).toBe(0);
    expect(await feeds.register(feed('product-stocks'), 24)).toEqual(registered);
    expect(
      await store.db.query(
        'SELECT f.feed, f.endpoint, f.warehouse, a.source, a.account FROM feeds f JOIN accounts a USING (account_id)',
      ),
    ).toEqual([
      {
        feed: 'ozon:1001:product-stocks',
        endpoint: 'product-stocks',
        warehouse: null,
        source: 'ozon',
        account: '1001',
      },
    ]);
  });

  it('chooses the partition with the fewest feeds, the lowest first', async () => {
    const partitions = [];
    for (const name of ['a', 'b', 'c', 'd']) partitions.push((await feeds.register(feed(name), 3)).partition);
    expect(partitions).toEqual([0, 1, 2, 0]);
    await store.db.execute("UPDATE feeds SET retired_at = NOW(3) WHERE endpoint = 'c'");
    expect((await feeds.register(feed('e'), 3)).partition).toBe(2);
    // Partitions added later are empty, and fill first.
    expect((await feeds.register(feed('f'), 4)).partition).toBe(3);
  });

  it('keeps feeds of warehouses apart and accounts together', async () => {
    const all = await Promise.all(
      ['7', '8', undefined].map((warehouse) => feeds.register({ ...feed('fbs-stocks'), warehouse }, 12)),
    );
    expect(new Set(all.map(({ feedId }) => feedId)).size).toBe(3);
    expect(await store.db.query('SELECT source, account FROM accounts')).toEqual([
      { source: 'ozon', account: '1001' },
    ]);
  });

  it('spreads evenly and enters once when many register at once, from several processes', async () => {
    const other = createFeedRegistry(await store.openAnother());
    const names = Array.from({ length: 12 }, (_, index) => `endpoint-${index}`);
    const both = await Promise.all(
      names.flatMap((name, index) => {
        const one = feed(name, String(index % 3));
        return [feeds.register(one, 6), other.register(one, 6)];
      }),
    );
    const byFeed = new Map(both.map(({ feedId, partition }) => [feedId, partition]));
    expect(byFeed.size).toBe(12);
    for (const { feedId, partition } of both) expect(byFeed.get(feedId)).toBe(partition);
    const load = [...byFeed.values()].sort();
    expect(load).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    expect(await store.db.query('SELECT COUNT(*) AS n FROM accounts')).toEqual([{ n: '3' }]);
  });
});

describe('lease', () => {
  it('belongs to one run until it is given back or runs out', async () => {
    const { feedId } = await feeds.register(feed('product-stocks'), 12);
    expect(await feeds.lease(feedId, 'run-1', 60)).toBe(true);
    expect(await feeds.lease(feedId, 'run-2', 60)).toBe(false);
    expect(await feeds.lease(feedId, 'run-1', 60)).toBe(true);
    await feeds.release(feedId, 'run-2');
    expect(await feeds.lease(feedId, 'run-2', 60)).toBe(false);
    await feeds.release(feedId, 'run-1');
    expect(await feeds.lease(feedId, 'run-2', 60)).toBe(true);
    await store.db.execute('UPDATE feeds SET lease_until = NOW(3) - INTERVAL 1 SECOND');
    expect(await feeds.lease(feedId, 'run-1', 60)).toBe(true);
    expect(await feeds.lease(feedId, 'run-2', 60)).toBe(false);
  });

  it('lasts as long as asked for, by the clock of the database', async () => {
    const { feedId } = await feeds.register(feed('product-stocks'), 12);
    await feeds.lease(feedId, 'run-1', 90);
    const [row] = await store.db.query(
      'SELECT TIMESTAMPDIFF(SECOND, NOW(3), lease_until) AS left_over FROM feeds',
    );
    expect(Number(row?.left_over)).toBeGreaterThan(80);
    expect(Number(row?.left_over)).toBeLessThanOrEqual(90);
  });

  it('is renewed even where nothing changes by that', async () => {
    const { feedId } = await feeds.register(feed('product-stocks'), 12);
    const renewed = await Promise.all(Array.from({ length: 20 }, () => feeds.lease(feedId, 'run-1', 60)));
    expect(renewed).toEqual(renewed.map(() => true));
  });

  it('goes to one of many that ask at once', async () => {
    const other = createFeedRegistry(await store.openAnother());
    const { feedId } = await feeds.register(feed('product-stocks'), 12);
    const asked = Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? feeds : other).lease(feedId, `run-${index}`, 60),
    );
    expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1);
  });

  it('says whose it is and until when, while it lasts', async () => {
    const { feedId } = await feeds.register(feed('product-stocks'), 12);
    expect(await feeds.holder(feedId)).toBeNull();
    await feeds.lease(feedId, 'run-1', 60);
    const [row] = await store.db.query('SELECT lease_until FROM feeds');
    expect(await feeds.holder(feedId)).toEqual({
      owner: 'run-1',
      until: (row?.lease_until as Date).getTime(),
    });
    await store.db.execute('UPDATE feeds SET lease_until = NOW(3) - INTERVAL 1 SECOND');
    expect(await feeds.holder(feedId)).toBeNull();
    await feeds.lease(feedId, 'run-2', 60);
    expect(await feeds.holder(feedId)).toMatchObject({ owner: 'run-2' });
    await feeds.release(feedId, 'run-2');
    expect(await feeds.holder(feedId)).toBeNull();
  });

  it('of a feed nobody knows is a fault', async () => {
    await expect(feeds.lease(4_000_000, 'run-1', 60)).rejects.toMatchObject({ code: 'INVARIANT' });
  });
});
