import { createHash } from 'node:crypto';
import { AppError } from '../errors.js';
import type { OutputOffsets, RecordBatch, TransactionalPublisher } from '../ports/broker.js';
import type { CheckpointStore, PartitionId } from '../ports/checkpoint-store.js';
import { type Instruments, NO_INSTRUMENTS } from '../ports/instruments.js';
import type { LogRecord, Output } from '../ports/log-records.js';
import type { ConsumerApp, PartitionPlace, PartitionProcessor, Work } from '../ports/partition-processor.js';
import { stampOf } from './stamp.js';
import { carrying, STEP_SPANS, tracesOf } from './traces.js';

/** Moments between the steps of a batch, for tests that kill the process there and benchmarks that time it. */
export type ProbePoint = 'received' | 'folded' | 'written' | 'committed' | 'published' | 'noted';

export interface OwnerParts {
  readonly app: ConsumerApp;
  readonly id: PartitionId;
  readonly token: string;
  readonly place: PartitionPlace;
  readonly processor: PartitionProcessor;
  readonly publisher: TransactionalPublisher;
  readonly checkpoints: CheckpointStore;
  /** Everything before this offset has been published. */
  readonly published: number;
  readonly tailHint: OutputOffsets;
  readonly priorDigest: string | null;
  /** Where reading begins: at most the checkpoint. */
  readonly readFrom: number;
  readonly probe?: ((point: ProbePoint) => Promise<void> | void) | undefined;
  readonly instruments?: Instruments | undefined;
}

/**
 * The one owner of a partition: applies its records in the log's order, each step one database transaction and
 * then one Kafka transaction. After any error it must be dropped; a take-over makes a new one.
 */
export class PartitionOwner {
  /** Next offset to apply. */
  next: number;
  /** Read up to here, transaction markers included. */
  readTo: number;
  published: number;
  private tailHint: OutputOffsets;
  private position: number;
  private lost = false;
  /** Of the last record read. */
  private leaderEpoch: number | undefined;
  /** Ends what a fold waits for. */
  private readonly patience = new AbortController();
  /** The step under way behind its fold: the next one may be folded meanwhile. */
  private writing: Promise<void> = Promise.resolve();
  /** The Kafka transaction under way: that of one step runs beside the database transaction of the next. */
  private publishing: Promise<void> = Promise.resolve();

  constructor(private readonly parts: OwnerParts) {
    this.next = parts.place.checkpoint;
    this.readTo = parts.place.checkpoint;
    this.published = parts.published;
    this.tailHint = parts.tailHint;
    this.position = parts.readFrom;
  }

  async handle(batch: RecordBatch): Promise<void> {
    const fresh = batch.records.filter((record) => record.offset >= this.position);
    this.refuseRewind(batch.records[0]);
    this.refuseGap(fresh[0]);
    this.refuseOtherLeader(fresh);
    const known = fresh.filter((record) => record.offset < this.next);
    if (known.length > 0) {
      this.refuseOtherLife(known);
      await this.parts.processor.recall(known);
      this.position = (known[known.length - 1]?.offset ?? 0) + 1;
    }
    let rest = fresh.slice(known.length);
    while (rest.length > 0) {
      const step = rest.slice(0, this.parts.processor.take(rest));
      rest = rest.slice(step.length);
      const last = step[step.length - 1];
      await this.step(step, rest.length === 0 ? batch.endOffset : (last?.offset ?? 0) + 1, batch);
    }
    await this.writing;
    await this.publishing;
    this.position = Math.max(this.position, batch.endOffset);
    this.readTo = Math.max(this.readTo, batch.endOffset);
  }

  skip(endOffset: number): void {
    this.readTo = Math.max(this.readTo, endOffset);
  }

  /** Comes back when the records are folded and all before them is written; their own writing goes on. */
  private async step(records: readonly LogRecord[], to: number, batch: RecordBatch): Promise<void> {
    const { app, id, processor, instruments = NO_INSTRUMENTS } = this.parts;
    if (processor.mayFoldAhead?.(records) !== true) await this.writing;
    const before = this.writing;
    const attributes = {
      ...{ topic: id.topic, partition: id.partition },
      ...{ offset: records[0]?.offset ?? this.next, records: records.length },
    };
    const options = { from: () => tracesOf(records), attributes };
    await new Promise<void>((folded, failed) => {
      this.writing = instruments.tracer
        .span(STEP_SPANS[app.name], options, () => this.apply(records, to, batch, { before, folded }))
        .then(() => instruments.metrics.count('records', { consumergroup: id.group }, records.length));
      // Whoever awaits it next sees the error; until then it is not unhandled.
      this.writing.catch(failed);
    });
  }

