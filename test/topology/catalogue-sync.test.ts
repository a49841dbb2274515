import { describe, expect, test } from 'vitest';
import { TOPICS } from '../../src/events/topics.js';
import type { ProductPatch } from '../../src/ports/projection.js';
import { MemoryWorker } from '../support/memory-worker.js';
import {
  asked,
  card,
  described,
  HOUR,
  listed,
  OZON,
  OZON_LIST,
  ozon,
  type Page,
  RawPartition,
  type StartOptions,
  WB,
  WB_CARDS,
  wb,
} from '../support/raw-log.js';
import { catalogueOf, fatesOf, storyOf, syncEventsOf } from '../support/stories.js';

const WHOLE: StartOptions = { scope: { schemes: [] } };
const PART: StartOptions = { scope: { schemes: [], partial: true } };

const drained = (log: RawPartition, stateRows = 0) => new MemoryWorker(log.records, { stateRows }).drain();
const range = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index);
const list = (...ids: readonly number[]) => ids.map((id) => listed(id));

/** Which products are written from now on, each as often as it is. */
function watchWrites(worker: MemoryWorker): ProductPatch[] {
  const seen: ProductPatch[] = [];
  const { store } = worker;
  const products = store.products.bind(store);
  store.products = (tx, patches) => {
    seen.push(...patches);
    return products(tx, patches);
  };
  return seen;
}

