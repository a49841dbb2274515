import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { parseEnv } from '../../config/dotenv.js';
import { Broker } from '../../src/broker/broker.js';
import { TOPICS, topicOf } from '../../src/events/topics.js';
import {
  type FreshDatabase,
  freshDatabase,
  freshTopicPrefix,
  scratchFolder,
  testEngines,
} from '../support/engines.js';
import { quietLogger } from '../support/pipeline.js';

const root = join(import.meta.dirname, '..', '..');
const launcher = join(root, 'dist', 'src', 'cli', 'index.js');

let database: FreshDatabase;
/** In place of `.engines`: whatever the demo leaves on the disk is in it, and on its commands' command lines. */
let home: string;
let env: NodeJS.ProcessEnv;
const prefix = freshTopicPrefix();
const demos: ChildProcess[] = [];

beforeAll(async () => {
  const built = spawnSync(process.execPath, ['engines/bootstrap.mjs', '--build'], { cwd: root });
  expect(String(built.stderr)).toBe('');
  database = await freshDatabase('demo');
  home = scratchFolder('demo');
  writeFileSync(join(home, 'empty.env'), '', { mode: 0o600 });
  env = {
    PATH: process.env.PATH,
    INVENTORY_SYNC_ENGINES_DIR: home,
    KAFKA_BROKERS: testEngines().kafka.brokers,
    KAFKA_TOPIC_PREFIX: prefix,
    DB_HOST: database.host,
    DB_PORT: String(database.port),
    DB_NAME: database.database,
    DB_USER: database.user,
    DB_PASSWORD: database.password,
    DB_ADMIN_USER: database.adminUser,
    DB_ADMIN_PASSWORD: database.adminPassword,
  };
});

afterEach(async () => {
  for (const demo of demos.splice(0)) demo.kill('SIGKILL');
  await untilNothingRuns();
});

afterAll(async () => {
  const broker = new Broker({
    brokers: testEngines().kafka.brokers.split(','),
    clientId: 'inventory-sync-test',
    sessionTimeoutMs: 6_000,
    logger: quietLogger(),
    prefix,
    concurrency: 1,
  });
  const topics = Object.values(TOPICS).map((name) => topicOf(`${prefix}-demo`, name));
  await broker.ask('removing the test topics', (admin) => admin.deleteTopics({ topics }));
  await broker.close();
  await database.drop();
});

