import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readCommitted } from '../../engines/conforming-reader.js';
import type { Feed } from '../../src/domain/feed.js';
import { EVENT_TYPES, envelope } from '../../src/events/envelope.js';
import type { GenerationReady } from '../../src/events/raw-snapshot.js';
import { syncEvent } from '../../src/events/sync-event.js';
import { TOPICS } from '../../src/events/topics.js';
import { normaliserOf } from '../../src/marketplaces/normalisers.js';
import type { NormaliserOf, ObservedItem, PageQuery } from '../../src/ports/marketplace.js';
import { RawRecords } from '../../src/producers/raw-records.js';
import { createFeedRegistry } from '../../src/store/feed-registry.js';
import { testEngines } from '../support/engines.js';
import { expectExactlyOnce } from '../support/exactly-once.js';
import { ozonFeed, ozonItem, Pipeline, type WorkerOptions, wbFeed, wbRow } from '../support/pipeline.js';
import { buggy, TestReplay } from '../support/replaying.js';

const PRODUCTS = Array.from({ length: 60 }, (_, index) => index + 1);

/** Counts a tenth of what is there, and overlooks every seventh product. */
const TENTH = buggy((item): ObservedItem | null => {
  if (Number(item.productId) % 7 === 0) return null;
  const rows = item.rows.map((row) => ({
    ...row,
    level: { ...row.level, present: Math.floor(row.level.present / 10), available: 0 },
  }));
  return { ...item, rows };
});

const items = (present: (id: number) => number) =>
  PRODUCTS.map((id) => ozonItem(id, ['fbo', present(id), 0], ['fbs', 1, 0]));

let pipe: Pipeline;
beforeEach(async () => {
  pipe = await Pipeline.start('replay');
});
afterEach(() => pipe.close());

/** A topic that was just made is not at once known to all. */
async function worker(options: WorkerOptions = {}) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await pipe.worker(options);
    } catch (error) {
      if (attempt > 5 || !String(error).includes('does not host')) throw error;
    }
  }
}

async function available(): Promise<Map<string, number>> {
  const rows = await pipe.db.query(
    'SELECT product_id, scheme, warehouse_id, available FROM stock_levels WHERE closed = 0',
  );
  return new Map(
    rows.map((row) => [`${row.product_id}:${row.scheme}:${row.warehouse_id}`, Number(row.available)]),
  );
}

async function ledgerSize(): Promise<number> {
  const [row] = await pipe.db.query('SELECT COUNT(*) AS n FROM ledger');
  return Number(row?.n);
}

const leftovers = async () => {
  const [row] = await pipe.db.query(
    'SELECT (SELECT COUNT(*) FROM levels WHERE generation > 0) + (SELECT COUNT(*) FROM replay_products) AS n',
  );
  return Number(row?.n);
};

