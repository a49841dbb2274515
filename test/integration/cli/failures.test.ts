import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../support/engines.js';
import { type Env, type Finished, Lab } from './lab.js';

const NOBODY = '127.0.0.1:9';

describe('what is missing or wrong around us', () => {
  let lab: Lab;
  let empty: FreshDatabase;
  let mute: Server;
  beforeAll(async () => {
    lab = await Lab.start('cli_failures', { ozonProducts: 5, wbProducts: 5 });
    empty = await freshDatabase('cli_empty');
    // Takes every connection and says nothing, as a firewall or the wrong service may do.
    mute = createServer(() => undefined);
    await new Promise<void>((listening) => mute.listen(0, '127.0.0.1', listening));
  });
  afterAll(async () => {
    mute.close();
    await empty.drop();
    await lab.close();
  });

  /** Two lines: what, and what to do. */
  const told = ({ stderr }: Finished) => {
    const [what = '', remedy = '', ...more] = stderr.trimEnd().split('\n');
    return { what, remedy, more };
  };
  const expectEach = async (
    commands: readonly string[][],
    env: Env,
    code: number,
    what: RegExp,
    remedy: RegExp,
  ) => {
    for (const finished of await Promise.all(commands.map((args) => lab.run(args, env)))) {
      expect(finished).toMatchObject({ code, stdout: '' });
      expect(told(finished)).toEqual({
        what: expect.stringMatching(what),
        remedy: expect.stringMatching(remedy),
        more: [],
      });
    }
  };

  it('Kafka is down', () =>
    expectEach(
      [['worker'], ['topics', 'create'], ['topics', 'adopt']],
      { KAFKA_BROKERS: NOBODY },
      1,
      /^Error: Kafka: connecting to 127\.0\.0\.1:9: /,
      /^Remedy: check KAFKA_BROKERS and that the broker runs/,
    ));

  it('MySQL is down', () =>
    expectEach(
      [['sync'], ['worker'], ['migrate'], ['topics', 'adopt']],
      { DB_PORT: '9' },
      1,
      /^Error: database: connecting to 127\.0\.0\.1:9.*ECONNREFUSED/,
      /^Remedy: check DB_HOST and DB_PORT/,
    ));

  it('the database password is wrong', async () => {
    const env = {
      DB_PASSWORD: 'not-this-one-5517',
      DB_ADMIN_USER: empty.adminUser,
      DB_ADMIN_PASSWORD: 'nor-this-0448',
    };
    await expectEach(
      [['sync'], ['worker']],
      env,
      1,
      /^Error: database: .*Access denied/,
      /DB_USER and DB_PASSWORD$/,
    );
    await expectEach(
      [['migrate']],
      env,
      1,
      /^Error: database: .*Access denied/,
      /DB_ADMIN_USER and DB_ADMIN_PASSWORD$/,
    );
  });

  it('there are no tables, or no topics', async () => {
    const other = { DB_NAME: empty.database, DB_USER: empty.user, DB_PASSWORD: empty.password };
    const noTables = /^Error: the database has no tables of inventory-sync$/;
    await expectEach([['sync'], ['worker']], other, 1, noTables, /^Remedy: run `inventory-sync migrate`$/);
    const missing = /^Error: missing topics: nowhere\.raw-snapshots\.v1, /;
    await expectEach(
      [['worker']],
      { KAFKA_TOPIC_PREFIX: 'nowhere' },
      1,
      missing,
      /^Remedy: run `inventory-sync topics create`/,
    );
  });

  it('the servers take the connection and say nothing', async () => {
    const port = String((mute.address() as AddressInfo).port);
    const [kafka, mysql] = await Promise.all([
      lab.run(['worker'], { KAFKA_BROKERS: `127.0.0.1:${port}` }),
      lab.run(['sync', '--json'], { DB_PORT: port }),
    ]);
    expect(kafka.code).toBe(1);
    expect(told(kafka)).toMatchObject({
      what: expect.stringContaining('no answer from 127.0.0.1'),
      more: [],
    });
    expect(mysql.code).toBe(1);
    expect(JSON.parse(mysql.stdout)).toMatchObject({
      status: 'failed',
      error: { code: 'DB_UNAVAILABLE' },
      sources: [],
    });
  });

  it('the command line or the settings are wrong', async () => {
    const [option, command, unknown, illTyped, alone, nothing] = await Promise.all([
      lab.run(['sync', '--sourse', 'all']),
      lab.run(['snyc']),
      lab.run(['sync'], { OZON_APIKEY: 'planted-secret-9310' }),
      lab.run(['worker'], { DB_PORT: 'the usual' }),
      lab.run(['sync', '--accept-absences']),
      lab.run([]),
    ]);
    expect(option).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean --source?') });
    expect(option.stderr).toMatch(/^Error: unknown option '--sourse'\n.*\nRemedy: inventory-sync --help/);
    expect(command).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean sync?') });
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean OZON_API_KEY?') });
    expect(unknown.stderr).not.toContain('planted-secret-9310');
    expect(illTyped).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('DB_PORT: expected a whole number'),
    });
    expect(alone).toMatchObject({ code: 2, stderr: expect.stringContaining('--full-resync') });
    expect(nothing).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('Usage: inventory-sync'),
    });
  });

  it('tells people in short and the log file in full', async () => {
    const logs = join(lab.folder, 'logs');
    const finished = await lab.run(['worker'], { DB_PORT: '9', LOG_FILE_PATH: logs });
    expect(told(finished)).toMatchObject({ what: expect.stringMatching(/^Error: database: /), more: [] });
    const lines = readFileSync(join(logs, 'worker.log'), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ level: 'info', msg: 'the command began' }),
      expect.objectContaining({
        level: 'error',
        error: expect.objectContaining({ code: 'DB_UNAVAILABLE', stack: expect.any(String) }),
      }),
      expect.objectContaining({ level: 'info', msg: 'the command ended', exitCode: 1 }),
    ]);
  });

  describe('is told in Russian by default, the technical message in brackets', () => {
    const away = { DB_PORT: '9' };
    const noKafka = { KAFKA_BROKERS: NOBODY };
    const stranger = { DB_PASSWORD: 'not-this-one-5517', DB_ADMIN_USER: undefined };
    it.each<[string, Env, RegExp, RegExp]>([
      ['sync', away, /нет связи с MySQL \(database: .*ECONNREFUSED/, /Проверьте DB_HOST и DB_PORT/],
      ['monitor --check-last-sync', away, /нет связи с MySQL \(database: /, /Проверьте DB_HOST и DB_PORT/],
      ['monitor --alerts', away, /нет связи с MySQL \(database: /, /Проверьте DB_HOST и DB_PORT/],
      ['migrate', away, /нет связи с MySQL \(database: /, /Проверьте DB_HOST и DB_PORT/],
      ['topics create', noKafka, /нет связи с Kafka \(Kafka: connecting/, /Проверьте KAFKA_BROKERS/],
      ['dlq list', noKafka, /нет связи с Kafka \(Kafka: connecting/, /Проверьте KAFKA_BROKERS/],
      ['lag', noKafka, /нет связи с Kafka \(Kafka: connecting/, /Проверьте KAFKA_BROKERS/],
      [
        'worker',
        stranger,
        /пользователь или пароль неверны \(.*Access denied/,
        /Проверьте DB_USER и DB_PASS/,
      ],
      ['sync', { DB_NAME: 'nowhere' }, /\(database: .*'nowhere'/, /DB_NAME|SELECT, INSERT/],
      ['lag', { KAFKA_TOPIC_PREFIX: 'nowhere' }, /топиков нет .*\(missing topics: nowh/, /topics create/],
      ['worker --only foo', {}, /с таким именем нет \(no such worker: foo\)/, /Выберите из: projector, anom/],
      ['dlq redrive', {}, /либо номера записей, либо --all \(dlq redrive takes/, /`inventory-sync dlq list`/],
      ['dlq show abcdef', {}, /записи нет \(there is no dead letter abcdef\)/, /dlq list --all/],
      [
        'sync --accept-absences',
        {},
        /только вместе с --full-resync \(--accept-abs/,
        /Добавьте --full-resync/,
      ],
      ['replay', {}, /не подходят друг к другу \(one of --from-beginning/, /replay --help/],
      ['sync --fast', {}, /нет такого параметра: --fast \(unknown option '--fast'\)/, /<команда> --help/],
      ['topics adopt --partitions a', {}, /номера разделов \(--partitions: a is no/, /через запятую/],
      ['test-channel webhook', {}, /не хватает настроек \(Not set: WEBHOOK_URL/, /Задайте их в /],
    ])('%s, %j', async (args, env, what, remedy) => {
      const finished = await lab.run(args.split(' '), { LOCALE: undefined, ...env });
      expect(finished).toMatchObject({ code: expect.toSatisfy((code) => code > 0), stdout: '' });
      expect(told(finished)).toEqual({
        what: expect.stringMatching(new RegExp(`^Ошибка: .*${what.source}`)),
        remedy: expect.stringMatching(new RegExp(`^Что делать: .*${remedy.source}`)),
        more: [],
      });
    });

    it('of settings line by line', async () => {
      const { code, stderr } = await lab.run(['worker'], {
        LOCALE: undefined,
        DB_PORT: 'x',
        OZON_APIKEY: 'y',
      });
      expect(code).toBe(2);
      expect(stderr.split('\n')).toEqual([
        'Ошибка: неверно заданных настроек — 2:',
        '  OZON_APIKEY: нет такой настройки (окружение); может быть, OZON_API_KEY?',
        '  DB_PORT: нужно целое число от 1 до 65535; задано "x" (окружение)',
        '(2 settings are wrong:',
        '  OZON_APIKEY: not a setting (environment); did you mean OZON_API_KEY?',
        '  DB_PORT: expected a whole number from 1 to 65535; got "x" (environment))',
        expect.stringMatching(/^Что делать: Исправьте .*empty\.env или переменные окружения/),
        '',
      ]);
    });

    it('and in English where .env says so, even one that is refused', async () => {
      const file = join(lab.folder, 'refused.env');
      writeFileSync(file, 'LOCALE=en\nDB_PORT=x\n', { mode: 0o600 });
      const env = { LOCALE: undefined, DB_PORT: undefined };
      const { stderr } = await lab.run(['--env-file', file, 'worker'], env);
      expect(stderr).toMatch(/^Error: A setting is wrong:\n {2}DB_PORT: expected .*\nRemedy: Correct /);
    });
  });
});
