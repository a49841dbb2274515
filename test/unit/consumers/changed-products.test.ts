import { describe, expect, test } from 'vitest';
import { ChangedProducts } from '../../../src/consumers/changed-products.js';
import type { ProductFacts, ProductHour } from '../../../src/domain/anomaly/finding.js';
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

function productsOf(judged: readonly unknown[]): readonly ProductFacts[] {
  expect(judged).toHaveLength(1);
  return (judged[0] as { products: readonly ProductFacts[] }).products;
}

async function hoursAfter(
  steps: readonly ProductStep[],
  hours: readonly ProductHour[],
): Promise<readonly ProductHour[] | undefined> {
  const history = new MemoryHistory(steps, [product({ productId: '1', hours })]);
  const [found] = productsOf(await new ChangedProducts(history).of(applied()));
  return found?.hours;
}

describe('products that a snapshot has changed', () => {
  test('are judged as of its time, with the slice of the log that it names', async () => {
    const history = new MemoryHistory([step('1', -2)], [product({ productId: '1', before: 9, after: 7 })]);
    const judged = await new ChangedProducts(history).of(applied());
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
    expect(history.factsAsked).toEqual([{ place: { ...facts, ...PLACE }, at: AT }]);
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
    expect(await products.of(event)).toEqual([]);
    await products.note(TX);
    expect([history.asked, history.factsAsked, history.notes]).toEqual([[], [], []]);
  });

  test('where the slice comes to nothing nobody is asked for facts', async () => {
    const history = new MemoryHistory([], []);
    const products = new ChangedProducts(history);
    expect(await products.of(applied())).toEqual([]);
    await products.note(TX);
    expect([history.factsAsked, history.notes]).toEqual([[], []]);
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

describe('several snapshots in one batch', () => {
  const at = (minute: number, fields: Partial<Applied> = {}) =>
    applied({ at: new Date(AT + minute * 60_000).toISOString(), ...fields });
  const facts = (account: string) => [product({ productId: '1', offerId: account, hours: [] })];

  test('know of one another what no table holds yet', async () => {
    const history = new MemoryHistory([step('1', -2)], facts('123'));
    const products = new ChangedProducts(history);
    await products.of(at(0));
    await products.of(at(10, { place: { ...PLACE, from: 21, to: 30 } }));
    const [third] = productsOf(await products.of(at(70, { place: { ...PLACE, from: 31, to: 40 } })));
    expect(third?.hours).toEqual([
      { hour: HOUR, sold: 4, received: 0 },
      { hour: HOUR + 1, sold: 2, received: 0 },
    ]);
  });

  test('of another account or source know nothing of one another', async () => {
    const history = new MemoryHistory([step('1', -2)], facts('123'));
    const products = new ChangedProducts(history);
    await products.of(at(0));
    const alone = [{ hour: HOUR, sold: 2, received: 0 }];
    expect(productsOf(await products.of(at(0, { account: '9' })))[0]?.hours).toEqual(alone);
    expect(productsOf(await products.of(at(0, { source: 'wildberries' })))[0]?.hours).toEqual(alone);
  });

  test('do not look ahead, nor farther back than the history reaches', async () => {
    const history = new MemoryHistory([step('1', -2)], facts('123'));
    const products = new ChangedProducts(history);
    await products.of(at(0));
    // Another feed of the account, whose records were applied late.
    const [late] = productsOf(await products.of(at(-120, { feed: 'ozon:123:fbs-stocks' })));
    expect(late?.hours).toEqual([{ hour: HOUR - 2, sold: 2, received: 0 }]);
    const [month] = productsOf(await products.of(at(28 * 24 * 60)));
    expect(month?.hours.map(({ hour }) => hour - HOUR)).toEqual([28 * 24]);
  });

  test('are noted each with its time, and again as often as the transaction is tried', async () => {
    const history = new MemoryHistory([step('1', -2)], facts('123'));
    const products = new ChangedProducts(history);
    await products.of(at(0));
    await products.of(at(60));
    expect(history.notes).toEqual([]);
    await products.note(TX);
    const once = history.notes.map(({ at: noted, steps }) => [noted - AT, steps]);
    expect(once).toEqual([
      [0, [step('1', -2)]],
      [3_600_000, [step('1', -2)]],
    ]);
    // The first try was undone by the database: the second must say all of it again.
    await products.note(TX);
    expect(history.notes).toHaveLength(4);
  });
});