describe('a catalogue read whole', () => {
  test('enters its products, and is applied as a snapshot of its own without any stock', async () => {
    const log = new RawPartition();
    log.whole(OZON_LIST, [list(1, 2), [listed(3, 'АРТ 3', true)]], WHOLE);
    const worker = await drained(log);
    expect(catalogueOf(worker)).toEqual(['1 ART-1', '2 ART-2', '3 АРТ 3 archived']);
    expect(worker.store.productRows()[0]).toMatchObject({ firstSeenMs: log.now, removedAt: null });
    expect(storyOf(worker)).toEqual([]);
    expect(syncEventsOf(worker).at(-1)).toMatchObject({
      type: 'snapshot-applied',
      first: true,
      rows: { before: 0, after: 3 },
      products: { before: 0, after: 3 },
      available: { before: 0, after: 0 },
      changes: { created: 3, updated: 0, closed: 0 },
      ranOut: [],
      cameBack: [],
    });
    expect(worker.store.feedRow(OZON_LIST)).toMatchObject({
      watermark: log.now,
      totals: { rows: 3, products: 3 },
    });
  });

  test('renamed, archived, removed and back: the product stays the same', async () => {
    const log = new RawPartition();
    const born = log.now;
    log.whole(OZON_LIST, [list(1, 2, 3, 4)], WHOLE);
    log.wait(HOUR);
    log.whole(OZON_LIST, [[listed(1, 'новый'), listed(2, 'ART-2', true), listed(4)]], WHOLE);
    const second = await drained(log);
    expect(catalogueOf(second)).toEqual(['1 новый', '2 ART-2 archived', '3 ART-3 removed', '4 ART-4']);
    expect(second.store.productRows()[2]).toMatchObject({ removedAt: log.now });
    expect(syncEventsOf(second).at(-1)).toMatchObject({ changes: { created: 0, updated: 0, closed: 1 } });

    log.wait(HOUR);
    log.whole(OZON_LIST, [list(1, 2, 3, 4)], WHOLE);
    const third = await drained(log);
    expect(catalogueOf(third)).toEqual(['1 ART-1', '2 ART-2', '3 ART-3', '4 ART-4']);
    expect(third.store.productRows().every(({ firstSeenMs }) => firstSeenMs === born)).toBe(true);
    expect(syncEventsOf(third).at(-1)).toMatchObject({
      changes: { created: 0, updated: 1, closed: 0 },
      products: { before: 3, after: 4 },
    });
  });

  test('a product that a feed of stock brought first, though later by the broker’s time, is gone all the same', async () => {
    const log = new RawPartition();
    log.wait(3 * HOUR).whole(OZON, [[ozon(1, ['fbo', 1]), ozon(2, ['fbo', 1])]]);
    // As in another partition, which is worked off later.
    const named = log.wait(-3 * HOUR).now;
    log.whole(OZON_LIST, [list(1, 2)], WHOLE);
    log.wait(HOUR).whole(OZON_LIST, [list(2)], WHOLE);
    const worker = await drained(log);
    expect(worker.store.productRows()).toMatchObject([
      { productId: '1', removed: true, firstSeenMs: named },
      { productId: '2', removed: false, firstSeenMs: named },
    ]);
  });

  test('a product that is gone is removed once, and its time does not move on', async () => {
    const log = new RawPartition();
    log.whole(OZON_LIST, [list(1, 2)], WHOLE);
    log.wait(HOUR);
    log.whole(OZON_LIST, [list(1)], WHOLE);
    const removedAt = log.now;
    log.wait(HOUR);
    log.whole(OZON_LIST, [list(1)], WHOLE);
    const worker = await drained(log);
    expect(worker.store.productRows()[1]).toMatchObject({ removed: true, removedAt });
    expect(syncEventsOf(worker).at(-1)).toMatchObject({ changes: { created: 0, updated: 0, closed: 0 } });
  });

  test('unchanged products write nothing, changed ones once', async () => {
    const log = new RawPartition();
    const info = (name: string): Page =>
      asked(
        { endpoint: 'product-info', productIds: ['1', '2'] },
        described(1, name, ['46', '47']),
        described(2, 'Б'),
      );
    log.whole(OZON_LIST, [list(1, 2, 3), info('А')], WHOLE);
    const settled = log.records.length;
    log.whole(OZON_LIST, [list(3, 2, 1), info('А')], WHOLE);
    const same = log.records.length;
    log.whole(OZON_LIST, [[listed(1, 'ART-1', true), ...list(2, 3)], info('В')], WHOLE);
    for (const fetch of [1, 100]) {
      const worker = new MemoryWorker(log.records);
      await worker.fetch(settled);
      const written = watchWrites(worker);
      await worker.fetch(same - settled);
      expect(written).toEqual([]);
      await worker.drain(fetch);
      // By page where pages are applied one by one; pages of one batch are put together.
      const ids = written.map(({ productId }) => productId);
      expect(ids).toEqual(fetch === 1 ? ['1', '1'] : ['1']);
      // The further method says it is not archived: what came last holds.
      expect(catalogueOf(worker)).toEqual(['1 ART-1 В', '2 ART-2 Б', '3 ART-3']);
    }
  });

  test('the further method adds name, barcodes and sku, and is not counted', async () => {
    for (const fetch of [1, 100]) {
      const log = new RawPartition();
      const info = asked(
        { endpoint: 'product-info', productIds: ['1', '2', '3'] },
        described(1, 'Кружка', ['4601', '4602']),
        described(2, 'Ложка'),
        // What it leaves out stays as the list said it, also where both are applied together.
        { id: 3, name: 'Нож' },
      );
      log.whole(OZON_LIST, [list(1, 2, 3), info], { ...WHOLE, products: { least: 3, greatest: 3 } });
      const worker = await new MemoryWorker(log.records).drain(fetch);
      expect(fatesOf(worker)).toEqual(['s1 applied']);
      expect(worker.store.productRows()).toMatchObject([
        { offerId: 'ART-1', name: 'Кружка', barcodes: ['4601', '4602'], sku: '10', archived: false },
        { offerId: 'ART-2', name: 'Ложка', barcodes: [], sku: '20' },
        { offerId: 'ART-3', name: 'Нож', barcodes: null, sku: null, archived: false },
      ]);
      expect(syncEventsOf(worker).at(-1)).toMatchObject({ changes: { created: 3, updated: 0 } });
    }
  });

  test('one article on two products is two products', async () => {
    const log = new RawPartition();
    log.whole(OZON_LIST, [[listed(1, 'A'), listed(2, 'A')]], WHOLE);
    log.wait(HOUR).whole(OZON_LIST, [[listed(2, 'A')]], WHOLE);
    expect(catalogueOf(await drained(log))).toEqual(['1 A removed', '2 A']);
  });

  test('sizes of one card are products with one article and one name', async () => {
    const log = new RawPartition();
    log.whole(WB_CARDS, [[card(7, 'V-7', 'Футболка', [71, 'S', ['461']], [72, 'M', ['462', '463']])]], WHOLE);
    const worker = await drained(log);
    expect(worker.store.productRows()).toMatchObject([
      { productId: '71', offerId: 'V-7', name: 'Футболка', cardId: '7', size: 'S', barcodes: ['461'] },
      { productId: '72', offerId: 'V-7', name: 'Футболка', cardId: '7', size: 'M', barcodes: ['462', '463'] },
    ]);
    // A size that is taken off the card is gone, the card is not.
    log.wait(HOUR).whole(WB_CARDS, [[card(7, 'V-7', 'Футболка', [72, 'M', ['462', '463']])]], WHOLE);
    expect(catalogueOf(await drained(log))).toEqual(['71 V-7 Футболка removed', '72 V-7 Футболка']);
  });

  test('two accounts of one marketplace, or two marketplaces, have nothing to do with each other', async () => {
    const log = new RawPartition();
    log.whole(OZON_LIST, [list(1)], WHOLE);
    log.whole(WB_CARDS, [[card(7, 'V', 'Т', [1, '0'])]], WHOLE);
    log.whole({ ...OZON_LIST, account: '200' }, [list(2)], WHOLE);
    const worker = await drained(log);
    expect(catalogueOf(worker)).toHaveLength(3);
    expect(worker.store.productRows().some(({ removed }) => removed)).toBe(false);
  });
});

