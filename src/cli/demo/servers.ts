import type { LoadedConfig } from '../../../config/load.js';
import { enginesStatus, enginesUp } from '../../../engines/engines.js';
import { stopKafka } from '../../../engines/kafka.js';
import { stopMysql } from '../../../engines/mysql.js';
import { provision } from '../../../engines/provision.js';
import { Secret } from '../../domain/secret.js';
import type { Closers } from './closers.js';
import type { DemoFolder, EngineName } from './folder.js';

export interface Servers {
  /** Null where KAFKA_BROKERS names the user's own. */
  readonly kafka: { readonly brokers: string } | null;
  /** Null where DB_HOST names the user's own. */
  readonly mysql: OwnMysql | null;
  /** What this demo stops at its end; what ran before it stays. */
  readonly toStop: readonly EngineName[];
}

export interface OwnMysql {
  readonly host: string;
  readonly port: number;
  readonly adminUser: string;
  readonly adminPassword: Secret;
}

export interface ServersOptions {
  readonly loaded: LoadedConfig;
  readonly folder: DemoFolder;
  readonly closers: Closers;
  readonly onProgress: (line: string) => void;
  readonly onStopped: (names: readonly EngineName[]) => void;
}

/** Kafka and MySQL: those that the settings name, else the demo's own, found running or started. */
export async function openServers(options: ServersOptions): Promise<Servers> {
  const { loaded, folder, onProgress } = options;
  const wanted = {
    kafka: loaded.sources['kafka.brokers'].origin === 'default',
    mysql: loaded.sources['db.host'].origin === 'default',
  };
  if (!wanted.kafka && !wanted.mysql) return { kafka: null, mysql: null, toStop: [] };
  await provision({ onProgress });
  const ours = await claim(folder, wanted);
  const starting = enginesUp({ dir: folder.dir, onProgress, ...wanted });
  options.closers.add(async () => {
    // Only what has finished starting can be stopped in order.
    await starting.catch(() => undefined);
    await stopOurs(ours, options);
  });
  const { kafka, mysql } = await starting;
  await notePids(folder, ours);
  return {
    toStop: ours,
    kafka: wanted.kafka ? kafka : null,
    mysql: wanted.mysql ? { ...mysql, adminPassword: new Secret(mysql.adminPassword) } : null,
  };
}

/**
 * Which engines this demo will have to stop: those that it starts, and those that a demo started which was killed.
 * Those that somebody else has started in this folder stay.
 */
async function claim(
  folder: DemoFolder,
  wanted: { readonly kafka: boolean; readonly mysql: boolean },
): Promise<readonly EngineName[]> {
  const { engines } = folder.state;
  const ours: EngineName[] = [];
  for (const { name, pid } of await enginesStatus({ dir: folder.dir })) {
    const isWanted = name === 'Kafka' ? wanted.kafka : wanted.mysql;
    const leftBehind = engines[name] === null || engines[name] === pid;
    if (isWanted && (pid === undefined || leftBehind)) ours.push(name);
  }
  folder.update({ engines: Object.fromEntries(ours.map((name) => [name, null])) });
  return ours;
}

async function notePids(folder: DemoFolder, ours: readonly EngineName[]): Promise<void> {
  const status = await enginesStatus({ dir: folder.dir });
  const pids = ours.map((name) => [name, status.find((one) => one.name === name)?.pid ?? null] as const);
  folder.update({ engines: Object.fromEntries(pids) });
}

async function stopOurs(
  ours: readonly EngineName[],
  { folder, onStopped }: Pick<ServersOptions, 'folder' | 'onStopped'>,
): Promise<void> {
  const stop = { Kafka: stopKafka, MySQL: stopMysql };
  await Promise.all(ours.map((name) => stop[name](folder.dir)));
  folder.update({ engines: {} });
  if (ours.length > 0) onStopped(ours);
}
