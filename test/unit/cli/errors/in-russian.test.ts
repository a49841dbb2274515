import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FORMATS } from '../../../../config/formats.js';
import { SETTINGS } from '../../../../config/schema.js';
import { kafkaError } from '../../../../src/broker/errors.js';
import { commandLine } from '../../../../src/cli/command-line.js';
import { errorText } from '../../../../src/cli/error-text.js';
import { AppError, messageOf } from '../../../../src/errors.js';
import { databaseError } from '../../../../src/store/errors.js';
import { workerNames } from '../../../../src/worker-runtime.js';
import { Workshop } from '../../config/workshop.js';

/** The two lines, of which the first holds the message, too. */
function told(error: unknown): { what: string; remedy: string } {
  const text = errorText(error, { locale: 'ru', debug: false });
  const [, what = '', remedy = ''] = /^Ошибка: ([^]*)\nЧто делать: ([^]*)\n$/u.exec(text) ?? [];
  expect(what).toContain(`(${messageOf(error)})`);
  expect(what).toMatch(/[а-яё]{2}/);
  expect(remedy).toMatch(/[а-яё]{4}/);
  return { what, remedy };
}

function mysql(errno: number | undefined, message: string, code?: string): AppError {
  return databaseError(Object.assign(new Error(message), { errno, code }), 'connecting to db:3306');
}

describe('MySQL says in Russian', () => {
  it.each<[AppError, RegExp, RegExp]>([
    [mysql(undefined, 'connect ECONNREFUSED', 'ECONNREFUSED'), /^нет связи с MySQL/, /DB_HOST и DB_PORT/],
    [mysql(1045, "Access denied for user 'u'@'h'"), /пользователь или пароль/, /DB_USER и DB_PASSWORD/],
    [mysql(1044, 'Access denied to database'), /не хватает прав/, /SELECT, INSERT, UPDATE и DELETE/],
    [mysql(1142, 'UPDATE command denied'), /не хватает прав/, /SELECT, INSERT, UPDATE и DELETE/],
    [mysql(1049, "Unknown database 'x'"), /нет такой базы/, /DB_NAME/],
    [mysql(1146, "Table 'alerts' doesn't exist"), /нет нужных таблиц/, /inventory-sync migrate/],
    [mysql(1290, 'running with the --read-only option'), /только на чтение/, /основной сервер/],
    [mysql(1792, 'in a READ ONLY transaction'), /только на чтение/, /read_only/],
    [mysql(1021, 'Disk full'), /место на диске/, /Освободите место/],
    [mysql(1114, 'The table is full'), /место на диске/, /Освободите место/],
    [mysql(1040, 'Too many connections'), /новых соединений/, /DB_POOL_SIZE/],
    [mysql(1153, "Got a packet bigger than 'max_allowed_packet'"), /большой запрос/, /16 МБ/],
    [mysql(1213, 'Deadlock found'), /другой транзакцией/, /SHOW PROCESSLIST/],
    [mysql(undefined, 'bad certificate', 'HANDSHAKE_SSL_ERROR'), /защищённое соединение/, /DB_SSL_CA/],
    [mysql(1064, 'You have an error in your SQL syntax'), /чего быть не может/, /сообщите/],
  ])('%s', (error, what, remedy) => {
    expect(told(error)).toEqual({
      what: expect.stringMatching(what),
      remedy: expect.stringMatching(remedy),
    });
  });
});

describe('Kafka says in Russian', () => {
  const thrown = (name: string, type?: string) => Object.assign(new Error(`why: ${type}`), { name, type });
  it.each<[Error, RegExp, RegExp]>([
    [thrown('KafkaJSConnectionError'), /^нет связи с Kafka/, /KAFKA_BROKERS/],
    [thrown('KafkaJSSASLAuthenticationError'), /не пускает/, /KAFKA_SASL_USERNAME/],
    [thrown('KafkaJSProtocolError', 'TOPIC_AUTHORIZATION_FAILED'), /не пускает/, /права этого пользователя/],
    [thrown('KafkaJSProtocolError', 'UNKNOWN_TOPIC_OR_PARTITION'), /топиков нет/, /topics create/],
  ])('%s', (error, what, remedy) => {
    expect(told(kafkaError(error, 'connecting'))).toEqual({
      what: expect.stringMatching(what),
      remedy: expect.stringMatching(remedy),
    });
  });
});

