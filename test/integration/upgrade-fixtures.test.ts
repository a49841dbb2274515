import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCommitted } from '../../engines/conforming-reader.js';
import { parseExactJson } from '../../src/domain/json.js';
import { alert } from '../../src/events/alert.js';
import { rawEvent } from '../../src/events/raw-snapshot.js';
import { type StockChange, stockChange, stockChangeKey } from '../../src/events/stock-change.js';
import { syncEvent } from '../../src/events/sync-event.js';
import { TOPICS, type TopicName } from '../../src/events/topics.js';
import type { Database } from '../../src/store/database.js';
import { type MigrationReport, migrate } from '../../src/store/migrate.js';
import { type FreshDatabase, freshDatabase, testEngines } from '../support/engines.js';
import { expectExactlyOnce } from '../support/exactly-once.js';
import { openDatabase, ozonFeed, ozonItem, Pipeline, secret } from '../support/pipeline.js';

/** What earlier versions left behind, recorded by `npm run record-fixtures` when each was released. */
const FIXTURES = join(import.meta.dirname, '..', 'fixtures');
const VERSIONS = readdirSync(FIXTURES).filter((name) => /^\d+\.\d+\.\d+$/.test(name));
/** The topic prefix of the recordings. */
const RECORDED_PREFIX = 'fixture';

interface RecordedRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string;
}

it('there is something to upgrade from', () => {
  expect(VERSIONS).toContain('0.1.0');
});

describe.each(VERSIONS)('what version %s left behind', (version) => {
  const folder = join(FIXTURES, version);
  const recorded = (topic: TopicName): RecordedRecord[] =>
    readFileSync(join(folder, `${topic}.jsonl`), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as RecordedRecord);
  const changes = recorded(TOPICS.stockChanges).map(({ value }) => stockChange.parse(JSON.parse(value)));

  let database: FreshDatabase;
  let db: Database;
  let report: MigrationReport;
  beforeAll(async () => {
    database = await freshDatabase('upgrade');
    await restore(database, folder);
    report = await migrate({ admin: adminOf(database), database: database.database });
    db = await openDatabase(database);
  });
  afterAll(async () => {
    await db.close();
    await database.drop();
  });

  it('its database is brought up to date by migrate, and only once', async () => {
    expect(report.ran).toEqual(NEWER_MIGRATIONS[version] ?? []);
    const again = await migrate({ admin: adminOf(database), database: database.database });
    expect(again.ran).toEqual([]);
  });

  it('its feeds have not failed yet, nobody has muted its alerts, and its products’ hours are what it counted', async () => {
    const [feeds] = await db.query('SELECT COUNT(*) AS count, SUM(failures) AS failures FROM feeds');
    expect([Number(feeds?.count) > 0, Number(feeds?.failures)]).toEqual([true, 0]);
    const alerts = await db.query('SELECT muted_until, acknowledged_at FROM alerts');
    expect(alerts.length).toBeGreaterThan(0);
    for (const row of alerts) expect(row).toEqual({ muted_until: null, acknowledged_at: null });
    expect(await db.query('SELECT * FROM product_settings')).toEqual([]);
    const counted = await db.query('SELECT * FROM product_hours');
    // Counted from the version on that began to count.
    expect(counted.length > 0).toBe(!report.ran.includes('ProductHistory1764300000000'));
  });

  it('the two queries of the guide answer for the run-time user', async () => {
    const [products, runs] = await asOfThen(database, db, QUERIES);
    expect(products).toEqual(
      productsPerSource(recorded(TOPICS.rawSnapshots)).map(([source, products_count]) => ({
        source,
        products_count,
        last_sync: expect.any(Date) as Date,
      })),
    );
    const told = runs?.map(({ source, status, records_processed }) => [source, status, records_processed]);
    expect(told?.sort()).toEqual([
      ['ozon', 'success', expect.any(Number)],
      ['ozon', 'success', expect.any(Number)],
      ['wildberries', 'success', expect.any(Number)],
      ['wildberries', 'success', expect.any(Number)],
    ]);
  });

  it('its products are what they were, and answer by their articles', async () => {
    const rows = await db.query('SELECT * FROM products');
    const named = productsPerSource(recorded(TOPICS.rawSnapshots)).reduce((sum, [, count]) => sum + count, 0);
    expect(rows).toHaveLength(named);
    const [byProduct] = await db.query(
      `SELECT COUNT(DISTINCT offer_id) AS articles, SUM(CASE WHEN source = 'ozon' THEN available END) AS ozon
         FROM inventory_data WHERE offer_id IS NOT NULL`,
    );
    const [byArticle] = await db.query(
      'SELECT COUNT(*) AS articles, SUM(ozon_available) AS ozon FROM inventory_by_article',
    );
    expect(byArticle).toEqual(byProduct);
    expect(Number(byArticle?.articles)).toBeGreaterThan(0);
  });

  it('its events can still be read', () => {
    for (const { value } of recorded(TOPICS.rawSnapshots)) rawEvent.parse(JSON.parse(value));
    for (const { value } of recorded(TOPICS.syncEvents)) syncEvent.parse(JSON.parse(value));
    const alerts = recorded(TOPICS.alerts).map(({ value }) => alert.parse(JSON.parse(value)));
    expect(alerts.map(({ rule }) => rule)).toContain('ran-out');
    expect(changes.map(({ op, reason }) => reason ?? op)).toEqual(
      expect.arrayContaining(['c', 'u', 'absent', 'moved']),
    );
  });

  it('its change topic folds to its tables', async () => {
    expect(await levelsOf(db)).toEqual(levels(folded(changes)));
  });

  it('its raw topic, replayed through this version, gives the same levels and the same changes', async () => {
    const pipe = await Pipeline.start('replayed');
    try {
      await refill(pipe, recorded(TOPICS.rawSnapshots));
      await pipe.worker();
      for (const id of completedSnapshots(recorded(TOPICS.rawSnapshots)))
        expect(await pipe.outcome(id)).toMatchObject({ status: 'applied' });
      expect(await levelsOf(pipe.db)).toEqual(await levelsOf(db));
      // Article and name are as the catalogue had them at that moment, and it is read from another partition.
      const facts = (value: string) => {
        const { offerId: _, name: __, ...change } = stockChange.parse(JSON.parse(value));
        return JSON.stringify(change);
      };
      expect((await changesIn(pipe)).map(facts).sort()).toEqual(
        recorded(TOPICS.stockChanges)
          .map(({ value }) => facts(value))
          .sort(),
      );
      await expectExactlyOnce(pipe);
    } finally {
      await pipe.close();
    }
  });

  it('an installation with both goes on where it stopped', async () => {
    const pipe = await Pipeline.start('upgraded');
    try {
      await restore(pipe.database, folder, pipe.prefix);
      await migrate({ admin: adminOf(pipe.database), database: pipe.database.database });
      const raw = recorded(TOPICS.rawSnapshots);
      await refill(pipe, raw);
      await pipe.worker();
      const live = [...folded(changes).values()].find(({ key, op }) => key.source === 'ozon' && op !== 'd');
      const { account = '', productId = '', scheme = '' } = live?.key ?? {};
      const next = await pipe.publish(ozonFeed(account), [[ozonItem(productId, [scheme, 77_777, 0])]], {
        acceptAbsences: true,
      });
      expect(await pipe.outcome(next)).toMatchObject({ status: 'applied' });

      const known = folded(changes);
      const news = (await changesIn(pipe)).map((value) => stockChange.parse(JSON.parse(value)));
      expect(news.map(({ op }) => op)).toEqual(expect.arrayContaining(['d', 'u']));
      for (const change of news) {
        const before = known.get(stockChangeKey(change));
        expect(change.snapshotId, 'only what the new snapshot changed is published').toBe(next);
        expect(change.before, stockChangeKey(change)).toEqual(before?.after ?? null);
        expect(change.seq, stockChangeKey(change)).toBe((before?.seq ?? 0) + 1);
      }
      expect(await levelsOf(pipe.db)).toEqual(levels(folded([...changes, ...news])));
    } finally {
      await pipe.close();
    }
  });
});

