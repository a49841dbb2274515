import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { HISTORY_DAYS } from '../../../src/domain/anomaly/finding.js';
import { type Feed, formatFeed } from '../../../src/domain/feed.js';
import type { ChangesPlace, ProductStep } from '../../../src/ports/product-history.js';
import { createProductHistory } from '../../../src/store/product-history.js';
import { createProjectionStore } from '../../../src/store/projection-store.js';
import { type Change, changeRows } from './change-rows.js';
import { type StoreDatabase, storeDatabase } from './store-database.js';

const RAW = 'inventory.raw-snapshots.v1';
const STOCKS: Feed = { source: 'ozon', account: '1001', endpoint: 'product-stocks' };
const FBS: Feed = { source: 'ozon', account: '1001', endpoint: 'fbs-stocks', warehouse: '77' };
const OTHER: Feed = { source: 'ozon', account: '2002', endpoint: 'product-stocks' };
const BIG = '9007199254740993';

const HOUR = 3_600_000;
const AT = Date.parse('2026-11-20T10:15:00.000Z');
const NOW_HOUR = Math.floor(AT / HOUR);
const SEEN = Date.parse('2026-10-01T00:00:00.000Z');

let database: StoreDatabase;
let store: ReturnType<typeof createProjectionStore>;
let history: ReturnType<typeof createProductHistory>;
const feedIds = new Map<Feed, number>();

beforeAll(async () => {
  database = await storeDatabase('history');
  store = createProjectionStore(database.db);
  history = createProductHistory(database.db, RAW);
  const { db } = database;
  await db.execute('INSERT INTO incarnations (incarnation_id, topic, life) VALUES ?', [
    [
      [11, RAW, 1],
      [12, RAW, 2],
      [13, 'other.raw-snapshots.v1', 1],
    ],
  ]);
  for (const [partition, feed] of [STOCKS, FBS, OTHER].entries())
    feedIds.set(feed, (await store.feed(feed, partition)).feedId);
});
beforeEach(async () => {
  for (const table of ['levels', 'ledger', 'product_hours', 'product_settings', 'products'])
    await database.db.execute(`DELETE FROM ${table}`);
  await products('1', '2', '3');
});
afterAll(() => database?.close());

const products = (...ids: string[]) =>
  database.db.transaction((tx) =>
    store.products(
      tx,
      ids.map((productId) => ({
        productId,
        feedId: feedOf(STOCKS),
        seenAt: SEEN,
        offerId: `ART-${productId}`,
      })),
    ),
  );
const feedOf = (feed: Feed) => feedIds.get(feed) ?? 0;

interface Where {
  readonly feed?: Feed;
  readonly incarnation?: number;
  readonly partition?: number;
}

/** What one raw record changed, in levels and ledger. */
async function record(offset: number, changes: readonly Change[], where: Where = {}): Promise<void> {
  const { feed = STOCKS, incarnation = 11, partition = 4 } = where;
  const place = { topic: RAW, incarnation, life: 1, partition, checkpoint: 0, logStart: 0 };
  const rows = changeRows(offset, feedOf(feed), changes);
  await database.db.transaction((tx) => store.changes(tx, place, rows));
}

function slice(from: number, to: number, fields: Partial<ChangesPlace> = {}): ChangesPlace {
  const { source, account } = STOCKS;
  return { source, account, feed: formatFeed(STOCKS), life: 1, partition: 4, from, to, ...fields };
}

/** `product available present reserved` of each step. */
async function steps(from: number, to: number, fields: Partial<ChangesPlace> = {}): Promise<string[]> {
  const found = await history.steps(slice(from, to, fields));
  return found.map(({ productId, available, present, reserved }) =>
    [productId, available, present, reserved].join(' '),
  );
}

