import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type StoreDatabase, storeDatabase } from './store-database.js';

/** The tables of the store will do: no other may be made by the run-time user. */
const enter = (product: number, low = 1) =>
  `INSERT INTO product_settings (account_id, product_id, low_stock) VALUES (1, ${product}, ${low})`;

describe('statements that follow one another in a transaction', () => {
  let store: StoreDatabase;

  beforeAll(async () => {
    store = await storeDatabase('row');
  });
  afterAll(() => store?.close());
  beforeEach(() => store.db.execute('DELETE FROM product_settings'));

  const entered = async () =>
    (await store.db.query('SELECT product_id FROM product_settings ORDER BY product_id')).map((row) =>
      Number(row.product_id),
    );

  test('leave nothing behind when one in their middle fails, and the connection goes on', async () => {
    const session = async () => Number((await store.db.query('SELECT CONNECTION_ID() AS id'))[0]?.id);
    const before = await session();
    await expect(
      store.db.transaction((tx) => tx.executeAll([enter(1), enter(2), enter(2), enter(3)])),
    ).rejects.toMatchObject({ facts: { errno: 1062 } });
    expect(await entered()).toEqual([]);
    expect(await session()).toBe(before);
    await store.db.transaction((tx) => tx.executeAll([enter(4), enter(5)]));
    expect(await entered()).toEqual([4, 5]);
  });

  test('are all tried again after a deadlock, and nothing of the first try is committed', async () => {
    await store.db.transaction((tx) => tx.executeAll([enter(1), enter(2)]));
    const move = (product: number, low: number) =>
      `UPDATE product_settings SET low_stock = low_stock + ${low} WHERE account_id = 1 AND product_id = ${product}`;
    const locks = new EventTarget();
    const both = [1, 2].map((product) => new Promise((held) => locks.addEventListener(`${product}`, held)));
    let tries = 0;
    const one = (first: number, second: number) =>
      store.db.transaction(async (tx) => {
        tries += 1;
        await tx.executeAll([move(first, 10)]);
        locks.dispatchEvent(new Event(`${first}`));
        await Promise.all(both);
        await tx.executeAll([move(second, 10), enter(10 + first)]);
      });
    await Promise.all([one(1, 2), one(2, 1)]);
    expect(tries).toBeGreaterThan(2);
    expect(await entered()).toEqual([1, 2, 11, 12]);
    const [sum] = await store.db.query('SELECT SUM(low_stock) AS total FROM product_settings');
    expect(Number(sum?.total)).toBe(44);
  });
});
