import { describe, expect, it, vi } from 'vitest';
import { type ProductFacts } from '../../../src/domain/anomaly/finding.js';
import { formatFeed } from '../../../src/domain/feed.js';
import { changedSince } from '../../../src/store/board/board-rows.js';
import { productMovements } from '../../../src/store/statements/product-movements.js';
import { readLedger } from '../../../src/store/statements/read-ledger.js';
import type { Change } from './change-rows.js';
import {
  AT,
  BIG,
  database,
  FBS,
  history,
  NOW_HOUR,
  note,
  OTHER,
  products,
  RAW,
  record,
  slice,
  useHistory,
} from './history-lab.js';

useHistory();

describe('note', () => {
  const hours = () =>
    database.db.query(
      `SELECT a.account, CAST(h.product_id AS CHAR) AS product, h.hour_no AS hour, h.sold, h.received
         FROM product_hours h JOIN accounts a ON a.account_id = h.account_id ORDER BY 1, h.product_id, 3`,
    );
  const told = async () => (await hours()).map((row) => Object.values(row).join(' '));
  const other = { account: OTHER.account, feed: formatFeed(OTHER), partition: 6 };

  it('adds up what left and what came within an hour, and keeps accounts and hours apart', async () => {
    await record(1, [
      ['2:fbo:', 9, 6],
      [`${BIG}:fbo:`, null, 7],
      ['1:fbo:', 5, 4],
    ]);
    await record(2, [
      ['2:fbo:', 6, 4],
      [`${BIG}:fbo:`, 7, 3],
    ]);
    await record(3, [['2:fbo:', 4, 3]]);
    await record(1, [['2:fbo:', 60, 10]], { feed: OTHER, partition: 6 });
    await note(slice(1, 1));
    await note(slice(2, 2), AT + 44 * 60_000);
    await note(slice(3, 3), AT + 45 * 60_000);
    await note(slice(1, 1, other));
    expect(await told()).toEqual([
      `1001 1 ${NOW_HOUR} 1 0`,
      `1001 2 ${NOW_HOUR} 5 0`,
      `1001 2 ${NOW_HOUR + 1} 1 0`,
      `1001 ${BIG} ${NOW_HOUR} 4 7`,
      `2002 2 ${NOW_HOUR} 50 0`,
    ]);
  });

  it('counts the same changes once, however often and however late they are told of', async () => {
    await record(1, [['1:fbo:', 9, 6]]);
    await record(2, [['1:fbo:', 6, 4]]);
    for (const place of [slice(1, 1), slice(1, 1), slice(2, 2), slice(1, 1), slice(2, 2)]) await note(place);
    expect(await told()).toEqual([`1001 1 ${NOW_HOUR} 5 0`]);
  });

  it('goes on with the next life of the topic, in which offsets begin anew, and not with an earlier one', async () => {
    await record(7, [['1:fbo:', 9, 6]]);
    await record(2, [['1:fbo:', 6, 4]], { incarnation: 12 });
    await note(slice(7, 7));
    await note(slice(2, 2, { life: 2 }));
    await note(slice(8, 8));
    expect(await told()).toEqual([`1001 1 ${NOW_HOUR} 5 0`]);
    // A life that this database has never seen moves no mark.
    await note(slice(1, 99, { life: 9 }));
    await record(3, [['1:fbo:', 4, 3]], { incarnation: 12 });
    await note(slice(3, 3, { life: 2 }));
    expect(await told()).toEqual([`1001 1 ${NOW_HOUR} 6 0`]);
  });

  it('leaves out what moved, what was rescoped, and what was only reserved', async () => {
    await record(1, [
      ['1:fbs:7', 5, 0, 'moved'],
      ['1:fbs:8', null, 5],
      ['2:fbs:', 8, 0, 'rescoped'],
      ['2:fbs:11', null, 5],
      ['3:fbo:', [5, 0], [7, 2]],
    ]);
    await note(slice(1, 1));
    expect(await told()).toEqual([]);
  });

  it('says nothing of a feed that nobody knows', async () => {
    await record(1, [['1:fbo:', 5, 4]]);
    await note(slice(1, 1, { account: 'nobody', feed: 'ozon:nobody:product-stocks' }));
    expect(await told()).toEqual([]);
  });

  it('of a transaction that was rolled back leaves no trace, and can be noted after it', async () => {
    await record(1, [['1:fbo:', 5, 4]]);
    const failing = database.db.transaction(async (tx) => {
      await history.note(tx, slice(1, 1), AT);
      throw new Error('the batch is dropped');
    });
    await expect(failing).rejects.toThrow('the batch is dropped');
    expect([await told(), await history.standing(slice(1, 1))]).toEqual([[], 'new']);
    await note(slice(1, 1));
    expect(await told()).toEqual([`1001 1 ${NOW_HOUR} 1 0`]);
  });
});

