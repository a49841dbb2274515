import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AlertSenders, alertOutlets } from './alert-channels.js';
import { anomalySettings } from './anomaly-settings.js';
import type { Broker } from './broker/broker.js';
import { createAnomalyApp } from './consumers/anomaly.js';
import { createMailerApp } from './consumers/mailer.js';
import { createProjectorApp } from './consumers/projector.js';
import { ConsumerRun } from './consumers/run-consumer.js';
import { AppError } from './errors.js';
import { TOPICS, type TopicName, topicOf } from './events/topics.js';
import { Housekeeper } from './housekeeper.js';
import { type Installation, openDatabase } from './main.js';
import { normaliserOf } from './marketplaces/normalisers.js';
import { Watchdog } from './ops/watchdog.js';
import type { ConsumerApp } from './ports/partition-processor.js';
import { createAlertStore } from './store/alert-store.js';
import { createCheckpointStore } from './store/checkpoint-store.js';
import type { Database } from './store/database.js';
import { createProductHistory } from './store/product-history.js';
import { createProjectionStore } from './store/projection-store.js';
import { createGenerationStore } from './store/replay-store.js';

/** In the order in which records flow. */
export const WORKER_NAMES = ['projector', 'anomaly', 'mailer'] as const;
export type WorkerName = (typeof WORKER_NAMES)[number];

const OUTPUTS: Readonly<Record<WorkerName, readonly TopicName[]>> = {
  projector: [TOPICS.stockChanges, TOPICS.syncEvents, TOPICS.deadLetters],
  anomaly: [TOPICS.alerts, TOPICS.deadLetters],
  mailer: [TOPICS.deadLetters],
};

/** Heartbeats in the time of one session. */
const BEATS = 6;
const WATCH_MS = 5_000;
/** Twice what a feed stands still for at most while a replay is to take its place. */
const LEAST_STALL_MS = 120_000;
const DRAIN_POLL_MS = 50;
/** How long a drain waits for members that do not get on: longer than a dead one's session lasts by default. */
const OTHERS_MS = 40_000;

export interface WorkerRuntimeOptions {
  /** Which consumers; all unless told. */
  readonly only?: readonly WorkerName[] | undefined;
  /** Called once: the consumers cannot go on, and the process must end. */
  readonly onFatal: (error: unknown) => void;
  /** Called every few seconds while every consumer gets on, or has nothing to do. */
  readonly onAlive?: (() => void) | undefined;
}

interface Running {
  readonly database: Database;
  readonly senders: AlertSenders | null;
  readonly housekeeper: Housekeeper;
  readonly runs: ReadonlyMap<WorkerName, ConsumerRun>;
  readonly watch: NodeJS.Timeout;
}

/** Projector, anomaly and mailer as members of their groups in this process, and the digest senders beside the mailer. */
export class WorkerRuntime {
  readonly names: readonly WorkerName[];
  #running: Running | undefined;
  #fatal = false;

  constructor(
    private readonly installation: Installation,
    private readonly options: WorkerRuntimeOptions,
  ) {
    this.names = WORKER_NAMES.filter((name) => options.only?.includes(name) ?? true);
  }

