import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alert } from '../../src/events/alert.js';
import { rawEvent } from '../../src/events/raw-snapshot.js';
import { type StockChange, stockChange, stockChangeKey } from '../../src/events/stock-change.js';
import { syncEvent } from '../../src/events/sync-event.js';
import { TOPICS, type TopicName, topicOf } from '../../src/events/topics.js';
import type { Database } from '../../src/store/database.js';
import { type MigrationReport, migrate } from '../../src/store/migrate.js';
import { type FreshDatabase, freshDatabase } from '../support/engines.js';
import { expectExactlyOnce } from '../support/exactly-once.js';
import { openDatabase, Pipeline, secret } from '../support/pipeline.js';

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

  it('the two queries of the guide answer for the run-time user', async () => {
    const products = await db.query(
      `SELECT source, COUNT(*) as products_count, MAX(last_sync_at) as last_sync FROM inventory_data
        WHERE last_sync_at > DATE_SUB('2100-01-01', INTERVAL 200 YEAR) GROUP BY source`,
    );
    expect(Object.fromEntries(products.map((row) => [row.source, Number(row.products_count)]))).toEqual(
      productsPerSource(changes),
    );
    const runs = await db.query(
      'SELECT source, status, records_processed, started_at FROM sync_logs ORDER BY started_at DESC LIMIT 10',
    );
    expect(runs.map((row) => `${String(row.source)} ${String(row.status)}`).sort()).toEqual([
      'ozon success',
      'ozon success',
      'wildberries success',
      'wildberries success',
    ]);
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
    expect(await levelsOf(db)).toEqual(folded(changes));
  });

  it('its raw topic, replayed through this version, gives the same levels and the same changes', async () => {
    const pipe = await Pipeline.start('replayed');
    try {
      await refill(pipe, recorded(TOPICS.rawSnapshots));
      await pipe.worker();
      for (const id of completedSnapshots(recorded(TOPICS.rawSnapshots)))
        expect(await pipe.outcome(id)).toMatchObject({ status: 'applied' });
      expect(await levelsOf(pipe.db)).toEqual(await levelsOf(db));
      expect(await changesIn(pipe)).toEqual(
        recorded(TOPICS.stockChanges)
          .map(({ value }) => value)
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
      const { feed, snapshotId } = lastSnapshotOf('ozon', raw);
      const account = feed.split(':')[1] ?? '';
      const first = changes.find(({ key }) => key.source === 'ozon' && key.account === account);
      const productId = first?.key.productId ?? '';
      const rows = [{ product_id: productId, offer_id: 'ART', stocks: [{ type: 'fbo', present: 77_777 }] }];
      const options = { acceptAbsences: true };
      const next = await pipe.publish({ source: 'ozon', account, endpoint: 'product-stocks' }, [rows], options);
      expect(await pipe.outcome(next)).toMatchObject({ status: 'applied' });

      const known = folded(changes);
      const news = (await changesIn(pipe)).map((value) => stockChange.parse(JSON.parse(value)));
      expect(news.length).toBeGreaterThan(1);
      for (const change of news) {
        expect(change.snapshotId, 'only what the new snapshot changed is published').toBe(next);
        expect(change.before, stockChangeKey(change)).toEqual(known.get(stockChangeKey(change)) ?? null);
      }
      expect(snapshotId).not.toBe(next);
      expect(await levelsOf(pipe.db)).toEqual(folded([...changes, ...news]));
    } finally {
      await pipe.close();
    }
  });
});

/** Migrations that came after each version, oldest first. */
const NEWER_MIGRATIONS: Readonly<Record<string, readonly string[]>> = { '0.1.0': [] };

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

function lastSnapshotOf(source: string, records: readonly RecordedRecord[]) {
  const events = records.map(({ value }) => rawEvent.parse(JSON.parse(value)));
  const last = events.findLast(
    (event) => event.type === 'snapshot-completed' && event.feed.startsWith(`${source}:`),
  );
  if (last?.type !== 'snapshot-completed') throw new Error(`no snapshot of ${source} was recorded`);
  return last;
}
