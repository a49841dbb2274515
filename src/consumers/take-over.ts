import { AppError, isAppError } from '../errors.js';
import type { BrokerPort, LogRange, OutputOffsets, TransactionalPublisher } from '../ports/broker.js';
import type { Checkpoint, CheckpointStore, PartitionId } from '../ports/checkpoint-store.js';
import type { Instruments } from '../ports/instruments.js';
import type { Output } from '../ports/log-records.js';
import type { ConsumerApp, PartitionPlace } from '../ports/partition-processor.js';
import { divergence, PartitionOwner, type ProbePoint } from './partition-owner.js';
import { isOurStamp, stampOf } from './stamp.js';

export interface SettleDeps {
  readonly app: Pick<ConsumerApp, 'group' | 'topic' | 'owedFromLedger'>;
  readonly broker: BrokerPort;
  readonly checkpoints: CheckpointStore;
  newToken(): string;
  /** Throws where the take-over has been overtaken by a newer one. */
  refuseIfOvertaken(): void;
}

export interface TakeOverDeps extends SettleDeps {
  readonly app: ConsumerApp;
  /** Full names of the topics that the app writes to. */
  readonly outputTopics: readonly string[];
  readonly probe?: ((point: ProbePoint) => Promise<void> | void) | undefined;
  readonly instruments?: Instruments | undefined;
}

export interface TakenOver {
  readonly owner: PartitionOwner;
  readonly readFrom: number;
}

/**
 * Makes a partition ours, in the one order that is safe: fence the former owner's Kafka transactions, then its
 * database transactions, and only then read how far things are; publish what is owed; say where to read on.
 *
 * @throws TOPIC_DIVERGED where the log is not the one that was applied; what was owed from that is out by then
 */
export async function takeOver(partition: number, deps: TakeOverDeps): Promise<TakenOver> {
  const { app, broker, checkpoints } = deps;
  const id: PartitionId = { group: app.group, topic: app.topic, partition };
  const publisher = await broker.openPublisher(`${app.group}.${partition}`);
  try {
    deps.refuseIfOvertaken();
    // Ends of the outputs, taken before anything of ours is published: a search for it may begin there.
    const ends = await endsOfOutputs(id, deps);
    const { token, checkpoint, place, published, range } = await claim(id, publisher, deps);
    refuseDivergence(id, checkpoint, range);
    const processor = await app.open(place);
    const readFrom = startOfReading(app, place, processor.rewindTo);
    const owner = new PartitionOwner({
      app,
      id,
      token,
      place,
      processor,
      publisher,
      checkpoints,
      published,
      tailHint: ends,
      priorDigest: checkpoint.priorDigest,
      readFrom,
      probe: deps.probe,
      instruments: deps.instruments,
    });
    return { owner, readFrom };
  } catch (error) {
    await publisher.close();
    throw error;
  }
}

/** Publishes what is owed from a partition, and lets go: before its checkpoint is set to another log. */
export async function settle(partition: number, deps: SettleDeps): Promise<void> {
  const { group, topic } = deps.app;
  const publisher = await deps.broker.openPublisher(`${group}.${partition}`);
  try {
    await claim({ group, topic, partition }, publisher, deps);
  } finally {
    await publisher.close();
  }
}

async function claim(id: PartitionId, publisher: TransactionalPublisher, deps: SettleDeps) {
  const { broker, checkpoints } = deps;
  const token = deps.newToken();
  const { start } = await broker.range(id.topic, id.partition);
  const checkpoint = await checkpoints.claim(id, token, start);
  deps.refuseIfOvertaken();
  const range = await broker.range(id.topic, id.partition);
  const place: PartitionPlace = {
    topic: id.topic,
    incarnation: checkpoint.incarnation,
    life: checkpoint.life,
    partition: id.partition,
    checkpoint: checkpoint.nextOffset,
    logStart: range.start,
  };
  const published = await publishOwed(id, place, checkpoint, publisher, deps);
  deps.refuseIfOvertaken();
  return { token, checkpoint, place, published, range };
}

/** @throws OUTPUT_BLOCKED where one of the outputs is missing: what would be owed then could not go anywhere */
async function endsOfOutputs(id: PartitionId, deps: TakeOverDeps): Promise<OutputOffsets> {
  try {
    return await deps.broker.ends(deps.outputTopics);
  } catch (error) {
    if (!isAppError(error) || error.code !== 'TOPIC_UNFIT') throw error;
    throw new AppError(
      'OUTPUT_BLOCKED',
      `${id.topic}/${id.partition} waits, nothing is lost: ${error.message}`,
      { remedy: `${error.remedy ?? ''}; it goes on by itself then`, cause: error },
    );
  }
}

function refuseDivergence(id: PartitionId, checkpoint: Checkpoint, range: LogRange): void {
  const { nextOffset } = checkpoint;
  if (nextOffset > range.end) {
    throw divergence(
      id,
      `the log ends at ${range.end}, ${nextOffset} records were applied: it was truncated or made anew`,
    );
  }
  if (nextOffset < range.start) {
    throw divergence(id, `the log begins at ${range.start}, records from ${nextOffset} were never applied`);
  }
}

/** One record further back where it is cheap, to see whether it is the one that was applied. */
function startOfReading(app: ConsumerApp, place: PartitionPlace, rewindTo: number): number {
  const prior = app.gapless ? place.checkpoint - 1 : place.checkpoint;
  return Math.max(place.logStart, Math.min(rewindTo, prior));
}

/**
 * Publishes what was written to the tables and not to the topics, and answers up to where everything is out.
 * The group's offset is the mark if it carries our stamp, for it was committed with what it marks. Where it was
 * reset, deleted or expired, the checkpoint's own note is a lower bound, and what lies above it is looked for.
 */
async function publishOwed(
  id: PartitionId,
  place: PartitionPlace,
  checkpoint: Checkpoint,
  publisher: TransactionalPublisher,
  deps: SettleDeps,
): Promise<number> {
  const { life, nextOffset, publishedOffset } = checkpoint;
  const mark = await deps.broker.committed(id.group, id.topic, id.partition);
  const stamped = mark !== null && isOurStamp(mark.stamp, life, mark.offset);
  const published = stamped ? Math.max(mark.offset, publishedOffset) : publishedOffset;
  if (stamped && mark.offset >= nextOffset) return published;
  // Nothing was ever applied here: there is nothing to mark.
  if (mark === null && nextOffset === place.logStart) return published;
  const owed = published >= nextOffset ? [] : await owedSince(id, place, published, deps);
  const missing = stamped ? owed : await withoutPublished(owed, checkpoint.tailHint, deps.broker);
  deps.refuseIfOvertaken();
  // Also with nothing to publish: whoever waits for the mark must find it.
  await publisher.publish(missing, { ...id, offset: nextOffset, stamp: stampOf(life, nextOffset) });
  return nextOffset;
}

async function owedSince(
  id: PartitionId,
  place: PartitionPlace,
  from: number,
  deps: SettleDeps,
): Promise<readonly Output[]> {
  const { checkpoint, incarnation } = place;
  return [
    ...(await deps.app.owedFromLedger(place, from, checkpoint)),
    ...(await deps.checkpoints.outbox(incarnation, id.partition, from, checkpoint)),
  ];
}

async function withoutPublished(
  owed: readonly Output[],
  tailHint: OutputOffsets,
  broker: BrokerPort,
): Promise<readonly Output[]> {
  if (owed.length === 0) return owed;
  const ids = await broker.idsSince(tailHint);
  return owed.filter((output) => output.headers.ce_id === undefined || !ids.has(output.headers.ce_id));
}
