import { randomUUID } from 'node:crypto';
import { Broker } from '../../src/broker/broker.js';
import type { ProbePoint } from '../../src/consumers/partition-owner.js';
import { ConsumerRun } from '../../src/consumers/run-consumer.js';
import { type TopicName, topicOf } from '../../src/events/topics.js';
import type { ConsumerApp } from '../../src/ports/partition-processor.js';
import { createCheckpointStore } from '../../src/store/checkpoint-store.js';
import { Database } from '../../src/store/database.js';
import { ENTITIES } from '../../src/store/entities/all.js';

/** What a worker process that is to be killed is told, as JSON in its first argument. */
export interface ConsumerProcessPlan {
  readonly brokers: string;
  readonly prefix: string;
  readonly sessionTimeoutMs: number;
  readonly db: { host: string; port: number; name: string; user: string; password: string };
  /** Kills itself (SIGKILL) when it has come to this point so many times. */
  readonly kill?: { readonly point: ProbePoint; readonly times: number } | undefined;
}

/** What this process was told. */
export function toldPlan<T extends ConsumerProcessPlan>(): T {
  return JSON.parse(process.argv[2] ?? '{}') as T;
}

/** Runs one consumer until it kills itself or is told to stop; says `ready` when it has joined its group. */
export async function runConsumerProcess(
  plan: ConsumerProcessPlan,
  outputs: readonly TopicName[],
  appOn: (db: Database) => ConsumerApp,
): Promise<void> {
  const say = (level: string) => (fields: object, message: string) =>
    console.error(`${level} ${message} ${JSON.stringify(fields)}`);
  const logger = { debug: () => undefined, info: () => undefined, warn: say('warn'), error: say('error') };
  const { brokers, prefix, sessionTimeoutMs, kill } = plan;
  const broker = new Broker({
    brokers: brokers.split(','),
    clientId: `killed-${process.pid}`,
    ...{ sessionTimeoutMs, logger, prefix, concurrency: 4 },
  });
  const db = await Database.open({
    ...plan.db,
    password: { reveal: () => plan.db.password },
    ...{ poolSize: 10, idleSeconds: 60, waitTimeoutSeconds: sessionTimeoutMs / 1000, entities: ENTITIES },
  });
  let passed = 0;
  const run = new ConsumerRun(appOn(db), {
    broker,
    checkpoints: createCheckpointStore(db),
    outputTopics: outputs.map((name) => topicOf(prefix, name)),
    logger,
    heartbeatMs: sessionTimeoutMs / 6,
    newToken: randomUUID,
    fatal: (error) => {
      console.error('fatal', error);
      process.exit(1);
    },
    probe: (point) => {
      if (point !== kill?.point) return;
      passed += 1;
      if (passed >= kill.times) process.kill(process.pid, 'SIGKILL');
    },
  });
  process.once('SIGTERM', () => {
    void run
      .stop()
      .then(() => broker.close())
      .then(() => db.close())
      .then(() => process.exit(0));
  });
  await run.start();
  process.stdout.write('ready\n');
}
