import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Database } from '../../src/store/database.js';
import { ENTITIES } from '../../src/store/entities/all.js';
import { createSyncLog } from '../../src/store/sync-log.js';
import { ozonFeed, ozonItem, Pipeline, secret, wbFeed, wbRow } from '../support/pipeline.js';

// As they stand in the contract with users, and in their cron jobs. Nothing in them may be changed.
const PRODUCTS_QUERY = `SELECT source, COUNT(*) as products_count, MAX(last_sync_at) as last_sync FROM inventory_data
 WHERE last_sync_at > DATE_SUB(NOW(), INTERVAL 24 HOUR) GROUP BY source;`;
const RUNS_QUERY = `SELECT source, status, records_processed, started_at FROM sync_logs ORDER BY started_at DESC LIMIT 10;`;

const ZONES = ['+03:00', '-11:00', '+00:00'] as const;

/** By which plan MySQL finds the greatest time decides whether it comes as a time or, in the session's zone, as a text. */
function momentOf(value: unknown, zone: string): unknown {
  return typeof value === 'string' ? new Date(`${value.replace(' ', 'T')}${zone}`) : value;
}

describe('what users ask, over what the pipe wrote', () => {
  let pipe: Pipeline;
  /** What a run writes its rows with. */
  let runs: Database;
  const sessions: Connection[] = [];

  beforeAll(async () => {
    pipe = await Pipeline.start('truth');
    await pipe.worker();
    const { host, port, user, password, database } = pipe.database;
    runs = await Database.open({
      ...{ host, port, user, name: database, password: secret(password), entities: ENTITIES },
      poolSize: 2,
      idleSeconds: 60,
    });
    const done = async (id: string) => (await pipe.outcome(id)).status;

    // Eight products: several schemes each, nothing but zeroes, no row at all, one whose rows all close.
    const items = [
      ozonItem(1, ['fbo', 10, 2], ['fbs', 5, 0], ['rfbs', 1, 0]),
      ozonItem(2, ['fbo', 0, 0], ['fbs', 0, 0]),
      ozonItem(3),
      ozonItem(4, ['fbs', 3, 9]),
      ozonItem('9007199254740993', ['fbo', 1, 0]),
      ozonItem(6, ['fbo', 6, 0]),
      ozonItem(7, ['fbo', 7, 0]),
      ozonItem(8, ['fbo', 8, 0]),
    ];
    expect(await done(await pipe.publish(ozonFeed(), [items.slice(0, 3), items.slice(3)]))).toBe('applied');
    const without = items.filter((item) => item.product_id !== 8);
    expect(await done(await pipe.publish(ozonFeed(), [without]))).toBe('applied');

    // Four sizes over three warehouses, merged into one pretended warehouse; one of them with nothing left.
    const real = [
      wbRow(11, 507, 5),
      wbRow(11, 117986, 7, 1, 2),
      wbRow(11, 120762, 1),
      wbRow(12, 507, 0),
      wbRow(13, 507, 3),
      wbRow(14, 117986, 2),
    ];
    expect(await done(await pipe.publish(wbFeed(), [real]))).toBe('applied');
    const merged = [
      wbRow(11, -999999, 13, 1, 2),
      wbRow(12, -999999, 0),
      wbRow(13, -999999, 3),
      wbRow(14, -999999, 2),
    ];
    expect(await done(await pipe.publish(wbFeed(), [merged]))).toBe('applied');

    // A second account whose only snapshot failed half-way: nothing is known of it for sure.
    const half = await pipe.publish(wbFeed('other'), [[wbRow(21, 507, 5)], [wbRow(22, 507, 5)]], {
      failAfter: 1,
    });
    expect(await done(half)).toBe('failed');
  });
  afterAll(async () => {
    for (const session of sessions) await session.end();
    await runs?.close();
    await pipe?.close();
  });

  /** A session of the least-privileged user in its own time zone; times come as instants. */
  async function session(zone: (typeof ZONES)[number]): Promise<Connection> {
    const { host, port, user, password, database } = pipe.database;
    const timezone = zone === '+00:00' ? 'Z' : zone;
    const connection = await createConnection({ host, port, user, password, database, timezone });
    sessions.push(connection);
    await connection.query(`SET time_zone = '${zone}'`);
    return connection;
  }

  async function ask(sql: string, zone: (typeof ZONES)[number]): Promise<Record<string, unknown>[]> {
    const [rows] = await (await session(zone)).query(sql);
    return rows as Record<string, unknown>[];
  }

  /** Broker time at which the feed was last confirmed, Unix milliseconds. */
  async function watermark(feed: string): Promise<number> {
    const [row] = await pipe.db.query(
      'SELECT ROUND(UNIX_TIMESTAMP(watermark_at) * 1000) AS ms FROM feeds WHERE feed = ?',
      [feed],
    );
    return Number(row?.ms);
  }

  const age = (minutes: number, feed = '%') =>
    pipe.db.execute(
      'UPDATE feeds SET watermark_at = NOW(3) - INTERVAL ? MINUTE WHERE watermark_at IS NOT NULL AND feed LIKE ?',
      [minutes, feed],
    );

  test('the user of these sessions may read and write rows, and nothing else', async () => {
    const connection = await session('+00:00');
    const [grants] = await connection.query('SHOW GRANTS');
    const said = (grants as object[]).flatMap((row) => Object.values(row) as string[]);
    expect(said.filter((grant) => !grant.startsWith('GRANT USAGE'))).toEqual([
      expect.stringMatching(/^GRANT SELECT, INSERT, UPDATE, DELETE ON `truth/),
    ]);
    await expect(connection.query('CREATE TABLE x (a INT)')).rejects.toThrow(/denied/);
  });

  test.each(ZONES)(
    'how many products each source has, and when they were last confirmed (session at %s)',
    async (zone) => {
      const rows = await ask(PRODUCTS_QUERY, zone);
      const found = new Map(rows.map((row) => [row.source, row]));
      expect([...found.keys()].sort()).toEqual(['ozon', 'wildberries']);
      const told = (source: string) => {
        const row = found.get(source);
        return { ...row, last_sync: momentOf(row?.last_sync, zone) };
      };
      expect(told('ozon')).toEqual({
        source: 'ozon',
        products_count: 8,
        last_sync: new Date(await watermark('ozon:100500:product-stocks')),
      });
      expect(told('wildberries')).toEqual({
        source: 'wildberries',
        products_count: 4,
        last_sync: new Date(await watermark('wildberries:a1b2:wb-warehouses')),
      });
    },
  );

  test('each product is one row, whatever its warehouses and schemes, and its figures are their sums', async () => {
    const rows = await ask(
      `SELECT source, account, CAST(product_id AS CHAR) AS id, offer_id, present, reserved, available, in_way_to_client, in_way_from_client,
              last_sync_at IS NULL AS unknown FROM inventory_data ORDER BY source, account, id`,
      '-11:00',
    );
    const told = rows.map((row) => Object.values(row).map(String).join(' '));
    expect(told).toEqual([
      'ozon 100500 1 ART-1 16 2 14 0 0 0',
      'ozon 100500 2 ART-2 0 0 0 0 0 0',
      'ozon 100500 3 ART-3 0 0 0 0 0 0',
      'ozon 100500 4 ART-4 3 9 0 0 0 0',
      'ozon 100500 6 ART-6 6 0 6 0 0 0',
      'ozon 100500 7 ART-7 7 0 7 0 0 0',
      'ozon 100500 8 ART-8 0 0 0 0 0 0',
      'ozon 100500 9007199254740993 ART-9007199254740993 1 0 1 0 0 0',
      'wildberries a1b2 11 null 13 0 13 1 2 0',
      'wildberries a1b2 12 null 0 0 0 0 0 0',
      'wildberries a1b2 13 null 3 0 3 0 0 0',
      'wildberries a1b2 14 null 2 0 2 0 0 0',
      'wildberries other 21 null 5 0 5 0 0 1',
    ]);
  });

  test('an unchanged snapshot confirms every product, and writes none of them', async () => {
    const before = await watermark('wildberries:a1b2:wb-warehouses');
    const observed = async () =>
      JSON.stringify(await ask('SELECT * FROM stock_levels ORDER BY product_id, warehouse_id', '+00:00'));
    const rows = await observed();
    const merged = [
      wbRow(11, -999999, 13, 1, 2),
      wbRow(12, -999999, 0),
      wbRow(13, -999999, 3),
      wbRow(14, -999999, 2),
    ];
    expect(await pipe.outcome(await pipe.publish(wbFeed(), [merged]))).toMatchObject({
      status: 'applied',
      counts: { created: 0, updated: 0, closed: 0 },
    });
    const [, wildberries] = await ask(`${PRODUCTS_QUERY.slice(0, -1)} ORDER BY source`, '+03:00');
    expect(Number(wildberries?.last_sync)).toBeGreaterThan(before);
    expect(await observed()).toBe(rows);
  });

  test('a held snapshot confirms nothing', async () => {
    const before = await watermark('wildberries:a1b2:wb-warehouses');
    expect(await pipe.outcome(await pipe.publish(wbFeed(), [[]]))).toMatchObject({ status: 'held' });
    expect(await watermark('wildberries:a1b2:wb-warehouses')).toBe(before);
    const [, wildberries] = await ask(`${PRODUCTS_QUERY.slice(0, -1)} ORDER BY source`, '-11:00');
    expect(wildberries).toMatchObject({ products_count: 4, last_sync: new Date(before) });
  });

  test.each(ZONES)('a day is a day, whatever the session’s clock shows (%s)', async (zone) => {
    const sources = async () =>
      (await ask(PRODUCTS_QUERY, zone)).map((row) => `${String(row.source)} ${String(row.products_count)}`);
    await age(24 * 60 - 1);
    expect((await sources()).sort()).toEqual(['ozon 8', 'wildberries 4']);
    await age(24 * 60 + 1, 'ozon:%');
    expect(await sources()).toEqual(['wildberries 4']);
    await age(24 * 60 + 1);
    expect(await sources()).toEqual([]);
  });

  test.each(ZONES)('the last ten runs, the newest first (session at %s)', async (zone) => {
    const log = createSyncLog(runs);
    await pipe.db.execute('DELETE FROM sync_logs');
    for (let run = 0; run < 12; run += 1) {
      const source = run % 2 === 0 ? 'ozon' : 'wildberries';
      const id = await log.begin(`run-${run}`, source, '1');
      await pipe.db.execute('UPDATE sync_logs SET started_at = NOW(3) - INTERVAL ? MINUTE WHERE id = ?', [
        60 - run,
        id,
      ]);
      if (run < 11)
        await log.finish(id, {
          status: run === 10 ? 'held' : 'success',
          records: 100 + run,
          changed: 1,
          absent: 0,
        });
    }
    const rows = await ask(RUNS_QUERY, zone);
    expect(rows.map((row) => [row.source, row.status, Number(row.records_processed)])).toEqual([
      ['wildberries', 'running', 0],
      ['ozon', 'held', 110],
      ...[9, 8, 7, 6, 5, 4, 3, 2].map((run) => [
        run % 2 === 0 ? 'ozon' : 'wildberries',
        'success',
        100 + run,
      ]),
    ]);
    const [known] = await pipe.db.query(
      'SELECT ROUND(UNIX_TIMESTAMP(MAX(started_at)) * 1000) AS ms FROM sync_logs',
    );
    expect(rows[0]?.started_at).toEqual(new Date(Number(known?.ms)));
  });
});
