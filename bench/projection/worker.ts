/** The worker that is measured, in a process of its own: the projector as a worker runs it. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Broker } from '../../src/broker/broker.js';
import type { ProbePoint } from '../../src/consumers/partition-owner.js';
import { createProjectorApp } from '../../src/consumers/projector.js';
import { ConsumerRun } from '../../src/consumers/run-consumer.js';
import { TOPICS, topicOf } from '../../src/events/topics.js';
import { normaliserOf } from '../../src/marketplaces/normalisers.js';
import { createCheckpointStore } from '../../src/store/checkpoint-store.js';
import { Database } from '../../src/store/database.js';
import { createProjectionStore } from '../../src/store/projection-store.js';
import { type Deeds, serve } from './child.js';
import { brokerOptions, databaseOptions, type Place } from './place.js';
import { type Measured, Stopwatch } from './usage.js';

/** Between two looks whether all is published; while something still comes out there is no look. */
const LOOK_MS = 50;
const SAMPLE_US = 250;

class MeasuredWorker {
  private readonly watch = new Stopwatch();
  private gate: Promise<void> = Promise.resolve();
  private open: () => void = ignore;
  private lastSign = 0;
  private consumer: ConsumerRun | undefined;

  async start(place: Place): Promise<void> {
    const db = await Database.open(databaseOptions(place));
    this.consumer = new ConsumerRun(
      createProjectorApp({
        prefix: place.prefix,
        store: createProjectionStore(db),
        normaliserOf,
        stateRows: 5_000_000,
      }),
      {
        broker: new Broker(brokerOptions(place)),
        checkpoints: createCheckpointStore(db),
        outputTopics: [TOPICS.stockChanges, TOPICS.syncEvents, TOPICS.deadLetters].map((name) =>
          topicOf(place.prefix, name),
        ),
        logger: { debug: ignore, info: ignore, warn: console.error, error: console.error },
        heartbeatMs: 3_000,
        newToken: randomUUID,
        fatal: (error) => {
          console.error(error);
          process.exit(1);
        },
        probe: (point) => this.probe(point),
      },
    );
    await this.consumer.start();
    while (!(await this.consumer.caughtUp())) await delay(LOOK_MS);
  }

  /** What comes into the log from now on is not worked on until `apply`. */
  hold(): void {
    this.gate = new Promise((resolve) => {
      this.open = resolve;
    });
  }

  async apply(profile: string | null): Promise<Measured> {
    const stop = profile === null ? undefined : await profileInto(profile);
    this.watch.begin();
    this.lastSign = performance.now();
    this.open();
    do await delay(LOOK_MS);
    while (performance.now() - this.lastSign < LOOK_MS || !(await this.consumer?.caughtUp()));
    await stop?.();
    return this.watch.read();
  }

  private probe(point: ProbePoint): Promise<void> | undefined {
    this.lastSign = performance.now();
    // The snapshot is done with the last of these.
    if (point === 'published') this.watch.mark();
    return point === 'received' ? this.gate : undefined;
  }
}

/** Answers how to end and write the profile. */
async function profileInto(path: string): Promise<() => Promise<void>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
  await session.post('Profiler.start');
  return async () => {
    const { profile } = await session.post('Profiler.stop');
    writeFileSync(path, JSON.stringify(profile));
    session.disconnect();
  };
}

function ignore(): void {}

const worker = new MeasuredWorker();
const deeds = {
  start: (place: Place) => worker.start(place),
  hold: async (_: null) => worker.hold(),
  /** @param profile the file of a CPU profile, or null */
  apply: (profile: string | null) => worker.apply(profile),
} satisfies Deeds;
export type WorkerDeeds = typeof deeds;
serve(deeds);
