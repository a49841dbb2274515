import type { RunningEngines } from '../../engines/engines.js';
import type { BrokerOptions } from '../../src/broker/client.js';
import type { DatabaseOptions } from '../../src/store/database.js';

/** Where one round's topics and tables are, as it is handed to other processes. */
export interface Place {
  readonly brokers: string;
  /** Of the topics. */
  readonly prefix: string;
  readonly mysql: RunningEngines['mysql'];
  readonly database: string;
}

export function placeOf({ kafka, mysql }: RunningEngines, prefix: string): Place {
  return { brokers: kafka.brokers, prefix, mysql, database: prefix.replace('-', '_') };
}

export function brokerOptions({ brokers, prefix }: Place) {
  return {
    brokers: brokers.split(','),
    clientId: 'bench',
    sessionTimeoutMs: 30_000,
    logger: { debug: ignore, info: ignore, warn: console.error, error: console.error },
    prefix,
    concurrency: 4,
  } satisfies BrokerOptions & { prefix: string; concurrency: number };
}

export function loginOf({ mysql }: Place) {
  return {
    host: mysql.host,
    port: mysql.port,
    user: mysql.adminUser,
    password: { reveal: () => mysql.adminPassword },
  };
}

export function databaseOptions(place: Place): DatabaseOptions {
  return { ...loginOf(place), name: place.database, poolSize: 10, idleSeconds: 60 };
}

function ignore(): void {}
