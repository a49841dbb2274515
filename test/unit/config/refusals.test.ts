import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeConfig } from '../../../config/describe.js';
import { requireSettings } from '../../../config/require.js';
import { SETTINGS } from '../../../config/schema.js';
import { Workshop } from './workshop.js';

let shop: Workshop;
beforeEach(() => {
  shop = new Workshop();
});
afterEach(() => shop[Symbol.dispose]());

describe('unknown names', () => {
  it.each<[string, string]>([
    ['DB_PASS', 'DB_PASSWORD'],
    ['DB_USERNAME', 'DB_USER'],
    ['OZON_APIKEY', 'OZON_API_KEY'],
    ['KAFKA_BROKER', 'KAFKA_BROKERS'],
    ['SMTP_PASWORD', 'SMTP_PASSWORD'],
    ['WB_API_KEY_FLIE', 'WB_API_KEY_FILE'],
    ['ALERT_EMIAL', 'ALERT_EMAIL'],
    ['ABSENCE_LIMITS', 'ABSENCE_LIMIT'],
  ])('%s in the environment: did you mean %s?', (name, meant) => {
    const { message } = shop.refusal({ [name]: 'hush' });
    expect(message).toContain(`${name}: not a setting (environment); did you mean ${meant}?`);
    expect(message).not.toContain('hush');
  });

  it('in .env are refused whatever they begin with, with file and line, without the value', () => {
    const file = shop.write('work/.env', 'LOCALE=ru\nBATCH_SIZ=hush\nSOMETHING_ELSE=hush\ndb_port=hush\n');
    const { message } = shop.refusal();
    expect(message).toContain(`${file}, line 2: BATCH_SIZ is not a setting; did you mean BATCH_SIZE?`);
    expect(message).toMatch(/line 3: SOMETHING_ELSE is not a setting$/mu);
    expect(message).toContain('line 4: db_port is not a setting; did you mean DB_PORT?');
    expect(message).not.toContain('hush');
  });

  it('in .env are not shown where they look like the end of a wrapped key', () => {
    shop.write('work/.env', 'WB_API_KEY=begin\nc2VjcmV0IGtleQ==\n');
    const { message } = shop.refusal();
    expect(message).toContain('line 2: the name before = is not a setting');
    expect(message).not.toContain('c2VjcmV0');
  });

  it.each([
    'KAFKA_HOME',
    'KAFKA_OPTS',
    'KAFKA_HEAP_OPTS',
    'KAFKA_LOG4J_OPTS',
    'KAFKA_JMX_OPTS',
    'API_KEY',
    'KAFKA_PORT',
    'KAFKA_SERVICE_HOST',
    'DB_SERVICE_PORT_MYSQL',
    'DB_PORT_3306_TCP_ADDR',
    'LOG_DIR',
    'PATH',
    'TZ',
    'TEST_DB_HOST',
    'INVENTORY_SYNC_HOME',
  ])('%s in the environment is none of our business', (name) => {
    expect(() => shop.load({ [name]: 'x' })).not.toThrow();
  });

  it('of the tests may stand in .env too', () => {
    shop.write('work/.env', 'TEST_X=1\nINVENTORY_SYNC_Y=2\n');
    expect(() => shop.load()).not.toThrow();
  });

  it('without a value in the environment say nothing', () => {
    expect(() => shop.load({ DB_PASS: '' })).not.toThrow();
  });
});

