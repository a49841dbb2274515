import type { LogRecord, Output } from './log-records.js';

/** Some records of one partition, in order, as one fetch brought them. */
export interface RecordBatch {
  readonly partition: number;
  readonly records: readonly LogRecord[];
  /** Offset after the last record and after any transaction marker that follows it. */
  readonly endOffset: number;
  /** The log held more behind it when it was read. */
  readonly more: boolean;
  /** Keeps the membership alive; throws once the group has moved on. To be called between the steps of the work. */
  heartbeat(): Promise<void>;
  /** Commits the group's offset without a transaction, with our stamp as metadata. */
  commit(offset: number, stamp: string): Promise<void>;
}

export interface GroupHandlers {
  /**
   * The group has (again) settled: these partitions are ours, and paused already. Called synchronously, before
   * the first fetch; work goes on in the background and ends with {@link GroupMember.resumeAt}.
   */
  joined(partitions: readonly number[]): void;
  /**
   * Resolves when the batch is dealt with: true where the position may move on, false where a take-over will seek.
   * Throws only what heartbeat threw, so that the client learns that it must join again.
   */
  batch(batch: RecordBatch): Promise<boolean>;
  /** Only transaction markers and aborted records were read, up to this offset. */
  skipped(partition: number, endOffset: number): void;
  /** The client gave up: the process must end or start anew. */
  crashed(error: unknown): void;
}

/** One member of a consumer group on one topic. */
export interface GroupMember {
  start(handlers: GroupHandlers): Promise<void>;
  pause(partition: number): void;
  resumeAt(partition: number, offset: number): void;
  stop(): Promise<void>;
}

export interface GroupOffset {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Metadata of the commit: tells our commits from anybody else's. */
  readonly stamp: string;
}

/** Offsets by output `topic/partition` (full topic name). */
export type OutputOffsets = Readonly<Record<string, number>>;

/** A transactional producer of one input partition. Opening it fences every earlier one with the same id. */
export interface TransactionalPublisher {
  /**
   * Publishes the outputs and the group's offset in one transaction. Answers the first offset written per output
   * partition. After any error the publisher must be thrown away: the outcome may be unknown.
   */
  publish(outputs: readonly Output[], mark: GroupOffset): Promise<OutputOffsets>;
  close(): Promise<void>;
}

export interface CommittedMark {
  readonly offset: number;
  readonly stamp: string | null;
}

export interface LogRange {
  /** Oldest offset that the log still holds. */
  readonly start: number;
  /** Offset of the next record to be written. */
  readonly end: number;
}

/** What consumers need of the broker besides reading: opening publishers, marks, the log's bounds, the output's tail. */
export interface BrokerPort {
  member(group: string, topic: string): GroupMember;
  openPublisher(transactionalId: string): Promise<TransactionalPublisher>;
  /** The group's committed offset, or null. */
  committed(group: string, topic: string, partition: number): Promise<CommittedMark | null>;
  range(topic: string, partition: number): Promise<LogRange>;
  /** Ends of all partitions of these topics. */
  ends(topics: readonly string[]): Promise<OutputOffsets>;
  /** Ids (`ce_id`) of committed records, read at read_committed from these offsets to the present end. */
  idsSince(from: OutputOffsets): Promise<ReadonlySet<string>>;
}
