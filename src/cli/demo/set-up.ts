import { join } from 'node:path';
import { type LoadedConfig, loadConfig } from '../../../config/load.js';
import { AppError, isAppError } from '../../errors.js';
import { openDatabase } from '../../main.js';
import type { Logger } from '../../ports/logger.js';
import { WORDS } from '../words.js';
import { Child, withoutSettings } from './child.js';
import type { Closers } from './closers.js';
import { Findings } from './findings.js';
import type { DemoFolder } from './folder.js';
import { hoursIn } from './journal.js';
import { prepareDatabase, prepareTopics } from './prepare.js';
import { shownPath } from './report.js';
import type { Screen } from './screen.js';
import { openServers, type Servers } from './servers.js';
import { demoSettings, envFileText, WB_INTERVAL_SECONDS } from './settings.js';
import { lastOrAny, Mailbox, Shop } from './shop.js';
import { type DemoWords, engineLine } from './words.js';

const WORKERS = 2;
/** A group whose members were killed waits for their sessions to end. */
const READY_MS = 90_000;
/** Longer replays than this are told of: they take a moment. */
const LONG_REPLAY_HOURS = 200;

export interface DemoParts {
  /** The user's own settings. */
  readonly loaded: LoadedConfig;
  readonly folder: DemoFolder;
  readonly closers: Closers;
  readonly screen: Screen;
  readonly words: DemoWords;
  readonly signal: AbortSignal;
}

/** All that the demo needs, up and ready. */
export interface Stage {
  readonly servers: Servers;
  /** The demo's settings, as its commands read them. */
  readonly settings: LoadedConfig;
  readonly shop: Shop;
  readonly mailbox: Mailbox;
  readonly findings: Findings;
}

/** kafkajs is talkative while a new broker finds itself; what matters comes as an error. */
const QUIET: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Servers, tables, topics, marketplaces and mailbox, each step told. */
export async function setUp(parts: DemoParts): Promise<Stage> {
  const { folder, closers, screen, words, signal } = parts;
  screen.step(words.steps.servers);
  const servers = await findServers(parts);
  signal.throwIfAborted();
  screen.step(words.steps.preparation);
  const shop = await openShop(parts, servers);
  const mailbox = await Mailbox.open(folder);
  closers.add(() => mailbox.close());
  const dashboardPort = await lastOrAny(folder.state.dashboardPort);
  folder.update({ dashboardPort });
  const settings = writeSettings(parts, servers, shop, { smtpPort: mailbox.port, dashboardPort });
  await prepareStore(parts, servers, settings, shop);
  signal.throwIfAborted();
  tellPreparation(parts, settings, shop, mailbox);
  const database = await openDatabase(settings.config);
  closers.add(() => database.close());
  return { servers, settings, shop, mailbox, findings: new Findings(database) };
}

async function findServers(parts: DemoParts): Promise<Servers> {
  const { loaded, folder, screen, words } = parts;
  const startedAt = Date.now();
  const servers = await openServers({
    ...parts,
    onProgress: (line) => screen.detail(engineLine(line, words)),
    onStopped: (names) => screen.sayAtEnd(words.stopped(names.join(', '))),
  }).catch((error: unknown) => {
    throw aboutFolder(error, folder.dir);
  });
  const { kafka, db } = loaded.config;
  const users = (name: string, address: string, path: ServerSetting) =>
    words.usersServer(name, address, placeOf(loaded, path, words.environment));
  screen.done(
    servers.kafka === null
      ? users('Kafka', kafka.brokers.join(', '), 'kafka.brokers')
      : words.ownServer('Kafka', servers.kafka.brokers),
  );
  screen.done(
    servers.mysql === null
      ? users('MySQL', `${db.host}:${db.port}`, 'db.host')
      : words.ownServer('MySQL', `${servers.mysql.host}:${servers.mysql.port}`),
    startedAt,
  );
  return servers;
}

/** The engines' advice is about their usual folder. */
function aboutFolder(error: unknown, dir: string): unknown {
  if (!isAppError(error) || error.remedy === undefined) return error;
  const command = 'npm run engines -- down --wipe';
  const remedy = error.remedy.replaceAll(command, `${command} --dir ${shownPath(dir)}`);
  return new AppError(error.code, error.message, { remedy, cause: error, facts: error.facts });
}

type ServerSetting = 'kafka.brokers' | 'db.host';
const NAMES: Readonly<Record<ServerSetting, string>> = {
  'kafka.brokers': 'KAFKA_BROKERS',
  'db.host': 'DB_HOST',
};