test('shows the whole pipe, twice, and leaves nothing behind', { timeout: 300_000 }, async () => {
  const first = startDemo(['--once']);
  await first.says('[2/5]');
  const second = await startDemo(['--once']).ended;
  expect(second.code).toBe(5);
  expect(second.stderr).toContain('another demo is running');

  const shown = await first.ended;
  expect(shown).toMatchObject({ code: 0 });
  expect(shown.stderr).toContain(`Kafka: ${env.KAFKA_BROKERS} (ваш сервер: KAFKA_BROKERS`);
  expect(shown.stderr).toContain('Первая синхронизация');
  expect(shown.stdout).toContain('SELECT source, COUNT(*) as products_count, MAX(last_sync_at) as last_sync');
  expect(shown.stdout).toMatch(/^ {2}ozon +2000 {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/m);
  expect(shown.stdout.match(/^ {2}(?:ozon|wildberries) +success +\d+ {2}\d{4}-/gm)).toHaveLength(6);
  expect(shown.stdout).toMatch(/✓ Ozon: .* — совпадает до последней штуки/);
  expect(shown.stdout).toMatch(/✓ Wildberries: .* — совпадает до последней штуки/);
  expect(shown.stdout).toMatch(/»: \d+ → 0 шт\. \(больше не сообщается\)/);
  expect(shown.stdout).toMatch(/Тема: .*Wildberries: .*(?:остаток −1\d,\d\s%|резких изменения остатка)/);
  // The dashboard ran beside it, answered, and is gone.
  const [, url = '', status] = /Дашборд отвечает: (\S+) \((\d+)\)/.exec(shown.stderr) ?? [];
  expect(status).toBe('200');
  expect(shown.stderr).toContain(`Дашборд: ${url}`);
  await expect(fetch(url)).rejects.toThrow();
  expect(runningHere()).toEqual([]);

  const file = join(home, 'demo', 'demo.env');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const settings = parseEnv(readFileSync(file, 'utf8')).entries;
  for (const name of ['DB_PASSWORD', 'DB_ADMIN_PASSWORD', 'OZON_API_KEY', 'WB_API_KEY', 'DASHBOARD_TOKEN'])
    expect(shown.stdout + shown.stderr).not.toContain(settings.get(name)?.value);

  // The shop is where it was: nothing has collapsed overnight, and no mail tells of a move.
  const again = await startDemo(['--once'], { LOCALE: 'en' }).ended;
  expect(again).toMatchObject({ code: 0 });
  expect(again.stderr).toContain('the database remembers the shop');
  expect(again.stderr).toMatch(/✓ Ozon: 2,000 read; levels: 0 new, 1 changed, 0 closed/);
  expect(again.stderr).toMatch(/✓ Wildberries: [\d,]+ read, nothing has changed/);
  expect(again.stdout).toMatch(/Subject: .*Ozon: .*stock −1\d\.\d%/);
  expect(again.stdout.match(/equal to the last unit/g)).toHaveLength(2);
});

test('stops what it started when it is told to, and when it is killed', { timeout: 180_000 }, async () => {
  const told = startDemo([]);
  await told.says('[4/6]');
  expect(runningHere().filter((line) => line.endsWith(' dashboard '))).toHaveLength(1);
  const [, url = ''] = /Дашборд: (\S+)/.exec(told.stderr()) ?? [];
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  told.child.kill('SIGTERM');
  expect((await told.ended).code).toBe(143);
  expect(runningHere()).toEqual([]);

  const killed = startDemo([]);
  await killed.says('[4/6]');
  killed.child.kill('SIGKILL');
  await killed.ended;
  await untilNothingRuns();
});

test('does not mix invented goods into a real stock', { timeout: 60_000 }, async () => {
  const { host, port, adminUser: user, adminPassword: password } = database;
  const connection = await createConnection({ host, port, user, password, database: database.database });
  await connection.query("INSERT INTO accounts (source, account) VALUES ('ozon', '12345')");
  await connection.end();
  const refused = await startDemo(['--once']).ended;
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('holds the stock of a real account (ozon 12345)');
});

test('a server that does not answer is named with the setting', { timeout: 60_000 }, async () => {
  const refused = await startDemo(['--once'], { DB_PORT: '1', LOCALE: 'en' }).ended;
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('connect ECONNREFUSED 127.0.0.1:1');
  expect(refused.stderr).toContain('take the setting away (DB_HOST, environment)');
  expect(runningHere()).toEqual([]);
});

function startDemo(args: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const command = [launcher, '--env-file', join(home, 'empty.env'), 'demo', ...args];
  const child = spawn(process.execPath, command, {
    cwd: home,
    env: { ...env, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  demos.push(child);
  const said = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  child.stdout.on('data', (part: Buffer) => {
    said.stdout += part.toString();
  });
  child.stderr.on('data', (part: Buffer) => {
    said.stderr += part.toString();
    for (const told of listeners) told();
  });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, ...said }));
  });
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => said.stderr.includes(text) && resolve();
      listeners.add(look);
      look();
      void ended.then(({ code }) =>
        reject(new Error(`ended with ${code} and never said «${text}»:\n${said.stderr}`)),
      );
    });
  return { child, ended, says, stderr: () => said.stderr };
}

/** Processes with a path in our folder on their command line: the demos and all that they run. */
function runningHere(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes(`${home}/`));
}

/** Nobody tells of the end of a process that is not our child. The test's own timeout ends the wait. */
async function untilNothingRuns(): Promise<void> {
  while (runningHere().length > 0) await delay(50);
}
