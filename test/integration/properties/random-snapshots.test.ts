import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { messageOf } from '../../../src/errors.js';
import type { SnapshotOutcome } from '../../../src/ports/snapshot-status.js';
import type { FaultSpec } from '../../../src/simulator/faults/fault.js';
import type { TruthRow } from '../../../src/simulator/world/types.js';
import { expectExactlyOnce } from '../../support/exactly-once.js';
import { Pipeline } from '../../support/pipeline.js';
import { SimulatedShop, type Source } from '../../support/simulated-shop.js';

const SNAPSHOTS = 50;
const PRODUCTS = 60;
/** Snapshots between two looks at the topic with Kafka's own client, a second or two each. */
const LOOK_EVERY = 9;
/** To see a failure again: FC_SEED=… in the environment. */
const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** What else the seed decides: strange ids and figures among the goods, and how much each worker holds in memory. */
const hostile = seed % 2 === 0;
const stateRows = (worker: number) => [0, 100, 1_000_000][(seed + worker) % 3] ?? 0;

/** `at` picks a product or a row of those that are there when it happens. */
interface Deed {
  readonly what:
    | 'advance'
    | 'vanish'
    | 'restore'
    | 'add'
    | 'sold out'
    | 'drop'
    | 'collapse'
    | 'merge'
    | 'split'
    | 'remove stock'
    | 'set stock';
  readonly at: number;
  readonly share: number;
}

type Trouble =
  | 'none'
  | 'breaks off'
  | 'says nothing'
  | 'lacks rows'
  | 'repeats rows'
  | 'has a bad row'
  | 'is empty';

interface Round {
  readonly source: Source;
  readonly deeds: readonly Deed[];
  readonly trouble: Trouble;
  readonly accept: boolean;
  readonly pageSize: number;
  readonly batchSize: number;
}

const deed: fc.Arbitrary<Deed> = fc.record({
  what: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('advance' as const, 'set stock' as const) },
    {
      weight: 8,
      arbitrary: fc.constantFrom('vanish', 'restore', 'add', 'sold out', 'remove stock', 'merge', 'split'),
    },
    { weight: 2, arbitrary: fc.constantFrom('drop' as const, 'collapse' as const) },
  ) as fc.Arbitrary<Deed['what']>,
  at: fc.nat({ max: 10_000 }),
  share: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
});
const round: fc.Arbitrary<Round> = fc.record({
  source: fc.constantFrom('ozon', 'wildberries'),
  deeds: fc.array(deed, { maxLength: 4 }),
  trouble: fc.oneof(
    { weight: 6, arbitrary: fc.constant<Trouble>('none') },
    {
      weight: 4,
      arbitrary: fc.constantFrom<Trouble>(
        'breaks off',
        'says nothing',
        'lacks rows',
        'repeats rows',
        'has a bad row',
        'is empty',
      ),
    },
  ),
  accept: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
  pageSize: fc.integer({ min: 15, max: 80 }),
  batchSize: fc.integer({ min: 5, max: 40 }),
});

/** What happens in any case, whatever the seed: by number of the round. */
const SURE = new Map<number, Partial<Round>>(
  (['split', 'merge', 'split', 'merge'] as const).map((what, turn) => [
    10 + 9 * turn,
    { source: 'wildberries', trouble: 'none', accept: true, deeds: [{ what, at: 0, share: 0.5 }] },
  ]),
);

type Level = readonly number[];
type Levels = ReadonlyMap<string, Level>;

const levelOf = (row: TruthRow): Level => [
  row.present,
  row.reserved,
  row.available,
  row.inWayToClient,
  row.inWayFromClient,
];
const productOf = (key: string) => key.split(':')[0] ?? '';
const productsOf = (levels: Levels) => new Set([...levels.keys()].map(productOf));

