import fc from 'fast-check';
import type { Feed } from '../../src/domain/feed.js';
import type { SnapshotScope } from '../../src/domain/snapshot.js';
import type { PageQuery } from '../../src/events/raw-snapshot.js';
import { OZON, ozon, ozonAt, RawPartition, WB, WB_FBS, wb, wbFbs } from './raw-log.js';

/** One snapshot of a random log: what it lists, how it is cut up, and what goes wrong. */
interface SnapshotPlan {
  readonly minutes: number;
  readonly content: Content;
  readonly perPage: number;
  readonly perChunk: number;
  readonly accept: boolean;
  readonly absenceMin: number;
  readonly reconcile: boolean;
  readonly named: 'exactly' | 'not' | 'more';
  readonly trouble: Trouble;
}

interface Content {
  readonly scope: SnapshotScope;
  /** What is asked for one after the other; each answer comes in pages. */
  readonly answers: readonly { readonly query?: PageQuery; readonly rows: readonly unknown[] }[];
}

const TROUBLES = [
  'fails',
  'never ends',
  'lacks a page',
  'lacks a chunk',
  'announces a row more',
  'has a bad row',
  'has rubbish in it',
  'repeats a chunk',
  'is followed by a stale chunk',
  'ends twice',
  'retires the feed',
] as const;
type Trouble = (typeof TROUBLES)[number] | 'none';

const quantity = fc.constantFrom(0, 1, 2, 3);
const product = fc.integer({ min: 1, max: 4 });
const rowsOf = (row: fc.Arbitrary<unknown>) => fc.array(row, { maxLength: 7 });

const wbRow = fc
  .tuple(product, fc.constantFrom(507, 117986, -999999), quantity, fc.constantFrom(0, 1))
  .map(([id, warehouse, pieces, coming]) => wb(id, warehouse, pieces, 0, coming));
const wbContent: fc.Arbitrary<Content> = fc
  .tuple(
    rowsOf(wbRow),
    fc.oneof(
      { weight: 5, arbitrary: fc.constant<SnapshotScope>({ schemes: ['fbw'] }) },
      fc.constant<SnapshotScope>({ schemes: ['fbw'], places: { fbw: 'warehouses' } }),
      fc.constant<SnapshotScope>({ schemes: ['fbw'], places: { fbw: ['507', '-999999'] } }),
    ),
  )
  .map(([rows, scope]) => ({ scope, answers: [{ rows }] }));

const TOTALS = { fbo: 'total', fbs: 'total', rfbs: 'total', fbp: 'total' } as const;
/** What `OZON_WAREHOUSE_ID` may be set to from one snapshot to the next, and what older programs wrote. */
const OZON_SCOPES: readonly SnapshotScope[] = [
  { schemes: ['fbo', 'fbs', 'rfbs', 'fbp'], places: TOTALS },
  { schemes: ['fbo', 'fbs', 'rfbs', 'fbp'], places: { ...TOTALS, fbs: ['11', '12'], rfbs: ['21'] } },
  { schemes: ['fbo', 'fbs', 'rfbs', 'fbp'], places: { ...TOTALS, fbs: ['12'], rfbs: [] } },
  { schemes: ['fbo', 'fbs', 'rfbs', 'fbp'], places: { ...TOTALS, fbs: 'warehouses', rfbs: 'warehouses' } },
  { schemes: ['fbo', 'fbs', 'rfbs', 'fbp'] },
  { schemes: ['fbo'] },
];
const stock = fc.tuple(fc.constantFrom('fbo', 'fbs'), quantity, fc.constantFrom(0, 1));
const ozonRow = fc
  .tuple(product, fc.array(stock, { maxLength: 2 }))
  .map(([id, stocks]) => ozon(id, ...stocks));