describe('all problems at once', () => {
  it('lists malformed lines, unknown names and bad values of both layers, with a remedy', () => {
    const file = shop.write('work/.env', 'no setting\nDB_PORT=x\nNOPE=1\n');
    const error = shop.refusal({ API_TIMEOUT: 'soon', OZON_ID: '1' });
    expect(error.message.split('\n')).toEqual([
      '5 settings are wrong:',
      `  ${file}, line 1: expected NAME=value or a comment`,
      `  ${file}, line 3: NOPE is not a setting`,
      expect.stringContaining('OZON_ID: not a setting (environment)'),
      `  DB_PORT: expected a whole number from 1 to 65535; got "x" (${file}, line 2)`,
      expect.stringContaining('API_TIMEOUT: expected a number of seconds'),
    ]);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', exitCode: 2, facts: { problems: 5 } });
    expect(error.remedy).toContain(file);
  });

  it('never shows a secret, wherever it stands', () => {
    const names = SETTINGS.map(({ env }) => env);
    const secret = fc.stringMatching(/^[A-Za-z0-9+/]{12,20}$/u);
    const files = SETTINGS.filter(({ sensitive }) => sensitive).map(({ env }) => `${env}_FILE`);
    const place = fc.constantFrom(...names, ...files, 'DB_PASS', 'OZON_KEY', 'NONSENSE');
    fc.assert(
      fc.property(secret, place, fc.boolean(), (value, name, inFile) => {
        shop.write('work/.env', inFile ? `${name}=${value}\n${value}\n` : `${value}\n`);
        const env = { WB_API_KEY: value, LOG_LEVEL: 'nonsense', ...(inFile ? {} : { [name]: value }) };
        expect(shop.refusal(env).message).not.toContain(value);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a secret in the wrong place', () => {
  const token = `eyJhbGciOiJFUzI1NiJ9.${'a1B2'.repeat(10)}.sig`;
  it.each<[string, string, string]>([
    ['OZON_CLIENT_ID', '3f2b0c1d-9f3a-4d0e-8a11-5b6c7d8e9f00', '3f2b0c1d'],
    ['WB_SUPPLIER_ID', token, 'a1B2'],
    ['DB_USER', `Bearer ${token}`, 'a1B2'],
    ['DB_PORT', token, 'a1B2'],
    ['DB_HOST', 'root:pa55word@db.example', 'pa55word'],
    ['SMTP_HOST', 'smtp://u:pa55word@mail.example', 'pa55word'],
    ['KAFKA_BROKERS', 'u:pa55word@kafka.example:9092', 'pa55word'],
    ['OZON_API_URL', 'https://u:pa55word@api.example', 'pa55word'],
    ['OZON_API_URL', 'https://api.example/?key=pa55word', 'pa55word'],
    ['WB_PATHS', 'ping=/ping?token=pa55word', 'pa55word'],
    ['KAFKA_SSL', '4f9d2c7be01a55d3c8e6f7a90b1c2d3e4f5a6b7c', '4f9d2c7b'],
  ])('%s=%s is refused without being shown', (name, value, secret) => {
    const { message } = shop.refusal({ [name]: value });
    expect(message).toContain(`${name}: expected `);
    expect(message).not.toContain(secret);
  });
});

describe('contradictions', () => {
  it.each<[Record<string, string>, string]>([
    [
      { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'u' },
      'KAFKA_SASL_MECHANISM is set but KAFKA_SASL_PASSWORD is not',
    ],
    [{ KAFKA_SASL_PASSWORD: 'p' }, 'KAFKA_SASL_PASSWORD is set but KAFKA_SASL_MECHANISM is not'],
    [{ DB_ADMIN_PASSWORD: 'p' }, 'DB_ADMIN_PASSWORD is set but DB_ADMIN_USER is not'],
    [{ SMTP_PASSWORD: 'p' }, 'SMTP_PASSWORD is set but SMTP_USER is not'],
    [{ KAFKA_SSL: 'yes', KAFKA_SSL_CERT: '/dev/null' }, 'KAFKA_SSL_CERT is set but KAFKA_SSL_KEY is not'],
    [{ KAFKA_SSL_CA: '/dev/null' }, 'KAFKA_SSL_CA is set but KAFKA_SSL is not true'],
  ])('%j', (env, message) => {
    expect(shop.refusal(env).message).toBe(`A setting is wrong:\n  ${message}`);
  });

  it('are not reported of a setting that is wrong in itself', () => {
    const { message } = shop.refusal({ KAFKA_SSL: 'maybe', KAFKA_SSL_CA: '/dev/null' });
    expect(message).toMatch(/^A setting is wrong:\n {2}KAFKA_SSL: expected true or false/u);
    const other = shop.refusal({ DB_ADMIN_USER: 'a\nb', DB_ADMIN_PASSWORD: 'hush' });
    expect(other.message).toMatch(
      /^A setting is wrong:\n {2}DB_ADMIN_USER: expected one line of text, no token; got "a\\nb"/u,
    );
  });
});

describe('requireSettings', () => {
  it('hands over what is set', () => {
    const loaded = shop.load({ OZON_CLIENT_ID: '7', OZON_API_KEY: 'k' });
    const needed = requireSettings(loaded, ['ozon.clientId', 'ozon.apiKey']);
    const id: string = needed['ozon.clientId'];
    expect([id, needed['ozon.apiKey'].reveal()]).toEqual(['7', 'k']);
  });

  it('names what is missing, and the .env that was read', () => {
    const file = shop.write('install/.env', 'OZON_CLIENT_ID=7\n');
    const run = () => requireSettings(shop.load(), ['ozon.clientId', 'ozon.apiKey', 'alerts.email']);
    expect(run).toThrow(`Not set: OZON_API_KEY (or OZON_API_KEY_FILE), ALERT_EMAIL; ${file} was read.`);
    expect(run).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', remedy: expect.stringContaining(file) }),
    );
  });

  it('says where a .env was looked for when there is none', () => {
    const run = () => requireSettings(shop.load(), ['smtp.host']);
    expect(run).toThrow(
      `Not set: SMTP_HOST; no .env was found (looked for ${shop.cwd}/.env and ${shop.installFolder}/.env).`,
    );
  });
});

describe('describeConfig', () => {
  it('lists every setting once, with its source, and no secret', () => {
    const rows = describeConfig(shop.load({ DB_PASSWORD: 'hush', DB_PORT: '7' }));
    expect(rows.map(({ name }) => name)).toEqual(SETTINGS.map(({ env }) => env));
    expect(rows).toContainEqual(
      expect.objectContaining({ name: 'DB_PASSWORD', value: '***', source: { origin: 'environment' } }),
    );
    expect(rows).toContainEqual(expect.objectContaining({ name: 'DB_PORT', value: 7 }));
    expect(rows).toContainEqual(
      expect.objectContaining({ name: 'OZON_API_KEY', value: null, source: { origin: 'default' } }),
    );
    expect(JSON.stringify(rows)).not.toContain('hush');
  });
});
