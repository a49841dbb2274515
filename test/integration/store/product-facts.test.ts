import { describe, expect, it } from 'vitest';
import { HISTORY_DAYS } from '../../../src/domain/anomaly/finding.js';
import { formatFeed } from '../../../src/domain/feed.js';
import type { ChangesPlace } from '../../../src/ports/product-history.js';
import {
  AT,
  accountId,
  BIG,
  database,
  FBS,
  history,
  NOW_HOUR,
  OTHER,
  record,
  SEEN,
  slice,
  sold,
  steps,
  useHistory,
} from './history-lab.js';

useHistory();

describe('steps', () => {
  it('are sums over all records and places of the slice, both ends included', async () => {
    await record(9, [['1:fbo:', null, 100]]);
    await record(10, [
      ['1:fbo:', 100, 90],
      ['2:fbs:7', null, 5],
    ]);
    await record(11, [
      ['1:fbs:7', null, [10, 4]],
      ['2:fbs:7', 5, 3],
    ]);
    await record(12, [['1:fbo:', 90, [90, 1]]]);
    await record(13, [['1:fbo:', [90, 1], 0, 'absent']]);
    expect(await steps(10, 12)).toEqual(['1 -5 0 5', '2 3 3 0']);
    expect(await steps(13, 13)).toEqual(['1 -89 -90 -1']);
    expect(await steps(14, 99)).toEqual([]);
  });

  it('know ids beyond what a double holds, in the order of their numbers', async () => {
    await record(1, [
      [`${BIG}:fbo:`, null, 2],
      ['-5:fbo:', null, 1],
      ['30:fbo:', null, 1],
      ['4:fbo:', null, 1],
    ]);
    expect(await steps(1, 1)).toEqual(['-5 1 1 0', '4 1 1 0', '30 1 1 0', `${BIG} 2 2 0`]);
  });

  it('a move between places is no step, and a move with a sale is the sale', async () => {
    await record(1, [
      ['1:fbs:7', null, 5],
      ['2:fbs:7', null, 5],
    ]);
    await record(2, [
      ['1:fbs:8', null, 5],
      ['2:fbs:8', null, 3],
    ]);
    await record(3, [
      ['1:fbs:7', 5, 0, 'moved'],
      ['2:fbs:7', 5, 0, 'moved'],
    ]);
    expect(await steps(2, 3)).toEqual(['2 -2 -2 0']);
  });

  it('what is only reserved is a step, though the total of present and reserved stays', async () => {
    await record(1, [['1:fbo:', null, [5, 5]]]);
    await record(2, [['1:fbo:', [5, 5], [5, 7]]]);
    expect(await steps(2, 2)).toEqual(['1 0 0 2']);
  });

  it('leave out products of which a row was rescoped, whatever else happened to them', async () => {
    await record(1, [
      ['1:fbs:', null, 8],
      ['2:fbo:', null, 3],
    ]);
    await record(2, [
      ['1:fbs:11', null, 5],
      ['2:fbo:', 3, 2],
    ]);
    await record(3, [['1:fbs:', 8, 0, 'rescoped']]);
    expect(await steps(2, 3)).toEqual(['2 -1 -1 0']);
  });

  it('take no change of another feed, partition, life or topic for theirs', async () => {
    await record(5, [['1:fbo:', null, 1]]);
    await record(5, [['1:fbo:', null, 10]], { partition: 5 });
    await record(5, [['1:fbo:', 1, 100]], { incarnation: 12 });
    await record(5, [['1:fbo:', 1, 1000]], { incarnation: 13 });
    await record(6, [['1:fbs:77', null, 10_000]], { feed: FBS });
    expect(await steps(0, 9)).toEqual(['1 1 1 0']);
    expect(await steps(0, 9, { partition: 5 })).toEqual(['1 10 10 0']);
    expect(await steps(0, 9, { life: 2 })).toEqual(['1 99 99 0']);
    expect(await steps(0, 9, { feed: formatFeed(FBS) })).toEqual(['1 10000 10000 0']);
    expect(await steps(0, 9, { life: 3 })).toEqual([]);
    expect(await steps(0, 9, { feed: 'ozon:1001:unheard-of' })).toEqual([]);
  });
});

async function facts(from: number, to: number, at = AT, fields: Partial<ChangesPlace> = {}) {
  const place = slice(from, to, fields);
  return history.facts(place, await history.steps(place), at);
}

