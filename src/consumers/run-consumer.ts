import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError, fateOf, isAppError, messageOf } from '../errors.js';
import type { BrokerPort, GroupMember, RecordBatch } from '../ports/broker.js';
import type { CheckpointStore } from '../ports/checkpoint-store.js';
import type { Instruments } from '../ports/instruments.js';
import type { Logger } from '../ports/logger.js';
import type { ConsumerApp } from '../ports/partition-processor.js';
import type { PartitionOwner, ProbePoint } from './partition-owner.js';
import { PARTITIONS_AT_ONCE, Slots } from './slots.js';
import { takeOver } from './take-over.js';

export interface ConsumerDeps {
  readonly broker: BrokerPort;
  readonly checkpoints: CheckpointStore;
  readonly outputTopics: readonly string[];
  readonly logger: Logger;
  /** Milliseconds between heartbeats while a step works. */
  readonly heartbeatMs: number;
  newToken(): string;
  /** The consumer cannot go on: the process must end. */
  fatal(error: unknown): void;
  readonly probe?: ((point: ProbePoint) => Promise<void> | void) | undefined;
  readonly instruments?: Instruments | undefined;
}

const RETRY_MS = { first: 100, most: 10_000 };

/** Runs one app as one member of its group: the only place where batches are committed. */
export class ConsumerRun {
  private readonly member: GroupMember;
  private readonly owners = new Map<number, PartitionOwner>();
  /** Work on a partition is done one piece after another: the batch in hand first, then the next take-over. */
  private readonly chains = new Map<number, Promise<void>>();
  /** Of each owner the last batch it was given: done, or not to be. */
  private readonly working = new WeakMap<PartitionOwner, Promise<boolean>>();
  private readonly slots = new Slots(PARTITIONS_AT_ONCE);
  private generation = 0;
  /** Steps that failed in a row, by partition: what fails again and again is tried more and more seldom. */
  private readonly failures = new Map<number, number>();
  private told = 0;
  private stopping = false;
  private readonly halt = new AbortController();
  private assigned: readonly number[] = [];

  constructor(
    private readonly app: ConsumerApp,
    private readonly deps: ConsumerDeps,
  ) {
    this.member = deps.broker.member(app.group, app.topic);
    // All partitions may be waiting at once.
    setMaxListeners(0, this.halt.signal);
  }

  async start(): Promise<void> {
    await this.member.start({
      joined: (partitions) => this.joined(partitions),
      batch: (batch) => this.batch(batch),
      skipped: (partition, endOffset) => this.skipped(partition, endOffset),
      crashed: (error) => this.deps.fatal(error),
    });
  }

  /** The group has given this member its share, which may be nothing. */
  get hasJoined(): boolean {
    return this.generation > 0 && !this.stopping;
  }

  /** All that is in the log now has been applied and published, on the partitions that this member owns. */
  async caughtUp(): Promise<boolean> {
    if (this.generation === 0) return false;
    const ends = await this.deps.broker.ends([this.app.topic]);
    return this.assigned.every((partition) => {
      const owner = this.owners.get(partition);
      const end = ends[`${this.app.topic}/${partition}`] ?? 0;
      return owner !== undefined && owner.published >= owner.next && owner.readTo >= end;
    });
  }

  /**
   * The same on every partition of the topic. What other members hold counts by the group's mark; a partition that
   * changes hands meanwhile counts as behind.
   */
  async groupCaughtUp(): Promise<boolean> {
    const { generation, assigned } = this;
    if (!(await this.caughtUp())) return false;
    for (const [place, end] of Object.entries(await this.deps.broker.ends([this.app.topic]))) {
      const partition = Number(place.slice(place.lastIndexOf('/') + 1));
      if (!assigned.includes(partition) && (await this.groupMark(partition)) < end) return false;
    }
    return generation === this.generation;
  }

  /** Per partition of ours a figure that grows with everything read, applied or published. */
  progress(): ReadonlyMap<number, number> {
    return new Map(
      [...this.owners].map(([partition, owner]) => [partition, owner.next + owner.readTo + owner.published]),
    );
  }

  /** Steps that failed and were, or will be, tried again. */
  get retries(): number {
    return this.told;
  }

  /** Finishes the batches in hand, then leaves the group. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.halt.abort();
    this.generation += 1;
    for (const owner of this.owners.values()) owner.hurry();
    for (const partition of this.assigned) this.member.pause(partition);
    // Whoever is given these partitions next should find nobody at work on them.
    await Promise.all(this.chains.values());
    await this.member.stop();
    await Promise.all(this.chains.values());
    await Promise.all([...this.owners.values()].map((owner) => owner.release(true)));
    this.owners.clear();
  }

  /** Where the group stands: without a mark at the beginning of what the log still holds. */
  private async groupMark(partition: number): Promise<number> {
    const { app, deps } = this;
    const mark = await deps.broker.committed(app.group, app.topic, partition);
    return mark?.offset ?? (await deps.broker.range(app.topic, partition)).start;
  }

  private joined(partitions: readonly number[]): void {
    this.generation += 1;
    for (const owner of this.owners.values()) owner.abandon();
    const former = this.assigned;
    this.assigned = partitions;
    this.deps.logger.info({ group: this.app.group, partitions: partitions.join(',') }, 'joined the group');
    for (const partition of new Set([...former, ...partitions])) this.plan(partition, this.generation);
  }