const QUERIES = [
  `SELECT source, COUNT(*) as products_count, MAX(last_sync_at) as last_sync FROM inventory_data
 WHERE last_sync_at > DATE_SUB(NOW(), INTERVAL 24 HOUR) GROUP BY source`,
  'SELECT source, status, records_processed, started_at FROM sync_logs ORDER BY started_at DESC LIMIT 10',
] as const;

/** Answers as they were an hour after the recording: NOW() is what a session says it is. */
async function asOfThen(
  { host, port, user, password, database }: FreshDatabase,
  db: Database,
  queries: readonly string[],
) {
  const [row] = await db.query('SELECT UNIX_TIMESTAMP(MAX(started_at)) + 3600 AS then_ FROM sync_logs');
  const connection = await createConnection({ host, port, user, password, database });
  try {
    await connection.query('SET timestamp = ?', [Number(row?.then_)]);
    const answers: RowDataPacket[][] = [];
    for (const query of queries) answers.push((await connection.query<RowDataPacket[]>(query))[0]);
    return answers;
  } finally {
    await connection.end();
  }
}

/** Products that the marketplaces named, by source, in the order of its name. */
function productsPerSource(records: readonly RecordedRecord[]): [string, number][] {
  const ids = new Map<string, Set<string>>();
  for (const { value } of records) {
    const event = rawEvent.parse(parseExactJson(value));
    if (event.type !== 'page-chunk') continue;
    const source = event.feed.split(':')[0] ?? '';
    const named = ids.get(source) ?? new Set();
    // A product's description names no product that the list does not.
    for (const row of event.rows as {
      product_id?: unknown;
      chrtId?: unknown;
      sizes?: { chrtID: unknown }[];
    }[])
      for (const id of [row.product_id, row.chrtId, ...(row.sizes ?? []).map(({ chrtID }) => chrtID)])
        if (id !== undefined) named.add(String(id));
    ids.set(source, named);
  }
  return [...ids].map(([source, named]): [string, number] => [source, named.size]).sort();
}