describe('random snapshots through the whole pipe', () => {
  let pipe: Pipeline;
  let shop: SimulatedShop;
  let moves = 0;
  /** Live rows per source, as they must stand. */
  const known: Record<Source, Levels> = { ozon: new Map(), wildberries: new Map() };

  beforeAll(async () => {
    pipe = await Pipeline.start('props');
    shop = await SimulatedShop.start({ seed, ozonProducts: PRODUCTS, wbProducts: PRODUCTS, hostile });
  });
  afterAll(async () => {
    await shop?.close();
    await pipe?.close();
  });

  test(`folded topic, ledger, tables and marketplace agree after each of ${SNAPSHOTS} (seed ${seed})`, async () => {
    const fates: string[] = [];
    let worker = await pipe.worker({ stateRows: stateRows(0) });
    const plans = fc.sample(round, { seed, numRuns: SNAPSHOTS }).map((plan, index) => ({
      ...plan,
      ...SURE.get(index),
    }));
    for (const [index, plan] of plans.entries()) {
      if (index === SNAPSHOTS / 2) {
        await pipe.stopWorker(worker);
        worker = await pipe.worker({ stateRows: stateRows(1) });
      }
      try {
        fates.push(await live(plan));
        await expectLedgerHolds();
        if (index % LOOK_EVERY === LOOK_EVERY - 1) await expectExactlyOnce(pipe);
      } catch (cause) {
        const story = `${JSON.stringify(plan)} after ${fates.join(', ')}`;
        throw new Error(`FC_SEED=${seed}, round ${index + 1}: ${messageOf(cause)}\n${story}`, { cause });
      }
    }
    await expectExactlyOnce(pipe);
    expect(pipe.logs).toEqual([]);
    // A run in which nothing much happened would prove nothing.
    expect(fates.filter((fate) => fate === 'applied').length).toBeGreaterThan(10);
    expect(new Set(fates).size).toBeGreaterThan(1);
    expect(moves).toBeGreaterThan(0);
  }, 120_000);

  /** One round: the shop's day goes on, a snapshot is read, and what is known afterwards is as it must be. */
  async function live(plan: Round): Promise<string> {
    const { source } = plan;
    for (const one of plan.deeds) happen(source, one);
    const said = plan.trouble === 'is empty' ? new Map<string, Level>() : truth(source);
    const fault = faultOf(plan, said);
    const planned = fault === null ? null : shop.sim.faults.inject(fault);
    const id = await shop.read(pipe, source, {
      acceptAbsences: plan.accept,
      batchSize: plan.batchSize,
      wbPageSize: plan.trouble === 'repeats rows' ? 1000 : plan.pageSize,
    });
    planned?.remove();
    const outcome = await pipe.outcome(id);
    const before = known[source];
    const now = await levels(source);
    expect(outcome.status, JSON.stringify({ plan, outcome })).toBe(
      expectedFate(plan, before, said, planned !== null),
    );
    if (outcome.status === 'applied') expect(now).toEqual(said);
    else if (outcome.status === 'held') expect(now).toEqual(heldBack(before, said));
    else expectNothingClosed(outcome, before, now, said);
    if (outcome.status === 'applied' && haveMoved(before, said)) await expectMovedAtOnce(id, before, said);
    known[source] = now;
    await expectTotals(source, now);
    return outcome.status;
  }

  function happen(source: Source, { what, at, share }: Deed): void {
    const { world } = shop.sim;
    const ids = world.productIds(source);
    const id = ids[at % Math.max(1, ids.length)];
    const rows = world.truth(source);
    const row = rows[at % Math.max(1, rows.length)];
    if (what === 'advance') world.advance(1 + (at % 5));
    else if (what === 'restore') world.restore(source);
    else if (what === 'add') world.addProduct(source);
    else if (what === 'drop') world.drop(source, share);
    else if (what === 'collapse') world.collapse(source, share);
    else if (what === 'merge') world.mergeWildberriesWarehouses();
    else if (what === 'split') world.splitWildberriesWarehouses();
    else if (what === 'remove stock' && row !== undefined) {
      world.removeStock(source, row.productId, source === 'ozon' ? row.scheme : row.warehouseId);
    } else if (id !== undefined) {
      if (what === 'vanish') world.vanish(source, id);
      if (what === 'sold out') world.soldOut(source, id);
      if (what === 'set stock') world.setStock(source, id, { present: at % 100 });
    }
  }

  function truth(source: Source): Levels {
    return new Map(
      shop.sim.world
        .truth(source)
        .map((row) => [`${row.productId}:${row.scheme}:${row.warehouseId}`, levelOf(row)] as const),
    );
  }

  async function levels(source: Source): Promise<Levels> {
    const rows = await pipe.db.query('SELECT * FROM stock_levels WHERE source = ? AND closed = 0', [source]);
    return new Map(
      rows.map((row) => [
        [row.product_id, row.scheme, row.warehouse_id].join(':'),
        [row.present, row.reserved, row.available, row.in_way_to_client, row.in_way_from_client].map(Number),
      ]),
    );
  }

  /** Record by record a product's total is what it was or what it is to be, and never both at once or neither. */
  async function expectMovedAtOnce(snapshotId: string, before: Levels, said: Levels): Promise<void> {
    const changes = await pipe.db.query(
      'SELECT * FROM stock_changes WHERE snapshot_id = ? ORDER BY record_offset, idx',
      [snapshotId],
    );
    moves += 1;
    const now = new Map(before);
    const [was, willBe] = [totalsOf(before), totalsOf(said)];
    for (const [index, row] of changes.entries()) {
      const key = [row.product_id, row.scheme, row.warehouse_id].join(':');
      now.set(
        key,
        ['present', 'reserved', 'available'].map((name) => Number(row[`after_${name}`])),
      );
      if (changes[index + 1]?.record_offset === row.record_offset) continue;
      const totals = totalsOf(now);
      for (const product of was.keys()) {
        expect([was.get(product), willBe.get(product) ?? 0], product).toContain(totals.get(product) ?? 0);
      }
    }
  }

  /** The running totals, and the view that people ask: one row per product, whatever became of its rows. */
  async function expectTotals(source: Source, now: Levels): Promise<void> {
    const available = [...now.values()].reduce((sum, level) => sum + (level[2] ?? 0), 0);
    const [feed] = await pipe.db.query(
      'SELECT f.* FROM feeds f JOIN accounts a ON a.account_id = f.account_id WHERE a.source = ?',
      [source],
    );
    expect([feed?.live_rows, feed?.live_products, feed?.available].map(Number)).toEqual([
      now.size,
      productsOf(now).size,
      available,
    ]);
    const [seen] = await pipe.db.query(
      'SELECT COUNT(*) AS n, COUNT(DISTINCT product_id) AS d, SUM(available) AS a FROM inventory_data WHERE source = ?',
      [source],
    );
    expect([seen?.d, seen?.a].map(Number)).toEqual([Number(seen?.n), available]);
  }

  /** Every key's life in the ledger: c once, seq without a gap, before = previous after, the last as in the tables. */
  async function expectLedgerHolds(): Promise<void> {
    const changes = await pipe.db.query(
      'SELECT * FROM stock_changes ORDER BY incarnation_id, partition_no, record_offset, idx',
    );
    const lives = new Map<string, { seq: number; after: string; op: unknown }>();
    for (const row of changes) {
      const key = [row.source, row.product_id, row.scheme, row.warehouse_id].join(':');
      const last = lives.get(key);
      expect(Number(row.seq), key).toBe((last?.seq ?? 0) + 1);
      expect(row.op === 'c', key).toBe(last === undefined);
      expect(figures(row, 'before'), key).toBe(last?.after ?? 'null,null,null,null,null');
      lives.set(key, { seq: Number(row.seq), after: figures(row, 'after'), op: row.op });
    }
    const rows = await pipe.db.query('SELECT * FROM stock_levels');
    expect(rows).toHaveLength(lives.size);
    for (const row of rows) {
      const last = lives.get([row.source, row.product_id, row.scheme, row.warehouse_id].join(':'));
      expect([figures(row, ''), Number(row.seq), Number(row.closed) === 1]).toEqual([
        last?.after,
        last?.seq,
        last?.op === 'd',
      ]);
    }
  }
});

