import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatEnvValue } from '../../../config/dotenv.js';
import { findInstallFolder } from '../../../config/env-place.js';
import { SETTINGS } from '../../../config/schema.js';
import { Workshop } from './workshop.js';

let shop: Workshop;
beforeEach(() => {
  shop = new Workshop();
});
afterEach(() => shop[Symbol.dispose]());

describe('defaults', () => {
  it("are the guide's and the design's", () => {
    const { config, warnings, envFile } = shop.load();
    expect(config.db).toMatchObject({
      host: '127.0.0.1',
      port: 3306,
      name: 'replenishment_db',
      poolRecycle: 3600,
    });
    expect(config.db.password).toBeNull();
    expect(config.api).toEqual({ timeout: 30, retryCount: 3, retryDelay: 5, maxConcurrentRequests: 5 });
    expect(config.sync).toEqual({
      batchSize: 1000,
      wait: 300,
      absenceLimit: 0.5,
      absenceMin: 20,
      catalogueHours: 24,
    });
    expect(config.cache).toEqual({ enabled: true, ttl: 300, stateRows: 1_000_000 });
    expect(config.kafka).toMatchObject({
      brokers: ['127.0.0.1:9092'],
      topicPrefix: 'inventory',
      sessionTimeout: 30,
    });
    expect(config.alerts).toMatchObject({
      ...{ email: [], anomalyThreshold: 0.1, minProductsThreshold: 10, maxSyncAgeHours: 8 },
      ...{ failuresThreshold: 3, lowStock: 0, ozonLowStock: null, wbLowStock: null, runsOutDays: 3 },
    });
    expect([config.locale, config.timeZone, config.dashboard.port]).toEqual(['ru', 'Europe/Moscow', 8080]);
    expect([warnings, envFile]).toEqual([[], null]);
  });

  it('cannot be changed afterwards', () => {
    const { config } = shop.load();
    expect(() => Object.assign(config.db, { port: 1 })).toThrow(TypeError);
    expect(() => (config.kafka.brokers as string[]).push('x:1')).toThrow(TypeError);
  });
});