const ozonPlace = fc.tuple(product, fc.constantFrom(11, 12, 21), quantity, fc.constantFrom(0, 1));
const ozonContent: fc.Arbitrary<Content> = fc
  .tuple(rowsOf(ozonRow), fc.array(ozonPlace, { maxLength: 6 }), fc.constantFrom(...OZON_SCOPES))
  .map(([rows, places, scope]) => {
    const warehouses = scope.places === TOTALS ? [] : [11, 12, 21];
    const answers = warehouses.map((warehouse) => ({
      query: {
        endpoint: 'warehouse-stocks',
        scheme: warehouse === 21 ? 'rfbs' : 'fbs',
        warehouseId: String(warehouse),
      } as const,
      rows: places.filter(([, at]) => at === warehouse).map((place) => ozonAt(...place)),
    }));
    return { scope, answers: [{ rows }, ...answers.filter((answer) => answer.rows.length > 0)] };
  });

const some = fc.subarray(['1', '2', '3', '4']);
const fbsPlace = fc.tuple(product, fc.constantFrom(31, 32), quantity);
/** Either a report with its warehouses in the rows, or warehouse after warehouse by ids. */
const fbsContent: fc.Arbitrary<Content> = fc
  .tuple(fc.array(fbsPlace, { maxLength: 7 }), some, some, fc.boolean())
  .map(([places, ids, gone, byIds]): Content => {
    const scope = { schemes: ['fbs'], places: { fbs: 'warehouses' } } as const;
    if (!byIds) return { scope, answers: [{ rows: places.map((place) => wbFbs(...place)) }] };
    const answers = ['31', '32'].map((warehouseId) => ({
      query: { warehouseId, productIds: ids },
      rows: places
        .filter(([id, at]) => String(at) === warehouseId && ids.includes(String(id)))
        .map(([chrtId, , amount]) => ({ chrtId, amount })),
    }));
    const removed = gone.length === 0 ? [] : [{ query: { productIds: gone, removed: true }, rows: [] }];
    return { scope: { ...scope, byIds: true }, answers: [...answers, ...removed] };
  });

function snapshotPlan(content: fc.Arbitrary<Content>): fc.Arbitrary<SnapshotPlan> {
  return fc.record({
    minutes: fc.oneof(
      { weight: 6, arbitrary: fc.constant(5) },
      { weight: 3, arbitrary: fc.constant(61) },
      { weight: 1, arbitrary: fc.constant(25 * 60) },
    ),
    content,
    perPage: fc.integer({ min: 1, max: 4 }),
    perChunk: fc.integer({ min: 1, max: 4 }),
    accept: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
    absenceMin: fc.integer({ min: 0, max: 3 }),
    reconcile: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
    named: fc.oneof(
      { weight: 3, arbitrary: fc.constant('exactly' as const) },
      fc.constant('not' as const),
      fc.constant('more' as const),
    ),
    trouble: fc.oneof(
      { weight: 4, arbitrary: fc.constant<Trouble>('none') },
      { weight: 3, arbitrary: fc.constantFrom<Trouble>(...TROUBLES) },
    ),
  });
}

type Write = (log: RawPartition) => void;