/** Every row stands in a warehouse that held none before: Wildberries has merged its warehouses, or split them. */
function haveMoved(before: Levels, said: Levels): boolean {
  const warehouses = (levels: Levels) => [...levels.keys()].map((key) => key.split(':')[2] ?? '');
  const former = new Set(warehouses(before));
  return former.size > 0 && warehouses(said).every((warehouse) => warehouse !== '' && !former.has(warehouse));
}

/** Product → pieces available. */
function totalsOf(levels: Levels): Map<string, number> {
  const totals = new Map<string, number>();
  for (const [key, level] of levels) {
    totals.set(productOf(key), (totals.get(productOf(key)) ?? 0) + (level[2] ?? 0));
  }
  return totals;
}

function figures(row: Record<string, unknown>, side: '' | 'before' | 'after'): string {
  const names = ['present', 'reserved', 'available', 'in_way_to_client', 'in_way_from_client'];
  return names.map((name) => String(row[side === '' ? name : `${side}_${name}`])).join();
}

/** How the simulator is to spoil the read, or null where nothing of it would show. */
function faultOf({ source, trouble, pageSize }: Round, said: Levels): FaultSpec | null {
  const match = source;
  const pages = source === 'ozon' ? 1 : Math.ceil(said.size / pageSize);
  if (trouble === 'says nothing') return { kind: 'cut-json', match };
  if (trouble === 'is empty') return { kind: 'collapse-empty', match };
  // On Ozon the second answer is the empty one behind the last page, on Wildberries there may be no second.
  if (trouble === 'breaks off') return { kind: '500', match, after: source === 'ozon' || pages > 1 ? 1 : 0 };
  if (said.size < 10) return null;
  if (trouble === 'repeats rows') return { kind: 'duplicate-rows', match };
  // To spoil a row the simulator reads its answer with doubles, which ids beyond 2^53 would not survive.
  if (trouble === 'has a bad row' && !hostile) return { kind: 'wrong-shape', shape: 'types', match };
  // Wildberries names no total: rows that it leaves out are gone, as far as anybody can tell.
  if (trouble === 'lacks rows' && source === 'ozon') return { kind: 'missing-rows', match };
  return null;
}

