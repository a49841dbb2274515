import { PartitionOwner } from '../../src/consumers/partition-owner.js';
import { createProjectorApp } from '../../src/consumers/projector.js';
import { TOPICS, type TopicName } from '../../src/events/topics.js';
import { normaliserOf } from '../../src/marketplaces/normalisers.js';
import type { GroupOffset, RecordBatch, TransactionalPublisher } from '../../src/ports/broker.js';
import type { CheckpointStep } from '../../src/ports/checkpoint-store.js';
import type { LogRecord, Output } from '../../src/ports/log-records.js';
import type { NormaliserOf } from '../../src/ports/marketplace.js';
import type { PartitionPlace, Transaction } from '../../src/ports/partition-processor.js';
import type { GenerationStore } from '../../src/ports/replay.js';
import { MemoryProjection } from './memory-projection.js';
import { PREFIX, RAW_TOPIC } from './raw-log.js';

export interface MemoryWorkerOptions {
  /** As of the next take-over; a newer program may read more than an older one. */
  readonly normaliserOf?: NormaliserOf;
  readonly stateRows?: number;
  readonly generations?: GenerationStore;
  /** Rows per range when a whole feed is read. */
  readonly rangeRows?: number;
  /** Writes every transaction twice, the first time undone, as after a deadlock. */
  readonly deadlocks?: boolean;
  /** Whatever else can go on goes on before a transaction begins. */
  readonly slowWrites?: boolean;
}

/**
 * The projector of one partition without broker and database: the real app under the real owner, tables and
 * output topics in memory.
 */
export class MemoryWorker {
  readonly store: MemoryProjection;
  /** Everything published, in order. */
  readonly outputs: Output[] = [];
  /** Oldest offset that the log still holds. */
  logStart = 0;
  /** Offsets that were read again at take-overs. */
  readonly recalled: number[] = [];
  private checkpoint = 0;
  private owner: PartitionOwner | null = null;
  private readFrom = 0;

  constructor(
    readonly log: readonly LogRecord[],
    private options: MemoryWorkerOptions = {},
  ) {
    this.store = new MemoryProjection(options.rangeRows);
  }

  get applied(): number {
    return this.checkpoint;
  }

  /** Drops what is in memory and begins anew from the tables, as another worker would. */
  async takeOver(): Promise<void> {
    await this.owner?.release(false);
    const place: PartitionPlace = {
      topic: RAW_TOPIC,
      incarnation: 1,
      life: 1,
      partition: this.log[0]?.partition ?? 0,
      checkpoint: this.checkpoint,
      logStart: this.logStart,
    };
    const app = createProjectorApp({
      prefix: PREFIX,
      store: this.store,
      normaliserOf: this.options.normaliserOf ?? normaliserOf,
      stateRows: this.options.stateRows ?? 1_000_000,
      generations: this.options.generations,
      generationWaitMs: 0,
    });
    const processor = await app.open(place);
    this.readFrom = Math.max(this.logStart, processor.rewindTo);
    this.owner = new PartitionOwner({
      app,
      id: { group: app.group, topic: app.topic, partition: place.partition },
      token: 'me',
      place,
      processor,
      publisher: this.publisher(),
      checkpoints: {
        claim: () => Promise.reject(new Error('not part of this test')),
        advance: (_id, _token, step, work) => this.advance(step, work),
        notePublished: () => Promise.resolve(),
        outbox: () => Promise.resolve([]),
      },
      published: this.checkpoint,
      tailHint: {},
      priorDigest: null,
      readFrom: this.readFrom,
    });
  }

  /** Another worker, with another program. */
  async upgrade(options: MemoryWorkerOptions): Promise<void> {
    this.options = { ...this.options, ...options };
    await this.takeOver();
  }

  /** Fetches and applies up to `most` records more, after whatever has to be read again. */
  async fetch(most: number): Promise<void> {
    if (this.owner === null) await this.takeOver();
    const to = Math.min(this.log.length, this.checkpoint + most);
    const records = this.log.slice(Math.min(this.readFrom, this.checkpoint), to);
    this.readFrom = to;
    this.recalled.push(...records.map((record) => record.offset).filter((at) => at < this.checkpoint));
    await this.owner?.handle(this.batch(records));
  }

  /** The whole log, so many records at a time. */
  async drain(most = Number.POSITIVE_INFINITY): Promise<this> {
    while (this.checkpoint < this.log.length) await this.fetch(most);
    return this;
  }

  /** Values of one output topic, parsed. */
  published(topic: TopicName): unknown[] {
    return this.outputs.filter((one) => one.topic === topic).map((one) => JSON.parse(one.value) as unknown);
  }

  private batch(records: readonly LogRecord[]): RecordBatch {
    return {
      partition: this.log[0]?.partition ?? 0,
      records,
      endOffset: (records.at(-1)?.offset ?? -1) + 1,
      more: false,
      heartbeat: () => Promise.resolve(),
      commit: () => Promise.resolve(),
    };
  }

  private publisher(): TransactionalPublisher {
    return {
      publish: async (outputs: readonly Output[], _mark: GroupOffset) => {
        this.outputs.push(...outputs);
        return {};
      },
      close: () => Promise.resolve(),
    };
  }

  private async advance(
    step: CheckpointStep,
    work: (tx: Transaction) => Promise<readonly Output[]>,
  ): Promise<void> {
    if (this.options.slowWrites === true) await new Promise((resolve) => setImmediate(resolve));
    if (step.from !== this.checkpoint) throw new Error(`at ${this.checkpoint}, asked from ${step.from}`);
    if (this.options.deadlocks === true) {
      const undone = this.store.transaction(async (tx) => {
        await work(tx);
        throw new Deadlock();
      });
      await undone.catch((error: unknown) => {
        if (!(error instanceof Deadlock)) throw error;
      });
    }
    const outbox = await this.store.transaction(work);
    for (const { topic, offset } of outbox) if (topic === TOPICS.deadLetters) this.store.letters.add(offset);
    this.checkpoint = step.to;
  }
}

class Deadlock extends Error {}
