import { describe, expect, test } from 'vitest';
import { ChangedProducts } from '../../../src/consumers/changed-products.js';
import type { ProductFacts, ProductHour, ProductsChanged } from '../../../src/domain/anomaly/finding.js';
import type { SyncEvent } from '../../../src/events/sync-event.js';
import type { Transaction } from '../../../src/ports/partition-processor.js';
import type { ProductStep } from '../../../src/ports/product-history.js';
import { appliedEvent } from '../../topology/sync-records.js';
import { product } from '../domain/anomaly/snapshots.js';
import { MemoryHistory, step } from './memory-history.js';

const TX: Transaction = { brand: 'transaction' };
const PLACE = { life: 1, partition: 4, from: 10, to: 20 };
/** Of the event, by the hour and by the minute. */
const AT = Date.parse('2026-11-22T11:05:00.000Z');
const HOUR = Math.floor(AT / 3_600_000);

type Applied = Extract<SyncEvent, { type: 'snapshot-applied' }>;

function applied(fields: Partial<Applied> = {}): SyncEvent {
  return { ...(appliedEvent('s', 100, 98) as Applied), place: PLACE, ...fields };
}

async function gathered<T>(judged: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of judged) list.push(one);
  return list;
}

async function productsOf(judged: AsyncIterable<ProductsChanged>): Promise<readonly ProductFacts[]> {
  const pieces = await gathered(judged);
  expect(pieces).toHaveLength(1);
  return pieces.flatMap(({ products }) => products);
}

async function hoursAfter(
  steps: readonly ProductStep[],
  hours: readonly ProductHour[],
): Promise<readonly ProductHour[] | undefined> {
  const history = new MemoryHistory(steps, [product({ productId: '1', hours })]);
  const [found] = await productsOf(new ChangedProducts(history).of(applied()));
  return found?.hours;
}

describe('products that a snapshot has changed', () => {
  test('are judged as of its time, with the slice of the log that it names', async () => {
    const history = new MemoryHistory([step('1', -2)], [product({ productId: '1', before: 9, after: 7 })]);
    const judged = await gathered(new ChangedProducts(history).of(applied()));
    const facts = { feed: 'ozon:123:product-stocks', source: 'ozon', account: '123' };
    expect(judged).toEqual([
      {
        type: 'products-changed',
        ...facts,
        at: AT,
        products: [
          product({ productId: '1', before: 9, after: 7, hours: [{ hour: HOUR, sold: 2, received: 0 }] }),
        ],
      },
    ]);
    expect(history.asked).toEqual([{ ...facts, ...PLACE }]);
    expect(history.factsAsked).toEqual([{ place: { ...facts, ...PLACE }, at: AT, count: 1 }]);
  });

  test.each<[string, SyncEvent]>([
    ['a feed’s first snapshot', applied({ first: true })],
    ['a read of only what is new', applied({ partial: true })],
    ['the second part of a long event', applied({ part: 2, parts: 2 })],
    ['an event of an older version', appliedEvent('s', 100, 98)],
    [
      'a snapshot that failed',
      {
        ...{ type: 'snapshot-failed', feed: 'ozon:123:product-stocks', source: 'ozon', account: '123' },
        ...{ snapshotId: 's', at: '2026-11-22T11:05:00.000Z', code: 'API_LIMITED', message: '429' },
      },
    ],
  ])('%s changes none: nothing is asked, nothing noted', async (_name, event) => {
    const history = new MemoryHistory([step('1', -2)], [product()]);
    const products = new ChangedProducts(history);
    expect(await gathered(products.of(event))).toEqual([]);
    await products.note(TX);
    expect([history.asked, history.factsAsked, history.notes]).toEqual([[], [], []]);
  });

  test('where the slice comes to nothing nobody is asked for facts, and so it is noted', async () => {
    const history = new MemoryHistory([], []);
    const products = new ChangedProducts(history);
    expect(await gathered(products.of(applied()))).toEqual([]);
    await products.note(TX);
    expect([history.factsAsked.filter(({ count }) => count > 0), history.notes.length]).toEqual([[], 1]);
  });
});

describe('the present hour', () => {
  test('is put to the history, sold or received', async () => {
    const before = [{ hour: HOUR - 3, sold: 4, received: 0 }];
    expect(await hoursAfter([step('1', -2)], before)).toEqual([
      ...before,
      { hour: HOUR, sold: 2, received: 0 },
    ]);
    expect(await hoursAfter([step('1', 5)], before)).toEqual([
      ...before,
      { hour: HOUR, sold: 0, received: 5 },
    ]);
    expect(await hoursAfter([step('1', 5)], [])).toEqual([{ hour: HOUR, sold: 0, received: 5 }]);
  });

  test('that is in the history already is one entry with both', async () => {
    const earlier = { hour: HOUR - 1, sold: 1, received: 1 };
    expect(await hoursAfter([step('1', -2)], [earlier, { hour: HOUR, sold: 4, received: 3 }])).toEqual([
      earlier,
      { hour: HOUR, sold: 6, received: 3 },
    ]);
  });

  test('without a step in what is available stays as it was', async () => {
    const only = { productId: '1', available: 0, present: 2, reserved: 2 };
    expect(await hoursAfter([only], [{ hour: HOUR - 3, sold: 4, received: 0 }])).toEqual([
      { hour: HOUR - 3, sold: 4, received: 0 },
    ]);
    expect(await hoursAfter([only], [])).toEqual([]);
  });
});

describe('a transaction that is tried again', () => {
  test('is told all of it again, each snapshot with its time', async () => {
    const history = new MemoryHistory([step('1', -2)], [product({ productId: '1' })]);
    const products = new ChangedProducts(history);
    for (const minute of [0, 60])
      await gathered(products.of(applied({ at: new Date(AT + minute * 60_000).toISOString() })));
    expect(history.notes).toEqual([]);
    await products.note(TX);
    expect(history.notes.map(({ at }) => at - AT)).toEqual([0, 3_600_000]);
    // The first try was undone by the database.
    await products.note(TX);
    expect(history.notes).toHaveLength(4);
  });
});