/** The records of one planned snapshot, each as a deed, so that two feeds can take turns. */
function deedsOf(feed: Feed, plan: SnapshotPlan): Write[] {
  const { trouble } = plan;
  const { scope, answers } = plan.content;
  const spoilt = answers.map((answer, index) =>
    trouble === 'has a bad row' && index === 0 ? { ...answer, rows: [...answer.rows, badRow(feed)] } : answer,
  );
  const pages = spoilt.flatMap(({ query, rows }) =>
    slices(rows, plan.perPage).map((part) => ({ query, part })),
  );
  const listed = spoilt.flatMap(({ query, rows }) => (query?.endpoint === undefined ? rows : []));
  let id = '';
  const deeds: Write[] = [
    (log) => {
      log.wait(plan.minutes * 60_000);
      id = log.start(feed, {
        scope,
        limits: { absenceLimit: 0.5, absenceMin: plan.absenceMin },
        acceptAbsences: plan.accept,
        reconcile: plan.reconcile,
      });
    },
  ];
  for (const [index, { query, part }] of pages.entries()) {
    const chunks = slices(part, plan.perChunk);
    const page = (rows: readonly unknown[]) => (query === undefined ? rows : { query, rows });
    for (const [at, chunk] of chunks.entries()) {
      const last = index === pages.length - 1 && at === chunks.length - 1;
      if (last && trouble === 'lacks a chunk') continue;
      if (index === pages.length - 1 && trouble === 'lacks a page') continue;
      const place = [at + 1, chunks.length] as const;
      deeds.push((log) => log.chunk(feed, id, index + 1, page(chunk), place));
      // Under the same number something else, to see that it is not looked at.
      const other = { query: { productIds: ['1', '2'], removed: true }, rows: [...chunk, badRow(feed)] };
      if (last && trouble === 'repeats a chunk')
        deeds.push((log) => log.chunk(feed, id, index + 1, other, place));
    }
  }
  if (trouble === 'has rubbish in it') deeds.push((log) => log.bytes(keyOf(feed), '{"type":'));
  if (trouble === 'retires the feed') deeds.push((log) => log.retire(feed));
  const end: Write = (log) =>
    log.complete(feed, id, {
      pages: pages.length,
      rows:
        pages.reduce((sum, { part }) => sum + part.length, 0) + (trouble === 'announces a row more' ? 1 : 0),
      ...productsNamed(plan, listed),
    });
  if (trouble === 'fails') deeds.push((log) => log.fail(feed, id));
  else if (trouble !== 'never ends') deeds.push(end);
  if (trouble === 'is followed by a stale chunk') deeds.push((log) => log.chunk(feed, id, 9, listed));
  if (trouble === 'ends twice') deeds.push(end, (log) => log.fail(feed, id));
  return deeds;
}

function productsNamed({ named }: SnapshotPlan, rows: readonly unknown[]) {
  if (named === 'not') return {};
  const ids = (rows as { product_id?: number; chrtId?: number }[]).map((row) => row.product_id ?? row.chrtId);
  const count = new Set(ids).size;
  return { products: { least: named === 'more' ? count + 1 : count, greatest: count + 1 } };
}

function badRow(feed: Feed): unknown {
  return feed.source === 'ozon'
    ? { ...ozon(1), stocks: [{ type: 'fbo', present: 'много', reserved: 0 }] }
    : { ...wb(1, 507, 0), quantity: -1 };
}

function slices<T>(list: readonly T[], size: number): (readonly T[])[] {
  const parts = Array.from({ length: Math.ceil(list.length / size) }, (_, at) =>
    list.slice(at * size, (at + 1) * size),
  );
  return parts.length === 0 ? [[]] : parts;
}

const keyOf = (feed: Feed) => `${feed.source}:${feed.account}:${feed.endpoint}`;

/** A partition with random snapshots of three feeds that take turns. */
export const rawPartition: fc.Arbitrary<RawPartition> = fc
  .record({
    ozon: fc.array(snapshotPlan(ozonContent), { maxLength: 5 }),
    wildberries: fc.array(snapshotPlan(wbContent), { minLength: 1, maxLength: 5 }),
    fbs: fc.array(snapshotPlan(fbsContent), { maxLength: 4 }),
    turns: fc.array(fc.nat(2), { minLength: 10, maxLength: 60 }),
  })
  .map((plans) => {
    const log = new RawPartition();
    const queues = [
      plans.ozon.flatMap((plan) => deedsOf(OZON, plan)),
      plans.wildberries.flatMap((plan) => deedsOf(WB, plan)),
      plans.fbs.flatMap((plan) => deedsOf(WB_FBS, plan)),
    ];
    for (let turn = 0; queues.some((queue) => queue.length > 0); turn += 1) {
      const first = queues[plans.turns[turn % plans.turns.length] ?? 0];
      const deed = first?.shift() ?? queues.find((queue) => queue.length > 0)?.shift();
      deed?.(log);
    }
    return log;
  });

/** So many random logs; a failure is made smaller for half a minute at most, then shown as it is. */
export const logs = (numRuns: number) => ({ numRuns, interruptAfterTimeLimit: 30_000 });
