import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { formatEnvValue } from '../../../config/dotenv.js';
import { Lead } from '../../../src/cli/schedule/lead.js';
import { Secret } from '../../../src/domain/secret.js';
import { Database } from '../../../src/store/database.js';
import { lockName } from '../../../src/store/named-lock.js';
import { type FreshDatabase, freshDatabase, scratchFolder } from '../../support/engines.js';
import { quietLogger } from '../../support/pipeline.js';
import { type Env, Lab, type Running } from './lab.js';

const HOUR = 3_600_000;

/** A server that keeps what it was asked, and lets the test wait for it. */
class Listener {
  readonly #server: Server;
  readonly #calls: string[] = [];
  readonly #waiting = new Set<() => void>();

  /** @param answers false: every request hangs */
  private constructor(answers: boolean) {
    this.#server = createServer((request, response) => {
      this.#calls.push(String(request.url).replace(/\?rid=[\da-f-]+&?/, '?'));
      for (const told of this.#waiting) told();
      if (answers) response.end('OK');
    });
  }

  static async start(answers = true): Promise<Listener> {
    const one = new Listener(answers);
    await new Promise<void>((resolve) => one.#server.listen(0, '127.0.0.1', resolve));
    return one;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get calls(): readonly string[] {
    return this.#calls;
  }

  hears(matches: (call: string) => boolean): Promise<string> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.#calls.find(matches);
        if (found === undefined) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

describe('schedule', () => {
  let lab: Lab;
  let state: string;
  let watchdog: Listener;
  beforeAll(async () => {
    lab = await Lab.start('cli_schedule', { ozonProducts: 5, wbProducts: 5 });
  });
  afterAll(() => lab.close());
  beforeEach(async () => {
    state = scratchFolder('schedule-state');
    watchdog = await Listener.start();
  });
  afterEach(() => watchdog.close());

  /** Only a read of the stock was missed; everything else has just been done. */
  function missedSync(): void {
    const now = Date.now();
    const marks = { sync: now - 30 * HOUR, 'full-resync': now, health: now, 'weekly-report': now };
    writeFileSync(join(state, 'schedule.json'), JSON.stringify(marks));
  }

  const settings = (more: Env = {}): Env => ({
    SCHEDULE_STATE_PATH: state,
    LOG_FILE_PATH: join(state, 'log'),
    PING_URL: watchdog.url,
    ...more,
  });
  const start = (more: Env = {}): Running => lab.start(['schedule'], settings(more));
  const logLines = () =>
    readFileSync(join(state, 'log', 'schedule.log'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  async function stop(daemon: Running): Promise<void> {
    daemon.child.kill('SIGTERM');
    expect((await daemon.ended).code).toBe(0);
  }

  /** Processes that the daemon has started, as the system knows them. */
  function childrenOf({ child }: Running): number[] {
    const text = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  }

  it('says what it will run and when, and ends in order', async () => {
    const daemon = start({
      SCHEDULE_TZ: 'Asia/Vladivostok',
      SCHEDULE_JITTER: '0',
      SCHEDULE_PROFILE: 'split',
    });
    await daemon.says('monitor --weekly-report');
    await stop(daemon);
    const { stderr } = await daemon.ended;
    expect(stderr).toContain('Schedule "split", time zone Asia/Vladivostok. Next runs:\n');
    expect(stderr).toMatch(/^ {2}Sun.* 02:00:00 {2}sync --source=all --full-resync$/m);
    expect(stderr).toMatch(/ \d\d:30:00 {2}sync --source=wb\n/);
    expect(stderr).toMatch(/ 09:00:00 {2}monitor --weekly-report\n/);
  });

  it('runs once what was missed several times, tells the watchdog, and remembers it', async () => {
    missedSync();
    const before = (await lab.runs()).length;
    const daemon = start();
    await watchdog.hears((call) => call === '/?');
    await stop(daemon);
    expect(watchdog.calls).toEqual(['/start?', '/?']);
    const runs = await lab.runs();
    expect(runs.length - before).toBe(2);
    expect(runs.slice(0, 2).map(({ status }) => status)).toEqual(['success', 'success']);
    const kept = JSON.parse(readFileSync(join(state, 'schedule.json'), 'utf8')) as Record<string, number>;
    expect(Date.now() - (kept.sync ?? 0)).toBeLessThan(HOUR);
    expect(logLines()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ job: 'sync', msg: 'job started, for those missed too' }),
        expect.objectContaining({ job: 'sync', msg: expect.stringMatching(/^Source +Outcome/) }),
        expect.objectContaining({ job: 'sync', msg: 'job ended', exitCode: 0 }),
      ]),
    );
    // A restart has nothing to make up for.
    const again = start();
    await again.says('Next runs');
    await stop(again);
    expect(watchdog.calls).toEqual(['/start?', '/?']);
  });

  it('told to stop in the middle of a read, ends it in order and leaves nobody behind', async () => {
    missedSync();
    const marketplace = await Listener.start(false);
    const daemon = start({ OZON_API_URL: marketplace.url, WB_ANALYTICS_API_URL: marketplace.url });
    await marketplace.hears(() => true);
    const [job = 0] = childrenOf(daemon);
    await stop(daemon);
    await marketplace.close();
    expect(() => process.kill(job, 0)).toThrow('ESRCH');
    expect(logLines()).toContainEqual(expect.objectContaining({ msg: 'job ended', exitCode: 143 }));
    expect(await lab.leases()).toEqual([]);
    // Stopped is not failed.
    expect(watchdog.calls).toEqual(['/start?']);
  });

  it('two of them share one database: the second stands by, and goes on when the first has gone', async () => {
    missedSync();
    const first = start();
    // It has the lock before it runs anything.
    await watchdog.hears((call) => call === '/start?');
    const second = start({ LOG_FILE_PATH: join(state, 'second'), PING_URL: undefined });
    await second.says('standing by');
    await watchdog.hears((call) => call === '/?');
    await stop(first);
    await second.says('the schedule is ours now');
    await stop(second);
  });

  it('refuses what no waiting mends, and works on without a database that is only away', async () => {
    const refused = await lab.run(['schedule'], settings({ DB_PASSWORD: 'a wrong word' }));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^Error: .*Access denied|Error: database/m);
    const alone = start({ DB_PORT: '1' });
    await alone.says('going by the schedule');
    await stop(alone);
  });

  it('its printed crontab runs under cron, and its units are written where asked', async () => {
    const envFile = join(state, 'shop 100 %.env');
    const { PATH: _notOurs, ...env } = lab.env;
    mkdirSync(join(state, 'log'));
    const lines = Object.entries({ ...env, LOG_FILE_PATH: join(state, 'log'), SCHEDULE_JITTER: '1' }).map(
      ([name, value]) => `${name}=${formatEnvValue(value ?? '')}`,
    );
    writeFileSync(envFile, `${lines.join('\n')}\n`, { mode: 0o600 });
    const none = Object.fromEntries(Object.keys(env).map((name) => [name, undefined]));
    const printed = await lab.run(['schedule', '--print', 'crontab', '--env-file', envFile], none);
    expect(printed).toMatchObject({ code: 0, stderr: '' });
    const line = printed.stdout.split('\n').find((one) => one.includes('sync --source=all >>')) ?? '';
    const command = line.replace(/^(\S+ ){5}/, '').replaceAll('\\%', '%');
    const before = (await lab.runs()).length;
    const code = await new Promise((resolve, reject) => {
      const cron = [
        '-i',
        'HOME=/',
        'LOGNAME=x',
        'SHELL=/bin/sh',
        'PATH=/usr/bin:/bin',
        '/bin/sh',
        '-c',
        command,
      ];
      spawn('/usr/bin/env', cron, { cwd: '/', stdio: 'ignore' }).on('error', reject).on('close', resolve);
    });
    expect(code).toBe(0);
    expect((await lab.runs()).length - before).toBe(2);
    expect(readFileSync(join(state, 'log', 'sync.log'), 'utf8')).toMatch(/^Source +Outcome/m);

    const out = join(state, 'units');
    const args = ['schedule', '--print', 'systemd', '--out', out, '--workers', '3', '--env-file', envFile];
    const written = await lab.run(args, none);
    expect(written).toMatchObject({ code: 0, stderr: '' });
    expect(written.stdout.trim().split('\n').sort()).toEqual(
      readdirSync(out)
        .map((name) => join(out, name))
        .sort(),
    );
    expect(readFileSync(join(out, 'inventory-sync.target'), 'utf8')).toContain(
      'inventory-sync-worker@3.service',
    );
    expect(await lab.run(['schedule', '--print', 'crontab', '--out', out], none)).toMatchObject({ code: 2 });
    expect(await lab.run(['schedule', '--out', out], none)).toMatchObject({ code: 2 });
    expect(
      await lab.run(['schedule', '--print', 'crontab', '--user', 'nobody-of-that-name'], none),
    ).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('useradd'),
    });
  });

  // The last one: the lease of a killed run holds for a while.
  it('outlives a job that crashes, and tells the watchdog', async () => {
    missedSync();
    const marketplace = await Listener.start(false);
    const daemon = start({ OZON_API_URL: marketplace.url });
    await marketplace.hears(() => true);
    const [job = 0, ...others] = childrenOf(daemon);
    expect(others).toEqual([]);
    process.kill(job, 'SIGKILL');
    await watchdog.hears((call) => call === '/fail?exit=1');
    await stop(daemon);
    await marketplace.close();
    expect(logLines()).toContainEqual(expect.objectContaining({ msg: 'job ended', signal: 'SIGKILL' }));
  });
});

