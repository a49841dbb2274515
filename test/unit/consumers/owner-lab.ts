import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { type OwnerParts, PartitionOwner } from '../../../src/consumers/partition-owner.js';
import { AppError } from '../../../src/errors.js';
import { TOPICS } from '../../../src/events/topics.js';
import type { GroupOffset, RecordBatch } from '../../../src/ports/broker.js';
import type { CheckpointStep } from '../../../src/ports/checkpoint-store.js';
import type { LogRecord, Output } from '../../../src/ports/log-records.js';
import type { ConsumerApp, Transaction } from '../../../src/ports/partition-processor.js';

const TX: Transaction = { brand: 'transaction' };
export const TOPIC = 'inventory.raw-snapshots.v1';

export const recordsFrom = (first: number, count: number): LogRecord[] =>
  Array.from({ length: count }, (_, index) => {
    const offset = first + index;
    const about = { topic: TOPIC, partition: 4, timestamp: 0, key: 'k', headers: {} };
    return { ...about, offset, value: Buffer.from(`value ${offset}`) };
  });
const output = (offset: number): Output => ({
  offset,
  index: 0,
  topic: TOPICS.stockChanges,
  key: 'k',
  value: `change ${offset}`,
  headers: {},
});
/** Whatever can happen without anything from outside has happened. */
export const turns = () => new Promise((resolve) => setImmediate(resolve));
export const digest = (value: string) => createHash('sha256').update(value).digest('hex');

interface Trouble {
  readonly heartbeat?: Error;
  readonly advance?: Error;
  readonly publish?: Error;
}

/** An owner with everything around it played by hand; `deeds` is what it did, in order. */
export class Lab {
  readonly deeds: string[] = [];
  readonly steps: CheckpointStep[] = [];
  readonly published: { outputs: readonly Output[]; mark: GroupOffset }[] = [];
  readonly owner: PartitionOwner;
  trouble: Trouble = {};
  /** Records per step. */
  take = 2;
  /** Offsets whose records lead to nothing. */
  silent = (_offset: number): boolean => false;
  /** May the next step be folded while this one is written? */
  ahead = false;
  /** Offset of a step's first record. */
  unfoldable: number | undefined;
  beforeAdvance: (step: CheckpointStep) => Promise<void> = () => Promise.resolve();
  beforePublish: () => Promise<void> = () => Promise.resolve();
  /** How often each transaction runs. */
  tries = 1;

  constructor(over: Partial<OwnerParts> = {}, gapless = true) {
    const app = { gapless } as ConsumerApp;
    this.owner = new PartitionOwner({
      app,
      id: { group: 'inventory.projector', topic: TOPIC, partition: 4 },
      token: 'token',
      place: { topic: TOPIC, incarnation: 8, life: 1, partition: 4, checkpoint: 10, logStart: 0 },
      processor: {
        rewindTo: 10,
        take: (records) => Math.min(this.take, records.length),
        recall: async (records) => this.note('recall', records),
        mayFoldAhead: () => this.ahead,
        fold: async (records) => {
          this.note('fold', records);
          if (records[0]?.offset === this.unfoldable) throw new Error('cannot be folded');
          return { write: async () => this.write(records) };
        },
        settled: () => this.deeds.push('settled'),
        close: () => this.deeds.push('processor closed'),
      },
      publisher: {
        publish: (outputs, mark) => this.publish(outputs, mark),
        close: async () => void this.deeds.push('publisher closed'),
      },
      checkpoints: {
        claim: () => Promise.reject(new Error('not asked for')),
        advance: (_id, token, step, work) => this.advance(token, step, work),
        notePublished: async (_id, _token, offset) => void this.deeds.push(`noted ${offset}`),
        outbox: () => Promise.resolve([]),
      },
      published: 10,
      tailHint: { 'out/0': 1 },
      priorDigest: null,
      readFrom: 10,
      ...over,
    });
  }

  batch(records: readonly LogRecord[], endOffset = (records.at(-1)?.offset ?? 9) + 1): RecordBatch {
    return {
      partition: 4,
      records,
      endOffset,
      more: false,
      heartbeat: async () => {
        if (this.trouble.heartbeat !== undefined) throw this.trouble.heartbeat;
      },
      commit: async (offset, stamp) => void this.deeds.push(`committed ${offset} ${stamp}`),
    };
  }

  private note(what: string, records: readonly LogRecord[]): void {
    this.deeds.push(`${what} ${records.map((record) => record.offset).join(' ')}`);
  }

  private async write(records: readonly LogRecord[]) {
    const loud = records.map((record) => record.offset).filter((offset) => !this.silent(offset));
    this.deeds.push(`write ${loud.join(' ')}`);
    return { ledger: loud.map(output), outbox: [] };
  }

  private async advance(
    token: string,
    step: CheckpointStep,
    work: (tx: Transaction) => Promise<readonly Output[]>,
  ): Promise<void> {
    expect(token).toBe('token');
    await this.beforeAdvance(step);
    if (this.trouble.advance !== undefined) throw this.trouble.advance;
    for (let attempt = 0; attempt < this.tries; attempt += 1) await work(TX);
    this.steps.push(step);
    this.deeds.push(`applied ${step.from}-${step.to}`);
  }

  private async publish(outputs: readonly Output[], mark: GroupOffset) {
    await this.beforePublish();
    if (this.trouble.publish !== undefined) throw this.trouble.publish;
    this.published.push({ outputs, mark });
    this.deeds.push(`published ${outputs.map((one) => one.offset).join(' ')} up to ${mark.offset}`);
    return { [`out/${outputs.length}`]: mark.offset };
  }
}

export const lost = new AppError('OWNERSHIP_LOST', 'another worker owns it');
