import type { LogRecord, Output } from './log-records.js';

/** A transaction of the database, handed from the consumer that opened it to the stores that write in it. */
export interface Transaction {
  readonly brand: 'transaction';
}

/** Everything a consumer does with one partition that it owns. Dropped on any doubt, and made anew at take-over. */
export interface PartitionProcessor {
  /** First offset to read again, at most the checkpoint, so that memory is as it was. */
  readonly rewindTo: number;
  /** Records before the checkpoint, in order: only memory may change. */
  recall(records: readonly LogRecord[]): Promise<void>;
  /**
   * Decides what follows from the records. Nothing is written yet; may be asked for once per records only.
   *
   * @param signal fires where the partition is about to be given away: whatever is being waited for, no longer
   */
  fold(records: readonly LogRecord[], signal?: AbortSignal): Promise<Work>;
  /**
   * May these be folded while the work of the fold before is still being written? Only where nothing is read that it
   * writes; no, unless said.
   */
  mayFoldAhead?(records: readonly LogRecord[]): boolean;
  /** The work of a fold has been committed; the next fold may be under way where that is allowed. @throws OWNERSHIP_LOST where memory has to be made anew */
  settled?(): void;
  /** The partition is somebody else's now, or is opened anew: lets go of what was held. */
  close?(): void;
  /** Where to cut a batch: how many of these records go into the next transaction (at least 1). */
  take(records: readonly LogRecord[]): number;
}

/** What follows from some records. `write` may run several times (deadlock), each time in a fresh transaction. */
export interface Work {
  write(tx: Transaction): Promise<Written>;
}

export interface Written {
  /** Already in the ledger; published from memory now, from the ledger after a crash. */
  readonly ledger: readonly Output[];
  /** Stored in the outbox by the consumer, in the same transaction. */
  readonly outbox: readonly Output[];
}

/** One consumer application: which topic it reads as which group, and how it treats a partition. */
export interface ConsumerApp {
  readonly name: 'projector' | 'anomaly' | 'mailer';
  /** Full names. */
  readonly group: string;
  readonly topic: string;
  /** No transactions and no compaction write to the input: its offsets have no gaps, and a gap is a loss. */
  readonly gapless: boolean;
  open(place: PartitionPlace): Promise<PartitionProcessor>;
  /** What was written to the ledger for records in [from, to) and may not have been published. */
  owedFromLedger(place: PartitionPlace, from: number, to: number): Promise<readonly Output[]>;
}

export interface PartitionPlace {
  readonly topic: string;
  /** Our id of this life of the topic, and its number among the topic's lives, from 1. */
  readonly incarnation: number;
  readonly life: number;
  readonly partition: number;
  /** Next offset to apply. */
  readonly checkpoint: number;
  /** Oldest offset that the log still holds. */
  readonly logStart: number;
}