describe('a bug in normalising is mended by a replay', () => {
  it.each([1_000_000, 0])(
    'while snapshots go on being published: downstream sees the differences alone (%i rows in memory)',
    async (stateRows) => {
      const wrong = await worker({ normaliserOf: TENTH, stateRows });
      await pipe.outcome(await pipe.publish(ozonFeed(), [items((id) => id * 10)]));
      await pipe.outcome(await pipe.publish(wbFeed(), [PRODUCTS.map((id) => wbRow(id, 507, id))]));
      await pipe.stopWorker(wrong);
      expect((await available()).get('9:fbo:')).toBe(0);

      await worker({ stateRows });
      const replay = await new TestReplay(pipe, { stateRows: stateRows === 0 ? 0 : 10_000 }).begin();
      const before = await ledgerSize();
      // A read that fails mends nothing, and goes on right through the exchange.
      const failing = pipe.publish(ozonFeed(), [items((id) => id * 10).slice(0, 3)], { failAfter: 1 });
      const feeds = await replay.go();
      await failing;
      expect(feeds.map(({ outcome }) => outcome)).toEqual(['swapped', 'swapped']);
      const expected = new Map<string, number>();
      for (const id of PRODUCTS)
        expected
          .set(`${id}:fbo:`, id * 10)
          .set(`${id}:fbs:`, 1)
          .set(`${id}:fbw:507`, id);
      expect(await available()).toEqual(expected);
      // Three rows a product, each wrong or missing; three products' worth came with the failed read.
      expect((await ledgerSize()) - before).toBe(PRODUCTS.length * 3);
      await expectExactlyOnce(pipe);
      expect(await leftovers()).toBe(0);

      // The feeds go on as if nothing had happened.
      const next = await pipe.outcome(await pipe.publish(ozonFeed(), [items((id) => id * 10 + 1)]));
      expect(next).toMatchObject({ status: 'applied', counts: { created: 0, updated: 60, closed: 0 } });
      await expectExactlyOnce(pipe);
      expect(
        pipe.logs.filter(
          (line) => !line.includes('in the middle of a snapshot') && !line.includes('walk failed'),
        ),
      ).toEqual([]);
    },
    120_000,
  );

  it('in the middle of a snapshot that merges warehouses', async () => {
    const NEARLY_ALL = buggy((item) => (Number(item.productId) > 2 ? null : item));
    const wrong = await worker({ normaliserOf: NEARLY_ALL });
    await pipe.outcome(await pipe.publish(wbFeed(), [PRODUCTS.map((id) => wbRow(id, 507, id))]));
    await pipe.stopWorker(wrong);
    await worker();
    const merged = PRODUCTS.map((id) => JSON.stringify(wbRow(id, -999999, id)));
    const open = await begin(wbFeed(), merged.slice(0, 30));
    await vi.waitFor(async () => {
      const [row] = await pipe.db.query("SELECT pages FROM snapshots WHERE status = 'open'");
      expect(row?.pages).toBe(1);
    }, 10_000);
    expect(await (await new TestReplay(pipe).begin()).go()).toMatchObject([{ outcome: 'swapped' }]);
    // All in the old place: those that were seen in the new one wait for the snapshot's end.
    expect(new Set([...(await available()).keys()].map((key) => key.split(':')[2]))).toEqual(
      new Set(['507']),
    );
    const [base] = await pipe.db.query(
      "SELECT base_rows, base_in_stock FROM snapshots WHERE status = 'open'",
    );
    expect([Number(base?.base_rows), Number(base?.base_in_stock)]).toEqual([60, 60]);
    await open.end(merged.slice(30));
    const expected = PRODUCTS.map((id) => [`${id}:fbw:-999999`, id] as const);
    await vi.waitFor(async () => expect(await available()).toEqual(new Map(expected)), 15_000);
    await pipe.outcome(await pipe.publish(wbFeed(), [PRODUCTS.map((id) => wbRow(id, -999999, id))]));
    await expectExactlyOnce(pipe);
  }, 60_000);

  it('and where nothing differs, nothing changes', async () => {
    await worker();
    await pipe.outcome(await pipe.publish(ozonFeed(), [items((id) => id)]));
    await pipe.outcome(await pipe.publish(ozonFeed(), [items((id) => id + 1).slice(3)]));
    await pipe.outcome(await pipe.publish(wbFeed(), [PRODUCTS.map((id) => wbRow(id, 507, id))]));
    const before = await ledgerSize();
    const feeds = await (await new TestReplay(pipe).begin()).go();
    expect(feeds.map(({ outcome, changedRows }) => [outcome, changedRows])).toEqual([
      ['swapped', 0],
      ['swapped', 0],
    ]);
    expect(await ledgerSize()).toBe(before);
    const stand = await pipe.db.query("SELECT 1 FROM snapshots WHERE reason = 'replayed'");
    expect(stand).toEqual([]);
    await expectExactlyOnce(pipe);
  }, 60_000);
});

