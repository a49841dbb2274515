import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/domain/secret.js';
import { Database } from '../../../src/store/database.js';
import { type MigrateOptions, migrate } from '../../../src/store/migrate.js';
import { migrationPlan, ownedObjects } from '../../../src/store/migration-plan.js';
import { MIGRATIONS, MIGRATIONS_TABLE, STEPS_TABLE } from '../../../src/store/migrations.js';
import { schemaVersionCheck } from '../../../src/store/schema-version.js';
import { type FreshDatabase, freshDatabase, testEngines } from '../../support/engines.js';
import { adminOf } from './store-database.js';

const plan = await migrationPlan();
const steps = plan.flatMap((migration) => migration.steps);
const names = plan.map(({ name }) => name);

let fresh: FreshDatabase;

beforeEach(async () => {
  fresh = await freshDatabase('migrate');
});
afterEach(() => fresh.drop());

const run = (options: Partial<MigrateOptions> = {}) =>
  migrate({ admin: adminOf(fresh), database: fresh.database, ...options });

async function asAdmin<T = Record<string, unknown>>(...statements: string[]): Promise<T[]> {
  const { host, port, database, adminUser, adminPassword } = fresh;
  const login = { host, port, database, user: adminUser, password: adminPassword };
  const connection = await createConnection({ ...login, multipleStatements: true });
  try {
    let rows: unknown = [];
    for (const statement of statements) [rows] = await connection.query(statement);
    return rows as T[];
  } finally {
    connection.destroy();
  }
}

/** All definitions of the database, by name; what differs from run to run left out. */
async function definitions(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name, kind } of [
    ...ownedObjects(plan),
    { name: MIGRATIONS_TABLE, kind: 'TABLE' },
    { name: STEPS_TABLE, kind: 'TABLE' },
  ]) {
    const [row] = await asAdmin(`SHOW CREATE ${kind} ${name}`);
    found[name] = String(row?.['Create Table'] ?? row?.['Create View']).replace(
      / (AUTO_INCREMENT|DEFINER)=\S+/g,
      '',
    );
  }
  return found;
}

