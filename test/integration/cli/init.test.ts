import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseEnv } from '../../../config/dotenv.js';
import { type Env, Lab } from './lab.js';

const root = join(import.meta.dirname, '..', '..', '..');
const launcher = join(root, 'dist', 'src', 'cli', 'index.js');
/** What the wizard asks: none of it is in the environment, unless a test puts it there. */
const ASKED = [
  ...[
    'OZON_CLIENT_ID',
    'OZON_API_KEY',
    'WB_API_KEY',
    'DB_HOST',
    'DB_PORT',
    'DB_NAME',
    'DB_USER',
    'DB_PASSWORD',
  ],
  ...['KAFKA_BROKERS', 'SMTP_HOST', 'SMTP_PORT', 'SMTP_USER', 'SMTP_PASSWORD', 'ALERT_EMAIL'],
];

let lab: Lab;
let out: string;
beforeAll(async () => {
  lab = await Lab.start('cli_init', { ozonProducts: 5, wbProducts: 5 });
  out = join(lab.folder, 'new.env');
});
afterAll(() => lab.close());
beforeEach(() => {
  for (const name of readdirSync(lab.folder)) if (name !== 'empty.env') rmSync(join(lab.folder, name));
});

const bare = (): Env => Object.fromEntries(ASKED.map((name) => [name, undefined]));
const secret = (name: string, value = lab.env[name] ?? ''): string => {
  const path = join(lab.folder, `${name}.secret`);
  writeFileSync(path, `${value}\n`, { mode: 0o600 });
  return path;
};
/** Everything as options. */
const flags = (): string[] => [
  ...['--out', out, '--ozon-client-id', lab.env.OZON_CLIENT_ID ?? ''],
  ...['--ozon-api-key-file', secret('OZON_API_KEY'), '--wb-api-key-file', secret('WB_API_KEY')],
  ...[
    '--db-host',
    lab.env.DB_HOST ?? '',
    '--db-port',
    lab.env.DB_PORT ?? '',
    '--db-name',
    lab.env.DB_NAME ?? '',
  ],
  ...['--db-user', lab.env.DB_USER ?? '', '--db-password-file', secret('DB_PASSWORD')],
  ...['--kafka-brokers', lab.env.KAFKA_BROKERS ?? '', '--smtp-host', lab.env.SMTP_HOST ?? ''],
  ...['--smtp-port', lab.env.SMTP_PORT ?? '', '--smtp-user', lab.env.SMTP_USER ?? ''],
  ...['--smtp-password-file', secret('SMTP_PASSWORD'), '--alert-email', lab.env.ALERT_EMAIL ?? ''],
];
const written = (path = out) =>
  Object.fromEntries(
    [...parseEnv(readFileSync(path, 'utf8')).entries].map(([name, { value }]) => [name, value]),
  );
const asGiven = () => Object.fromEntries(ASKED.map((name) => [name, lab.env[name]]));
/** No secret of the lab's in what was said. */
const keepsSecrets = (text: string) => {
  for (const name of ['OZON_API_KEY', 'WB_API_KEY', 'DB_PASSWORD', 'SMTP_PASSWORD'])
    expect(text).not.toContain(lab.env[name]);
};
const leftovers = () => readdirSync(lab.folder).filter((name) => !/^empty\.env$|\.secret$/.test(name));