describe('an announcement', () => {
  it('that is not ready in time is called off, and the live rows stay; tried again it succeeds', async () => {
    const wrong = await worker({ normaliserOf: TENTH });
    await pipe.outcome(await pipe.publish(ozonFeed(), [items((id) => id)]));
    await pipe.stopWorker(wrong);
    await worker({ generationWaitMs: 200 });
    const before = await available();
    const replay = await new TestReplay(pipe).begin();
    const { partition } = await announce(replay, 'too-early');
    await vi.waitFor(async () => {
      expect(await replay.store.feeds(replay.generation)).toMatchObject([{ outcome: 'off' }]);
    }, 10_000);
    expect(await available()).toEqual(before);
    // The partition goes on meanwhile.
    await pipe.outcome(await pipe.publish(ozonFeed(), [], { failAfter: 0 }));
    expect((await replay.go()).map(({ outcome }) => outcome)).toEqual(['swapped']);
    expect((await available()).get('7:fbo:')).toBe(7);
    expect(partition).toBeGreaterThanOrEqual(0);
    await expectExactlyOnce(pipe);
    expect(await leftovers()).toBe(0);
  }, 60_000);

  it('that a worker waits for does not hold up its end', async () => {
    const run = await worker();
    await pipe.outcome(await pipe.publish(ozonFeed(), [items((id) => id)]));
    const replay = await new TestReplay(pipe).begin();
    await announce(replay, 'never');
    // It has come to the announcement when all before it is applied; there it would wait for a minute.
    await vi.waitFor(async () => {
      const [row] = await pipe.db.query('SELECT MAX(next_offset) AS n FROM checkpoints');
      expect(Number(row?.n)).toBeGreaterThanOrEqual(3);
    }, 10_000);
    await pipe.stopWorker(run);
    expect(await replay.store.feeds(replay.generation)).toMatchObject([{ outcome: null }]);
    expect(pipe.logs.filter((line) => line.startsWith('fatal'))).toEqual([]);
    // Whoever comes next waits anew, and finds it ready.
    const going = replay.go();
    await worker();
    expect(await going).toMatchObject([{ outcome: 'swapped', changedRows: 0 }]);
  }, 40_000);

  it('of which the database knows nothing means nothing', async () => {
    await worker();
    await pipe.outcome(await pipe.publish(ozonFeed(), [items((id) => id)]));
    const replay = await new TestReplay(pipe).begin();
    const before = await ledgerSize();
    await replay.store.discard(replay.generation);
    await announce(replay, 'discarded');
    replay.generation = 99;
    await append('unknown', 99);
    const next = await pipe.outcome(await pipe.publish(ozonFeed(), [items((id) => id)]));
    expect(next).toMatchObject({ status: 'applied', counts: { created: 0, updated: 0, closed: 0 } });
    expect(await ledgerSize()).toBe(before);
    expect(pipe.logs).toEqual([]);
  }, 60_000);

  it('of a generation in which too much is missing is held back, until a person says so', async () => {
    await worker();
    await pipe.outcome(await pipe.publish(ozonFeed(), [items(() => 5)]));
    const held = await pipe.outcome(await pipe.publish(ozonFeed(), [items(() => 5).slice(0, 10)]));
    expect(held.status).toBe('held');
    // Only the held one lies in the range: to the replay it is the first, and nothing is missing from it.
    const [row] = await pipe.db.query("SELECT snapshot_id AS id FROM snapshots WHERE status = 'held'");
    const ask = { since: { kind: 'snapshot', id: String(row?.id) } } as const;
    const replay = await new TestReplay(pipe, { ask }).begin();
    expect(await replay.go()).toMatchObject([{ outcome: 'held', note: expect.stringContaining('50 of 60') }]);
    expect((await available()).size).toBe(120);
    expect(await replay.go({ acceptAbsences: true })).toMatchObject([
      { outcome: 'swapped', changedRows: 100 },
    ]);
    expect((await available()).size).toBe(20);
    await expectExactlyOnce(pipe);
  }, 60_000);
});

