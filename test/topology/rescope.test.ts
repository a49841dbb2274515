import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/domain/anomaly/finding.js';
import type { SnapshotScope } from '../../src/domain/snapshot.js';
import type { PageQuery } from '../../src/events/raw-snapshot.js';
import { findingsOf } from '../../src/streams/topologies/anomaly-detection.js';
import { MemoryWorker } from '../support/memory-worker.js';
import {
  asked,
  HOUR,
  OZON,
  ozon,
  ozonAt,
  type Page,
  RawPartition,
  type StartOptions,
} from '../support/raw-log.js';
import { fatesOf, stockOf, storyOf, syncEventsOf, totalsOf } from '../support/stories.js';
import { settings } from '../unit/domain/anomaly/settings.js';

// OZON_WAREHOUSE_ID may be set, changed and taken away on live data: one feed, and in each of its snapshots the scope
// says what counts. The same pieces must never be counted twice, nor be missing, at any moment.
const ALL = ['fbo', 'fbs', 'rfbs', 'fbp'] as const;
const TOTAL: SnapshotScope = {
  schemes: ALL,
  places: { fbo: 'total', fbs: 'total', rfbs: 'total', fbp: 'total' },
};
const warehouses = (fbs: readonly string[], rfbs: readonly string[] = []): SnapshotScope => ({
  schemes: ALL,
  places: { fbo: 'total', fbp: 'total', fbs, rfbs },
});
/** Where Ozon lists no warehouse at all, nothing is said of places. */
const NO_WAREHOUSES: SnapshotScope = { schemes: ALL, places: { fbo: 'total', fbp: 'total' } };

/** A page of one warehouse: `[product, present, reserved]` each. */
function inWarehouse(
  id: number,
  goods: readonly (readonly [number, number, number?])[],
  scheme: 'fbs' | 'rfbs' = 'fbs',
): Page {
  const query: PageQuery = { endpoint: 'warehouse-stocks', scheme, warehouseId: String(id) };
  return asked(query, ...goods.map(([product, present, reserved]) => ozonAt(product, id, present, reserved)));
}

const drained = (log: RawPartition, stateRows = 0) => new MemoryWorker(log.records, { stateRows }).drain();
const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const STRICT: StartOptions = { limits: { absenceLimit: 0.5, absenceMin: 1 } };

/** What anybody would be told of all this, first snapshots and recoveries left out. */
function alarms(worker: MemoryWorker): string[] {
  return syncEventsOf(worker).flatMap((event) => {
    if (event.type === 'snapshot-started' || event.type === 'snapshot-incomplete') return [];
    const raised = (finding: Finding) => finding.state === 'raised';
    return findingsOf(event, settings({ minProducts: 0 }))
      .filter(raised)
      .map(({ fingerprint }) => fingerprint);
  });
}

