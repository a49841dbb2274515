import type { Alert } from '../events/alert.js';
import type { Transaction } from './partition-processor.js';

export interface AlertStore {
  /** Which of these fingerprints are open now. */
  open(fingerprints: readonly string[]): Promise<ReadonlySet<string>>;
  record(tx: Transaction, alerts: readonly Alert[]): Promise<void>;
}

/** A digest that was claimed: its id makes the Message-ID, the same on every try. */
export interface ClaimedDigest {
  readonly digestId: string;
  readonly recipients: string;
  readonly attempt: number;
  readonly alerts: readonly Alert[];
}

export interface DeliveryStore {
  /** Enters alerts to be mailed; one that is there already stays as it is. */
  enqueue(tx: Transaction, alerts: readonly Alert[], recipients: string): Promise<void>;
  /**
   * Claims what is due: either a digest whose sender died (older than `stuckAfterMs`, same digest id again), or
   * all waiting alerts when the oldest has waited `groupWaitMs`. Null where nothing is due or another has it.
   */
  claim(options: {
    groupWaitMs: number;
    stuckAfterMs: number;
    maxAlerts: number;
  }): Promise<ClaimedDigest | null>;
  /** The server accepted it. */
  sent(digestId: string, answer: string): Promise<void>;
  /** Not sent: tried again not before `retryInMs`, or given up for good (null). */
  failed(digestId: string, error: string, retryInMs: number | null): Promise<void>;
  /** Alerts entered and not yet accepted or given up. */
  pending(): Promise<number>;
}