describe('the lead among schedulers of one database', () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase('cli_lead');
  });
  afterAll(() => database.drop());

  const login = () => ({
    ...database,
    name: database.database,
    password: new Secret(database.password),
    poolSize: 2,
    idleSeconds: 60,
    waitTimeoutSeconds: 90,
  });
  const open = () => Database.open(login());

  it('belongs to one, also after its session broke, and passes on when that one leaves', async () => {
    const [first, second] = [new Lead(open, quietLogger()), new Lead(open, quietLogger())];
    const other = await open();
    try {
      expect(await first.standing()).toBe('ours');
      expect(await first.standing()).toBe('ours');
      expect(await second.standing()).toBe('elsewhere');
      // Its session is ended from outside, as by a restart of the server.
      const [holder] = await other.query<{ id: number }>('SELECT IS_USED_LOCK(?) AS id', [
        lockName('schedule', database.database),
      ]);
      await other.query(`KILL ${Number(holder?.id)}`);
      expect(await second.standing()).toBe('ours');
      // It may not believe that it still leads.
      expect(await first.standing()).not.toBe('ours');
      expect(await first.standing()).toBe('elsewhere');
      await second.close();
      expect(await first.standing()).toBe('ours');
    } finally {
      await Promise.all([first.close(), second.close()]);
      await other.close();
    }
  });

  it('is not known while the server is away, and refused where only a person can mend it', async () => {
    const away = new Lead(() => Database.open({ ...login(), port: 1 }), quietLogger());
    expect(await away.standing()).toBe('unknown');
    const wrong = new Lead(() => Database.open({ ...login(), password: new Secret('wrong') }), quietLogger());
    await expect(wrong.standing()).rejects.toMatchObject({ code: 'DB_REFUSED' });
    await Promise.all([away.close(), wrong.close()]);
  });
});