describe('what proves no absence', () => {
  test.each<[string, string, (log: RawPartition, id: string) => unknown]>([
    ['it failed', 'failed', (log, id) => log.chunk(OZON_LIST, id, 1, list(1)).fail(OZON_LIST, id)],
    ['it never ended', 'open', (log, id) => log.chunk(OZON_LIST, id, 1, list(1))],
    [
      'a page is missing',
      'incomplete',
      (log, id) => log.chunk(OZON_LIST, id, 1, list(1)).complete(OZON_LIST, id, { pages: 2, rows: 1 }),
    ],
    [
      'a row is none',
      'incomplete',
      (log, id) =>
        log
          .chunk(OZON_LIST, id, 1, [...list(1), { offer_id: 'x' }])
          .complete(OZON_LIST, id, { pages: 1, rows: 2 }),
    ],
    [
      'the marketplace named more products',
      'incomplete',
      (log, id) =>
        log
          .chunk(OZON_LIST, id, 1, list(1))
          .complete(OZON_LIST, id, { pages: 1, rows: 1, products: { least: 2, greatest: 2 } }),
    ],
  ])('a catalogue where %s removes nothing, and what it named is entered', async (_name, fate, write) => {
    const log = new RawPartition();
    log.whole(OZON_LIST, [[listed(1, 'alt'), ...list(2, 3)]], WHOLE);
    const before = log.now;
    log.wait(HOUR);
    write(log, log.start(OZON_LIST, { ...WHOLE, acceptAbsences: true }));
    const worker = await drained(log);
    expect(fatesOf(worker)).toEqual(['s1 applied', `s2 ${fate}`]);
    expect(catalogueOf(worker)).toEqual(['1 ART-1', '2 ART-2', '3 ART-3']);
    expect(worker.store.feedRow(OZON_LIST)).toMatchObject({ watermark: before, applied: { rows: 3 } });
  });

  test('a product that was first seen after the walk began may just be newer than it', async () => {
    const log = new RawPartition();
    log.whole(OZON_LIST, [list(1)], WHOLE);
    log.whole(OZON, [[ozon(1, ['fbo', 1]), ozon(2, ['fbo', 1])]]);
    log.wait(1);
    const id = log.start(OZON_LIST, WHOLE);
    // In the same moment, and later.
    log.chunk(OZON, log.start(OZON), 1, [ozon(3, ['fbo', 1])]);
    log.wait(HOUR).chunk(OZON, 's4', 2, [ozon(4, ['fbo', 1])]);
    log.chunk(OZON_LIST, id, 1, list(1)).complete(OZON_LIST, id, { pages: 1, rows: 1 });
    for (const fetch of [1, 100]) {
      const worker = await new MemoryWorker(log.records).drain(fetch);
      expect(catalogueOf(worker)).toEqual(['1 ART-1', '2 ART-2 removed', '3 ART-3', '4 ART-4']);
    }
    // The next one knows better.
    log.wait(HOUR);
    log.whole(OZON_LIST, [list(1, 4)], WHOLE);
    expect(catalogueOf(await drained(log))).toEqual([
      '1 ART-1',
      '2 ART-2 removed',
      '3 ART-3 removed',
      '4 ART-4',
    ]);
  });

  test('stock alone neither removes a product nor brings it back', async () => {
    const log = new RawPartition();
    log.whole(OZON_LIST, [list(1, 2)], WHOLE);
    log.wait(HOUR).whole(OZON_LIST, [list(1)], WHOLE);
    log.wait(HOUR).whole(OZON, [[{ ...ozon(2, ['fbo', 1]), offer_id: 'neu' }]]);
    expect(catalogueOf(await drained(log))).toEqual(['1 ART-1', '2 neu removed']);
  });
});

