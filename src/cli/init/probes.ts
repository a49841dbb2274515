import { devNull } from 'node:os';
import { type LoadedConfig, loadConfig } from '../../../config/load.js';
import type { Environment } from '../../../config/resolve.js';
import { SETTINGS } from '../../../config/schema.js';
import { requireTopics } from '../../broker/topics.js';
import { Secret } from '../../domain/secret.js';
import { isAppError } from '../../errors.js';
import { openBroker, openOzonClient, openSmtpTransport, openWildberriesClient } from '../../main.js';
import { MemoryRateLimiter } from '../../marketplaces/http/memory-rate-limiter.js';
import type { Logger } from '../../ports/logger.js';
import { Database } from '../../store/database.js';
import { schemaVersionCheck } from '../../store/schema-version.js';
import { CHECK_WORDS } from '../check/check-words.js';
import { HASTE } from '../check/haste.js';
import { checkOzon } from '../check/ozon.js';
import { checkWildberries } from '../check/wildberries.js';
import { INIT_WORDS } from './languages.js';
import { type Answers, type GroupName, QUESTIONS } from './questions.js';

/** MySQL: "Unknown database". */
const NO_SUCH_DATABASE = 1049;

/** What is tried is told by its outcome, and nothing of it is kept. */
const UNHEARD: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Tries what was answered for a group against its server. @returns lines for people @throws AppError why it failed */
export type Probe = (group: GroupName, answers: Answers) => Promise<readonly string[]>;

/**
 * The settings as a command would have them with these answers in its `.env`: everything that is not asked comes from
 * the environment, and no file is looked at.
 *
 * @throws AppError CONFIG_INVALID
 */
export function settingsWith(answers: Answers, env: Environment): LoadedConfig {
  const asked: readonly string[] = QUESTIONS;
  const others = SETTINGS.filter(({ env: name }) => !asked.includes(name)).flatMap(({ env: name }) =>
    [name, `${name}_FILE`].map((each) => [each, env[each]] as const),
  );
  return loadConfig({ envFile: devNull, env: Object.fromEntries([...others, ...answers]) });
}

export function liveProbe(env: Environment): Probe {
  return async (group, answers) => await PROBES[group](settingsWith(answers, env));
}

const PROBES: Readonly<Record<GroupName, (loaded: LoadedConfig) => Promise<readonly string[]>>> = {
  async ozon(loaded) {
    const { config } = loaded;
    const client = openOzonClient(loaded, apiParts());
    return await checkOzon(client, config, CHECK_WORDS[config.locale]).finally(() => client.close());
  },

  async wildberries(loaded) {
    const client = openWildberriesClient(loaded, apiParts());
    return await checkWildberries(client, loaded.config, loaded.config.locale).finally(() => client.close());
  },

  /** The tables, and even the database, are made later, by `migrate`: that they are missing is no failure. */
  async database({ config: { db, locale } }) {
    const words = INIT_WORDS[locale];
    const { host, port, name, user } = db;
    const password = db.password ?? new Secret('');
    const place = { host, port, name, user, password, sslCa: db.sslCa ?? undefined };
    try {
      const database = await Database.open({ ...place, poolSize: 1, idleSeconds: 60 });
      try {
        const [row] = await database.query<{ version: string }>('SELECT VERSION() AS version');
        const version = words.serverVersion(String(row?.version));
        return [
          version,
          ...(await lacks(() => schemaVersionCheck(database), 'DB_UNFIT', words.tablesMissing)),
        ];
      } finally {
        await database.close();
      }
    } catch (error) {
      if (isAppError(error) && error.facts.errno === NO_SUCH_DATABASE) return [words.databaseMissing];
      throw error;
    }
  },

  async kafka({ config }) {
    const broker = await openBroker(config, UNHEARD);
    try {
      const look = () => requireTopics(broker, config.kafka.topicPrefix);
      return await lacks(look, 'TOPIC_UNFIT', INIT_WORDS[config.locale].topicsMissing);
    } finally {
      await broker.close();
    }
  },

  async mail({ config }) {
    const transport = openSmtpTransport(config);
    try {
      await transport?.verify();
    } finally {
      await transport?.close();
    }
    return [];
  },
};

/** A few requests of one process: its own count of them will do. */
function apiParts() {
  return { limiter: new MemoryRateLimiter(), logger: UNHEARD, hasty: HASTE };
}

/** What a later command makes is told of where it is missing. */
async function lacks(
  look: () => Promise<void>,
  code: 'DB_UNFIT' | 'TOPIC_UNFIT',
  sentence: string,
): Promise<string[]> {
  try {
    await look();
    return [];
  } catch (error) {
    if (isAppError(error) && error.code === code) return [sentence];
    throw error;
  }
}
