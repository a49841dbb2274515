import { createProjectorApp } from '../../src/consumers/projector.js';
import { TOPICS } from '../../src/events/topics.js';
import { normaliserOf } from '../../src/marketplaces/normalisers.js';
import { createProjectionStore } from '../../src/store/projection-store.js';
import { createGenerationStore } from '../../src/store/replay-store.js';
import { type ConsumerProcessPlan, runConsumerProcess, toldPlan } from '../support/consumer-process.js';

export interface ProjectorProcessPlan extends ConsumerProcessPlan {
  readonly stateRows: number;
}

const plan = toldPlan<ProjectorProcessPlan>();
await runConsumerProcess(plan, [TOPICS.stockChanges, TOPICS.syncEvents, TOPICS.deadLetters], (db) =>
  createProjectorApp({
    prefix: plan.prefix,
    store: createProjectionStore(db),
    normaliserOf,
    stateRows: plan.stateRows,
    generations: createGenerationStore(db),
  }),
);
