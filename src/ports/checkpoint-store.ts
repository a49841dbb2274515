import type { Output } from './log-records.js';
import type { Transaction } from './partition-processor.js';

/** What is stored of a consumer's place in a partition. */
export interface Checkpoint {
  /** Our id of this life of the topic, and its number among the topic's lives, from 1. */
  readonly incarnation: number;
  readonly life: number;
  /** Next offset to apply. */
  readonly nextOffset: number;
  /** Everything before this offset has been published: a lower bound, written late. */
  readonly publishedOffset: number;
  /** Per output `topic/partition`: offsets at which a search for our newest events may begin. */
  readonly tailHint: Readonly<Record<string, number>>;
  /** Digest of the record before `nextOffset`; null where none is known. */
  readonly priorDigest: string | null;
}

export interface PartitionId {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
}

export interface CheckpointStore {
  /**
   * Writes a fresh owner token and answers what is stored, in one transaction: from now on a former owner's
   * commit is refused. Enters the partition where it is new, at `logStart`.
   */
  claim(id: PartitionId, ownerToken: string, logStart: number): Promise<Checkpoint>;
  /**
   * Runs `work` in a transaction that holds the checkpoint's lock, after comparing offset and owner token;
   * afterwards moves the checkpoint on and commits. Tries the whole again on a deadlock or lock wait timeout.
   *
   * @throws OWNERSHIP_LOST where another owner was here, or where the outcome of COMMIT is unknown
   */
  advance(
    id: PartitionId,
    ownerToken: string,
    step: CheckpointStep,
    work: (tx: Transaction) => Promise<readonly Output[]>,
  ): Promise<void>;
  /** Notes that everything before this offset has been published. Does nothing where another owner has come. */
  notePublished(id: PartitionId, ownerToken: string, publishedOffset: number): Promise<void>;
  /** Events of the outbox for records in [from, to), in order. */
  outbox(incarnation: number, partition: number, from: number, to: number): Promise<readonly Output[]>;
}

export interface CheckpointStep {
  readonly incarnation: number;
  readonly from: number;
  readonly to: number;
  readonly publishedOffset: number;
  readonly tailHint: Readonly<Record<string, number>>;
  readonly priorDigest: string | null;
}