describe('the settings say in Russian', () => {
  let shop: Workshop;
  beforeEach(() => {
    shop = new Workshop();
  });
  afterEach(() => shop[Symbol.dispose]());

  it('what is wrong with each, where, and which file to correct', () => {
    const file = shop.write('work/.env', 'no setting\nDB_PORT=x\nDB_PASS=1\nDB_NAME="a\n');
    const { what, remedy } = told(shop.refusal({ API_TIMEOUT: 'soon', KAFKA_SASL_PASSWORD: 'p' }));
    expect(what.split('\n').slice(0, 7)).toEqual([
      'неверно заданных настроек — 6:',
      `  ${file}, строка 1: нужно ИМЯ=значение или комментарий`,
      `  ${file}, строка 4: кавычка открыта и не закрыта`,
      `  ${file}, строка 3: нет такой настройки: DB_PASS; может быть, DB_PASSWORD?`,
      `  DB_PORT: нужно целое число от 1 до 65535; задано "x" (${file}, строка 2)`,
      expect.stringMatching(/^ {2}API_TIMEOUT: нужно число секунд от .* до .*; задано "soon" \(окружение\)$/),
      '  KAFKA_SASL_PASSWORD задано, а KAFKA_SASL_MECHANISM нет',
    ]);
    expect(remedy).toBe(`Исправьте ${file} или переменные окружения; каждое имя объяснено в .env.example`);
  });

  it.each(SETTINGS.map((setting) => [setting.env, setting] as const))('which form %s has', (env, setting) => {
    const bad = ['\u0007', 'eyJhbGciOiJFUzI1NiJ9.x'].find((text) => {
      const { read, fits } = FORMATS[setting.format];
      return !fits(read(text) ?? text, setting);
    });
    const { what } = told(shop.refusal({ [env]: bad }));
    const line = what.split('\n').find((one) => one.startsWith(`  ${env}: `)) ?? '';
    expect(line).toMatch(
      /^ {2}[A-Z0-9_]+: нуж[а-я]+ .*; (?:задано|заданное значение не показываем) .*окружение\)$/u,
    );
    expect(line).not.toMatch(/expected|from|least|separated/);
  });

  it('which files cannot be read, and which names are there twice', () => {
    const told1 = told(
      shop.refusal({ DB_PASSWORD_FILE: '/nowhere/key', WB_API_KEY_FILE: shop.write('empty', '') }),
    );
    expect(told1.what).toContain('DB_PASSWORD_FILE: не читается /nowhere/key (ENOENT)');
    expect(told1.what).toMatch(/WB_API_KEY_FILE: файл \S+ пуст/);
    const both = { DB_PASSWORD: 'a', DB_PASSWORD_FILE: '/x' };
    expect(told(shop.refusal(both)).what).toContain(
      'DB_PASSWORD и DB_PASSWORD_FILE заданы одновременно (окружение): оставьте что-то одно',
    );
    expect(told(shop.refusal({}, { envFile: 'none.env' })).what).toMatch(/none\.env: не читается \(ENOENT\)/);
    expect(told(shop.refusal({ KAFKA_SSL_CA: '/nowhere' })).what).toMatch(/KAFKA_SSL_CA/);
  });
});

