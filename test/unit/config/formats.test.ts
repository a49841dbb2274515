import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { valueAt } from '../../../config/describe.js';
import { SETTINGS } from '../../../config/schema.js';
import { Workshop } from './workshop.js';

let shop: Workshop;
beforeEach(() => {
  shop = new Workshop();
});
afterEach(() => shop[Symbol.dispose]());

const readBack = (name: string, text: string): unknown => {
  const setting = SETTINGS.find(({ env }) => env === name);
  if (setting === undefined) throw new Error(`no setting ${name}`);
  return valueAt(shop.load({ [name]: text }).config, setting.path);
};

describe('accepted', () => {
  it.each<[string, string, unknown]>([
    ['DB_HOST', 'LocalHost', '127.0.0.1'],
    ['DB_HOST', 'my_db', 'my_db'],
    ['DB_HOST', '::1', '::1'],
    ['DB_PORT', ' 3307 ', 3307],
    ['DB_NAME', 'склад_1', 'склад_1'],
    ['KAFKA_BROKERS', 'a:1, b.example:65535,[::1]:9092,a:1', ['a:1', 'b.example:65535', '[::1]:9092']],
    ['KAFKA_TOPIC_PREFIX', 'shop-1.stock', 'shop-1.stock'],
    ['KAFKA_SESSION_TIMEOUT', '6.5', 6.5],
    ['KAFKA_REPLICATION_FACTOR', '-1', -1],
    ['OZON_CLIENT_ID', '0012345', '0012345'],
    ['OZON_WAREHOUSE_ID', 'ALL', 'all'],
    ['OZON_WAREHOUSE_ID', '1020003080073000, 7', ['1020003080073000', '7']],
    ['OZON_WAREHOUSE_ID', '', null],
    ['OZON_API_URL', 'http://127.0.0.1:8081/ozon/', 'http://127.0.0.1:8081/ozon'],
    ['OZON_MAX_RPS', '0.5', 0.5],
    ['WB_TOKEN_PREFIX', 'Bearer', 'bearer'],
    ['SMTP_SECURITY', 'STARTTLS', 'starttls'],
    ['ALERT_EMAIL', 'a@b.example, c@localhost', ['a@b.example', 'c@localhost']],
    ['ANOMALY_THRESHOLD', '0', 0],
    ['ANOMALY_THRESHOLD', '1', 1],
    ['FAILURES_THRESHOLD', '1', 1],
    ['LOW_STOCK_THRESHOLD', '0', 0],
    ['OZON_LOW_STOCK_THRESHOLD', '0', 0],
    ['OZON_LOW_STOCK_THRESHOLD', '', null],
    ['WB_LOW_STOCK_THRESHOLD', '12', 12],
    ['RUNS_OUT_DAYS', '1.5', 1.5],
    ['RUNS_OUT_DAYS', '0', 0],
    ['LOG_LEVEL', 'INFO', 'info'],
    ['LOG_LEVEL', 'WARNING', 'warn'],
    ['LOG_LEVEL', 'Critical', 'fatal'],
    ['OZON_FBO_STOCKS', 'Analytics', 'analytics'],
    ['WB_FBS_STOCKS', 'OFF', 'off'],
    ['OZON_PATHS', '', {}],
    [
      'OZON_PATHS',
      'product-stocks=/v5/product/info/stocks, roles = /v2/roles',
      { 'product-stocks': '/v5/product/info/stocks', roles: '/v2/roles' },
    ],
    [
      'WB_PATHS',
      'fbs-stocks=/api/v4/stocks/{warehouseId},ping=/a=b',
      { 'fbs-stocks': '/api/v4/stocks/{warehouseId}', ping: '/a=b' },
    ],
    ['CATALOGUE_HOURS', '0', 0],
    ['CATALOGUE_HOURS', '1.5', 1.5],
    ['TZ_DISPLAY', 'Asia/Vladivostok', 'Asia/Vladivostok'],
    ['LOCALE', 'EN', 'en'],
    ['STATE_ROWS', '0', 0],
    ['DASHBOARD_PORT', '0', 0],
    ...['true', 'TRUE', '1', 'yes', 'Yes'].map((text): [string, string, unknown] => [
      'KAFKA_SSL',
      text,
      true,
    ]),
    ...['false', 'False', '0', 'no', 'NO'].map((text): [string, string, unknown] => [
      'ENABLE_CACHE',
      text,
      false,
    ]),
  ])('%s=%s', (name, text, value) => {
    expect(readBack(name, text)).toEqual(value);
  });
});

