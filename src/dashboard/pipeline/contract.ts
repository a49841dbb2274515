import type { Locale } from '../../domain/anomaly/wording.js';

/** What the pipeline's page shows and steers beside what stands in MySQL. Each part may be absent: the page says so. */

/** A partition as a group of readers stands in it. */
export interface LagPartition {
  readonly partition: number;
  /** Null where the group has no offset. */
  readonly committed: number | null;
  readonly end: number;
  /** Records that wait. */
  readonly records: number;
  /** Client and host; null: nobody owns it. */
  readonly owner: string | null;
}

export interface LagGroup {
  readonly group: string;
  readonly topic: string;
  readonly members: number;
  readonly partitions: readonly LagPartition[];
}

export interface LagDesk {
  /** Asks the broker. @throws KAFKA_UNAVAILABLE */
  groups(): Promise<readonly LagGroup[]>;
}

export interface LetterLine {
  /** Twelve hex digits. */
  readonly id: string;
  /** Unix milliseconds. */
  readonly diedAt: number;
  /** Of the record that could not be read. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly stage: string;
  readonly why: string;
  /** Null while it is open. */
  readonly fate: string | null;
}

/** Of a redrive or a replay under way, or done. */
export interface JobProgress {
  readonly done: number;
  /** 0: nobody has counted. */
  readonly of: number;
  /** Milliseconds that it will still take, about; null: not known. */
  readonly leftMs: number | null;
  readonly isOver: boolean;
  /** Lines for people, in their language; what a dry run says, or why it failed. */
  readonly lines: readonly string[];
}

/** @see LetterLine.id */
export const LETTER_ID = /^[0-9a-f]{12}$/;

/** How whoever begins a job wants to be told of it; undefined: as is usual here. */
export interface JobBegun {
  readonly locale: Locale | undefined;
}

export interface LettersDesk {
  /** The newest first. */
  list(limit: number): Promise<readonly LetterLine[]>;
  /** Begins, and answers at once. @param which ids, or all that are open. @throws RUN_BUSY */
  redrive(which: readonly string[] | 'all', begun: JobBegun): Promise<void>;
  /** Null where nothing was begun here. */
  progress(): JobProgress | null;
}

export interface ReplayDesk {
  /** Begins, and answers at once. @throws RUN_BUSY */
  begin(ask: { readonly hours: number; readonly isDryRun: boolean }, begun: JobBegun): Promise<void>;
  progress(): JobProgress | null;
}

export interface PipelineDesks {
  readonly lag: LagDesk | null;
  readonly letters: LettersDesk | null;
  readonly replay: ReplayDesk | null;
}