describe.each([0, 1000])('from totals to warehouses and back, %i rows of prior state held', (stateRows) => {
  const LIST: readonly Page[] = [
    [ozon(1, ['fbo', 4], ['fbs', 8]), ozon(2, ['fbs', 5, 2])],
    [ozon(3, ['rfbs', 6]), ozon(4, ['fbo', 2])],
  ];
  const PLACES: readonly Page[] = [
    inWarehouse(11, [[1, 5]]),
    inWarehouse(12, [
      [1, 3],
      [2, 5, 2],
    ]),
    inWarehouse(21, [[3, 6]], 'rfbs'),
  ];
  const PIECES = { 1: 12, 2: 3, 3: 6, 4: 2 };
  const BY_PLACE = warehouses(['11', '12'], ['21']);

  /** Each total, right after every record, whoever applies it. */
  async function expectStill(log: RawPartition, settled: number, takeOver: boolean): Promise<MemoryWorker> {
    const worker = new MemoryWorker(log.records, { stateRows });
    await worker.fetch(settled);
    while (worker.applied < log.records.length) {
      if (takeOver) await worker.takeOver();
      await worker.fetch(1);
      expect(totalsOf(worker, OZON), `after record ${worker.applied - 1}`).toEqual(PIECES);
      expect(worker.store.feedRow(OZON).totals).toMatchObject({ products: 4, inStock: 4, available: 23 });
    }
    return worker;
  }

  /** Attempts that come to nothing: broken off, given up for the next one, a page short. */
  function stumble(log: RawPartition, scope: SnapshotScope, pages: readonly Page[]): void {
    const broken = log.start(OZON, { scope });
    for (const [index, page] of pages.slice(0, -1).entries()) log.chunk(OZON, broken, index + 1, page);
    log.fail(OZON, broken);
    const short = log.start(OZON, { scope });
    for (const [index, page] of pages.slice(1).entries()) log.chunk(OZON, short, index + 2, page);
    log.complete(OZON, short, { pages: pages.length, rows: 8 });
    const dropped = log.start(OZON, { scope });
    for (const [index, page] of pages.entries()) log.chunk(OZON, dropped, index + 1, page);
  }

  test.each([false, true])(
    'each product’s total stands still, record by record (take-overs: %s)',
    async (takeOver) => {
      const log = new RawPartition();
      log.whole(OZON, LIST, { scope: TOTAL });
      const settled = log.records.length;
      stumble(log, BY_PLACE, [...LIST, ...PLACES]);
      log.whole(OZON, [...LIST, ...PLACES], { scope: BY_PLACE, ...STRICT });
      const byPlace = log.records.length;
      log.whole(OZON, [...LIST, ...PLACES], { scope: BY_PLACE, ...STRICT });
      stumble(log, TOTAL, LIST);
      log.whole(OZON, LIST, { scope: TOTAL, ...STRICT });
      stumble(log, BY_PLACE, [...LIST, ...PLACES]);
      log.whole(OZON, [...LIST, ...PLACES], { scope: BY_PLACE, ...STRICT });

      const worker = await expectStill(log, settled, takeOver);
      expect(stockOf(worker, OZON)).toEqual([
        '1/fbo 4',
        '1/fbs@11 5',
        '1/fbs@12 3',
        '2/fbs@12 3',
        '3/rfbs@21 6',
        '4/fbo 2',
      ]);
      expect(fatesOf(worker)).toEqual(
        [
          ...['applied', 'failed', 'incomplete', 'abandoned', 'applied', 'applied'],
          ...['failed', 'incomplete', 'abandoned', 'applied', 'failed', 'incomplete', 'abandoned', 'applied'],
        ].map((fate, index) => `s${index + 1} ${fate}`),
      );
      const switched = storyOf(worker).filter((line) => line.startsWith(`${byPlace - 1} `));
      expect(switched.map((line) => line.slice(line.indexOf(' ') + 1))).toEqual([
        'c 1/fbs@11 →5',
        'c 1/fbs@12 →3',
        'c 2/fbs@12 →3',
        'c 3/rfbs@21 →6',
        'd 1/fbs 8→0 rescoped',
        'd 2/fbs 3→0 rescoped',
        'd 3/rfbs 6→0 rescoped',
      ]);
      // Nothing went out of turn in between, and nobody is told of anything.
      const changed = new Set(storyOf(worker).map((line) => Number(line.split(' ')[0])));
      expect([...changed].filter((offset) => offset >= settled)).toHaveLength(3);
      expect(alarms(worker)).toEqual([]);
      const applied = syncEventsOf(worker).filter((event) => event.type === 'snapshot-applied');
      expect(applied.map(({ rescoped }) => rescoped)).toEqual([undefined, 3, undefined, 4, 3]);
      expect(applied.flatMap(({ ranOut, cameBack }) => [...ranOut, ...cameBack])).toEqual([]);
    },
  );

  test('pieces that are sold while it switches are counted once', async () => {
    const log = new RawPartition();
    log.whole(OZON, LIST, { scope: TOTAL });
    // The list is read first: by the time the warehouses are, one piece more has gone.
    const places = [inWarehouse(11, [[1, 4]]), ...PLACES.slice(1)];
    log.whole(OZON, [...LIST, ...places], { scope: BY_PLACE });
    expect(totalsOf(await drained(log, stateRows), OZON)).toEqual({ ...PIECES, 1: 11 });
  });

  test('a row that changes and one that is new do so at once; only what moves waits', async () => {
    const log = new RawPartition();
    log.whole(OZON, LIST, { scope: TOTAL });
    const id = log.start(OZON, { scope: BY_PLACE });
    log.chunk(OZON, id, 1, [ozon(1, ['fbo', 3], ['fbs', 8]), ozon(9, ['fbo', 7], ['fbs', 1])]);
    const worker = await drained(log, stateRows);
    expect(totalsOf(worker, OZON)).toEqual({ ...PIECES, 1: 11, 9: 7 });
  });
});