function expectedFate({ trouble, accept }: Round, before: Levels, said: Levels, spoilt: boolean): string {
  if (spoilt && (trouble === 'breaks off' || trouble === 'says nothing')) return 'failed';
  if (spoilt && (trouble === 'lacks rows' || trouble === 'has a bad row')) return 'incomplete';
  const inStock = productsOf(new Map([...before].filter(([, level]) => (level[2] ?? 0) > 0)));
  const still = productsOf(said);
  const gone = [...inStock].filter((product) => !still.has(product)).length;
  const emptied = said.size === 0 && before.size > 0;
  return (emptied || (gone >= 20 && gone > inStock.size / 2)) && !accept ? 'held' : 'applied';
}

/** What is said holds; of products that it does not name, everything stays. */
function heldBack(before: Levels, said: Levels): Levels {
  const named = productsOf(said);
  return new Map([...[...before].filter(([key]) => !named.has(productOf(key))), ...said]);
}

/** Each row as it was or as it was said to be now, and none gone. */
function expectNothingClosed(outcome: SnapshotOutcome, before: Levels, now: Levels, said: Levels): void {
  expect(outcome.counts.closed).toBe(0);
  for (const key of before.keys()) expect(now.has(key), key).toBe(true);
  const products = productsOf(before);
  for (const [key, level] of now) {
    const was = before.get(key);
    if (was === undefined) expect(products.has(productOf(key)), `${key} must wait`).toBe(false);
    if (String(was) !== String(level)) expect(level, key).toEqual(said.get(key));
  }
}