  private plan(partition: number, generation: number): void {
    const before = this.chains.get(partition) ?? Promise.resolve();
    const next = before.then(() => this.takeOver(partition, generation));
    this.chains.set(partition, next);
  }

  private async takeOver(partition: number, generation: number): Promise<void> {
    await this.drop(partition);
    const overtaken = () => this.stopping || generation !== this.generation;
    // The first failure of a step is taken up at once; one that comes back is given time.
    const failures = this.failures.get(partition) ?? 0;
    if (failures > 1) await this.pauseFor(RETRY_MS.first * 2 ** Math.min(failures, 10));
    for (let wait = RETRY_MS.first; !overtaken() && this.assigned.includes(partition); wait *= 2) {
      try {
        const { owner, readFrom } = await takeOver(partition, {
          ...this.deps,
          app: this.app,
          refuseIfOvertaken: () => {
            if (overtaken()) throw new AppError('OWNERSHIP_LOST', 'a newer take-over began');
          },
        });
        if (overtaken()) return await owner.release(false);
        this.owners.set(partition, owner);
        this.member.resumeAt(partition, readFrom);
        return;
      } catch (error) {
        if (overtaken()) return;
        if (fateOf(error) !== 'retry') return this.deps.fatal(error);
        this.tell(partition, error, 'take-over is tried again');
        await this.pauseFor(wait);
      }
    }
  }

  /**
   * Batches of a partition are worked on one after another. Where the log holds more, the client may fetch it while
   * this one is worked on: it is answered when the one before is done, so that one at most is waiting.
   */
  private batch(batch: RecordBatch): Promise<boolean> {
    const { partition } = batch;
    const owner = this.owners.get(partition);
    // Fetched before a pause, delivered after it: the take-over under way will seek.
    if (owner === undefined || this.stopping) return Promise.resolve(false);
    const { generation } = this;
    const before = this.working.get(owner) ?? Promise.resolve(true);
    const work = before.then((done) => done && this.inTurn(owner, batch, generation));
    this.working.set(owner, work);
    // The next take-over waits for the batch in hand, whatever becomes of it.
    const chain = this.chains.get(partition) ?? Promise.resolve();
    this.chains.set(
      partition,
      chain.then(() => work.then(noop, noop)),
    );
    return batch.more ? before : work;
  }

  private skipped(partition: number, endOffset: number): void {
    const owner = this.owners.get(partition);
    if (owner === undefined) return;
    const before = this.working.get(owner) ?? Promise.resolve(true);
    before.then(() => owner.skip(endOffset)).catch(noop);
  }

  private async inTurn(owner: PartitionOwner, batch: RecordBatch, generation: number): Promise<boolean> {
    const leave = await this.slots.enter();
    try {
      if (this.stopping || generation !== this.generation) return false;
      return await this.work(owner, batch, generation);
    } finally {
      leave();
    }
  }

  private async work(owner: PartitionOwner, batch: RecordBatch, generation: number): Promise<boolean> {
    const beats = keepAlive(batch, this.deps.heartbeatMs, () => owner.hurry());
    try {
      await owner.handle(batch);
      this.failures.delete(batch.partition);
      return true;
    } catch (error) {
      owner.abandon();
      if (this.stopping || generation !== this.generation) return false;
      // What heartbeat or a plain commit threw goes back to the client, so that it joins the group again.
      const evicted = beats.failure() ?? (isClientError(error) ? error : undefined);
      if (evicted === undefined && fateOf(error) !== 'retry') {
        this.deps.fatal(error);
        return false;
      }
      this.tell(batch.partition, error, 'in doubt: the partition is taken over anew');
      this.deps.instruments?.metrics.count('doubts', { consumergroup: this.app.group });
      this.failures.set(batch.partition, (this.failures.get(batch.partition) ?? 0) + 1);
      this.member.pause(batch.partition);
      this.plan(batch.partition, generation);
      if (evicted !== undefined) throw evicted;
      return false;
    } finally {
      beats.stop();
    }
  }

  /** What a person must mend is an error to the log, and says what to do, each time it is tried. */
  private tell(partition: number, error: unknown, message: string): void {
    this.told += 1;
    const fields = { group: this.app.group, partition, error: messageOf(error) };
    if (isAppError(error) && error.code === 'OUTPUT_BLOCKED')
      this.deps.logger.error({ ...fields, remedy: error.remedy }, 'the partition waits');
    else this.deps.logger.warn(fields, message);
  }

  /** Waits about so long, at most ten seconds, and no longer than until the stop. */
  private async pauseFor(ms: number): Promise<void> {
    const jittered = Math.min(ms, RETRY_MS.most) * (0.5 + Math.random());
    await delay(jittered, undefined, { signal: this.halt.signal }).catch(noop);
  }

  private async drop(partition: number): Promise<void> {
    const owner = this.owners.get(partition);
    this.owners.delete(partition);
    await owner?.release(false);
  }
}

function noop(): void {}

function isClientError(error: unknown): boolean {
  return error instanceof Error && error.name.startsWith('KafkaJS');
}

/** Beats while the step works, however long it takes. */
function keepAlive(
  batch: RecordBatch,
  everyMs: number,
  failed: () => void,
): { stop(): void; failure(): unknown } {
  let failure: unknown;
  const timer = setInterval(() => {
    batch.heartbeat().catch((error: unknown) => {
      failure ??= error;
      failed();
    });
  }, everyMs);
  return {
    stop: () => clearInterval(timer),
    failure: () => failure,
  };
}