describe('facts', () => {
  it('are what the product was and is over all feeds of its account', async () => {
    await record(1, [
      ['1:fbo:', null, [12, 2]],
      ['2:fbo:', null, 4],
    ]);
    await record(1, [['1:fbs:77', null, [7, 1]]], { feed: FBS, partition: 5 });
    await record(1, [['1:fbo:', null, 5000]], { feed: OTHER, partition: 6 });
    await record(2, [
      ['1:fbo:', [12, 2], [9, 3]],
      ['2:fbo:', 4, 0],
    ]);
    expect(await facts(2, 2)).toEqual([
      {
        ...{ productId: '1', offerId: 'ART-1', before: 16, after: 12 },
        ...{ present: { before: 19, after: 16 }, reserved: { before: 3, after: 4 } },
        ...{ hours: [], since: SEEN },
      },
      {
        ...{ productId: '2', offerId: 'ART-2', before: 4, after: 0 },
        ...{ present: { before: 4, after: 0 }, reserved: { before: 0, after: 0 } },
        ...{ hours: [], since: SEEN },
      },
    ]);
  });

  it('are as of their slice, however far the projector has come since', async () => {
    await record(1, [
      ['1:fbo:', null, 10],
      ['2:fbo:', null, 10],
    ]);
    await record(2, [
      ['1:fbo:', 10, 6],
      ['2:fbo:', 10, 9],
    ]);
    const then = await facts(2, 2);
    await record(3, [['1:fbo:', 6, 2]]);
    await record(4, [
      ['1:fbs:7', null, 50],
      ['1:fbo:', 2, 0, 'rescoped'],
      ['3:fbo:', null, 1],
    ]);
    await record(9, [['2:fbs:77', null, 1]], { feed: FBS, partition: 5 });
    expect(await facts(2, 2)).toEqual([
      then[0],
      { ...then[1], before: 11, after: 10, present: { before: 11, after: 10 } },
    ]);
    expect((await facts(3, 3))[0]).toMatchObject({ productId: '1', before: 6, after: 2 });
  });

  it('do not take what was never counted for nothing sold', async () => {
    await record(1, [['1:fbo:', null, 4]]);
    const begun = new Date(SEEN + 86_400_000);
    const [{ before } = { before: null }] = await database.db.query(
      'SELECT MAX(history_since) AS `before` FROM accounts',
    );
    expect(before).toBeNull();
    await database.db.execute('UPDATE accounts SET history_since = ?', [begun]);
    expect((await facts(1, 1))[0]).toMatchObject({ since: begun.getTime() });
    await database.db.execute('UPDATE accounts SET history_since = NULL');
    expect((await facts(1, 1))[0]).toMatchObject({ since: SEEN });
  });

  it('of a product that nobody knows are not told', async () => {
    await record(1, [
      ['99:fbo:', null, 4],
      ['1:fbo:', null, 4],
    ]);
    expect((await facts(1, 1)).map(({ productId }) => productId)).toEqual(['1']);
    const unheard = slice(1, 1, { account: 'nobody', feed: 'ozon:nobody:product-stocks' });
    expect(await history.facts(unheard, await history.steps(slice(1, 1)), AT)).toEqual([]);
    expect(await history.facts(slice(1, 1), [], AT)).toEqual([]);
  });

  it('bring the product’s own threshold, 0 as well, and none where it has none', async () => {
    await database.db.execute('INSERT INTO product_settings (account_id, product_id, low_stock) VALUES ?', [
      [
        [accountId, '1', 12],
        [accountId, '2', 0],
        [accountId, '3', null],
        [accountId + 1, '3', 77],
      ],
    ]);
    await record(1, [
      ['1:fbo:', null, 4],
      ['2:fbo:', null, 4],
      ['3:fbo:', null, 4],
    ]);
    const found = await facts(1, 1);
    expect(found.map(({ lowStock }) => lowStock)).toEqual([12, 0, undefined]);
    expect(found[2]).not.toHaveProperty('lowStock');
  });

  it('look back 28 days and not ahead', async () => {
    const oldest = HISTORY_DAYS * 24 - 1;
    for (const [hours, pieces] of [
      [oldest + 1, 1],
      [oldest, 2],
      [5, 3],
      [0, 4],
      [-1, 5],
    ] as const)
      await sold(NOW_HOUR - hours, { 1: pieces, 2: pieces });
    await record(1, [['1:fbo:', null, 4]]);
    const [found] = await facts(1, 1);
    expect(found?.hours).toEqual([
      { hour: NOW_HOUR - oldest, sold: 2, received: 0 },
      { hour: NOW_HOUR - 5, sold: 3, received: 0 },
      { hour: NOW_HOUR, sold: 4, received: 0 },
    ]);
  });
});

describe('the last movement', () => {
  it('is that of any of the products, in the day before', async () => {
    await record(1, [
      ['1:fbo:', null, 4],
      ['2:fbo:', null, 4],
    ]);
    const place = slice(1, 1);
    const list = await history.steps(place);
    const asked = () => history.lastMoved(place, list, AT);
    expect(await asked()).toBeNull();
    await sold(NOW_HOUR - 25, { 1: 1 });
    await sold(NOW_HOUR - 3, { 3: 1 });
    await sold(NOW_HOUR, { 1: 1, 2: 1 });
    expect(await asked()).toBeNull();
    await sold(NOW_HOUR - 24, { 1: 1 });
    expect(await asked()).toBe(NOW_HOUR - 24);
    await sold(NOW_HOUR - 7, { 2: 1 });
    await sold(NOW_HOUR - 9, { 1: 1 });
    expect(await asked()).toBe(NOW_HOUR - 7);
    expect(await history.lastMoved(place, [], AT)).toBeNull();
  });
});
