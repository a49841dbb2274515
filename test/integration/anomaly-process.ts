import { createAnomalyApp } from '../../src/consumers/anomaly.js';
import type { AnomalySettings } from '../../src/domain/anomaly/finding.js';
import { TOPICS, topicOf } from '../../src/events/topics.js';
import { createAlertStore } from '../../src/store/alert-store.js';
import { createProductHistory } from '../../src/store/product-history.js';
import { type ConsumerProcessPlan, runConsumerProcess, toldPlan } from '../support/consumer-process.js';

export interface AnomalyProcessPlan extends ConsumerProcessPlan {
  readonly settings: AnomalySettings;
}

const plan = toldPlan<AnomalyProcessPlan>();
await runConsumerProcess(plan, [TOPICS.alerts, TOPICS.deadLetters], (db) =>
  createAnomalyApp({
    prefix: plan.prefix,
    settings: plan.settings,
    alerts: createAlertStore(db),
    history: createProductHistory(db, topicOf(plan.prefix, TOPICS.rawSnapshots)),
  }),
);
