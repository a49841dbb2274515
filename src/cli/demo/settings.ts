import { valueAt } from '../../../config/describe.js';
import { formatEnvValue } from '../../../config/dotenv.js';
import type { LoadedConfig } from '../../../config/load.js';
import { SETTINGS } from '../../../config/schema.js';
import { Secret } from '../../domain/secret.js';
import type { SimulatorCredentials } from '../../simulator/credentials.js';
import { simulatorSettings } from '../../simulator/settings.js';
import type { DemoState } from './folder.js';
import type { Servers } from './servers.js';

/** The simulator's limit of the Wildberries report, and what the demo waits between two reads of it. */
export const WB_INTERVAL_SECONDS = 2;
const OWN_DATABASE = 'replenishment_db';
const OWN_PREFIX = 'demo';

export interface SettingsParts {
  /** The user's own settings: which servers, which language. */
  readonly loaded: LoadedConfig;
  readonly servers: Servers;
  readonly state: DemoState;
  readonly simulator: { readonly url: string; readonly credentials: SimulatorCredentials };
  readonly smtpPort: number;
  readonly dashboardPort: number;
}

/** Every setting of the demo by its name. What it does not say has its default. */
export function demoSettings(parts: SettingsParts): Readonly<Record<string, string>> {
  const { config } = parts.loaded;
  return {
    ...databaseSettings(parts),
    ...kafkaSettings(parts),
    ...simulatorSettings(parts.simulator),
    WB_STOCKS_INTERVAL: String(WB_INTERVAL_SECONDS),
    SMTP_HOST: '127.0.0.1',
    SMTP_PORT: String(parts.smtpPort),
    SMTP_FROM: 'inventory-sync <robot@demo.example>',
    SMTP_SECURITY: 'none',
    ALERT_EMAIL: 'you@demo.example',
    ALERT_GROUP_WAIT: '1',
    ALERT_GROUP_INTERVAL: '1',
    DASHBOARD_HOST: '127.0.0.1',
    DASHBOARD_PORT: String(parts.dashboardPort),
    DASHBOARD_TOKEN: parts.state.dashboardToken,
    ...given(parts.loaded, 'log.level'),
    LOCALE: config.locale,
    TZ_DISPLAY: config.timeZone,
  };
}

function databaseSettings({ loaded, servers, state }: SettingsParts): Record<string, string> {
  const { mysql } = servers;
  if (mysql === null) return { DB_PASSWORD: state.dbPassword, ...given(loaded, 'db.') };
  return {
    DB_HOST: mysql.host,
    DB_PORT: String(mysql.port),
    DB_NAME: OWN_DATABASE,
    DB_USER: loaded.config.db.user,
    DB_PASSWORD: state.dbPassword,
    DB_ADMIN_USER: mysql.adminUser,
    DB_ADMIN_PASSWORD: mysql.adminPassword.reveal(),
  };
}

function kafkaSettings({ loaded, servers }: SettingsParts): Record<string, string> {
  const common = { KAFKA_TOPIC_PREFIX: prefixOf(loaded), KAFKA_SESSION_TIMEOUT: '15' };
  if (servers.kafka !== null) return { KAFKA_BROKERS: servers.kafka.brokers, ...common };
  return { ...given(loaded, 'kafka.'), ...common };
}

/** Never that of another installation on the same brokers: its workers would apply the demo's goods, and ours its. */
function prefixOf(loaded: LoadedConfig): string {
  const isGiven = loaded.sources['kafka.topicPrefix'].origin !== 'default';
  return isGiven ? `${loaded.config.kafka.topicPrefix}-${OWN_PREFIX}` : OWN_PREFIX;
}

/** Settings that the user has made, by their names, of those whose path begins like this. */
function given({ config, sources }: LoadedConfig, beginning: string): Record<string, string> {
  const found = SETTINGS.filter(
    ({ path }) => path.startsWith(beginning) && sources[path].origin !== 'default',
  );
  return Object.fromEntries(found.map(({ path, env }) => [env, textOf(valueAt(config, path))]));
}

function textOf(value: unknown): string {
  if (value instanceof Secret) return value.reveal();
  return Array.isArray(value) ? value.join(',') : String(value);
}

/** As a settings file; `head` lines become comments. */
export function envFileText(head: readonly string[], settings: Readonly<Record<string, string>>): string {
  const comments = head.map((line) => `# ${line}\n`);
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${formatEnvValue(value)}\n`);
  return [...comments, ...lines].join('');
}
