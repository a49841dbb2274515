import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaStatus, startKafka, stopKafka } from './kafka.js';
import { mysqlStatus, startMysql, stopMysql } from './mysql.js';
import { dataFolder } from './paths.js';
import { provision } from './provision.js';
import type { EngineStatus } from './status.js';

export interface RunningEngines {
  /** Bootstrap address, `127.0.0.1:port`; empty when Kafka was not asked for. */
  kafka: { brokers: string };
  /** Port 0 and empty names when MySQL was not asked for. */
  mysql: { host: string; port: number; adminUser: string; adminPassword: string };
  /** The data folder, absolute. */
  dir: string;
}

export interface EnginesUpOptions {
  /** Data folder; `dev` in the engines' home by default. */
  dir?: string;
  onProgress?: (line: string) => void;
  /** false leaves this engine out. */
  kafka?: boolean;
  mysql?: boolean;
  kafkaOverrides?: Record<string, string>;
  kafkaHeap?: string;
  mysqlArgs?: string[];
}

/**
 * A real Kafka and a real MySQL, serving: fetched, initialised, started, or simply found running. They live on after
 * this process.
 * @throws AppError ENGINE_FAILED with the end of the engine's log
 */
export async function enginesUp(options: EnginesUpOptions = {}): Promise<RunningEngines> {
  const dir = dataFolder(options.dir);
  const { onProgress } = options;
  const common = onProgress === undefined ? {} : { onProgress };
  await provision(common);
  const [kafka, mysql] = await Promise.allSettled([
    options.kafka === false
      ? { brokers: '' }
      : startKafka(dir, {
          ...common,
          ...(options.kafkaOverrides === undefined ? {} : { overrides: options.kafkaOverrides }),
          ...(options.kafkaHeap === undefined ? {} : { heap: options.kafkaHeap }),
        }),
    options.mysql === false
      ? { host: '127.0.0.1', port: 0, adminUser: '', adminPassword: '' }
      : startMysql(dir, {
          ...common,
          ...(options.mysqlArgs === undefined ? {} : { args: options.mysqlArgs }),
        }),
  ]);
  if (kafka.status === 'rejected') throw kafka.reason;
  if (mysql.status === 'rejected') throw mysql.reason;
  return { kafka: kafka.value, mysql: { ...mysql.value }, dir };
}

/** Stops what runs in this folder, and only that. Data stay. */
export async function enginesDown(
  options: { dir?: string; onProgress?: (line: string) => void } = {},
): Promise<void> {
  const { dir, onProgress } = options;
  const tell = (name: string, ran: boolean): void =>
    onProgress?.(ran ? `${name}: stopped` : `${name}: was not running`);
  await Promise.all([
    stopKafka(dir).then((ran) => tell('Kafka', ran)),
    stopMysql(dir).then((ran) => tell('MySQL', ran)),
  ]);
}

export async function enginesStatus(options: { dir?: string } = {}): Promise<EngineStatus[]> {
  return [kafkaStatus(options.dir), mysqlStatus(options.dir)];
}

/** Stops the engines of this folder and removes their data, ports and passwords. The downloaded programs stay. */
export async function enginesWipe(options: { dir?: string } = {}): Promise<void> {
  await enginesDown(options);
  const folder = dataFolder(options.dir);
  for (const engine of ['kafka', 'mysql']) rmSync(join(folder, engine), { recursive: true, force: true });
}