describe('init without a terminal', () => {
  it('tries everything, writes what it was given, and names what comes next', async () => {
    const { code, stdout, stderr } = await lab.run(['init', ...flags()], bare());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').filter((line) => line.startsWith('✓'))).toEqual([
      ...['✓ Ozon', '✓ Wildberries', '✓ MySQL', '✓ Kafka', '✓ Mail'],
      `✓ Settings written: ${out} (mode 600)`,
    ]);
    expect(stdout).toMatch(/^ {4}the key may call every method that is needed \(1\)$/m);
    expect(stdout).toMatch(/^ {4}key valid until \d{4}-\d\d-\d\d, \d+ days left$/m);
    expect(stdout).toMatch(/^ {4}token valid until \d{4}-\d\d-\d\d, \d+ days left$/m);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(
      `Next: ${['migrate', 'topics create', 'check', 'sync --test-mode'].map((name) => `inventory-sync --env-file ${out} ${name}`).join(', then ')}`,
    );
    const { DASHBOARD_TOKEN, ...others } = written();
    expect(others).toEqual({ LOCALE: 'en', ...asGiven() });
    expect(DASHBOARD_TOKEN).toMatch(/^[\w-]{32}$/);
    expect((statSync(out).mode & 0o777).toString(8)).toBe('600');
    keepsSecrets(stdout);
    expect(leftovers()).toEqual(['new.env']);
    // Every later command is content with the file.
    await lab.db.execute('DELETE FROM rate_limits');
    const printed = await lab.run(['--env-file', out, 'config', 'print', '--json'], bare());
    expect(printed).toMatchObject({ code: 0, stderr: '' });
  });

  it('takes secrets from the environment and from stdin, and tries nothing where that is wished', async () => {
    const server = createServer(() => expect.unreachable('nothing is tried'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const args = [
      'init',
      '--out',
      out,
      '--skip-tests',
      '--no-ozon',
      '--no-dashboard-token',
      '--wb-api-key-file',
      '-',
    ];
    const { status, stdout } = spawnSync(process.execPath, [launcher, ...args, '--db-port', String(port)], {
      input: 'the-token-1\n',
      env: { PATH: process.env.PATH, LOCALE: 'ru', DB_PASSWORD: "d'b #1", DB_HOST: '127.0.0.1' },
      cwd: lab.folder,
      encoding: 'utf8',
    });
    server.close();
    expect(status).toBe(0);
    expect(written()).toMatchObject({
      ...{ LOCALE: 'ru', WB_API_KEY: 'the-token-1', DB_PASSWORD: "d'b #1", DB_PORT: String(port) },
      ...{ OZON_CLIENT_ID: '', DASHBOARD_TOKEN: '', SMTP_HOST: '', KAFKA_BROKERS: '127.0.0.1:9092' },
    });
    expect(stdout).toMatch(/^✓ Настройки записаны: .*\nДальше: inventory-sync --env-file .* migrate, затем/);
  });

  it('names all that is missing, and what gives it', async () => {
    const { code, stdout, stderr } = await lab.run(
      ['init', '--yes', '--out', out, '--smtp-host', 'a'],
      bare(),
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const name of [
      'ozon-client-id',
      'ozon-api-key-file',
      'wb-api-key-file',
      'db-password-file',
      'alert-email',
    ])
      expect(stderr).toContain(`: --${name} <`);
    expect(stderr).toMatch(/^Remedy: /m);
    expect(leftovers()).toEqual([]);
  });

  it('tells of every failure with its remedy and writes nothing, or what it is told to write', async () => {
    const wrong = [
      ...[
        '--wb-api-key-file',
        secret('wrong', 'no-token-7719'),
        '--db-password-file',
        secret('wrong-db', 'not-it-5517'),
      ],
      ...['--kafka-brokers', '127.0.0.1:9'],
    ];
    const { code, stdout, stderr } = await lab.run(['init', ...flags(), ...wrong], bare());
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ Wildberries: .*\n {4}Remedy: /m);
    expect(stdout).toMatch(/^✗ MySQL: .*Access denied.*\n {4}Remedy: check DB_USER and DB_PASSWORD/m);
    expect(stdout).toMatch(/^✗ Kafka: .*127\.0\.0\.1:9.*\n {4}Remedy: /m);
    expect(stderr).toMatch(/the test failed: Wildberries, MySQL, Kafka; nothing was written/);
    expect(stdout + stderr).not.toMatch(/no-token-7719|not-it-5517/);
    expect(leftovers()).toEqual([]);

    const kept = await lab.run(['init', ...flags(), ...wrong, '--on-failure', 'keep'], bare());
    expect(kept.code).toBe(0);
    expect(written()).toMatchObject({ WB_API_KEY: 'no-token-7719', DB_PASSWORD: 'not-it-5517' });
    const left = await lab.run(
      ['init', ...flags(), ...wrong, '--force', '--on-failure', 'leave-out'],
      bare(),
    );
    expect(left.code).toBe(0);
    expect(written()).toMatchObject({ WB_API_KEY: '', DB_PASSWORD: '', OZON_API_KEY: lab.env.OZON_API_KEY });
  });

  it('says what is not there yet, which is no failure', async () => {
    const empty = [...flags(), '--db-name', 'no_such_database'];
    const { code, stdout } = await lab.run(['init', ...empty], {
      ...bare(),
      KAFKA_TOPIC_PREFIX: 'nothing-here',
    });
    expect(stdout).toMatch(/✓ Kafka\n {4}the topics are not there yet/);
    // The user may see its own database only: MySQL says that instead of that there is none.
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ MySQL: .*Access denied/);
    const admin = [
      '--db-user',
      lab.database.adminUser,
      '--db-password-file',
      secret('adm', lab.database.adminPassword),
    ];
    expect((await lab.run(['init', ...flags(), ...admin], bare())).stdout).toMatch(
      /✓ MySQL\n {4}server version \S+\n/,
    );
  });

  it('never replaces a file unasked', async () => {
    writeFileSync(out, 'DB_PASSWORD=mine\nOZON_WAREHOUSE_ID=all\n', { mode: 0o644 });
    const refused = await lab.run(['init', '--skip-tests', ...flags()], bare());
    expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(/new\.env is there already\nRemedy: give --force .*--out/);
    expect(written()).toEqual({ DB_PASSWORD: 'mine', OZON_WAREHOUSE_ID: 'all' });

    const forced = await lab.run(['init', '--skip-tests', '--force', ...flags()], bare());
    expect(forced.code).toBe(0);
    expect(forced.stdout).toContain(
      `The former file is kept: ${out}.bak\nNot in the new file: OZON_WAREHOUSE_ID.`,
    );
    expect(written(`${out}.bak`)).toEqual({ DB_PASSWORD: 'mine', OZON_WAREHOUSE_ID: 'all' });
    expect((statSync(`${out}.bak`).mode & 0o777).toString(8)).toBe('600');
    expect(written().DB_PASSWORD).toBe(lab.env.DB_PASSWORD);
  });

  it('told to stop while a server keeps silent, leaves nothing behind', async () => {
    let reached: () => void = () => undefined;
    const silent = createServer(() => reached());
    const connected = new Promise<void>((resolve) => (reached = resolve));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const { child, ended } = lab.start(['init', ...flags(), '--db-port', String(port)], bare());
    await connected;
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    silent.close();
    expect(code).toBe(130);
    expect(stderr).toContain('Nothing was written.');
    expect(leftovers()).toEqual([]);
  });
});

