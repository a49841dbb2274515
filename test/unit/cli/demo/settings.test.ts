import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LoadedConfig, loadConfig } from '../../../../config/load.js';
import type { Servers } from '../../../../src/cli/demo/servers.js';
import { demoSettings, envFileText } from '../../../../src/cli/demo/settings.js';
import { Secret } from '../../../../src/domain/secret.js';
import { makeCredentials } from '../../../../src/simulator/credentials.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-settings-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const state = {
  dbPassword: 'made up',
  simulatorPort: 0,
  smtpPort: 0,
  dashboardPort: 0,
  dashboardToken: 'look-and-steer-0207',
  engines: {},
  days: {},
};
const OWN: Servers = {
  toStop: [],
  kafka: { brokers: '127.0.0.1:20001' },
  mysql: { host: '127.0.0.1', port: 20_002, adminUser: 'root', adminPassword: new Secret("ro'ot #1") },
};

/** The settings as the demo's commands read them. */
function settingsOf(env: Record<string, string>, servers: Servers): LoadedConfig {
  const loaded = loadConfig({ env, cwd: folder, installFolder: folder });
  const simulator = { url: 'http://127.0.0.1:20003', credentials: makeCredentials(1, Date.now()) };
  const path = join(folder, 'demo.env');
  writeFileSync(
    path,
    envFileText(
      ['head'],
      demoSettings({ loaded, servers, state, simulator, smtpPort: 2525, dashboardPort: 8181 }),
    ),
    {
      mode: 0o600,
    },
  );
  return loadConfig({ envFile: path, env: {}, cwd: folder, installFolder: folder });
}

test('its own servers, whatever else the user has set', () => {
  const { config, warnings } = settingsOf({ DB_NAME: 'stock', OZON_CLIENT_ID: '77', LOCALE: 'en' }, OWN);
  expect(warnings).toEqual([]);
  expect(config.db).toMatchObject({ host: '127.0.0.1', port: 20_002, name: 'replenishment_db' });
  expect(config.db.user).toBe('inventory_sync_user');
  expect(config.db.password?.reveal()).toBe('made up');
  expect(config.db.adminPassword?.reveal()).toBe("ro'ot #1");
  expect(config.kafka).toMatchObject({ brokers: ['127.0.0.1:20001'], topicPrefix: 'demo' });
  expect(config.ozon.clientId).not.toBe('77');
  expect(config.ozon.apiUrl).toMatch(/^http:\/\/127\.0\.0\.1:20003\/?$/);
  expect(config.dashboard).toMatchObject({ host: '127.0.0.1', port: 8181 });
  expect(config.dashboard.token?.reveal()).toBe(state.dashboardToken);
  expect(config.locale).toBe('en');
});

test('the user’s servers as the user describes them, with topics of the demo’s own', () => {
  const users = {
    DB_HOST: 'db.example',
    DB_NAME: 'trial',
    DB_PASSWORD: 'secret word',
    KAFKA_BROKERS: 'a.example:9092,b.example:9092',
    KAFKA_SASL_MECHANISM: 'plain',
    KAFKA_SASL_USERNAME: 'me',
    KAFKA_SASL_PASSWORD: 'sasl word',
    KAFKA_TOPIC_PREFIX: 'inventory',
  };
  const { config } = settingsOf(users, { kafka: null, mysql: null, toStop: [] });
  expect(config.db).toMatchObject({ host: 'db.example', name: 'trial', adminUser: null });
  expect(config.db.password?.reveal()).toBe('secret word');
  expect(config.kafka.brokers).toEqual(['a.example:9092', 'b.example:9092']);
  expect(config.kafka.saslPassword?.reveal()).toBe('sasl word');
  // Never the topics of a real installation.
  expect(config.kafka.topicPrefix).toBe('inventory-demo');
});