const sold = (productId: string, pieces: number): ProductStep => ({
  ...{ productId, available: -pieces, present: -pieces, reserved: 0 },
});
const note = (list: readonly ProductStep[], at = AT, account = STOCKS.account) =>
  database.db.transaction((tx) => history.note(tx, { source: 'ozon', account }, list, at));

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
    expect(await history.facts(unheard, [sold('1', 1)], AT)).toEqual([]);
  });

  it('bring the product’s own threshold, 0 as well, and none where it has none', async () => {
    const [account] = await database.db.query('SELECT account_id FROM feeds WHERE feed = ?', [
      formatFeed(STOCKS),
    ]);
    const id = Number(account?.account_id);
    await database.db.execute('INSERT INTO product_settings (account_id, product_id, low_stock) VALUES ?', [
      [
        [id, '1', 12],
        [id, '2', 0],
        [id, '3', null],
        [id + 1, '3', 77],
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
    const hourAgo = (hours: number) => AT - hours * HOUR;
    const oldest = HISTORY_DAYS * 24 - 1;
    for (const [hours, pieces] of [
      [oldest + 1, 1],
      [oldest, 2],
      [5, 3],
      [0, 4],
      [-1, 5],
    ] as const)
      await note([sold('1', pieces), sold('2', pieces)], hourAgo(hours));
    await record(1, [['1:fbo:', null, 4]]);
    const [found] = await facts(1, 1);
    expect(found?.hours).toEqual([
      { hour: NOW_HOUR - oldest, sold: 2, received: 0 },
      { hour: NOW_HOUR - 5, sold: 3, received: 0 },
      { hour: NOW_HOUR, sold: 4, received: 0 },
    ]);
  });
});

describe('note', () => {
  const hours = () =>
    database.db.query(
      `SELECT a.account, CAST(h.product_id AS CHAR) AS product, h.hour_no AS hour, h.sold, h.received
         FROM product_hours h JOIN accounts a ON a.account_id = h.account_id ORDER BY 1, h.product_id, 3`,
    );
  const told = async () => (await hours()).map((row) => Object.values(row).join(' '));

  it('adds up what left and what came within an hour, and keeps accounts and hours apart', async () => {
    await note([sold('2', 3), sold(BIG, -7), sold('1', 1)]);
    await note([sold('2', 2), sold(BIG, 4)], AT + 44 * 60_000);
    await note([sold('2', 1)], AT + 45 * 60_000);
    await note([sold('2', 50)], AT, OTHER.account);
    expect(await told()).toEqual([
      `1001 1 ${NOW_HOUR} 1 0`,
      `1001 2 ${NOW_HOUR} 5 0`,
      `1001 2 ${NOW_HOUR + 1} 1 0`,
      `1001 ${BIG} ${NOW_HOUR} 4 7`,
      `2002 2 ${NOW_HOUR} 50 0`,
    ]);
  });

  it('says nothing of products that were only reserved, nor of an account that nobody knows', async () => {
    await note([{ productId: '1', available: 0, present: 3, reserved: 3 }]);
    await note([sold('1', 1)], AT, 'nobody');
    expect(await told()).toEqual([]);
  });

  it('of a transaction that was rolled back leaves no trace', async () => {
    const failing = database.db.transaction(async (tx) => {
      await history.note(tx, { source: 'ozon', account: STOCKS.account }, [sold('1', 1)], AT);
      throw new Error('the batch is dropped');
    });
    await expect(failing).rejects.toThrow('the batch is dropped');
    expect(await told()).toEqual([]);
  });
});

describe('10,000 products in one snapshot', () => {
  const COUNT = 10_000;
  const ids = Array.from({ length: COUNT }, (_, index) => String(index + 1));

  it('are read and noted in a bounded number of statements, each by a range of its key', async () => {
    await products(...ids);
    const all = (was: number | null, now: number) => ids.map((id): Change => [`${id}:fbo:`, was, now]);
    await record(1, all(null, 9));
    await record(2, all(9, 7));
    // Whatever else lies in the tables is not looked at.
    await record(3, all(7, 5));
    await record(2, all(null, 9), { feed: OTHER, partition: 6 });
    await database.db.query('ANALYZE TABLE ledger, levels, products, product_hours, feeds, incarnations');

    const place = slice(2, 2);
    const queries = vi.spyOn(database.db, 'query');
    const list = await history.steps(place);
    const found = await history.facts(place, list, AT);
    const asked = queries.mock.calls.map(([sql, parameters]) => [sql, parameters ?? []] as const);
    queries.mockRestore();
    expect(found).toHaveLength(COUNT);
    expect(found.every(({ before, after }) => before === 9 && after === 7)).toBe(true);
    // Ten chunks: products, feeds, levels of two feeds, hours; and a handful to begin with.
    expect(asked.length).toBeLessThanOrEqual(10 * 5 + 5);

    let written = 0;
    await database.db.transaction(async (tx) => {
      const spy = vi.spyOn(tx, 'execute');
      await history.note(tx, place, list, AT);
      written = spy.mock.calls.length;
    });
    expect(written).toBe(10);
    const [noted] = await database.db.query('SELECT COUNT(*) AS count, SUM(sold) AS sold FROM product_hours');
    expect([Number(noted?.count), Number(noted?.sold)]).toEqual([COUNT, 2 * COUNT]);

    await database.db.query('ANALYZE TABLE product_hours');
    const plans = await Promise.all(asked.map(async ([sql, parameters]) => planOf(sql, parameters)));
    for (const { table, sql, type } of plans.flat())
      expect(type, `${table} in ${sql}`).toMatch(/^(const|eq_ref|ref|range)$/);
    const ledger = plans.flat().filter(({ table }) => table === 'ledger');
    expect(ledger.length).toBe(11);
    // Down to the offset, the product, the hour: not only by what stands first in them.
    const [ledgerKey, levelsKey, hoursKey] = [4 + 2 + 8, 4 + 4 + 8, 2 + 8 + 4];
    const wholeKeys: Record<string, number> = {
      ledger: ledgerKey,
      levels: levelsKey,
      product_hours: hoursKey,
    };
    for (const { table, key, keyLength } of plans.flat())
      if (table in wholeKeys) expect([table, key, keyLength]).toEqual([table, 'PRIMARY', wholeKeys[table]]);
  });

  /** One entry per table that is read; derived tables have no key of their own. */
  async function planOf(sql: string, parameters: readonly unknown[]) {
    const rows = await database.db.query(`EXPLAIN ${sql}`, parameters);
    return rows
      .filter(
        ({ table, Extra }) =>
          table !== null && !/^<|no matching row/.test(`${String(table)}${String(Extra)}`),
      )
      .map(({ table, type, key, key_len: length }) => {
        const used = { table: String(table), type: String(type), key: String(key) };
        return { ...used, keyLength: Number(length), sql: sql.slice(0, 120) };
      });
  }
});