/** `script` gives the command a terminal of its own. */
const hasScript = spawnSync('script', ['--version']).status === 0;

describe.skipIf(!hasScript)('init on a terminal (needs script of util-linux)', () => {
  const terminals = new Set<ChildProcess>();
  afterAll(() => {
    for (const child of terminals) child.kill('SIGKILL');
  });

  function onTerminal(args: readonly string[], env: Env = {}) {
    const command = [process.execPath, launcher, 'init', ...args].map((word) => `'${word}'`).join(' ');
    const child = spawn('script', ['-qefc', command, '/dev/null'], {
      cwd: lab.folder,
      env: { ...lab.env, ...bare(), LOCALE: undefined, TERM: 'xterm', ...env },
    });
    terminals.add(child);
    let screen = '';
    let read = 0;
    let look = () => undefined as void;
    child.stdout.on('data', (part: Buffer) => {
      screen += part.toString();
      look();
    });
    const ended = new Promise<number | null>((resolve) => {
      child.on('close', (code) => {
        terminals.delete(child);
        resolve(code);
      });
    });
    /** Waits for the question, then types. */
    const answer = async (question: string, typed: string): Promise<void> => {
      await new Promise<void>((resolve, reject) => {
        look = () => {
          const at = screen.indexOf(question, read);
          if (at === -1) return;
          read = at + question.length;
          resolve();
        };
        look();
        void ended.then(() => reject(new Error(`it ended before it asked «${question}»:\n${screen}`)));
      });
      child.stdin.write(typed);
    };
    return { answer, ended, screen: () => screen };
  }

  const DOWN = '\u001B[B';
  const CTRL_C = '\u0003';

  it('asks, tries, asks again where that failed, and writes', async () => {
    const { answer, ended, screen } = onTerminal(['--out', out, '--no-wb']);
    const { env } = lab;
    await answer('Язык · Language', `${DOWN}\r`);
    await answer('Read stock from Ozon?', '\r');
    await answer('Client-Id', `${env.OZON_CLIENT_ID}\r`);
    await answer('Api-Key', 'wrong-key-04c1d2\r');
    await answer('What now?', '\r');
    await answer('Client-Id', '\r');
    await answer('Enter keeps', `${env.OZON_API_KEY}\r`);
    await answer('MySQL: host', '\r');
    await answer('MySQL: port', `${env.DB_PORT}\r`);
    await answer('MySQL: database', `${env.DB_NAME}\r`);
    await answer('MySQL: run-time user', `${env.DB_USER}\r`);
    await answer("MySQL: that user's password", `${env.DB_PASSWORD}\r`);
    await answer('Kafka: brokers', `${env.KAFKA_BROKERS}\r`);
    await answer('Send alerts by mail?', `${DOWN}\r`);
    await answer('Make a token', '\r');
    expect(await ended).toBe(0);
    expect(written()).toMatchObject({
      ...{ LOCALE: 'en', OZON_CLIENT_ID: env.OZON_CLIENT_ID, OZON_API_KEY: env.OZON_API_KEY, WB_API_KEY: '' },
      ...{ DB_HOST: '127.0.0.1', DB_PORT: env.DB_PORT, DB_PASSWORD: env.DB_PASSWORD, SMTP_HOST: '' },
      DASHBOARD_TOKEN: expect.stringMatching(/^[\w-]{32}$/),
    });
    expect(screen()).toMatch(/✗ Ozon: .*404/);
    expect(screen()).toMatch(/✓ Ozon\r?\n {4}the key may call/);
    keepsSecrets(screen());
    expect(screen()).not.toContain('wrong-key-04c1d2');
    expect(screen().match(/Next: /g)).toHaveLength(1);
    expect(leftovers()).toEqual(['new.env']);
  });

  it('asks before it replaces a file, in Russian', async () => {
    writeFileSync(out, 'DB_PASSWORD=mine\n', { mode: 0o600 });
    const first = onTerminal(['--out', out], { LOCALE: 'ru' });
    await first.answer('уже есть', '\r');
    expect(await first.ended).toBe(0);
    expect(first.screen()).toContain('Ничего не записано.');
    const other = join(lab.folder, 'other.env');
    const given = ['--no-ozon', '--no-wb', '--no-mail', '--no-dashboard-token', '--skip-tests'];
    const second = onTerminal(['--out', out, ...given, '--db-password-file', secret('DB_PASSWORD')], {
      ...{ LOCALE: 'ru', DB_HOST: 'a', DB_PORT: '1', DB_NAME: 'b', DB_USER: 'c', KAFKA_BROKERS: 'd:1' },
    });
    await second.answer('уже есть', `${DOWN}${DOWN}\r`);
    await second.answer('В какой файл', `${other}\r`);
    expect(await second.ended).toBe(0);
    expect(written()).toEqual({ DB_PASSWORD: 'mine' });
    expect(written(other)).toMatchObject({ DB_HOST: 'a', DB_PASSWORD: lab.env.DB_PASSWORD });
    expect(second.screen()).toContain('Не настроен ни один маркетплейс');
  });

  it('ends at Ctrl-C with 130 and without a file', async () => {
    const { answer, ended, screen } = onTerminal(['--out', out, '--locale', 'en', '--no-ozon', '--no-wb']);
    await answer('MySQL: host', '\r');
    await answer('MySQL: port', CTRL_C);
    expect(await ended).toBe(130);
    expect(screen()).toContain('Nothing was written.');
    expect(existsSync(out)).toBe(false);
    expect(leftovers()).toEqual([]);
  });
});
