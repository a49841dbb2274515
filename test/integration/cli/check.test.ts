import { type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConfigResourceTypes } from '../../../src/broker/kafkajs-patched.js';
import { TOPICS, topicOf } from '../../../src/events/topics.js';
import { freshDatabase, testEngines } from '../../support/engines.js';
import { Lab } from './lab.js';

const CONNECTIONS = 5;
const root = join(import.meta.dirname, '..', '..', '..');

interface CheckDocument {
  readonly status: string;
  readonly exitCode: number;
  readonly checks: readonly {
    readonly id: string;
    readonly status: string;
    readonly details: readonly string[];
    readonly problems: readonly { readonly level: string; readonly what: string; readonly remedy: string }[];
    readonly data?: Readonly<Record<string, unknown>>;
  }[];
}

const documentOf = (stdout: string) => JSON.parse(stdout) as CheckDocument;
const checkOf = (stdout: string, id: string) => {
  const found = documentOf(stdout).checks.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no ${id} in ${stdout}`);
  return found;
};

describe('check', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start('cli_check', { ozonProducts: 5, wbProducts: 5 });
  });
  afterAll(() => lab.close());
  // Wildberries allows three pings in half a minute.
  beforeEach(() => lab.db.execute('DELETE FROM rate_limits'));

  const allHeadings = (stdout: string) =>
    stdout.split('\n').filter((line) => line !== '' && !line.startsWith(' '));
  /** Of what is connected to. */
  const headings = (stdout: string) => allHeadings(stdout).slice(0, CONNECTIONS);

  it('says these very lines where all is well, with what is known of the keys below them', async () => {
    const { code, stdout, stderr } = await lab.run(['check']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^Next: [^\n]+\n$/) });
    expect(headings(stdout)).toEqual([
      '✓ Ozon API connection successful',
      '✓ Wildberries API connection successful',
      '✓ Database connection successful',
      '✓ Kafka connection successful',
      '✓ SMTP connection successful',
    ]);
    expect(allHeadings(stdout).slice(CONNECTIONS)).toEqual([
      '✓ Clock',
      '✓ Versions',
      '✓ Rights in the database',
      '✓ Topics',
      '✓ Broker settings',
      '✓ Consumer groups',
      '✓ Dead letters',
      '✓ Freshness',
      '✓ Settings file',
      '✓ Disk',
      'All is well.',
    ]);
    expect(stdout).toMatch(/^ {4}goes with: Ozon, Wildberries, MySQL$/m);
    expect(stdout).toMatch(/^ {4}inventory-sync \S+, Node \S+, (?:MySQL|MariaDB) \S+, Kafka /m);
    expect(stdout).toMatch(/^ {4}5 topics, 33 partitions, set as/m);
    expect(stdout).toMatch(/^ {4}personal token$/m);
    expect(stdout).toMatch(/^ {4}the key may call every method that is needed \(1\)$/m);
    expect(stdout).toMatch(/^ {4}key valid until \d{4}-\d\d-\d\d, \d+ days left$/m);
    expect(stdout).toMatch(/^ {4}token valid until \d{4}-\d\d-\d\d, \d+ days left$/m);
  });

  it('tries everything, whatever fails, and says cause and remedy of each', async () => {
    const { code, stdout } = await lab.run(['check'], {
      OZON_API_KEY: 'wrong-key-04c1d2',
      WB_API_KEY: 'no-token-7719',
      DB_PASSWORD: 'not-this-one-5517',
      KAFKA_BROKERS: '127.0.0.1:9',
      SMTP_PASSWORD: 'nor-this-one-0448',
    });
    expect(code).toBe(1);
    expect(headings(stdout)).toEqual([
      expect.stringMatching(/^✗ Ozon API: Ozon does not know this key.*404/),
      expect.stringMatching(/^✗ Wildberries API: .*\(WB_API_KEY is not a whole Wildberries token\)/),
      expect.stringMatching(/^✗ Database: .*Access denied/),
      expect.stringMatching(/^✗ Kafka: .*127\.0\.0\.1:9/),
      expect.stringMatching(/^✗ SMTP: .*535/),
    ]);
    expect(stdout.match(/^ {4}Remedy: \S.*$/gm)).toHaveLength(5);
    expect(allHeadings(stdout)).toEqual(
      expect.arrayContaining([
        '– Rights in the database: not looked at: the database is not reached',
        '– Topics: not looked at: Kafka is not reached',
        'To be mended (✗): 5.',
      ]),
    );
  });

  it('says the same lines in Russian, and the rest in Russian', async () => {
    lab.simulator.modes.ozon.roles = 'Product read-only';
    const { code, stdout } = await lab.run(['check'], { LOCALE: 'ru', OZON_WAREHOUSE_ID: 'all' });
    lab.simulator.modes.ozon.roles = '';
    expect(code).toBe(1);
    expect(stdout).toContain(
      '✗ Ozon API: ключу не разрешены методы /v2/warehouse/list, /v1/product/info/warehouse/stocks',
    );
    expect(stdout).toMatch(/\n {4}Что делать: Создайте в личном кабинете .*«Warehouse»/);
    expect(stdout).toMatch(
      /✓ Wildberries API connection successful\n {4}продавец .*\n {4}токен действует до /,
    );
  });

  it('fails a key that works and may not read the stock', async () => {
    lab.simulator.modes.ozon.access = 'role-missing';
    const { code, stdout } = await lab.run(['check']);
    lab.simulator.modes.ozon.access = 'ok';
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ Ozon API: .*\n {4}Remedy: .*make a key with the role/);
    expect(stdout).toContain('✓ Wildberries API connection successful\n');
  });

  it('takes no offence at a marketplace that is not in use, unless none is', async () => {
    const noOzon = { OZON_CLIENT_ID: undefined, OZON_API_KEY: undefined };
    const one = await lab.run(['check'], noOzon);
    expect(one.code).toBe(0);
    expect(headings(one.stdout).slice(0, 2)).toEqual([
      '– Ozon API: not configured, not read (OZON_CLIENT_ID, OZON_API_KEY not set)',
      '✓ Wildberries API connection successful',
    ]);
    const half = await lab.run(['check'], { OZON_API_KEY: undefined, WB_API_KEY: undefined });
    expect(half.code).toBe(1);
    expect(headings(half.stdout).slice(0, 2)).toEqual([
      expect.stringMatching(/^✗ Ozon API: Not set: OZON_API_KEY/),
      '– Wildberries API: not configured, not read (WB_API_KEY not set)',
    ]);
    const none = await lab.run(['check'], { ...noOzon, WB_API_KEY: undefined });
    expect(none.code).toBe(1);
    expect(headings(none.stdout).slice(0, 2)).toEqual([
      expect.stringMatching(/^✗ Ozon API: Not set: OZON_CLIENT_ID, OZON_API_KEY/),
      expect.stringMatching(/^✗ Wildberries API: Not set: WB_API_KEY/),
    ]);
  });

  it('says that no mail is sent where no mail server is set, and that is no failure', async () => {
    const none = { SMTP_HOST: undefined, SMTP_USER: undefined, SMTP_PASSWORD: undefined };
    const { code, stdout } = await lab.run(['check'], none);
    expect(code).toBe(0);
    expect(headings(stdout)[4]).toBe('– SMTP: not configured, no mail is sent (SMTP_HOST is not set)');
  });

  it('ends with the code for settings where they cannot be used at all', async () => {
    const { code, stdout } = await lab.run(['check'], { KAFKA_SESSION_TIMEOUT: 'half an hour' });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('is one document for programs', async () => {
    const { code, stdout } = await lab.run(['check', '--json']);
    expect(code).toBe(0);
    const { status, exitCode, checks } = documentOf(stdout);
    expect({ status, exitCode }).toEqual({ status: 'ok', exitCode: 0 });
    expect(checks.map(({ id }) => id)).toEqual([
      ...['ozon', 'wildberries', 'database', 'kafka', 'smtp', 'clock', 'versions', 'rights', 'topics'],
      ...['broker', 'groups', 'letters', 'freshness', 'settings', 'disk'],
    ]);
    expect(checks.every((one) => one.status === 'ok')).toBe(true);
    expect(checkOf(stdout, 'rights').data).toEqual({ surplus: [], everywhere: false });
    expect(
      Number((checkOf(stdout, 'broker').data?.settings as Record<string, string>)['message.max.bytes']),
    ).toBeGreaterThan(0);
  });

  it("hears from the marketplaces' answers that the clock is wrong", async () => {
    const behind = await startLateClock(lab.simulator.url, 400_000);
    try {
      const { code, stdout } = await lab.run(['check', '--json'], { OZON_API_URL: behind.url });
      expect(code).toBe(1);
      const { status, problems } = checkOf(stdout, 'clock');
      expect(status).toBe('failed');
      expect(problems).toEqual([
        {
          level: 'error',
          what: expect.stringMatching(/^the clock here is (?:39\d|40\d) s ahead of that of Ozon$/),
          remedy: expect.stringContaining('set-ntp'),
        },
      ]);
      expect(checkOf(stdout, 'ozon').status).toBe('ok');
    } finally {
      await behind.close();
    }
  });

  it('remarks on rights that are not needed, and fails without those that are', async () => {
    const { adminUser: DB_USER, adminPassword: DB_PASSWORD } = lab.database;
    const admin = await lab.run(['check', '--json'], { DB_USER, DB_PASSWORD });
    expect(admin.code).toBe(0);
    expect(checkOf(admin.stdout, 'rights')).toMatchObject({
      status: 'ok',
      details: [expect.stringContaining('what is needed'), expect.stringContaining('remark: ')],
      data: { surplus: ['ALL PRIVILEGES'], everywhere: false },
    });
    const { host, port, adminUser: user, adminPassword: password } = testEngines().mysql;
    const root = await createConnection({ host, port, user, password });
    const reader = `${lab.database.database}_r`.slice(-30);
    try {
      await root.query('CREATE USER ?@? IDENTIFIED BY ?', [reader, '%', 'only-looks-4471']);
      await root.query(`GRANT SELECT ON \`${lab.database.database}\`.* TO '${reader}'@'%'`);
      const env = { DB_USER: reader, DB_PASSWORD: 'only-looks-4471' };
      const { code, stdout } = await lab.run(['check'], env);
      expect(code).toBe(1);
      expect(stdout).toContain(`✗ Rights in the database: ${reader} may not do what is needed\n`);
      expect(stdout).toMatch(
        /^ {4}Remedy: as an administrator of MySQL, run: GRANT SELECT, INSERT, UPDATE, DELETE ON /m,
      );
      expect(stdout).not.toContain('remark: ');
    } finally {
      await root.query('DROP USER IF EXISTS ?@?', [reader, '%']);
      await root.end();
    }
  });

  it('compares topics with what `topics create` makes, which mends them', async () => {
    const name = topicOf(lab.prefix, TOPICS.alerts);
    await lab.broker.ask('shortening a topic', (admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: ConfigResourceTypes.TOPIC,
            name,
            // Whatever is not named goes back to the broker's default.
            configEntries: [
              { name: 'retention.ms', value: '3600000' },
              { name: 'message.timestamp.type', value: 'LogAppendTime' },
            ],
          },
        ],
      }),
    );
    const off = await lab.run(['check']);
    expect(off.code).toBe(0);
    expect(off.stdout).toContain(`! Topics: ${name}: retention.ms is 3600000, 7776000000 was expected\n`);
    expect(off.stdout).toContain('    Remedy: run `inventory-sync topics create`\n');
    expect(off.stdout).toMatch(/\nNothing stands in the way; worth a look \(!\): 1\.\n$/);
    expect((await lab.run(['topics', 'create'])).code).toBe(0);
    expect(checkOf((await lab.run(['check', '--json'])).stdout, 'topics').status).toBe('ok');
  });

  it('finds missing topics and tables, and looks at the rest', async () => {
    const empty = await freshDatabase('check_empty');
    try {
      const { code, stdout } = await lab.run(['check'], {
        DB_NAME: empty.database,
        DB_USER: empty.user,
        DB_PASSWORD: empty.password,
        KAFKA_TOPIC_PREFIX: `${lab.prefix}-nothing`,
      });
      expect(code).toBe(1);
      expect(headings(stdout)[2]).toMatch(/^✗ Database: .*no tables of inventory-sync/);
      expect(headings(stdout)[3]).toMatch(/^✗ Kafka: .*missing topics/);
      expect(stdout).toMatch(/^✗ Topics: missing: .*raw-snapshots\.v1/m);
      expect(stdout).toMatch(/^ {4}migrations still to run: \d+ \(inventory-sync migrate\)$/m);
      expect(stdout).toContain('– Dead letters: not looked at: the tables are not there yet\n');
    } finally {
      await empty.drop();
    }
  });

  it('knows tables that are newer than the program', async () => {
    const name = 'FromTheFuture4000000000000';
    await lab.db.execute(
      `INSERT INTO inventory_sync_migrations (timestamp, name) VALUES (4000000000000, '${name}')`,
    );
    const { code, stdout } = await lab.run(['check', '--json']);
    await lab.db.execute(`DELETE FROM inventory_sync_migrations WHERE name = '${name}'`);
    expect(code).toBe(0);
    expect(checkOf(stdout, 'versions')).toMatchObject({ status: 'warning', data: { newer: [name] } });
  });

  it('warns of a settings file that others can read, in the reader’s language and once', async () => {
    const file = join(lab.folder, 'open.env');
    writeFileSync(file, 'LOCALE=ru\n', { mode: 0o644 });
    const { code, stdout, stderr } = await lab.run(['--env-file', file, 'check'], { LOCALE: undefined });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^Дальше: [^\n]+\n$/) });
    expect(stdout).toContain(`! Файл настроек: права ${file}: 644, ключи могут прочесть`);
    expect(stdout).toContain(`    Что делать: chmod 600 '${file}'\n`);
  });

  it('tells of stock that is old, and of a worker that hangs', async () => {
    const beats = join(lab.folder, 'beats');
    mkdirSync(beats);
    const file = join(beats, 'worker.alive');
    writeFileSync(file, '');
    utimesSync(file, Date.now() / 1000 - 3600, Date.now() / 1000 - 3600);
    expect((await lab.run(['sync', '--source=ozon'])).code).toBe(0);
    const { code, stdout } = await lab.run(['check', '--json'], { HEARTBEAT_PATH: beats });
    expect(code).toBe(0);
    const fresh = checkOf(stdout, 'freshness');
    expect(fresh.details).toEqual(['Ozon: last complete read 0 min ago']);
    expect(fresh.problems).toEqual([
      {
        level: 'warning',
        what: 'worker has given no sign of life for 1 h',
        remedy: expect.stringContaining(`remove ${file}`),
      },
    ]);
    expect(checkOf(stdout, 'disk').details.join()).toContain(`HEARTBEAT_PATH ${beats}`);
    expect(checkOf(stdout, 'groups').details.join()).toContain('no worker runs');
    await lab.db.execute(
      "UPDATE feeds SET watermark_at = NOW(3) - INTERVAL 9 HOUR WHERE endpoint = 'product-stocks'",
    );
    const old = checkOf((await lab.run(['check', '--json'])).stdout, 'freshness');
    expect(old.problems.map(({ what }) => what)).toEqual([
      'Ozon: last complete read 9 h ago, MAX_SYNC_AGE_HOURS allows 8 h',
    ]);
  });

  it('says all in every line with --plain', async () => {
    const { stdout } = await lab.run(['check', '--plain']);
    expect(stdout).toContain('✓ Ozon API connection successful\n');
    expect(stdout).toMatch(/^Clock: goes with: /m);
    expect(stdout.split('\n').filter((line) => line.startsWith(' '))).toEqual([]);
  });

  it('ends, as what people type does, with the next step on stderr', async () => {
    const runs = ['check', 'topics create', 'monitor --check-last-sync', 'dlq list --json'];
    const [check, topics, timed, forPrograms] = await Promise.all(
      runs.map((args) => lab.run(args.split(' '))),
    );
    expect(check?.stderr).toMatch(/^Next: .* (?:sync --test-mode|monitor --health-check) \(.*\)\n$/);
    expect(topics?.stderr).toMatch(/^Next: .* check \(try all connections\)\n$/);
    expect(`${check?.stdout}${topics?.stdout}`).not.toContain('Next: ');
    // Cron would mail it.
    expect(timed?.stdout).toContain('Last complete read');
    expect(timed?.stderr).not.toContain('Next: ');
    expect(forPrograms?.stderr).toBe('');
  });

  const hasTerminal = spawnSync('script', ['--version']).status === 0;
  it.skipIf(!hasTerminal)('ends with the next step where a person looks on', async () => {
    const run = (args: string) => {
      const command = `${process.execPath} dist/src/cli/index.js --env-file ${join(lab.folder, 'empty.env')} ${args}`;
      const env = { ...lab.env, TERM: 'xterm' } as NodeJS.ProcessEnv;
      return spawnInTerminal(command, { cwd: root, env });
    };
    expect(await run('topics create')).toMatch(
      /Next: inventory-sync --env-file \S+ check \(try all connections\)\s*$/,
    );
    expect(await run('dlq list --json')).not.toContain('Next: ');
  });
});

/** In a terminal of its own: util-linux makes one. */
async function spawnInTerminal(command: string, options: SpawnOptions): Promise<string> {
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout?.on('data', (part: Buffer) => {
    said += part.toString();
  });
  await once(child, 'close');
  return said;
}

/** The marketplaces with a clock that is late by so many milliseconds. */
async function startLateClock(url: string, ms: number) {
  const server = createServer((asked, answer) => {
    const { method, headers } = asked;
    const onward = request(`${url}${asked.url}`, { method, headers }, (theirs) => {
      const date = new Date(Date.now() - ms).toUTCString();
      answer.writeHead(theirs.statusCode ?? 502, { ...theirs.headers, date });
      theirs.pipe(answer);
    });
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