describe('catalogues and alerts', () => {
  const catalogue: Feed = { source: 'ozon', account: '100500', endpoint: 'product-list' };
  const NAMELESS: NormaliserOf = (source, endpoint) => {
    const real = normaliserOf(source, endpoint);
    if (real?.kind !== 'catalogue') return real;
    const read = (row: unknown, query: PageQuery) =>
      real
        .read(row, query)
        // Invents a product, forgets another one, and spells articles wrongly.
        .map((one) => ({
          ...one,
          offerId: `${one.offerId}?`,
          productId: one.productId === '3' ? '333' : one.productId,
        }));
    return { kind: 'catalogue', read };
  };
  const listed = (id: number) => ({ ...{ product_id: id, offer_id: `ART-${id}`, archived: false } });

  it('products are known as the log says, and those that never were are gone', async () => {
    const wrong = await worker({ normaliserOf: NAMELESS });
    const scope = { schemes: [] };
    await pipe.outcome(await pipe.publish(catalogue, [[1, 2, 3, 4].map(listed)], { scope }));
    // Read twice: what was first seen during the last whole read may be newer than it.
    await pipe.outcome(await pipe.publish(catalogue, [[1, 2, 3, 4].map(listed)], { scope }));
    await pipe.stopWorker(wrong);
    await worker();
    await pipe.outcome(await pipe.publish(ozonFeed(), [items((id) => id).slice(0, 4)]));
    const feeds = await (await new TestReplay(pipe).begin()).go();
    expect(feeds.map(({ outcome }) => outcome)).toEqual(['swapped', 'swapped']);
    const products = await pipe.db.query(
      'SELECT product_id, offer_id, removed_at FROM products ORDER BY product_id',
    );
    expect(products.map((row) => [row.product_id, row.removed_at === null ? row.offer_id : 'gone'])).toEqual([
      ['1', 'ART-1'],
      ['2', 'ART-2'],
      ['3', 'ART-3'],
      ['4', 'ART-4'],
      ['333', 'gone'],
    ]);
  }, 60_000);

  it('the exchange is no movement of the total; what it changed is told with the next applied snapshot', async () => {
    const wrong = await worker({ normaliserOf: TENTH });
    await pipe.outcome(await pipe.publish(ozonFeed(), [items((id) => id * 10)]));
    await pipe.stopWorker(wrong);
    await worker();
    const first = await (await new TestReplay(pipe).begin()).go();
    const at = first[0]?.readyOffset ?? 0;
    await pipe.outcome(await pipe.publish(ozonFeed(), [items((id) => id * 10)]));
    const events = await readCommitted({
      brokers: testEngines().kafka.brokers,
      topic: pipe.topic(TOPICS.syncEvents),
    });
    const applied = events
      .map(({ value }) => syncEvent.parse(JSON.parse(value ?? 'null')))
      .filter((event) => event.type === 'snapshot-applied');
    expect(applied).toHaveLength(2);
    const total = PRODUCTS.reduce((sum, id) => sum + id * 10 + 1, 0);
    expect(applied[1]).toMatchObject({ first: false, available: { before: total, after: total } });
    const place = applied[1]?.place;
    expect(place?.from).toBeLessThanOrEqual(at);
    expect(place?.to).toBeGreaterThan(at);
    expect(applied[1]?.cameBack.length).toBeGreaterThan(0);
  }, 60_000);
});

/** A snapshot whose pages come one by one. */
async function begin(feed: Feed, rows: readonly string[]) {
  const { partition } = await createFeedRegistry(pipe.db).register(feed, 12);
  const records = new RawRecords(feed, 'slow', pipe.prefix);
  const now = () => new Date().toISOString();
  const page = (number: number, list: readonly string[]) => [
    ...records.chunks(number, { fetchedAt: now(), rows: list }, 1000),
  ];
  const started = records.started({
    ...{ type: 'snapshot-started', source: feed.source, account: feed.account, endpoint: feed.endpoint },
    ...{ startedAt: now(), scope: { schemes: ['fbw'] }, limits: { absenceLimit: 0.5, absenceMin: 20 } },
    acceptAbsences: false,
  });
  await pipe.raw.append(partition, [started, ...page(1, rows)]);
  return {
    async end(more: readonly string[]) {
      const ended = records.ended({
        ...{ type: 'snapshot-completed', completedAt: now(), pages: 2, rows: rows.length + more.length },
      });
      await pipe.raw.append(partition, [...page(2, more), ended]);
    },
  };
}

async function append(token: string, generation: number): Promise<number> {
  const [feed] = await pipe.db.query('SELECT feed, partition_no FROM feeds');
  const event: GenerationReady = {
    ...{ type: 'generation-ready', feed: String(feed?.feed), generation, token },
    ...{ readyAt: new Date().toISOString(), limits: { absenceLimit: 0.5, absenceMin: 20 } },
    acceptAbsences: false,
  };
  const partition = Number(feed?.partition_no);
  const headers = envelope({
    ...{ id: token, type: EVENT_TYPES.generationReady, prefix: pipe.prefix, time: event.readyAt },
  });
  await pipe.raw.append(partition, [{ key: event.feed, value: JSON.stringify(event), headers }]);
  return partition;
}

/** Before anything is folded: nobody ever stands at it. */
async function announce(replay: TestReplay, token: string) {
  await pipe.db.execute('UPDATE replay_feeds SET token = ? WHERE generation = ?', [token, replay.generation]);
  return { partition: await append(token, replay.generation) };
}
