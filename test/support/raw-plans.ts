import fc from 'fast-check';
import type { Feed } from '../../src/domain/feed.js';
import { OZON, ozon, RawPartition, WB, wb } from './raw-log.js';

/** One snapshot of a random log: what it lists, how it is cut up, and what goes wrong. */
export interface SnapshotPlan {
  readonly minutes: number;
  readonly rows: readonly unknown[];
  readonly perPage: number;
  readonly perChunk: number;
  readonly accept: boolean;
  readonly absenceMin: number;
  readonly narrow: boolean;
  readonly named: 'exactly' | 'not' | 'more';
  readonly trouble: Trouble;
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
const wbRow = fc
  .tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.constantFrom(507, 117986, -999999),
    quantity,
    fc.constantFrom(0, 1),
  )
  .map(([product, warehouse, pieces, coming]) => wb(product, warehouse, pieces, 0, coming));
const stock = fc.tuple(fc.constantFrom('fbo', 'fbs'), quantity, fc.constantFrom(0, 1));
const ozonRow = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.array(stock, { maxLength: 2 }))
  .map(([product, stocks]) => ozon(product, ...stocks));

function snapshotPlan(row: fc.Arbitrary<unknown>): fc.Arbitrary<SnapshotPlan> {
  return fc.record({
    minutes: fc.oneof(
      { weight: 6, arbitrary: fc.constant(5) },
      { weight: 3, arbitrary: fc.constant(61) },
      { weight: 1, arbitrary: fc.constant(25 * 60) },
    ),
    rows: fc.array(row, { maxLength: 7 }),
    perPage: fc.integer({ min: 1, max: 4 }),
    perChunk: fc.integer({ min: 1, max: 4 }),
    accept: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
    absenceMin: fc.integer({ min: 0, max: 3 }),
    narrow: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
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

const SCOPES = {
  ozon: { all: { schemes: ['fbo', 'fbs', 'rfbs', 'fbp'] }, part: { schemes: ['fbo'] } },
  wildberries: { all: { schemes: ['fbw'] }, part: { schemes: ['fbw'], warehouses: ['507', '-999999'] } },
} as const;

type Write = (log: RawPartition) => void;

/** The records of one planned snapshot, each as a deed, so that two feeds can take turns. */
function deedsOf(feed: Feed, plan: SnapshotPlan): Write[] {
  const { rows, trouble } = plan;
  const listed = trouble === 'has a bad row' ? [...rows, badRow(feed)] : rows;
  const pages = slices(listed, plan.perPage);
  let id = '';
  const deeds: Write[] = [
    (log) => {
      log.wait(plan.minutes * 60_000);
      id = log.start(feed, {
        scope: SCOPES[feed.source][plan.narrow ? 'part' : 'all'],
        limits: { absenceLimit: 0.5, absenceMin: plan.absenceMin },
        acceptAbsences: plan.accept,
      });
    },
  ];
  for (const [index, page] of pages.entries()) {
    const chunks = slices(page, plan.perChunk);
    for (const [at, chunk] of chunks.entries()) {
      const last = index === pages.length - 1 && at === chunks.length - 1;
      if (last && trouble === 'lacks a chunk') continue;
      if (index === pages.length - 1 && trouble === 'lacks a page') continue;
      const place = [at + 1, chunks.length] as const;
      deeds.push((log) => log.chunk(feed, id, index + 1, chunk, place));
      // Under the same number something else, to see that it is not looked at.
      const other = [...listed, badRow(feed)];
      if (last && trouble === 'repeats a chunk')
        deeds.push((log) => log.chunk(feed, id, index + 1, other, place));
    }
  }
  if (trouble === 'has rubbish in it') deeds.push((log) => log.bytes(keyOf(feed), '{"type":'));
  if (trouble === 'retires the feed') deeds.push((log) => log.retire(feed));
  const end: Write = (log) =>
    log.complete(feed, id, {
      pages: pages.length,
      rows: listed.length + (trouble === 'announces a row more' ? 1 : 0),
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

/** A partition with random snapshots of two feeds that take turns. */
export const rawPartition: fc.Arbitrary<RawPartition> = fc
  .record({
    ozon: fc.array(snapshotPlan(ozonRow), { maxLength: 5 }),
    wildberries: fc.array(snapshotPlan(wbRow), { minLength: 1, maxLength: 6 }),
    turns: fc.array(fc.boolean(), { minLength: 10, maxLength: 60 }),
  })
  .map(({ ozon: ozonPlans, wildberries, turns }) => {
    const log = new RawPartition();
    const queues = [
      ozonPlans.flatMap((plan) => deedsOf(OZON, plan)),
      wildberries.flatMap((plan) => deedsOf(WB, plan)),
    ] as const;
    for (let turn = 0; queues[0].length + queues[1].length > 0; turn += 1) {
      const first = turns[turn % turns.length] === true ? 0 : 1;
      const deed = queues[first].shift() ?? queues[1 - first]?.shift();
      deed?.(log);
    }
    return log;
  });

/** So many random logs; a failure is made smaller for half a minute at most, then shown as it is. */
export const logs = (numRuns: number) => ({ numRuns, interruptAfterTimeLimit: 30_000 });