describe('standing', () => {
  it('is early until the projector has applied all of it, in the life that it lives', async () => {
    const place = slice(5, 9);
    const at = async (incarnation: number, next: number) => {
      await database.db.execute(
        `REPLACE INTO checkpoints (consumer_group, topic, partition_no, incarnation_id, next_offset, published_offset)
         VALUES ('inventory.projector', ?, 4, ?, ?, 0)`,
        [RAW, incarnation, next],
      );
      return history.standing(place);
    };
    await database.db.execute('DELETE FROM checkpoints');
    expect(await history.standing(place)).toBe('early');
    expect(await at(11, 9)).toBe('early');
    expect(await at(11, 10)).toBe('new');
    // What an earlier life of the topic held has been applied, or never will be.
    expect(await at(12, 0)).toBe('new');
    // Of a later one than this database knows nothing will ever come.
    expect(await history.standing({ ...place, life: 3 })).toBe('new');
  });

  it('is noted up to the end of what was, in that life and in those before', async () => {
    await record(5, [['1:fbo:', 9, 6]], { incarnation: 12 });
    await note(slice(5, 9, { life: 2 }));
    const of = (to: number, life: number) => history.standing(slice(5, to, { life }));
    expect([await of(9, 2), await of(8, 2), await of(900, 1)]).toEqual(['noted', 'noted', 'noted']);
    expect([await of(10, 2), await of(1, 3)]).toEqual(['new', 'new']);
    expect(await history.standing(slice(5, 9, { life: 2, feed: formatFeed(FBS) }))).toBe('new');
  });
});
describe('10,000 products in one snapshot', () => {
  const COUNT = 10_000;
  /** As many as the consumer asks for at a time. */
  const PIECE = 500;
  const ids = Array.from({ length: COUNT }, (_, index) => String(index + 1));

  it('are read and noted in a few statements, each by a range of its key', async () => {
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
    const found: ProductFacts[] = [];
    for (let from = 0; from < COUNT; from += PIECE) {
      const some = list.slice(from, from + PIECE);
      found.push(...(await history.facts(place, some, AT)));
      await history.lastMoved(place, some, AT);
    }
    const asked = queries.mock.calls.map(([sql, parameters]) => [sql, parameters ?? []] as const);
    queries.mockRestore();
    expect(found).toHaveLength(COUNT);
    expect(found.every(({ before, after }) => before === 9 && after === 7)).toBe(true);
    // Slice and steps. A piece: account, slice, products, hours, feeds, levels of two feeds; account, last movement.
    expect(asked.length).toBe(2 + (7 + 2) * (COUNT / PIECE));

    // The mark, and all the hours in one statement.
    let written = 0;
    await database.db.transaction(async (tx) => {
      const spy = vi.spyOn(tx, 'execute');
      await history.note(tx, place, AT);
      written = spy.mock.calls.length;
    });
    expect(written).toBe(2);
    const [noted] = await database.db.query('SELECT COUNT(*) AS count, SUM(sold) AS sold FROM product_hours');
    expect([Number(noted?.count), Number(noted?.sold)]).toEqual([COUNT, 2 * COUNT]);

    await database.db.query('ANALYZE TABLE product_hours');
    const plans = await Promise.all(asked.map(async ([sql, parameters]) => planOf(sql, parameters)));
    for (const { table, sql, type } of plans.flat())
      expect(type, `${table} in ${sql}`).toMatch(/^(const|eq_ref|ref|range)$/);
    const ledger = plans.flat().filter(({ table }) => table === 'ledger');
    expect(ledger.length).toBe(1 + COUNT / PIECE);
    // Down to the offset, the product, the hour: not only by what stands first in them.
    const [ledgerKey, levelsKey, hoursKey] = [4 + 2 + 8, 4 + 4 + 8, 2 + 8 + 4];
    const wholeKeys: Record<string, number> = {
      ledger: ledgerKey,
      levels: levelsKey,
      product_hours: hoursKey,
    };
    for (const { table, key, keyLength } of plans.flat())
      if (table in wholeKeys) expect([table, key, keyLength]).toEqual([table, 'PRIMARY', wholeKeys[table]]);

    // What the projector reads of the ledger in its own transaction, at a take-over, and for the dashboard.
    const [at] = await database.db.query(
      'SELECT feed_id, incarnation_id, partition_no FROM ledger ORDER BY incarnation_id, partition_no LIMIT 1',
    );
    const [feedId, incarnation, partition] = [at?.feed_id, at?.incarnation_id, at?.partition_no].map(Number);
    const of = { incarnation: incarnation ?? 0, partition: partition ?? 0 };
    const where = { topic: RAW, life: 1, checkpoint: 3, logStart: 0, ...of };
    const own = vi.spyOn(database.db, 'query');
    await productMovements(database.db, where, feedId ?? 0, 1, 3);
    await readLedger(database.db, where, 1, 4);
    await changedSince(database.db, { ...of, next: 4 }, 1);
    const parts = own.mock.calls
      .map(([sql, parameters]) => [sql, parameters ?? []] as const)
      .filter(([sql]) => sql.includes('FROM ledger'));
    own.mockRestore();
    expect(parts).toHaveLength(3);
    for (const [sql, parameters] of parts) {
      const [first] = await planOf(sql, parameters);
      expect(first, sql).toMatchObject({ key: 'PRIMARY', keyLength: ledgerKey });
    }
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