describe.each([0, 1000])('the list of warehouses, %i rows of prior state held', (stateRows) => {
  const list: Page = [...range(30).map((id) => ozon(id, ['fbo', 1])), ozon(40), ozon(41)];
  const both: readonly Page[] = [
    list,
    inWarehouse(11, [[1, 5], ...range(3).map((id) => [id + 1, 2] as const)]),
    inWarehouse(12, [[1, 3], [40, 9], ...range(25).map((id) => [id + 1, 10] as const)]),
  ];
  const one = both.slice(0, 2);

  test('a warehouse is added: what stands there comes in with the complete snapshot', async () => {
    const log = new RawPartition();
    log.whole(OZON, one, { scope: warehouses(['11']) });
    log.whole(OZON, both, { scope: warehouses(['11', '12']) });
    const worker = await drained(log, stateRows);
    expect(totalsOf(worker, OZON)).toMatchObject({ 1: 9, 2: 13, 40: 9 });
    expect(syncEventsOf(worker).at(-1)).toMatchObject({
      changes: { created: 27, updated: 0, closed: 0 },
      cameBack: [{ productId: '40', before: 0, after: 9 }],
    });
  });

  test('the marketplace’s count is of its list: what only a warehouse names is not counted', async () => {
    const log = new RawPartition();
    const pages = [
      [ozon(1), ozon(2)],
      inWarehouse(11, [
        [1, 5],
        [3, 7],
      ]),
    ];
    log.whole(OZON, pages, { scope: warehouses(['11']), products: { least: 2, greatest: 2 } });
    log.whole(OZON, pages, { scope: warehouses(['11']), products: { least: 3, greatest: 3 } });
    const worker = await drained(log, stateRows);
    expect(fatesOf(worker)).toEqual(['s1 applied', 's2 incomplete']);
    expect(stockOf(worker, OZON)).toEqual(['1/fbs@11 5', '3/fbs@11 7']);
  });

  test('a warehouse is deleted: its rows close as rescoped, whatever they held', async () => {
    const log = new RawPartition();
    log.whole(OZON, both, { scope: warehouses(['11', '12']) });
    log.wait(HOUR);
    log.whole(OZON, one, { scope: warehouses(['11']), ...STRICT });
    const worker = await drained(log, stateRows);
    expect(fatesOf(worker)).toEqual(['s1 applied', 's2 applied']);
    const gone = storyOf(worker).filter((line) => line.includes(' d '));
    expect(gone).toHaveLength(27);
    expect(gone.every((line) => line.includes('@12 ') && line.endsWith('rescoped'))).toBe(true);
    expect(totalsOf(worker, OZON)).toMatchObject({ 1: 6, 2: 3, 5: 1 });
    expect(syncEventsOf(worker).at(-1)).toMatchObject({
      rescoped: 27,
      changes: { closed: 27 },
      available: { before: 303, after: 41 },
      ranOut: [],
    });
    expect(alarms(worker)).toEqual([]);
    // From then on it is as if there had never been more: a real loss is told again.
    log.whole(OZON, [range(30).map((id) => ozon(id, ['fbo', 0])), inWarehouse(11, [])], {
      scope: warehouses(['11']),
    });
    const later = await drained(log, stateRows);
    expect(alarms(later).slice(0, 2)).toEqual([
      'total-moved:ozon:100500:product-stocks',
      'ran-out:ozon:100500:1',
    ]);
  });

  test('ids that cover less than the totals did: nothing has moved, nothing has run out', async () => {
    const log = new RawPartition();
    const totals = [ozon(1, ['fbs', 8]), ozon(2, ['fbs', 10]), ozon(3, ['fbs', 90]), ozon(4, ['fbs', 7])];
    log.whole(OZON, [totals], { scope: TOTAL });
    // Product 3 stands in another warehouse altogether; of product 4 Ozon says so with a zero.
    const here = inWarehouse(11, [
      [1, 5],
      [2, 10],
      [4, 0],
    ]);
    log.whole(OZON, [totals, here], { scope: warehouses(['11']), ...STRICT });
    const worker = await drained(log, stateRows);
    expect(stockOf(worker, OZON)).toEqual(['1/fbs@11 5', '2/fbs@11 10', '4/fbs@11 0']);
    expect(syncEventsOf(worker).at(-1)).toMatchObject({
      ...{ rescoped: 4, ranOut: [], cameBack: [] },
      unread: [{ productId: '3' }],
    });
    expect(alarms(worker)).toEqual([]);
  });

  test('what really runs out while the settings change is told', async () => {
    const log = new RawPartition();
    log.whole(OZON, [[ozon(1, ['fbo', 3], ['fbs', 8]), ozon(2, ['fbs', 1])]], { scope: TOTAL });
    log.whole(OZON, [[ozon(1, ['fbo', 0], ['fbs', 8]), ozon(2, ['fbs', 1])], inWarehouse(11, [[2, 1]])], {
      scope: warehouses(['11']),
    });
    expect(syncEventsOf(await drained(log, stateRows)).at(-1)).toMatchObject({
      ranOut: [{ productId: '1', before: 11, after: 0 }],
      cameBack: [],
    });
  });

  test('a list without any warehouse is not believed: the guard holds', async () => {
    const log = new RawPartition();
    const bare: Page = range(30).map((id) => ozon(id));
    const stood = inWarehouse(
      11,
      range(30).map((id) => [id, 5] as const),
    );
    log.whole(OZON, [bare, stood], { scope: warehouses(['11']) });
    log.whole(OZON, [bare], { scope: NO_WAREHOUSES });
    const worker = await drained(log, stateRows);
    expect(fatesOf(worker)).toEqual(['s1 applied', 's2 held']);
    expect(stockOf(worker, OZON)).toHaveLength(30);
    expect(alarms(worker)).toEqual(['feed-held:ozon:100500:product-stocks']);
  });

  test('unless the totals of the list make up for them: then nothing is lost', async () => {
    const log = new RawPartition();
    const totals: Page = range(30).map((id) => ozon(id, ['fbs', 5]));
    const stood = inWarehouse(
      11,
      range(30).map((id) => [id, 5] as const),
    );
    log.whole(OZON, [totals, stood], { scope: warehouses(['11']) });
    log.whole(OZON, [totals], { scope: NO_WAREHOUSES });
    const worker = new MemoryWorker(log.records, { stateRows });
    while (worker.applied < log.records.length) {
      await worker.fetch(1);
      if (worker.applied > 3) expect(worker.store.feedRow(OZON).totals.available).toBe(150);
    }
    expect(fatesOf(worker)).toEqual(['s1 applied', 's2 applied']);
    expect(stockOf(worker, OZON)[0]).toBe('1/fbs 5');
    expect(alarms(worker)).toEqual([]);
  });

  test('a held snapshot rescopes all the same, in one go with what moves, and keeps what has vanished', async () => {
    const log = new RawPartition();
    const totals = range(30).map((id) => ozon(id, ['fbo', 1], ['fbs', 5]));
    log.whole(OZON, [totals], { scope: TOTAL });
    // Two products are left, all others are missing altogether.
    const left = [totals.slice(0, 2), inWarehouse(11, [[1, 5]])];
    log.whole(OZON, left, { scope: warehouses(['11']) });
    const worker = await drained(log, stateRows);
    expect(fatesOf(worker)).toEqual(['s1 applied', 's2 held']);
    const story = storyOf(worker).slice(60);
    expect(story[0]).toBe('6 c 1/fbs@11 →5');
    expect(
      story.slice(1).every((line) => line.startsWith('6 d ') && line.endsWith('/fbs 5→0 rescoped')),
    ).toBe(true);
    expect(story).toHaveLength(31);
    expect(totalsOf(worker, OZON)).toMatchObject({ 1: 6, 2: 1, 3: 1, 30: 1 });
    expect(syncEventsOf(worker).at(-1)).toMatchObject({ inStockVanishing: 28, inStockBefore: 30 });
  });
});

describe('a product that is archived', () => {
  test('is no longer listed: its rows are absent, and come back with it', async () => {
    const log = new RawPartition();
    log.whole(OZON, [[ozon(1, ['fbo', 3]), ozon(2, ['fbo', 4])], inWarehouse(11, [[1, 2]])], {
      scope: warehouses(['11']),
    });
    log.whole(OZON, [[ozon(2, ['fbo', 4])], inWarehouse(11, [])], { scope: warehouses(['11']) });
    log.whole(OZON, [[ozon(1, ['fbo', 3]), ozon(2, ['fbo', 4])], inWarehouse(11, [[1, 2]])], {
      scope: warehouses(['11']),
    });
    const worker = await drained(log);
    expect(storyOf(worker).slice(3)).toEqual([
      '7 d 1/fbo 3→0 absent',
      '7 d 1/fbs@11 2→0 absent',
      '9 u 1/fbo 0→3',
      '10 u 1/fbs@11 0→2',
    ]);
    expect(alarms(worker)).toEqual(
      ['total-moved:ozon:100500:product-stocks', 'ran-out:ozon:100500:1'].concat(
        'total-moved:ozon:100500:product-stocks',
      ),
    );
  });
});