describe('where settings are looked for', () => {
  it('takes the working folder before the install folder, and only one of them', () => {
    const work = shop.write('work/.env', 'DB_PORT=1\n');
    shop.write('install/.env', 'DB_PORT=2\nDB_NAME=other\n');
    const { config, envFile } = shop.load();
    expect([config.db.port, config.db.name, envFile]).toEqual([1, 'replenishment_db', work]);
  });

  it('falls back to the install folder and tells both places', () => {
    const install = shop.write('install/.env', 'DB_PORT=2\n');
    const { config, envFile, lookedAt } = shop.load();
    expect([config.db.port, envFile]).toEqual([2, install]);
    expect(lookedAt).toEqual([join(shop.cwd, '.env'), install]);
  });

  it('takes --env-file alone, relative to the working folder', () => {
    shop.write('work/.env', 'DB_PORT=1\n');
    shop.write('work/etc/shop.env', 'DB_NAME=other\n');
    const { config } = shop.load({}, { envFile: 'etc/shop.env' });
    expect([config.db.port, config.db.name]).toEqual([3306, 'other']);
  });

  it('refuses an --env-file that is not there', () => {
    const error = shop.refusal({}, { envFile: 'nowhere.env' });
    expect(error.message).toContain(`${join(shop.cwd, 'nowhere.env')}: cannot be read (ENOENT)`);
  });

  it('passes over a folder called .env', () => {
    mkdirSync(join(shop.cwd, '.env'));
    expect(shop.load().envFile).toBeNull();
  });

  it('reads an empty device without a word about its mode', () => {
    expect(shop.load({}, { envFile: '/dev/null' }).warnings).toEqual([]);
  });

  it('refuses a file in UTF-16, as some editors save it', () => {
    shop.write('work/.env', Buffer.from('\uFEFFDB_PORT=1', 'utf16le'));
    expect(shop.refusal().message).toMatch(/is UTF-16; save it as UTF-8/u);
  });

  it('refuses a value that is not UTF-8 but not a comment', () => {
    shop.write(
      'work/.env',
      Buffer.concat([Buffer.from('# '), Buffer.from([0xcf, 0xf0]), Buffer.from('\nDB_PORT=1\n')]),
    );
    expect(shop.load().config.db.port).toBe(1);
    shop.write('work/.env', Buffer.concat([Buffer.from('DB_USER='), Buffer.from([0xcf, 0xf0])]));
    expect(shop.refusal().message).toMatch(/line 1: DB_USER is not in UTF-8/u);
  });

  it.each<[number, boolean]>([
    [0o600, false],
    [0o400, false],
    [0o640, true],
    [0o604, true],
  ])('with mode %o warns: %s', (mode, warns) => {
    const path = shop.write('work/.env', 'DB_PORT=1\n', mode);
    const { warnings } = shop.load();
    expect(warnings).toHaveLength(warns ? 1 : 0);
    if (warns) expect(warnings[0]).toContain(`chmod 600 '${path}'`);
  });

  it('warns of secret files and of the key of our certificate, too, in words for the shell', () => {
    const secret = shop.write("it's/key", 'hush-hush', 0o644);
    const pem = shop.write('tls.key', 'x', 0o640);
    const ca = shop.write('ca.pem', 'x', 0o644);
    const env = {
      ...{ OZON_API_KEY_FILE: secret, WB_API_KEY_FILE: secret },
      ...{ KAFKA_SSL: 'true', KAFKA_SSL_CA: ca, KAFKA_SSL_CERT: ca, KAFKA_SSL_KEY: pem },
    };
    const { warnings } = shop.load(env);
    expect(warnings).toEqual([
      expect.stringContaining(`${pem} has mode 640`),
      expect.stringContaining(`${secret} has mode 644`),
    ]);
    expect(warnings[1]).toMatch(/; run: chmod 600 '.*\/it'\\''s\/key'$/u);
  });

  it.skipIf(!existsSync('/dev/shm'))(
    'does not warn of a secret file in memory, where an orchestrator mounts it',
    () => {
      const folder = mkdtempSync('/dev/shm/inventory-sync-');
      try {
        const file = join(folder, 'key');
        writeFileSync(file, 'hush-hush', { mode: 0o644 });
        expect(shop.load({ OZON_API_KEY_FILE: file }).warnings).toEqual([]);
        writeFileSync(file, 'DB_PORT=1\n');
        expect(shop.load({}, { envFile: file }).warnings).toHaveLength(1);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  it('warns of a name given twice', () => {
    shop.write('work/.env', 'DB_PORT=1\nDB_PORT=2\n');
    expect(shop.load().warnings).toEqual([
      expect.stringMatching(/DB_PORT is given in line 1 and again in line 2/u),
    ]);
  });

  it('finds the folder of package.json as the install folder', () => {
    expect(findInstallFolder()).toBe(process.cwd());
  });
});

describe('precedence', () => {
  it('is environment over file over default, and says where each came from', () => {
    const file = shop.write('work/.env', 'DB_PORT=2\nDB_NAME=from_file\n');
    const { config, sources } = shop.load({ DB_PORT: '1' });
    expect([config.db.port, config.db.name, config.db.user]).toEqual([1, 'from_file', 'inventory_sync_user']);
    expect(sources['db.port']).toEqual({ origin: 'environment' });
    expect(sources['db.name']).toEqual({ origin: 'file', file, line: 2 });
    expect(sources['db.user']).toEqual({ origin: 'default' });
  });

  it('takes an empty value as not set', () => {
    shop.write('work/.env', 'DB_PORT=2\nDB_NAME=\n');
    const { config } = shop.load({ DB_PORT: '', DB_NAME: '  ' });
    expect([config.db.port, config.db.name]).toEqual([2, 'replenishment_db']);
  });

  it('holds for any choice of layers of any whole number', () => {
    const whole = SETTINGS.filter(({ format }) => format === 'whole');
    const layers = fc.constantFrom(...whole).chain((setting) => {
      const least = Math.max(1, setting.min ?? 1);
      const value = fc.option(fc.integer({ min: least, max: least + 99 }), { nil: undefined });
      return fc.record({ setting: fc.constant(setting), environment: value, file: value });
    });
    fc.assert(
      fc.property(layers, ({ setting, environment, file }) => {
        shop.write('work/.env', file === undefined ? '' : `${setting.env}=${file}\n`);
        const { config } = shop.load(environment === undefined ? {} : { [setting.env]: String(environment) });
        const [group = '', key = ''] = setting.path.split('.');
        const value: unknown = (config as unknown as Record<string, Record<string, unknown>>)[group]?.[key];
        expect(value).toBe(environment ?? file ?? setting.default);
      }),
      { numRuns: 60 },
    );
  });
});

describe('secrets', () => {
  it('are held masked, and listed for redaction', () => {
    const { config, secrets } = shop.load({ DB_PASSWORD: ' p w ', OZON_API_KEY: 'key' });
    expect(config.db.password?.reveal()).toBe(' p w ');
    expect(JSON.stringify(config)).not.toContain('p w');
    expect(secrets.map((secret) => secret.reveal()).sort()).toEqual([' p w ', 'key']);
  });

  it('may be any line of text that .env can hold', () => {
    const text = fc.string({ unit: fc.constantFrom(...' "\'\\#$=%аz9'), minLength: 1 });
    fc.assert(
      fc.property(text, (password) => {
        shop.write('work/.env', `DB_PASSWORD=${formatEnvValue(password)}\n`);
        expect(shop.load().config.db.password?.reveal()).toBe(password);
      }),
      { numRuns: 60 },
    );
  });

  it('may be given as a file, its last line break cut, relative to the .env', () => {
    shop.write('install/secrets/ozon', '\uFEFFvalue of the key \r\n');
    shop.write('install/.env', 'OZON_API_KEY_FILE=secrets/ozon\n');
    const { config, sources } = shop.load();
    expect(config.ozon.apiKey?.reveal()).toBe('value of the key ');
    expect(sources['ozon.apiKey']).toMatchObject({
      line: 1,
      secretFile: join(shop.installFolder, 'secrets/ozon'),
    });
  });

  it('given as a file in the environment stand before a value in .env', () => {
    shop.write('work/key', 'from the file\n');
    shop.write('work/.env', 'WB_API_KEY=from_dotenv\n');
    expect(shop.load({ WB_API_KEY_FILE: 'key' }).config.wildberries.apiKey?.reveal()).toBe('from the file');
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'both forms',
      { DB_PASSWORD: 'hush', DB_PASSWORD_FILE: 'x' },
      /DB_PASSWORD and DB_PASSWORD_FILE are both given/u,
    ],
    [
      'a missing file',
      { DB_PASSWORD_FILE: './gone' },
      /DB_PASSWORD_FILE: .+\/work\/gone cannot be read \(ENOENT\)/u,
    ],
    ['an empty file', { DB_PASSWORD_FILE: 'empty' }, /DB_PASSWORD_FILE: .+\/work\/empty is empty/u],
    ['a folder', { DB_PASSWORD_FILE: '.' }, /DB_PASSWORD_FILE: .+\/work cannot be read \(EISDIR\)/u],
    [
      'the secret itself',
      { DB_PASSWORD_FILE: 'hush' },
      /DB_PASSWORD_FILE: the file it names below .+ENOENT/u,
    ],
    ['several lines', { DB_PASSWORD_FILE: 'lines' }, /DB_PASSWORD: expected one line .+ not shown/u],
    ['a line break', { DB_PASSWORD: 'hush\nhush' }, /DB_PASSWORD: expected one line .+ not shown/u],
  ])('are refused as %s', (_, env, message) => {
    shop.write('work/empty', '\n');
    shop.write('work/lines', 'hush\nhush\n');
    const error = shop.refusal(env);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('hush');
  });
});

describe('paths and senders', () => {
  it('makes paths absolute: in .env from its folder, in the environment from the working folder', () => {
    const ca = shop.write('install/ca.pem', 'x');
    shop.write('install/.env', 'DB_SSL_CA=ca.pem\n');
    const { config } = shop.load({ LOG_FILE_PATH: 'logs' });
    expect([config.db.sslCa, config.log.filePath]).toEqual([ca, join(shop.cwd, 'logs')]);
  });

  it.each<[Record<string, string>, string]>([
    [{}, 'inventory-sync@localhost'],
    [{ SMTP_USER: 'shop@mail.example' }, 'shop@mail.example'],
    [{ SMTP_USER: 'apikey' }, 'inventory-sync@localhost'],
    [
      { SMTP_USER: 'shop@mail.example', SMTP_FROM: 'Склад <stock@mail.example>' },
      'Склад <stock@mail.example>',
    ],
  ])('with %j mail comes from %s', (env, from) => {
    expect(shop.load(env).config.smtp.from).toBe(from);
  });
});