const SINCE_0_4_0 = ['DeliveryTraces1764600000000', 'Dashboard1764620000000'];
const SINCE_0_3_0 = [
  'DeadLetterFates1764500000000',
  'Replays1764510000000',
  'Housekeeping1764520000000',
  ...SINCE_0_4_0,
];
/** Migrations that came after each version, oldest first. */
const NEWER_MIGRATIONS: Readonly<Record<string, readonly string[]>> = {
  '0.1.0': [
    'Catalogues1764028800000',
    'Deliveries1764200000000',
    'ProductHistory1764300000000',
    ...SINCE_0_3_0,
  ],
  '0.2.0': ['Deliveries1764200000000', 'ProductHistory1764300000000', ...SINCE_0_3_0],
  '0.3.0': SINCE_0_3_0,
  '0.4.0': SINCE_0_4_0,
  '0.5.0': [],
};

/** Reads the dump into a database whose tables are dropped before; topics may go by another prefix there. */
async function restore(target: FreshDatabase, folder: string, prefix = RECORDED_PREFIX): Promise<void> {
  const { host, port, adminUser, adminPassword, database } = target;
  const login = { host, port, user: adminUser, password: adminPassword, database };
  const connection = await createConnection({ ...login, multipleStatements: true });
  try {
    const [objects] = await connection.query({ sql: 'SHOW FULL TABLES', rowsAsArray: true });
    for (const [name, kind] of objects as unknown as string[][])
      await connection.query(`DROP ${kind === 'VIEW' ? 'VIEW' : 'TABLE'} \`${name}\``);
    await connection.query(readFileSync(join(folder, 'database.sql'), 'utf8'));
    for (const [table, column] of TOPIC_COLUMNS)
      await connection.query(`UPDATE ${table} SET ${column} = REPLACE(${column}, ?, ?)`, [
        `${RECORDED_PREFIX}.`,
        `${prefix}.`,
      ]);
  } finally {
    await connection.end();
  }
}

const TOPIC_COLUMNS = [
  ['checkpoints', 'consumer_group'],
  ['checkpoints', 'topic'],
  ['checkpoints', 'tail_hint'],
  ['incarnations', 'topic'],
] as const;

/** Writes the recorded raw records to the pipeline's topic, each in its place. */
async function refill(pipe: Pipeline, records: readonly RecordedRecord[]): Promise<void> {
  const byPartition = new Map<number, RecordedRecord[]>();
  for (const record of records) {
    const list = byPartition.get(record.partition) ?? [];
    expect(record.offset).toBe(list.length);
    byPartition.set(record.partition, [...list, record]);
  }
  for (const [partition, list] of byPartition) await pipe.raw.append(partition, list);
}

function completedSnapshots(records: readonly RecordedRecord[]): string[] {
  const events = records.map(({ value }) => rawEvent.parse(JSON.parse(value)));
  return events.flatMap((event) => (event.type === 'snapshot-completed' ? [event.snapshotId] : []));
}

/** Values of the change topic, sorted as text: two runs spread transactions over partitions alike, not over time. */
async function changesIn(pipe: Pipeline): Promise<string[]> {
  const { brokers } = testEngines().kafka;
  const records = await readCommitted({ brokers, topic: pipe.topic(TOPICS.stockChanges) });
  return records.map(({ value }) => value ?? '').sort();
}

/** The newest change of each key. */
function folded(list: readonly StockChange[]): Map<string, StockChange> {
  const newest = new Map<string, StockChange>();
  for (const change of list) {
    const key = stockChangeKey(change);
    if ((newest.get(key)?.seq ?? 0) < change.seq) newest.set(key, change);
  }
  return newest;
}

type Level = StockChange['after'] & { readonly seq: number; readonly closed: boolean };

function levels(newest: ReadonlyMap<string, StockChange>): Map<string, Level> {
  return new Map(
    [...newest].map(([key, { after, seq, op }]) => [key, { ...after, seq, closed: op === 'd' }]),
  );
}

async function levelsOf(db: Database): Promise<Map<string, Level>> {
  const rows = await db.query('SELECT * FROM stock_levels');
  return new Map(
    rows.map((row) => [
      [row.source, row.account, row.product_id, row.scheme, row.warehouse_id].join(':'),
      {
        present: Number(row.present),
        reserved: Number(row.reserved),
        available: Number(row.available),
        inWayToClient: Number(row.in_way_to_client),
        inWayFromClient: Number(row.in_way_from_client),
        seq: Number(row.seq),
        closed: Number(row.closed) === 1,
      },
    ]),
  );
}

function adminOf({ host, port, adminUser, adminPassword }: FreshDatabase) {
  return { host, port, user: adminUser, password: secret(adminPassword) };
}
