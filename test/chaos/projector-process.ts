import { randomUUID } from 'node:crypto';
import { Broker } from '../../src/broker/broker.js';
import { createProjectorApp } from '../../src/consumers/projector.js';
import { ConsumerRun } from '../../src/consumers/run-consumer.js';
import { TOPICS, topicOf } from '../../src/events/topics.js';
import { normaliserOf } from '../../src/marketplaces/normalisers.js';
import { createCheckpointStore } from '../../src/store/checkpoint-store.js';
import { Database } from '../../src/store/database.js';
import { createProjectionStore } from '../../src/store/projection-store.js';
import { createGenerationStore } from '../../src/store/replay-store.js';

/** What a worker process of the fault tests is told, as JSON in its first argument. */
export interface ProjectorProcessPlan {
  readonly brokers: string;
  readonly prefix: string;
  readonly sessionTimeoutMs: number;
  readonly stateRows: number;
  readonly db: { host: string; port: number; name: string; user: string; password: string };
  /** Kills itself (SIGKILL) when it has come to this point so many times. */
  readonly kill?: { readonly point: string; readonly times: number } | undefined;
}

const plan = JSON.parse(process.argv[2] ?? '{}') as ProjectorProcessPlan;
const logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (fields: object, message: string) => console.error(`warn ${message} ${JSON.stringify(fields)}`),
  error: (fields: object, message: string) => console.error(`error ${message} ${JSON.stringify(fields)}`),
};
const broker = new Broker({
  brokers: plan.brokers.split(','),
  clientId: `chaos-${process.pid}`,
  sessionTimeoutMs: plan.sessionTimeoutMs,
  logger,
  prefix: plan.prefix,
  concurrency: 4,
});
const db = await Database.open({
  ...plan.db,
  password: { reveal: () => plan.db.password },
  poolSize: 10,
  idleSeconds: 60,
  waitTimeoutSeconds: plan.sessionTimeoutMs / 1000,
});
let passed = 0;
const app = createProjectorApp({
  prefix: plan.prefix,
  store: createProjectionStore(db),
  normaliserOf,
  stateRows: plan.stateRows,
  generations: createGenerationStore(db),
});
const run = new ConsumerRun(app, {
  broker,
  checkpoints: createCheckpointStore(db),
  outputTopics: [TOPICS.stockChanges, TOPICS.syncEvents, TOPICS.deadLetters].map((name) =>
    topicOf(plan.prefix, name),
  ),
  logger,
  heartbeatMs: plan.sessionTimeoutMs / 6,
  newToken: randomUUID,
  fatal: (error) => {
    console.error('fatal', error);
    process.exit(1);
  },
  probe: (point) => {
    if (point !== plan.kill?.point) return;
    passed += 1;
    if (passed >= plan.kill.times) process.kill(process.pid, 'SIGKILL');
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