/** Where a setting stands: `DB_HOST, .env:12`. */
function placeOf({ sources }: LoadedConfig, path: ServerSetting, environment: string): string {
  const { file, line } = sources[path];
  return `${NAMES[path]}, ${file === undefined ? environment : `${shownPath(file)}:${line}`}`;
}

async function openShop(
  { loaded, folder, closers, screen, words, signal }: DemoParts,
  { mysql }: Servers,
): Promise<Shop> {
  const { db } = loaded.config;
  const day = mysql === null ? `${db.host}:${db.port}/${db.name}` : 'own';
  const hours = hoursIn(folder.state.days[day] ?? []);
  if (hours >= LONG_REPLAY_HOURS) screen.detail(words.replaying(hours));
  const shop = await Shop.open(folder, day, signal);
  closers.add(() => shop.simulator.close());
  signal.throwIfAborted();
  return shop;
}

function writeSettings(
  { loaded, folder, words }: DemoParts,
  servers: Servers,
  { simulator }: Shop,
  ports: { readonly smtpPort: number; readonly dashboardPort: number },
): LoadedConfig {
  const settings = demoSettings({ loaded, servers, state: folder.state, simulator, ...ports });
  folder.writeEnvFile(envFileText(words.envFileHead, settings));
  return loadConfig({ envFile: folder.envFile, env: withoutSettings(process.env) });
}

async function prepareStore(
  { loaded, screen, words }: DemoParts,
  servers: Servers,
  settings: LoadedConfig,
  { simulator }: Shop,
): Promise<void> {
  let startedAt = Date.now();
  const { credentials } = simulator;
  const report = await explained(loaded, servers, () =>
    prepareDatabase({
      loaded: settings,
      isOwn: servers.mysql !== null,
      hasPassword: loaded.config.db.password !== null,
      accounts: { ozon: credentials.ozonClientId, wildberries: credentials.wbSid },
      // One line for each statement would be too much of a good thing.
      onProgress: (line) => line.includes(': statement ') || screen.detail(engineLine(line, words)),
    }),
  );
  const { database, ran } = report;
  screen.done(ran.length > 0 ? words.databaseMade(database) : words.databaseFound(database), startedAt);
  startedAt = Date.now();
  const topics = await explained(loaded, servers, () => prepareTopics(settings, QUIET));
  screen.done(words.topics(settings.config.kafka.topicPrefix, topics.length), startedAt);
}

/** A server that was named by a setting and does not answer need not be used at all. */
async function explained<T>(loaded: LoadedConfig, servers: Servers, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isAppError(error)) throw error;
    const isKafka = error.code === 'KAFKA_UNAVAILABLE' && servers.kafka === null;
    const isMysql = error.code === 'DB_UNAVAILABLE' && servers.mysql === null;
    if (!isKafka && !isMysql) throw error;
    const place = placeOf(loaded, isKafka ? 'kafka.brokers' : 'db.host', 'environment');
    throw new AppError(error.code, error.message, {
      cause: error,
      facts: error.facts,
      remedy: `${error.remedy ?? 'start that server'}; or take the setting away (${place}), and the demo starts a server of its own`,
    });
  }
}

function tellPreparation(
  { folder, screen, words }: DemoParts,
  { config }: LoadedConfig,
  { simulator }: Shop,
  { port }: Mailbox,
): void {
  screen.done(words.simulator(simulator.url));
  screen.detail(words.wbInterval(WB_INTERVAL_SECONDS));
  screen.done(words.mailbox(`${config.smtp.host}:${port}`));
  screen.done(words.envFile(shownPath(folder.envFile)));
}

/** Two workers, each a process of its own; both have joined their groups when this returns. */
export async function startWorkers({ folder, closers, screen, words }: DemoParts): Promise<void> {
  screen.step(words.steps.workers);
  const startedAt = Date.now();
  const workers = Array.from({ length: WORKERS }, (_, index) => {
    const name = `worker ${index + 1}`;
    const logFile = join(folder.logs, `worker-${index + 1}.log`);
    return {
      logFile,
      child: new Child({
        name,
        args: ['worker'],
        envFile: folder.envFile,
        logFile,
        words: WORDS[screen.locale],
      }),
    };
  });
  const names = workers.map(({ child }) => child.name).join(', ');
  closers.add(async () => {
    await Promise.all(workers.map(({ child }) => child.stop()));
    screen.sayAtEnd(words.stopped(names));
  });
  await Promise.all(workers.map(({ child }) => child.says('worker ready', READY_MS)));
  screen.done(words.workerReady(names), startedAt);
  for (const { child, logFile } of workers) {
    void child.ended.then(({ code, signal }) => {
      if (!child.isStopping)
        screen.trouble(words.workerEnded(child.name, signal ?? code ?? '', shownPath(logFile)));
    });
  }
}