describe('a command line is refused in Russian', () => {
  const refusal = async (locale: string | undefined, ...args: string[]) => {
    vi.stubEnv('LOCALE', locale);
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await commandLine(async () => undefined)
      .parseAsync(args, { from: 'user' })
      .catch(() => undefined);
    const text = write.mock.calls.map(([part]) => part).join('');
    write.mockRestore();
    vi.unstubAllEnvs();
    return text;
  };

  it.each<[string[], string]>([
    [['snyc'], "нет такой команды: snyc; может быть, sync? (unknown command 'snyc' (Did you mean sync?))"],
    [['topics', 'wipe'], "нет такой команды: wipe (unknown command 'wipe')"],
    [['sync', '--fast'], "нет такого параметра: --fast (unknown option '--fast')"],
    [['dlq', 'show'], "не хватает аргумента: id (missing required argument 'id')"],
    [
      ['monitor', '--for'],
      "у параметра --for <duration> нет значения (option '--for <duration>' argument missing)",
    ],
    [['sync', 'ozon'], 'лишние аргументы: задано 1, а нужно не больше 0 (too many arguments'],
    [['sync', '--source=amazon'], 'нужно одно из: all, ozon, wb, wildberries (option'],
    [['test-channel', 'fax'], 'аргументу channel не подходит значение fax: нужно одно из: telegram'],
    [['simulator', '--port', '1.5'], 'не подходит значение 1.5: нужно целое число от 0 до 65535 (option'],
    [['replay', '--shift-by', 'x'], 'нужно целое число, для шага назад — меньше нуля (option'],
    [
      ['replay', '--by-duration', 'x'],
      'нужен срок не больше десяти лет, например P30D, PT12H или P2W (option',
    ],
    [['monitor', '--for', 'x'], 'нужен срок, например 30m, 2h, 7d или PT12H (option'],
    [['monitor', '--for', '0m'], 'нужен срок больше нуля и не больше десяти лет (option'],
    [
      ['replay', '--to-datetime', 'x'],
      'нужно время по UTC, например 2026-11-22T10:00:00.000, или со смещением',
    ],
  ])('%j', async (args, said) => {
    expect(await refusal('ru', ...args)).toContain(said);
    expect(await refusal('ru', ...args)).toMatch(/^Ошибка: [^\n]+\n$/);
    expect(await refusal('en', ...args)).toMatch(/^Error: [^а-яё]+\n$/);
  });

  it('or as LOCALE stands in the settings file', async () => {
    const shop = new Workshop();
    const file = shop.write('english.env', 'LOCALE=en\n');
    expect(await refusal(undefined, '--env-file', file, 'snyc')).toMatch(/^Error: unknown command/);
    expect(await refusal('ru', '--env-file', file, 'snyc')).toMatch(/^Ошибка: нет такой команды/);
    shop[Symbol.dispose]();
  });
});

it('says in Russian what the system says about files', () => {
  const missing = (() => {
    try {
      return readFileSync('/nowhere/at/all');
    } catch (error) {
      return error;
    }
  })();
  expect(told(missing).what).toMatch(/^файла или папки нет на месте \(ENOENT: no such file/);
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    syscall: 'write',
  });
  expect(told(full)).toEqual({
    what: 'на диске нет места (ENOSPC: no space left on device, write)',
    remedy: expect.stringContaining('Освободите место'),
  });
  expect(errorText(full, { locale: 'en', debug: false })).toBe(
    'Error: ENOSPC: no space left on device, write\nRemedy: make room on the disk, and run the command again\n',
  );
});

describe('what is filled in', () => {
  it('stands in the Russian remedy, too', () => {
    const unknown = (() => {
      try {
        return workerNames('foo');
      } catch (error) {
        return error;
      }
    })();
    expect(told(unknown)).toEqual({
      what: 'обработчика с таким именем нет (no such worker: foo)',
      remedy: 'Выберите из: projector, anomaly, mailer',
    });
  });

  it('may be a remedy itself', () => {
    const remedy = 'run `inventory-sync topics create`; it goes on by itself then';
    expect(told(new AppError('OUTPUT_BLOCKED', 'raw/3 waits', { remedy }))).toEqual({
      what: 'Kafka не принимает то, что нужно опубликовать; раздел ждёт, ничего не потеряно (raw/3 waits)',
      remedy: 'Выполните `inventory-sync topics create`; дальше всё пойдёт само',
    });
  });
});

it('leaves alone what a command has put into Russian itself', () => {
  const error = new AppError('USAGE', 'не хватает ответов', { remedy: 'Задайте их' });
  expect(errorText(error, { locale: 'ru', debug: false })).toBe(
    'Ошибка: не хватает ответов\nЧто делать: Задайте их\n',
  );
});
