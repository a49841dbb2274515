import { readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseEnv } from '../../../config/dotenv.js';
import { groupOf, TOPICS, topicOf } from '../../../src/events/topics.js';
import {
  type FreshDatabase,
  freshDatabase,
  freshTopicPrefix,
  scratchFolder,
  testEngines,
} from '../../support/engines.js';
import { Lab } from './lab.js';

describe('commands for who runs it', () => {
  let lab: Lab;
  let fresh: FreshDatabase;
  beforeAll(async () => {
    lab = await Lab.start('cli_ops', { ozonProducts: 5, wbProducts: 5 });
    fresh = await freshDatabase('cli_migrate');
  });
  afterAll(async () => {
    await fresh.drop();
    await lab.close();
  });

  const settingsIn = (stdout: string) => {
    const { entries, problems } = parseEnv(stdout);
    expect(problems).toEqual([]);
    return Object.fromEntries([...entries].map(([name, { value }]) => [name, value]));
  };

  it('migrate makes the tables, once; the run-time user can work with them', async () => {
    const env = {
      DB_NAME: fresh.database,
      DB_USER: fresh.user,
      DB_PASSWORD: fresh.password,
      DB_ADMIN_USER: fresh.adminUser,
      DB_ADMIN_PASSWORD: fresh.adminPassword,
    };
    const sql = await lab.run(['migrate', '--print-sql'], env);
    expect(sql).toMatchObject({ code: 0, stdout: expect.stringMatching(/^CREATE TABLE accounts/m) });
    const first = await lab.run(['migrate'], env);
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('ran InitialSchema') });
    expect(first.stderr).not.toContain('cannot work yet');
    const second = await lab.run(['migrate'], env);
    expect(second).toMatchObject({
      code: 0,
      stdout: `${fresh.database}: nothing to do\n`,
      stderr: expect.stringMatching(/^Next: .* topics create \(make the Kafka topics\)\n$/),
    });
    expect(await lab.run(['check'], env)).toMatchObject({ stdout: expect.stringContaining('✓ Database') });
  });

  it('topics create makes what is missing and says what it did', async () => {
    const prefix = freshTopicPrefix();
    const names = Object.values(TOPICS).map((name) => topicOf(prefix, name));
    const env = { KAFKA_TOPIC_PREFIX: prefix, KAFKA_REPLICATION_FACTOR: '1' };
    try {
      const created = names.map((name) => `${name}: created\n`).join('');
      expect(await lab.run(['topics', 'create'], env)).toMatchObject({ code: 0, stdout: created });
      const unchanged = names.map((name) => `${name}: unchanged\n`).join('');
      expect(await lab.run(['topics', 'create'], env)).toMatchObject({ code: 0, stdout: unchanged });
    } finally {
      await lab.broker.ask('removing the test topics', (admin) => admin.deleteTopics({ topics: names }));
    }
  });

  it('topics adopt shows first and does it when told to', async () => {
    expect(await lab.run(['sync'])).toMatchObject({ code: 0 });
    expect(await lab.run(['topics', 'adopt'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('nothing to adopt'),
    });
    const topic = topicOf(lab.prefix, TOPICS.rawSnapshots);
    const group = groupOf(lab.prefix, 'projector');
    const where = 'WHERE consumer_group = ? AND topic = ? AND partition_no = 0';
    const nextOffset = async () =>
      Number(
        (await lab.db.query(`SELECT next_offset FROM checkpoints ${where}`, [group, topic]))[0]?.next_offset,
      );
    await lab.db.execute(`UPDATE checkpoints SET next_offset = 900 ${where}`, [group, topic]);
    const line = `${topic}/0, ${group}: 900 → 0\n`;

    const refused = await lab.run(['worker', '--only', 'projector']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('topics adopt --execute') });
    const shown = await lab.run(['topics', 'adopt']);
    expect(shown).toMatchObject({
      code: 0,
      stdout: line,
      stderr: expect.stringContaining('Nothing was changed'),
    });
    expect(await nextOffset()).toBe(900);
    const done = await lab.run(['topics', 'adopt', '--execute']);
    expect(done).toMatchObject({ code: 0, stdout: line, stderr: expect.stringContaining('--full-resync') });
    expect(await lab.run(['sync', '--full-resync'])).toMatchObject({ code: 0 });
    for (const source of ['ozon', 'wildberries'] as const)
      expect(await lab.levels(source)).toEqual(lab.truth(source));
    const wrong = await lab.run(['topics', 'adopt', '--partitions', 'all']);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('3,7') });
  });

  it('a worker writes on in a new log file when the old one was moved away and SIGHUP came', async () => {
    const logs = join(lab.folder, 'rotated', 'logs');
    const file = join(logs, 'worker.log');
    const env = { LOG_FILE_PATH: logs, LOG_LEVEL: 'INFO' };
    const running = lab.start(['worker'], env);
    const lines = (path: string) =>
      readFileSync(path, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    await vi.waitFor(() => expect(lines(file).length).toBeGreaterThan(0), { timeout: 30_000 });
    renameSync(file, `${file}.1`);
    running.child.kill('SIGHUP');
    await vi.waitFor(() => expect(statSync(file).isFile()).toBe(true), { timeout: 10_000 });
    expect(await lab.run(['sync', '--full-resync'], env)).toMatchObject({ code: 0 });
    running.child.kill('SIGTERM');
    await running.ended;
    expect(lines(`${file}.1`)[0]).toMatchObject({ level: 'info', msg: 'the command began' });
    expect(lines(file).at(-1)).toMatchObject({
      name: 'inventory-sync worker',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      msg: 'the command ended',
    });
    expect(lines(join(logs, 'sync.log')).at(-1)).toMatchObject({ msg: 'the command ended', exitCode: 0 });
  });

  it('simulator prints the settings that point at it, and serves until it is stopped', async () => {
    // Its keys are meant to be seen: the run that looks for secrets must not know them.
    const running = lab.start(['simulator', '--products', '7', '--seed', '5']);
    await running.says('simulator ready: http://127.0.0.1:');
    running.child.kill('SIGINT');
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    const settings = settingsIn(stdout);
    expect(Object.keys(settings)).toEqual([
      'OZON_API_URL',
      'OZON_CLIENT_ID',
      'OZON_API_KEY',
      'WB_COMMON_API_URL',
      'WB_CONTENT_API_URL',
      'WB_MARKETPLACE_API_URL',
      'WB_ANALYTICS_API_URL',
      'WB_API_KEY',
    ]);
    expect(settings.OZON_API_URL).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(settings.OZON_API_KEY).toMatch(/^[\da-f-]{36}$/);
    expect(settings.WB_API_KEY).toMatch(/^ey[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  it('engines up prints the settings of what runs, with the password in a file of its own', async () => {
    const { dir, kafka, mysql } = testEngines();
    const { code, stdout } = await lab.run(['engines', 'up', '--dir', dir]);
    expect(code).toBe(0);
    const settings = settingsIn(stdout);
    expect(settings).toEqual({
      KAFKA_BROKERS: kafka.brokers,
      DB_HOST: mysql.host,
      DB_PORT: String(mysql.port),
      DB_ADMIN_USER: mysql.adminUser,
      DB_ADMIN_PASSWORD_FILE: expect.any(String),
    });
    const file = settings.DB_ADMIN_PASSWORD_FILE ?? '';
    expect(readFileSync(file, 'utf8')).toBe(`${mysql.adminPassword}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const status = await lab.run(['engines', 'status', '--dir', dir]);
    expect(status.stdout).toMatch(/^Kafka [\d.]+: up \(127\.0\.0\.1:\d+, pid \d+, .*\nMySQL [\d.]+: up /);
  });

  it('engines down touches nothing that it did not start', async () => {
    const dir = scratchFolder('cli-engines');
    const { code, stdout } = await lab.run(['engines', 'status', '--dir', dir]);
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Kafka .*: never started /),
    });
    const down = await lab.run(['engines', 'down', '--wipe', '--dir', dir]);
    expect(down).toMatchObject({ code: 0, stderr: expect.stringContaining('Kafka: was not running') });
    expect((await lab.run(['engines', 'status', '--dir', testEngines().dir])).stdout).toMatch(
      /^Kafka .*: up /,
    );
  });
});
