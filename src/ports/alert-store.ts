import type { Source } from '../domain/stock-key.js';
import type { Alert } from '../events/alert.js';
import type { Transaction } from './partition-processor.js';

export interface AlertStore {
  /** Which of these fingerprints are open now. */
  open(fingerprints: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * @param openBefore which of their fingerprints were open when it was decided that these are news
   * @throws OWNERSHIP_LOST where another partition's owner has opened or resolved one of them since: two feeds of an
   *   account may speak of the same product, and what is news is to be decided anew
   */
  record(tx: Transaction, alerts: readonly Alert[], openBefore?: ReadonlySet<string>): Promise<void>;
}

/** A digest that was claimed: its id makes the Message-ID, the same on every try. */
export interface ClaimedDigest {
  readonly digestId: string;
  readonly recipients: string;
  readonly attempt: number;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly alerts: readonly Alert[];
  /** Told before, and still open. */
  readonly repeated: readonly Alert[];
  /** Alerts about products of a source that was down, by source: not told one by one. */
  readonly muted: readonly { readonly source: Source; readonly count: number }[];
}

export interface ClaimOptions {
  /** How long the oldest alert has waited for others. */
  readonly groupWaitMs: number;
  /** Least time between two digests. */
  readonly groupIntervalMs: number;
  readonly stuckAfterMs: number;
  readonly maxAlerts: number;
}

/** What one channel has told and has to tell. Times in milliseconds. */
export interface DeliveryStore {
  /** Enters alerts to be told; one that is there already stays as it is. */
  enqueue(tx: Transaction, alerts: readonly Alert[], recipients: string): Promise<void>;
  /**
   * Enters critical alerts again that are open, neither muted nor acknowledged, and were last told `repeatMs` ago.
   * Answers how many.
   */
  repeat(repeatMs: number, recipients: string): Promise<number>;
  /**
   * Claims what is due: a digest whose try failed, or whose sender died (older than `stuckAfterMs`), with the same
   * id; else all waiting alerts. While a digest is on its way no other begins. One that has surely not arrived takes
   * up what came since; one that may have stays as it is. Null where nothing is due or another has it.
   */
  claim(options: ClaimOptions): Promise<ClaimedDigest | null>;
  /** The server accepted it. */
  sent(digestId: string, answer: string): Promise<void>;
  /**
   * Not sent: tried again not before `retryInMs`, or given up for good (null).
   *
   * @param unclear the server may have taken it nevertheless
   */
  failed(digestId: string, error: string, retryInMs: number | null, unclear?: boolean): Promise<void>;
  /** Alerts entered and not yet accepted or given up. */
  pending(): Promise<number>;
  /** True once in `everyMs`, whichever process asks. */
  notice(tx: Transaction, name: string, everyMs: number): Promise<boolean>;
}
