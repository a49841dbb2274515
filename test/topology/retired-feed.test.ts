import { describe, expect, test } from 'vitest';
import { formatFeed } from '../../src/domain/feed.js';
import { MemoryWorker } from '../support/memory-worker.js';
import { OZON, ozon, RawPartition, WB, WB_FBS, wb } from '../support/raw-log.js';
import { fatesOf, storyOf, syncEventsOf } from '../support/stories.js';

const drained = (log: RawPartition, stateRows = 0) => new MemoryWorker(log.records, { stateRows }).drain();

/** Products 1 to `count`, five pieces each. */
const ozonGoods = (count: number) => Array.from({ length: count }, (_, index) => ozon(index + 1, ['fbo', 5]));

describe('a feed that is retired', () => {
  test.each([0, 1000])(
    'closes with the reason rescoped, without guard and alert (%i rows held)',
    async (rows) => {
      const log = new RawPartition();
      log.whole(OZON, [ozonGoods(30)]);
      log.chunk(OZON, log.start(OZON), 1, [ozon(99, ['fbs', 2])]).retire(OZON);
      const worker = await drained(log, rows);
      expect(fatesOf(worker)).toEqual(['s1 applied', 's2 abandoned', 'retired-5 applied']);
      const story = storyOf(worker).slice(30);
      expect(story).toHaveLength(32);
      expect(story.slice(0, 3)).toEqual([
        '4 c 99/fbs →2',
        '5 d 1/fbo 5→0 rescoped',
        '5 d 2/fbo 5→0 rescoped',
      ]);
      expect(story.at(-1)).toBe('5 d 99/fbs 2→0 rescoped');
      expect(worker.store.feedRow(OZON)).toMatchObject({
        totals: { rows: 0, products: 0, inStock: 0, available: 0 },
        retiredAt: log.now,
      });
      expect(syncEventsOf(worker).map((event) => event.type)).toEqual([
        'snapshot-started',
        'snapshot-applied',
        'snapshot-started',
        'feed-retired',
      ]);
      const unread = Array.from({ length: 30 }, (_, index) => ({ productId: `${index + 1}` }));
      expect(syncEventsOf(worker).at(-1)).toEqual({
        type: 'feed-retired',
        ...{ feed: formatFeed(OZON), source: 'ozon', account: OZON.account, snapshotId: 'retired-5' },
        at: new Date(log.now).toISOString(),
        reason: 'the warehouse is gone',
        ...{ part: 1, parts: 1, unread: expect.arrayContaining([...unread, { productId: '99' }]) },
      });
    },
  );

  test('leaves nothing of its failures behind, nor of what was held', async () => {
    const log = new RawPartition();
    log.whole(OZON, [ozonGoods(30)]);
    log.fail(OZON, log.start(OZON)).fail(OZON, log.start(OZON)).whole(OZON, [[]]);
    const before = (await drained(log)).store.feedRow(OZON);
    expect(before).toMatchObject({ failures: 2, held: { count: 1 } });
    log.retire(OZON);
    expect((await drained(log)).store.feedRow(OZON)).toMatchObject({ failures: 0, held: null });
  });

  test('says nothing of products that another feed still has', async () => {
    const log = new RawPartition();
    log.whole(WB, [[wb(1, 507, 1), wb(2, 507, 1)]]);
    log.whole(WB_FBS, [[wb(2, 31, 0), wb(3, 31, 1)]]);
    log.retire(WB);
    expect(syncEventsOf(await drained(log)).at(-1)).toMatchObject({
      type: 'feed-retired',
      unread: [{ productId: '1' }],
    });
  });

  test('that is read again is retired no longer, from its first complete snapshot on', async () => {
    const log = new RawPartition();
    log.whole(OZON, [ozonGoods(3)]);
    log.retire(OZON).fail(OZON, log.start(OZON));
    expect((await drained(log)).store.feedRow(OZON).retiredAt).toBe(log.now);
    log.whole(OZON, [ozonGoods(2)]);
    const worker = await drained(log);
    expect(worker.store.feedRow(OZON).retiredAt).toBeNull();
    expect(storyOf(worker).slice(6)).toEqual(['7 u 1/fbo 0→5', '7 u 2/fbo 0→5']);
  });
});