const tableNames = async () =>
  (
    await asAdmin<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = '${fresh.database}' `,
    )
  )
    .map(({ name }) => name)
    .sort();

/** The run dies before it sends this statement. */
const stopBefore = ({ name, step }: { name: string; step: number }) => {
  return (line: string) => {
    if (line.startsWith(`${name}: statement ${step},`)) throw new Error('the machine stopped');
  };
};

describe('a first migration', () => {
  it('makes every table and view, says so, and is recognised', async () => {
    const lines: string[] = [];
    const report = await run({ onProgress: (line) => lines.push(line) });
    expect(report).toEqual({
      database: fresh.database,
      databaseCreated: false,
      ran: names,
      adopted: [],
      advice: [],
    });
    expect(lines).toHaveLength(steps.length);
    expect(lines[0]).toContain('CREATE TABLE accounts');
    const all = [...ownedObjects(plan).map(({ name }) => name), MIGRATIONS_TABLE, STEPS_TABLE];
    expect(await tableNames()).toEqual(all.sort());
    await asRuntimeUser(schemaVersionCheck);
  });

  it('finds nothing to do the second time', async () => {
    await run();
    const before = await definitions();
    const lines: string[] = [];
    expect(await run({ onProgress: (line) => lines.push(line) })).toMatchObject({ ran: [], adopted: [] });
    expect(lines).toEqual([]);
    expect(await definitions()).toEqual(before);
  });

  it('makes the database where it is missing and the admin may', async () => {
    await asAdmin(`DROP DATABASE ${fresh.database}`);
    expect(await run()).toMatchObject({ databaseCreated: true, ran: names });
    expect(await run()).toMatchObject({ databaseCreated: false, ran: [] });
  });

  it('runs once when three start together', async () => {
    const reports = await Promise.all([run(), run(), run()]);
    expect(reports.map(({ ran }) => ran.length).sort()).toEqual([0, 0, names.length]);
    const [row] = await asAdmin<{ n: number }>(`SELECT COUNT(*) AS n FROM ${MIGRATIONS_TABLE}`);
    expect(row?.n).toBe(names.length);
  });
});

describe('names that are taken', () => {
  const FOREIGN = [
    'CREATE TABLE products (sku INT PRIMARY KEY)',
    'INSERT INTO products VALUES (7)',
    'CREATE TABLE goods (sku INT PRIMARY KEY)',
    'CREATE VIEW inventory_data AS SELECT sku FROM goods',
    'CREATE TABLE alerts_before_inventory_sync (id INT)',
    'CREATE TABLE alerts (id INT)',
  ];

  it('are refused by name, before anything is made', async () => {
    await asAdmin(...FOREIGN);
    const before = await tableNames();
    await expect(run()).rejects.toMatchObject({
      code: 'DB_UNFIT',
      message: expect.stringMatching(/products, alerts, inventory_data$/),
      remedy: expect.stringContaining('--adopt'),
    });
    expect(await tableNames()).toEqual(before);
  });

  it('are moved aside on request, tables and views, with what is in them', async () => {
    await asAdmin(...FOREIGN);
    const report = await run({ adopt: true });
    expect(report.adopted).toEqual([
      { from: 'products', to: 'products_before_inventory_sync' },
      { from: 'alerts', to: 'alerts_before_inventory_sync_2' },
      { from: 'inventory_data', to: 'inventory_data_before_inventory_sync' },
    ]);
    expect(await asAdmin('SELECT sku FROM products_before_inventory_sync')).toEqual([{ sku: 7 }]);
    expect(await asAdmin('SELECT * FROM inventory_data_before_inventory_sync')).toEqual([]);
    expect(await asAdmin('SELECT * FROM inventory_data')).toEqual([]);
    expect(await run()).toMatchObject({ ran: [] });
  });

  it('are not confused with what other programs keep in a shared database', async () => {
    await asAdmin('CREATE TABLE goods (id INT)', 'CREATE TABLE Products (id INT)');
    expect(await run()).toMatchObject({ ran: names, adopted: [] });
  });
});

describe('a migration that was interrupted', () => {
  const stopAt = (statement: number) => {
    let count = 0;
    return () => {
      count += 1;
      if (count === statement) throw new Error('the machine stopped');
    };
  };

  it('goes on where it stopped, wherever that was', async () => {
    await run();
    const whole = await definitions();
    await fresh.drop();
    fresh = await freshDatabase('migrate');
    // Each run gets one statement further than the last and dies before the next.
    for (let done = 0; done < steps.length; done += 1) {
      await expect(run({ onProgress: stopAt(done === 0 ? 1 : 2) })).rejects.toThrow('the machine stopped');
    }
    expect(await run()).toMatchObject({ ran: [names.at(-1)] });
    expect(await definitions()).toEqual(whole);
  });

  it('takes a statement for done that was, but had not been noted so', async () => {
    await run();
    const whole = await definitions();
    await fresh.drop();
    fresh = await freshDatabase('migrate');
    const lines = plan.flatMap(({ name, steps }) => steps.map(({ step }) => ({ name, step })));
    for (const [index, { name, step }] of lines.entries()) {
      const next = lines[index + 1];
      if (next === undefined) await run();
      else await expect(run({ onProgress: stopBefore(next) })).rejects.toThrow('the machine stopped');
      await asAdmin(
        `DELETE FROM ${MIGRATIONS_TABLE} WHERE name = '${name}'`,
        `UPDATE ${STEPS_TABLE} SET state = 'started' WHERE migration = '${name}' AND step = ${step}`,
      );
    }
    expect(await run()).toMatchObject({ ran: [names.at(-1)] });
    expect(await definitions()).toEqual(whole);
  });

  it('makes again what somebody has dropped in between', async () => {
    await expect(run({ onProgress: stopAt(4) })).rejects.toThrow();
    await asAdmin('DROP TABLE accounts');
    expect(await run()).toMatchObject({ ran: names });
    expect(await tableNames()).toContain('accounts');
  });

  it('does not go on with statements that have changed since', async () => {
    await expect(run({ onProgress: stopAt(4) })).rejects.toThrow();
    await asAdmin(`UPDATE ${STEPS_TABLE} SET digest = 'of other text' WHERE step = 2`);
    await expect(run()).rejects.toMatchObject({
      code: 'DB_UNFIT',
      message: expect.stringContaining('its statement 2 is another one now'),
    });
  });

  it('heals after SIGKILL, and frees its lock', async () => {
    const { host, port, adminUser: user, adminPassword: password, database } = fresh;
    const argument = JSON.stringify({ host, port, user, password, database });
    const program = new URL('./programs/migrate-program.ts', import.meta.url);
    for (const line of [1, 3, 5]) {
      const child = fork(program, [argument], { execArgv: ['--import', 'tsx'], silent: true });
      let seen = 0;
      child.stdout?.on('data', (text: Buffer) => {
        seen += text.toString().split('\n').length - 1;
        if (seen >= line) child.kill('SIGKILL');
      });
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
      expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
    }
    expect(await run()).toMatchObject({ ran: names });
    await asRuntimeUser(schemaVersionCheck);
  });
});

describe('--print-sql', () => {
  it('changes nothing, and run by hand leaves a database that is up to date', async () => {
    await asAdmin('CREATE TABLE products (sku INT PRIMARY KEY)');
    const refused = await run({ printSql: true });
    expect(refused.sql).toContain('-- the database');
    expect(refused.sql).toContain('products');

    const { sql = '' } = await run({
      printSql: true,
      adopt: true,
      grantTo: { user: 'bob', password: new Secret('x') },
    });
    expect(await tableNames()).toEqual(['products']);
    expect(sql).toMatch(/RENAME TABLE `products` TO `products_before_inventory_sync`;/);
    expect(sql).toMatch(/GRANT SELECT, INSERT, UPDATE, DELETE ON `migrate\\_\w+`\.\* TO 'bob'@'%';/);

    await asAdmin(sql.replace(/GRANT[^;]*;/, ''));
    await asRuntimeUser(schemaVersionCheck);
    expect(await run()).toMatchObject({ ran: [] });
    const again = await run({ printSql: true });
    expect(again.sql).toContain('all tables are there already');
    expect(again.sql).not.toContain('CREATE');
  });

  it('gives everything from the beginning where the database cannot be asked', async () => {
    const { sql } = await run({
      printSql: true,
      admin: { ...adminOf(fresh), password: new Secret('wrong') },
    });
    expect(sql).toContain('could not be asked');
    expect(sql).toContain('CREATE DATABASE');
    expect(sql).not.toContain('wrong');
    for (const { name } of ownedObjects(plan)) expect(sql).toContain(name);
  });

  it('leaves out what an interrupted run has done', async () => {
    let count = 0;
    const stop = () => {
      count += 1;
      if (count === 3) throw new Error('stopped');
    };
    await expect(run({ onProgress: stop })).rejects.toThrow();
    const { sql = '' } = await run({ printSql: true });
    expect(sql).not.toContain('CREATE TABLE accounts');
    expect(sql).toContain('CREATE TABLE products');
    await asAdmin(sql.replace(/GRANT[^;]*;/, ''));
    expect(await run()).toMatchObject({ ran: [] });
  });

  it('goes on from an older version, and replaces views of which nobody knows whether they were', async () => {
    const second = plan[1];
    const view = second?.steps.find(({ creates }) => creates?.name === 'inventory_data');
    const at = { name: second?.name ?? '', step: view?.step ?? 0 };
    await expect(run({ onProgress: stopBefore(at) })).rejects.toThrow('the machine stopped');
    const first = await asAdmin('SHOW CREATE VIEW inventory_data');
    await asAdmin(
      `INSERT INTO ${STEPS_TABLE} VALUES ('${at.name}', ${at.step}, '${view?.digest}', 'started')`,
      `UPDATE ${STEPS_TABLE} SET state = 'started' WHERE migration = '${at.name}' AND step = 1`,
    );
    const { sql = '' } = await run({ printSql: true });
    // What is older is not done again; newer migrations make tables of their own.
    const [upToSecond] = sql.split(`-- ${plan[2]?.name}`);
    expect(upToSecond).not.toMatch(/CREATE TABLE (?!IF NOT EXISTS)/);
    expect(sql).not.toContain('are needed here');
    expect(sql).toMatch(/perhaps done.*\nALTER TABLE products/);
    await asAdmin(sql.replace(/GRANT[^;]*;/, '').replace(/ALTER TABLE products[^;]*;/, ''));
    expect(await run()).toMatchObject({ ran: [] });
    expect(await asAdmin('SHOW CREATE VIEW inventory_data')).not.toEqual(first);
    await asRuntimeUser(schemaVersionCheck);
  });
});

describe('rights', () => {
  it('are printed where the run-time user lacks them, and never changed', async () => {
    const nobody = { user: fresh.user, password: new Secret(fresh.password) };
    expect(await run({ runtime: nobody })).toMatchObject({ advice: [] });
    const wrong = await run({ runtime: { user: fresh.user, password: new Secret('wrong') } });
    expect(wrong.advice).toHaveLength(2);
    expect(wrong.advice[0]).toContain(`CREATE USER IF NOT EXISTS '${fresh.user}'@'%'`);
    expect(wrong.advice.join()).not.toContain('wrong');
  });

  it('are given to a new user on request, and are these four alone', async () => {
    const { host, port, adminUser, adminPassword } = testEngines().mysql;
    const root = { host, port, user: adminUser, password: new Secret(adminPassword) };
    const user = `${fresh.database}_g`.slice(-28);
    const grantTo = { user, password: new Secret("it's \\ secret"), hosts: ['%'] };
    const connection = await createConnection({ host, port, user: adminUser, password: adminPassword });
    try {
      await run({ admin: root, grantTo });
      expect(await run({ admin: root, grantTo, runtime: grantTo })).toMatchObject({ ran: [], advice: [] });
      const [grants] = await connection.query<RowDataPacket[]>('SHOW GRANTS FOR ?@?', [user, '%']);
      // MariaDB adds a digest of the password.
      expect(grants.map((row) => String(Object.values(row)[0]).replace(/ IDENTIFIED BY .*/, ''))).toEqual([
        `GRANT USAGE ON *.* TO \`${user}\`@\`%\``,
        `GRANT SELECT, INSERT, UPDATE, DELETE ON \`${fresh.database.replaceAll('_', '\\_')}\`.* TO \`${user}\`@\`%\``,
      ]);
      await connection.query('REVOKE UPDATE ON ??.* FROM ?@?', [
        fresh.database.replaceAll('_', '\\_'),
        user,
        '%',
      ]);
      const { advice } = await run({ admin: root, runtime: grantTo });
      expect(advice).toEqual([expect.stringContaining(`TO '${user}'@'%'`)]);
    } finally {
      await connection.query('DROP USER IF EXISTS ?@?', [user, '%']);
      await connection.end();
    }
  });

  it('missing for the migration itself are said in its own terms', async () => {
    const asRuntime = {
      host: fresh.host,
      port: fresh.port,
      user: fresh.user,
      password: new Secret(fresh.password),
    };
    await expect(run({ admin: asRuntime })).rejects.toMatchObject({
      code: 'DB_REFUSED',
      remedy: expect.stringContaining('DB_ADMIN_USER'),
    });
    await expect(run({ database: 'mysql_sync_elsewhere' })).rejects.toMatchObject({ code: 'DB_REFUSED' });
    await expect(run({ admin: { ...adminOf(fresh), password: new Secret('wrong') } })).rejects.toMatchObject({
      code: 'DB_REFUSED',
      remedy: 'check DB_ADMIN_USER and DB_ADMIN_PASSWORD',
    });
  });
});

