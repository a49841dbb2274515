import { randomUUID } from 'node:crypto';
import { Broker } from '../../src/broker/broker.js';
import { createAnomalyApp } from '../../src/consumers/anomaly.js';
import type { ProbePoint } from '../../src/consumers/partition-owner.js';
import { ConsumerRun } from '../../src/consumers/run-consumer.js';
import type { AnomalySettings } from '../../src/domain/anomaly/finding.js';
import { TOPICS, topicOf } from '../../src/events/topics.js';
import { createAlertStore } from '../../src/store/alert-store.js';
import { createCheckpointStore } from '../../src/store/checkpoint-store.js';
import { Database } from '../../src/store/database.js';
import { ENTITIES } from '../../src/store/entities/all.js';
import { createProductHistory } from '../../src/store/product-history.js';

/** What an anomaly worker that is to be killed is told, as JSON in its first argument. */
export interface AnomalyProcessPlan {
  readonly brokers: string;
  readonly prefix: string;
  readonly sessionTimeoutMs: number;
  readonly settings: AnomalySettings;
  readonly db: { host: string; port: number; name: string; user: string; password: string };
  /** Where it kills itself (SIGKILL). */
  readonly kill: ProbePoint;
}

const plan = JSON.parse(process.argv[2] ?? '{}') as AnomalyProcessPlan;
const say = (level: string) => (fields: object, message: string) =>
  console.error(`${level} ${message} ${JSON.stringify(fields)}`);
const logger = { debug: () => undefined, info: () => undefined, warn: say('warn'), error: say('error') };
const broker = new Broker({
  brokers: plan.brokers.split(','),
  clientId: `anomaly-${process.pid}`,
  sessionTimeoutMs: plan.sessionTimeoutMs,
  logger,
  prefix: plan.prefix,
  concurrency: 4,
});
const db = await Database.open({
  ...plan.db,
  password: { reveal: () => plan.db.password },
  poolSize: 5,
  idleSeconds: 60,
  waitTimeoutSeconds: plan.sessionTimeoutMs / 1000,
  entities: ENTITIES,
});
const app = createAnomalyApp({
  prefix: plan.prefix,
  settings: plan.settings,
  alerts: createAlertStore(db),
  history: createProductHistory(db, topicOf(plan.prefix, TOPICS.rawSnapshots)),
});
const run = new ConsumerRun(app, {
  broker,
  checkpoints: createCheckpointStore(db),
  outputTopics: [TOPICS.alerts, TOPICS.deadLetters].map((name) => topicOf(plan.prefix, name)),
  logger,
  heartbeatMs: plan.sessionTimeoutMs / 6,
  newToken: randomUUID,
  fatal: (error) => {
    console.error('fatal', error);
    process.exit(1);
  },
  probe: (point) => {
    if (point === plan.kill) process.kill(process.pid, 'SIGKILL');
  },
});
await run.start();