  private async apply(
    records: readonly LogRecord[],
    to: number,
    batch: RecordBatch,
    { before, folded }: { before: Promise<void>; folded: () => void },
  ): Promise<void> {
    const { processor, checkpoints, id, token, place, probe, instruments = NO_INSTRUMENTS } = this.parts;
    const work = await this.fold(records).finally(() => before);
    folded();
    await batch.heartbeat();
    this.refuseIfLost();
    let outputs: readonly Output[] = [];
    const step = {
      incarnation: place.incarnation,
      from: this.next,
      to,
      publishedOffset: this.published,
      tailHint: this.tailHint,
      priorDigest: digestOf(records[records.length - 1]),
    };
    await checkpoints.advance(id, token, step, async (tx) => {
      const written = await work.write(tx);
      const outbox = carrying(written.outbox, instruments.tracer.current());
      outputs = [...written.ledger, ...outbox];
      await probe?.('written');
      return outbox;
    });
    await probe?.('committed');
    // Memory follows the tables only after COMMIT.
    processor.settled?.();
    this.next = to;
    this.position = to;
    // One step behind at most: what is owed after a crash stays small.
    await this.publishing;
    this.publishing = this.publish(outputs, to, batch);
    this.publishing.catch(noop);
  }

  private async fold(records: readonly LogRecord[]): Promise<Work> {
    const { processor, probe } = this.parts;
    await probe?.('received');
    const work = await processor.fold(records, this.patience.signal);
    await probe?.('folded');
    return work;
  }

  private async publish(outputs: readonly Output[], to: number, batch: RecordBatch): Promise<void> {
    // A restored database applies again what was published long ago: the mark lies ahead of the checkpoint.
    const owed = outputs.filter((output) => output.offset >= this.published);
    if (to <= this.published) return;
    const { id, place, publisher, probe, instruments = NO_INSTRUMENTS } = this.parts;
    this.refuseIfLost();
    const mark = { ...id, offset: to, stamp: stampOf(place.life, to) };
    const send = () => publisher.publish(owed, mark);
    if (owed.length > 0) {
      const attributes = { topic: id.topic, partition: id.partition, events: owed.length };
      const sent = await instruments.tracer.span('publication', { attributes }, send);
      this.tailHint = { ...this.tailHint, ...sent };
    } else await batch.commit(mark.offset, mark.stamp);
    this.published = to;
    await probe?.('published');
  }

  /** Somebody else's now, or about to be taken over anew: nothing further may be written. */
  abandon(): void {
    this.lost = true;
    this.hurry();
  }

  /** The batch in hand is to come to its end, and not to wait for anything. */
  hurry(): void {
    this.patience.abort();
  }

  /** Lets go, when no batch is in hand any more. `clean` notes how far everything has been published, which spares the next owner a look. */
  async release(clean: boolean): Promise<void> {
    const { checkpoints, id, token, publisher, processor, probe } = this.parts;
    await this.writing.catch(noop);
    await this.publishing.catch(noop);
    if (clean && !this.lost) {
      await checkpoints.notePublished(id, token, this.published).catch(() => undefined);
      await probe?.('noted');
    }
    this.lost = true;
    processor.close?.();
    await publisher.close();
  }

  private refuseIfLost(): void {
    if (this.lost)
      throw new AppError(
        'OWNERSHIP_LOST',
        `${this.parts.id.topic}/${this.parts.id.partition} was given away`,
      );
  }

  private refuseGap(first: LogRecord | undefined): void {
    if (first === undefined || !this.parts.app.gapless || first.offset === this.position) return;
    throw divergence(
      this.parts.id,
      `records ${this.position} to ${first.offset - 1} are missing from the log`,
    );
  }

  /**
   * The client goes back to the beginning of a log that ends before its position: what it then brings has offsets that
   * were applied, and need not be what was applied. The take-over looks.
   */
  private refuseRewind(first: LogRecord | undefined): void {
    if (first === undefined || first.offset >= this.position) return;
    const { topic, partition } = this.parts.id;
    throw new AppError(
      'OWNERSHIP_LOST',
      `${topic}/${partition} was read again from ${first.offset}, not from ${this.position}`,
    );
  }

  /**
   * A new leader may have cut off what it did not have and written something else. The take-over reads the record
   * before the checkpoint and the next one in one go, and so sees whether they are of the same log.
   */
  private refuseOtherLeader(fresh: readonly LogRecord[]): void {
    const before = this.leaderEpoch;
    this.leaderEpoch = fresh.at(-1)?.leaderEpoch ?? before;
    const epoch = fresh[0]?.leaderEpoch;
    if (!this.parts.app.gapless || before === undefined || epoch === undefined || epoch === before) return;
    const { topic, partition } = this.parts.id;
    throw new AppError('OWNERSHIP_LOST', `${topic}/${partition} has a new leader`);
  }

  /** The record before the checkpoint must be the one that was applied: else this is another topic of that name. */
  private refuseOtherLife(known: readonly LogRecord[]): void {
    const { priorDigest, place, id } = this.parts;
    const prior = known.find((record) => record.offset === place.checkpoint - 1);
    if (prior === undefined || priorDigest === null || digestOf(prior) === priorDigest) return;
    throw divergence(
      id,
      `the record at ${prior.offset} is not the one that was applied: the topic was made anew`,
      `--partitions ${id.partition} `,
    );
  }
}

function noop(): void {}

export function divergence(id: PartitionId, what: string, option = ''): AppError {
  return new AppError('TOPIC_DIVERGED', `${id.topic}/${id.partition}: ${what}`, {
    remedy: `going on would lose data silently: run \`inventory-sync topics adopt ${option}--execute\`, then \`inventory-sync sync --source=all --full-resync\``,
  });
}

function digestOf(record: LogRecord | undefined): string | null {
  if (record === undefined) return null;
  return createHash('sha256')
    .update(record.value ?? '')
    .digest('hex');
}