describe('refused', () => {
  it.each<[string, string, string]>([
    ['DB_HOST', 'db.example:3306', 'a host name or IP address, without scheme and port'],
    ['DB_HOST', 'mysql://db', 'a host name or IP address, without scheme and port'],
    ['DB_PORT', '0', 'a whole number from 1 to 65535'],
    ['DB_PORT', '65536', 'a whole number from 1 to 65535'],
    ['DB_PORT', '33o6', 'a whole number from 1 to 65535'],
    ['DB_PORT', '3306.5', 'a whole number from 1 to 65535'],
    ['DB_PORT', 'tcp://10.0.0.1:3306', 'a whole number from 1 to 65535'],
    ['DB_NAME', 'a`b', 'a database name of 1 to 64 characters without ` / \\ and .'],
    ['KAFKA_BROKERS', 'localhost', 'addresses host:port separated by commas'],
    ['KAFKA_BROKERS', 'a:1,,b:2', 'addresses host:port separated by commas'],
    ['KAFKA_BROKERS', 'a:0', 'addresses host:port separated by commas'],
    ['KAFKA_BROKERS', '::1:9092', 'addresses host:port separated by commas'],
    ['KAFKA_TOPIC_PREFIX', 'Inventory', 'small letters a-z, digits and hyphens'],
    ['KAFKA_TOPIC_PREFIX', 'a_b', 'small letters a-z, digits and hyphens'],
    ['KAFKA_TOPIC_PREFIX', 'a.', 'small letters a-z, digits and hyphens'],
    [
      'KAFKA_TOPIC_PREFIX',
      'a'.repeat(201),
      'small letters a-z, digits and hyphens in parts joined by dots, at most 200',
    ],
    ['KAFKA_SESSION_TIMEOUT', '0.5', 'a number of seconds from 1 to 1800'],
    ['KAFKA_SASL_MECHANISM', 'gssapi', 'one of plain, scram-sha-256, scram-sha-512'],
    ['OZON_CLIENT_ID', 'your_client_id', 'a number of digits only'],
    ['OZON_WAREHOUSE_ID', '1,all', 'nothing, "all", or warehouse ids (digits) separated by commas'],
    ['OZON_API_URL', 'ftp://x', 'an http:// or https:// address'],
    ['OZON_API_URL', 'api-seller.ozon.ru', 'an http:// or https:// address'],
    ['OZON_API_URL', 'https://x/?', 'an http:// or https:// address'],
    ['WB_TOKEN_PREFIX', 'basic', 'one of raw, bearer'],
    ['SMTP_FROM', 'nobody', 'a mail address, or Name <address>'],
    ['ALERT_EMAIL', 'a@b.example;c@d.example', 'mail addresses separated by commas'],
    ['ANOMALY_THRESHOLD', '10', 'a share from 0 to 1'],
    ['ANOMALY_THRESHOLD', '0,1', 'a share from 0 to 1, with a decimal point'],
    ['ANOMALY_THRESHOLD', '10%', 'a share from 0 to 1'],
    ['FAILURES_THRESHOLD', '0', 'a whole number of at least 1'],
    ['LOW_STOCK_THRESHOLD', '2.5', 'a whole number of at least 0'],
    ['WB_LOW_STOCK_THRESHOLD', '-1', 'a whole number of at least 0'],
    ['RUNS_OUT_DAYS', '3 days', 'a number of at least 0'],
    ['API_TIMEOUT', '30s', 'a number of seconds from 0.1 to 2147483, without a unit'],
    ['API_TIMEOUT', '1e3', 'a number of seconds from 0.1 to 2147483, without a unit'],
    ['ENABLE_CACHE', 'on', 'true or false'],
    ['LOG_LEVEL', 'verbose', 'one of trace, debug, info, warn, error, fatal, silent'],
    ['TZ_DISPLAY', 'Europe/Moskva', 'a time zone that this Node.js knows'],
    ['LOCALE', 'de', 'one of ru, en'],
    ['OZON_FBO_STOCKS', 'all', 'one of total, warehouses, analytics'],
    ['WB_FBS_STOCKS', 'true', 'one of auto, marketplace, report, off'],
    ['CATALOGUE_HOURS', '-1', 'a number of at least 0'],
    ...[
      'roles',
      'roles=',
      'roles=v2/roles',
      'roles=//evil.example/v2/roles',
      'roles=/v2/roles?',
      'roles=/v2/roles#',
      'roles=/v2 roles',
      'roles=/v2\\roles',
      'roles=/v1/roles,',
      'roles=/a,roles=/b',
      'ping=/ping',
      '__proto__=/a',
    ].map((text): [string, string, string] => [
      'OZON_PATHS',
      text,
      'name=/path separated by commas, each name once, a path without blanks, ? and #; the names are product-stocks, product-list, product-info, warehouse-list, warehouse-stocks, fbo-stocks, analytics-stocks, roles;',
    ]),
  ])('%s=%s', (name, text, expected) => {
    const { message, code } = shop.refusal({ [name]: text });
    expect(code).toBe('CONFIG_INVALID');
    expect(message).toContain(`${name}: expected ${expected}`);
    expect(message).toContain(text.length > 80 ? '…' : `got ${JSON.stringify(text)} (environment)`);
  });

  it.each<[string, string, string]>([
    ['the content of a key instead of its path', 'KAFKA_SSL_KEY', '-----BEGIN PRIVATE KEY----- hush'],
    ['an address with a password', 'OZON_API_URL', 'https://me:hush@x'],
    ['a secret in the wrong place', 'OZON_CLIENT_ID', 'a-hush-key'],
  ])('without showing %s', (_, name, text) => {
    const { message } = shop.refusal({ [name]: text, OZON_API_KEY: 'a-hush-key', KAFKA_SSL: 'yes' });
    expect(message).toContain(`${name}: expected`);
    expect(message).toContain('its value is not shown');
    expect(message).not.toContain('hush');
  });

  it('names a PEM file that cannot be read', () => {
    const { message } = shop.refusal({ KAFKA_SSL: 'yes', KAFKA_SSL_CA: './ca.pem' });
    expect(message).toMatch(/KAFKA_SSL_CA: .+\/work\/ca\.pem cannot be read \(ENOENT\)/u);
  });
});