describe('a database that lacks something', () => {
  it('is refused by programs at their start', async () => {
    const unfit = { code: 'DB_UNFIT', remedy: 'run `inventory-sync migrate`' };
    await expect(asRuntimeUser(schemaVersionCheck)).rejects.toMatchObject(unfit);
    await run();
    await asAdmin('DROP TABLE outbox');
    await expect(asRuntimeUser(schemaVersionCheck)).rejects.toMatchObject({
      ...unfit,
      message: expect.stringContaining('outbox'),
    });
    await asAdmin(`DELETE FROM ${MIGRATIONS_TABLE}`);
    await expect(asRuntimeUser(schemaVersionCheck)).rejects.toMatchObject({
      ...unfit,
      message: expect.stringContaining(MIGRATIONS[0] ? new MIGRATIONS[0]().name : ''),
    });
  });

  it('is not taken for up to date by a migration', async () => {
    await run();
    await asAdmin('DROP TABLE outbox');
    await expect(run()).rejects.toMatchObject({
      code: 'DB_UNFIT',
      message: expect.stringContaining('outbox'),
    });
  });
});

async function asRuntimeUser(work: (db: Database) => Promise<void>): Promise<void> {
  const { host, port, database: name, user, password } = fresh;
  const db = await Database.open({
    host,
    port,
    name,
    user,
    password: new Secret(password),
    poolSize: 1,
    idleSeconds: 60,
  });
  await work(db).finally(() => db.close());
}