  /** Resolves when every consumer has joined its group. */
  async start(): Promise<void> {
    const broker = await this.installation.broker();
    // With sessions that end when a frozen worker's membership does, and its locks with them.
    const { config, instruments, logger } = this.installation;
    const database = await openDatabase(config, this.#sessionMs / 1000, instruments.metrics);
    const runs = new Map(this.names.map((name) => [name, this.#consumer(name, database, broker)]));
    const fail = (error: unknown) => this.#fail(error);
    const senders = this.names.includes('mailer')
      ? await AlertSenders.open(this.installation, database, fail)
      : null;
    const housekeeper = new Housekeeper(database, config.retention, logger);
    this.#running = { database, senders, housekeeper, runs, watch: this.#watch(runs) };
    await Promise.all([...runs.values()].map((run) => run.start()));
  }

  /** From now on due mail is sent and old rows are deleted as time goes by, until {@link stop}. */
  startTimers(): void {
    this.#running?.senders?.start();
    this.#running?.housekeeper.start();
  }

  /** Deletes old rows now, if that is due. */
  async keepHouse(signal: AbortSignal): Promise<void> {
    await this.#running?.housekeeper.runOnce(signal);
  }

  /** Resolves when all that is in the topics now has gone through, and the mail about it is sent. */
  async drained(signal: AbortSignal): Promise<void> {
    await this.caughtUp(signal);
    if (!signal.aborted && !this.#fatal) await this.flushed();
  }

  /** Sends all that waits. */
  async flushed(): Promise<void> {
    await this.#running?.senders?.flush();
  }

  /**
   * Resolves when all that is in the topics now has been read: snapshots first, then the alerts that follow from
   * them, then these are entered for mail. Another process that drains at the same time may leave partitions to us before
   * it has read what we wait for, so what it holds is waited for too, for a while.
   */
  async caughtUp(signal: AbortSignal): Promise<void> {
    const running = this.#running;
    const patience = AbortSignal.timeout(OTHERS_MS);
    const isDone = (run: ConsumerRun) => (patience.aborted ? run.caughtUp() : run.groupCaughtUp());
    for (const run of running?.runs.values() ?? []) {
      while (!signal.aborted && !this.#fatal && !(await isDone(run))) await delay(DRAIN_POLL_MS);
    }
  }

  /** Consumers that the groups have not given their share yet. */
  unjoined(): readonly WorkerName[] {
    const runs = this.#running?.runs;
    return this.names.filter((name) => runs?.get(name)?.hasJoined !== true);
  }

  /** Finishes the batches in hand and leaves the groups. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    clearInterval(running.watch);
    await Promise.allSettled([
      running.senders?.stop(),
      running.housekeeper.stop(),
      ...[...running.runs.values()].map((run) => run.stop()),
    ]);
    await running.database.close();
  }

  get #sessionMs(): number {
    return this.installation.config.kafka.sessionTimeout * 1000;
  }

  #consumer(name: WorkerName, database: Database, broker: Broker): ConsumerRun {
    const { logger, prefix, instruments } = this.installation;
    return new ConsumerRun(this.#app(name, database), {
      broker,
      checkpoints: createCheckpointStore(database),
      outputTopics: OUTPUTS[name].map((topic) => topicOf(prefix, topic)),
      logger,
      heartbeatMs: this.#sessionMs / BEATS,
      newToken: randomUUID,
      fatal: (error) => this.#fail(error),
      instruments,
    });
  }

  #app(name: WorkerName, database: Database): ConsumerApp {
    const { config, logger: log, prefix } = this.installation;
    switch (name) {
      case 'projector':
        return createProjectorApp({
          prefix,
          store: createProjectionStore(database),
          generations: createGenerationStore(database),
          normaliserOf,
          stateRows: config.cache.enabled ? config.cache.stateRows : 0,
          stateTtlMs: config.cache.ttl === 0 ? undefined : config.cache.ttl * 1000,
        });
      case 'anomaly':
        return createAnomalyApp({
          prefix,
          settings: anomalySettings(config),
          alerts: createAlertStore(database),
          history: createProductHistory(database, topicOf(prefix, TOPICS.rawSnapshots)),
        });
      case 'mailer':
        return createMailerApp({
          prefix,
          outlets: alertOutlets(config, database),
          log,
        });
    }
  }

  #watch(runs: ReadonlyMap<WorkerName, ConsumerRun>): NodeJS.Timeout {
    const limitMs = Math.max(LEAST_STALL_MS, 3 * this.#sessionMs);
    const dogs = [...runs].map(([name, run]) => new Watchdog(name, run, { limitMs, everyMs: WATCH_MS }));
    const look = async (): Promise<void> => {
      for (const dog of dogs) {
        const error = await dog.check();
        if (error !== null) return this.#fail(error);
      }
      if (!this.#fatal) this.options.onAlive?.();
    };
    return setInterval(() => void look(), WATCH_MS);
  }

  #fail(error: unknown): void {
    if (this.#fatal) return;
    this.#fatal = true;
    this.options.onFatal(error);
  }
}

/** @throws USAGE for a name that is none */
export function workerNames(list: string): readonly WorkerName[] {
  const names = list.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !(WORKER_NAMES as readonly string[]).includes(name));
  if (unknown.length === 0) return WORKER_NAMES.filter((name) => names.includes(name));
  throw new AppError('USAGE', `no such worker: ${unknown.map((name) => name || '(empty)').join(', ')}`, {
    remedy: `choose from ${WORKER_NAMES.join(', ')}`,
  });
}
