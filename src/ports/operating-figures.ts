import type { Source } from '../domain/stock-key.js';

/** A feed that is still read. Times are Unix milliseconds, null: never. */
export interface FeedFigures {
  readonly source: Source;
  readonly account: string;
  /** Feed id. */
  readonly feed: string;
  /** When a complete snapshot last confirmed it. */
  readonly completeAt: number | null;
  /** Reads in a row that came to no good end. */
  readonly failures: number;
  /** Snapshots in a row that the shrink guard holds back. */
  readonly held: number;
  /** Live rows, products among them with stock, and pieces available. Of a catalogue 0. */
  readonly rows: number;
  readonly productsInStock: number;
  readonly available: number;
}

/** Runs of a source, as `sync_logs` has them. */
export interface RunFigures {
  readonly source: Source;
  /** End of the newest run that succeeded. */
  readonly lastSuccessAt: number | null;
  /** Of the newest run that is over, whatever became of it. */
  readonly lastEndedAt: number | null;
  readonly lastStatus: string | null;
  readonly records: number;
  readonly changed: number;
}

/** What the tables say of how things are. */
export interface OperatingFigures {
  readonly feeds: readonly FeedFigures[];
  readonly runs: readonly RunFigures[];
  /** Open alerts by severity. */
  readonly alerts: Readonly<Record<string, number>>;
  /** Dead letters of the last 24 hours. */
  readonly deadLetters: number;
  /** Alerts that wait to be told, by channel. */
  readonly waiting: Readonly<Record<string, number>>;
}

/** Where a group stands in one partition. */
export interface LagFigures {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** Null where the group has no offset here. */
  readonly committed: number | null;
  /** Oldest offset that the log holds, and the offset of the next record. */
  readonly start: number;
  readonly end: number;
  /** Offsets that wait, as far as the log still holds them. */
  readonly records: number;
}

export interface GroupFigures {
  readonly partitions: readonly LagFigures[];
  /** Live members by group. */
  readonly members: Readonly<Record<string, number>>;
}