describe.each([0, 1000])('names in change events, %i rows of prior state held', (stateRows) => {
  const told = (worker: MemoryWorker) =>
    (worker.published(TOPICS.stockChanges) as { offerId?: string; name?: string }[]).map(
      ({ offerId, name }) => `${offerId} ${name}`,
    );

  test('what a catalogue says reaches the changes of the next snapshot', async () => {
    const log = new RawPartition();
    log.whole(WB, [[wb(71, 507, 5)]]);
    log.whole(WB_CARDS, [[card(7, 'V-7', 'Футболка', [71, 'S'])]], WHOLE);
    log.whole(WB, [[wb(71, 507, 4)]]);
    log.whole(WB_CARDS, [[card(7, 'V-7', 'Майка', [71, 'S'])]], PART);
    log.whole(WB, [[]], { acceptAbsences: true });
    for (const fetch of [1, 100]) {
      const worker = await new MemoryWorker(log.records, { stateRows }).drain(fetch);
      expect(told(worker)).toEqual(['undefined undefined', 'V-7 Футболка', 'V-7 Майка']);
    }
  });

  test('stock that names the article does not unname the product', async () => {
    const log = new RawPartition();
    const info = asked({ endpoint: 'product-info', productIds: ['1'] }, described(1, 'Кружка'));
    log.whole(OZON_LIST, [list(1), info], WHOLE);
    log.whole(OZON, [[ozon(1, ['fbo', 1])]]);
    log.whole(OZON, [[{ ...ozon(1, ['fbo', 2]), offer_id: 'neu' }]]);
    const worker = await drained(log, stateRows);
    expect(told(worker)).toEqual(['ART-1 Кружка', 'neu Кружка']);
    expect(catalogueOf(worker)).toEqual(['1 neu Кружка']);
  });

  test('what was published is what the ledger gives, also after the product is renamed', async () => {
    const log = new RawPartition();
    log.whole(WB_CARDS, [[card(7, 'V-7', 'Футболка', [71, 'S'])]], WHOLE);
    log.whole(WB, [[wb(71, 507, 5)]]);
    log.whole(WB_CARDS, [[card(7, 'V-8', 'Майка', [71, 'S'])]], WHOLE);
    const worker = await drained(log, stateRows);
    const place = { topic: '', incarnation: 1, life: 1, partition: 3, checkpoint: 0, logStart: 0 };
    const ledger = await worker.store.ledger(place, 0, log.records.length);
    expect(ledger.map(({ change }) => change)).toEqual(worker.published(TOPICS.stockChanges));
    expect(told(worker)).toEqual(['V-7 Футболка']);
  });
});

test('whoever reads it, and however it is cut, it comes to the same', async () => {
  const log = new RawPartition();
  const info = (ids: readonly number[], name: string): Page =>
    asked(
      { endpoint: 'product-info', productIds: ids.map(String) },
      ...ids.map((id) => described(id, `${name} ${id}`)),
    );
  log.whole(OZON_LIST, [list(...range(30)), info(range(30), 'А')], WHOLE);
  log.wait(HOUR);
  log.whole(OZON, [range(35).map((id) => ozon(id, ['fbo', id]))]);
  log.wait(HOUR);
  log.whole(OZON_LIST, [list(1, 2), list(...range(10, 31)), info([1, 31], 'Б')], WHOLE);
  log.wait(HOUR);
  log.chunk(OZON_LIST, log.start(OZON_LIST, WHOLE), 1, list(1, 40)).fail(OZON_LIST, 's4');
  log.whole(OZON_LIST, [list(...range(20)), list(...range(5, 31)), info(range(20), 'В')], WHOLE);
  log.wait(HOUR);
  log.whole(OZON, [range(20).map((id) => ozon(id, ['fbo', 1]))]);
  const facts = (worker: MemoryWorker) => ({
    products: worker.store.productRows(),
    feeds: worker.store.feedRows(),
    outputs: worker.outputs.map((output) => JSON.stringify(output)).sort(),
  });
  const plain = await new MemoryWorker(log.records).drain(1);
  expect(fatesOf(plain)).toEqual([
    's1 applied',
    's2 applied',
    's3 held',
    's4 failed',
    's5 applied',
    's6 applied',
  ]);
  for (const fetch of [1, 2, 3, 5, 100]) {
    for (const stateRows of [0, 1000]) {
      const other = new MemoryWorker(log.records, { stateRows, deadlocks: true });
      while (other.applied < log.records.length) {
        await other.takeOver();
        await other.fetch(fetch);
      }
      expect(facts(other)).toEqual(facts(plain));
    }
  }
});
