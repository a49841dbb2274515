import { readdirSync } from 'node:fs';
import type { QueryRunner } from 'typeorm';
import { describe, expect, it } from 'vitest';
import {
  commitsByItself,
  createdObject,
  migrationPlan,
  ownedObjects,
  plannedStep,
  stepsOf,
} from '../../../src/store/migration-plan.js';
import { MIGRATIONS, timestampOf } from '../../../src/store/migrations.js';

describe('the list of migrations', () => {
  it('holds every file of the folder, in order', () => {
    const files = readdirSync(new URL('../../../migrations/', import.meta.url))
      .filter((file) => /^\d{13}-.*\.ts$/.test(file))
      .sort();
    const times = MIGRATIONS.map((Migration) => timestampOf(new Migration().name));
    expect(times.map(String)).toEqual(files.map((file) => file.slice(0, 13)));
  });
});

describe('the plan', () => {
  it('names every table and view that the design promises', async () => {
    const owned = ownedObjects(await migrationPlan());
    const views = owned.filter(({ kind }) => kind === 'VIEW').map(({ name }) => name);
    expect(views).toEqual(
      expect.arrayContaining(['inventory_data', 'inventory_by_article', 'stock_levels', 'stock_changes']),
    );
    const tables = owned.filter(({ kind }) => kind === 'TABLE').map(({ name }) => name);
    expect(tables).toEqual(
      expect.arrayContaining([
        ...[
          'sync_logs',
          'outbox',
          'products',
          'feeds',
          'snapshots',
          'checkpoints',
          'alerts',
          'alert_deliveries',
        ],
        ...['accounts', 'levels', 'ledger', 'digests', 'rate_limits', 'incarnations'],
      ]),
    );
  });

  it('has no MySQL-only or newer syntax that the oldest server lacks', async () => {
    const text = (await migrationPlan()).flatMap(({ steps }) => steps.map(({ sql }) => sql)).join('\n');
    // Row aliases, functional keys, defaults in brackets and invisible columns came later or differ in MariaDB.
    expect(text).not.toMatch(/\bAS new\b|DEFAULT \(|INVISIBLE|utf8mb4_0900/i);
    expect(text).not.toMatch(/CREATE VIEW|SQL SECURITY DEFINER/i);
  });

  it('drops from its list what a later migration drops', () => {
    const steps = ['CREATE TABLE a (id INT)', 'CREATE TABLE b (id INT)', 'DROP TABLE a'].map((sql, index) =>
      plannedStep(index + 1, sql),
    );
    expect(ownedObjects([{ name: 'm', steps }])).toEqual([{ kind: 'TABLE', name: 'b' }]);
  });
});

it.each([
  ['CREATE TABLE accounts (\n id INT)', { kind: 'TABLE', name: 'accounts' }],
  ['  create table if not exists `x_y` (id int)', { kind: 'TABLE', name: 'x_y' }],
  ['CREATE SQL SECURITY INVOKER VIEW stock_levels AS SELECT 1', { kind: 'VIEW', name: 'stock_levels' }],
  [
    'CREATE OR REPLACE ALGORITHM=MERGE DEFINER=`a`@`%` SQL SECURITY INVOKER VIEW v AS SELECT 1',
    { kind: 'VIEW', name: 'v' },
  ],
  ['CREATE INDEX i ON t (a)', null],
  ['ALTER TABLE t ADD a INT', null],
  ["INSERT INTO t VALUES ('CREATE TABLE x')", null],
])('%s creates %j', (sql, expected) => {
  expect(createdObject(sql)).toEqual(expected);
});

it.each([
  ['CREATE TABLE t (id INT)', true],
  ['alter table t add a int', true],
  ['RENAME TABLE a TO b', true],
  ['INSERT INTO t VALUES (1)', false],
  ['UPDATE t SET a = 1', false],
])('%s commits by itself: %s', (sql, expected) => {
  expect(commitsByItself(sql)).toBe(expected);
});

describe('a migration that is only listened to', () => {
  const migration = (up: (runner: QueryRunner) => Promise<unknown>) => ({ up, down: async () => undefined });

  it('gives its statements with their values filled in, and none that only reads', async () => {
    const steps = await stepsOf(
      migration(async (runner) => {
        await runner.query('SELECT 1');
        await runner.query('UPDATE t SET a = ? WHERE b = ?', ["it's", new Date('2026-01-02T03:04:05.678Z')]);
      }),
    );
    expect(steps).toMatchObject([
      { step: 1, sql: "UPDATE t SET a = 'it\\'s' WHERE b = '2026-01-02 03:04:05.678'" },
    ]);
  });

  it('may not go past plain SQL', async () => {
    await expect(stepsOf(migration((runner) => runner.dropTable('t')))).rejects.toMatchObject({
      code: 'INVARIANT',
    });
  });

  it('is the same statement whatever its indentation, and another one for any other change', () => {
    const digest = (sql: string) => plannedStep(1, sql).digest;
    expect(digest('CREATE TABLE a (\n    id INT\n)')).toBe(digest('CREATE TABLE a (\n  id INT\n)'));
    expect(digest('CREATE TABLE a (id INT)')).not.toBe(digest('CREATE TABLE a (id BIGINT)'));
  });
});
