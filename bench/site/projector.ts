/** A projector in a process of its own, which holds its work back when it is told to and tells what it took. */
import { randomUUID } from 'node:crypto';
import { createProjectorApp } from '../../src/consumers/projector.js';
import { ConsumerRun } from '../../src/consumers/run-consumer.js';
import { TOPICS, topicOf } from '../../src/events/topics.js';
import { normaliserOf } from '../../src/marketplaces/normalisers.js';
import { createCheckpointStore } from '../../src/store/checkpoint-store.js';
import { createProjectionStore } from '../../src/store/projection-store.js';
import { createGenerationStore } from '../../src/store/replay-store.js';
import type { Order, ProjectorFigures } from './held-projector.js';
import { openBroker, openDatabase, type Place, quiet } from './site.js';

/** As STATE_ROWS is unless somebody sets it. */
const STATE_ROWS = Number(process.env.BENCH_STATE_ROWS ?? 1_000_000);

const place = JSON.parse(process.env.PROJECTOR_PLACE ?? '') as Place;
const db = await openDatabase(place, 10);
let gate: Promise<void> = Promise.resolve();
let open: () => void = ignore;
let began = performance.now();
let cpuAtStart = process.cpuUsage();
let firstCommitted: number | null = null;
let lastPublished = began;
let last = began;
const stages = new Map<string, number>();

const run = new ConsumerRun(
  createProjectorApp({
    prefix: place.prefix,
    store: createProjectionStore(db),
    generations: createGenerationStore(db),
    normaliserOf,
    stateRows: STATE_ROWS,
  }),
  {
    broker: openBroker(place),
    checkpoints: createCheckpointStore(db),
    outputTopics: [TOPICS.stockChanges, TOPICS.syncEvents, TOPICS.deadLetters].map((name) =>
      topicOf(place.prefix, name),
    ),
    logger: quiet,
    heartbeatMs: 3_000,
    newToken: randomUUID,
    fatal: (error) => {
      console.error(error);
      process.exit(1);
    },
    probe: (point) => {
      const now = performance.now();
      // What lies between two steps is the wait for records.
      if (point !== 'received') stages.set(point, (stages.get(point) ?? 0) + now - last);
      last = now;
      if (point === 'committed') firstCommitted ??= now;
      if (point === 'published') lastPublished = now;
      return point === 'received' ? gate.then(resumed) : undefined;
    },
  },
);
process.on('message', (order: Order) => void obey(order));
process.on('disconnect', () => process.exit(0));
await run.start();
while (!run.hasJoined) await new Promise((resolve) => setTimeout(resolve, 5));
process.send?.({ kind: 'ready' });

async function obey(order: Order): Promise<void> {
  if (order === 'hold') {
    gate = new Promise((resolve) => {
      open = resolve;
    });
  } else if (order === 'go') {
    began = performance.now();
    cpuAtStart = process.cpuUsage();
    lastPublished = began;
    firstCommitted = null;
    stages.clear();
    open();
  } else if (order === 'stop') {
    await run.stop();
    process.exit(0);
  }
  process.send?.({ kind: 'figures', figures: await figures() });
}

async function figures(): Promise<ProjectorFigures> {
  const { user, system } = process.cpuUsage(cpuAtStart);
  return {
    caughtUp: await run.caughtUp(),
    firstSeconds: firstCommitted === null ? null : (firstCommitted - began) / 1000,
    seconds: (lastPublished - began) / 1000,
    cpuSeconds: (user + system) / 1e6,
    stages: Object.fromEntries(stages),
  };
}

function resumed(): void {
  last = performance.now();
}

function ignore(): void {}
