import type { Source } from '../domain/stock-key.js';
import type { Alert } from '../events/alert.js';
import type { RefusedRecipient } from './mail.js';
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
  /** For how long it has let others by; undefined where it does not. */
  readonly asideMs?: number | undefined;
  /** Whom the last digest to the same recipients did not reach. */
  readonly notReached?: readonly Pick<RefusedRecipient, 'to' | 'said'>[] | undefined;
  /** What its alerts follow from, W3C `traceparent`s; none while nothing is followed. */
  readonly traces?: readonly string[] | undefined;
}

/** A shop that the settings read; `account` null where they do not say whose it is. */
export interface ReadAccount {
  readonly source: Source;
  readonly account: string | null;
}

export interface ClaimOptions {
  /** Whom the settings name now, ALERT_EMAIL or a chat; empty: nobody, and nothing is claimed. */
  readonly recipients: string;
  /** How long the oldest alert has waited for others. */
  readonly groupWaitMs: number;
  /** Least time between two digests. */
  readonly groupIntervalMs: number;
  readonly stuckAfterMs: number;
  readonly maxAlerts: number;
}

export interface FailureKind {
  /** The server may have taken it nevertheless. */
  readonly unclear?: boolean | undefined;
  /**
   * It may be this digest alone that cannot go: it stands aside, and others are tried. Where the next one fares the
   * same, before any was accepted, the channel is at fault, and that one stays in the way: two are tried, never many.
   */
  readonly ownFault?: boolean | undefined;
}

/** What one channel has told and has to tell. Times in milliseconds. */
export interface DeliveryStore {
  /**
   * Enters alerts to be told; one that is there already stays as it is.
   *
   * @param traces by an alert's id what it follows from, a W3C `traceparent`
   */
  enqueue(
    tx: Transaction,
    alerts: readonly Alert[],
    recipients: string,
    traces?: ReadonlyMap<string, string>,
  ): Promise<void>;
  /**
   * Enters critical alerts again that are open, neither muted nor acknowledged, and were last told `repeatMs` ago.
   * Answers how many. Not those of feeds and accounts that nobody reads any more.
   *
   * @param accounts whose stock the settings of this process read; empty: they do not say
   */
  repeat(repeatMs: number, recipients: string, accounts?: readonly ReadAccount[]): Promise<number>;
  /**
   * Claims what is due: a digest whose try failed, or whose sender died (older than `stuckAfterMs`), with the same
   * id; else all waiting alerts. While a digest is on its way no other begins, unless that one stands aside. One that
   * has surely not arrived goes to the present recipients and takes up what came since; one that stands aside takes up
   * nothing; one that may have arrived stays as it is, with the recipients that it had. Null where nothing is due or
   * another has it.
   */
  claim(options: ClaimOptions): Promise<ClaimedDigest | null>;
  /** The server accepted it, if not for everybody. */
  sent(digestId: string, answer: string, refused?: readonly RefusedRecipient[]): Promise<void>;
  /** Not sent: tried again not before `retryInMs`, or given up for good (null). */
  failed(digestId: string, error: string, retryInMs: number | null, why?: FailureKind): Promise<void>;
  /** Alerts entered and not yet accepted or given up. */
  pending(): Promise<number>;
  /** True once in `everyMs`, whichever process asks. */
  notice(tx: Transaction, name: string, everyMs: number): Promise<boolean>;
}
