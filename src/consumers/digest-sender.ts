import { fateOf, isAppError, messageOf } from '../errors.js';
import type { ClaimedDigest, DeliveryStore, ReadAccount } from '../ports/alert-store.js';
import type { ChannelName } from '../ports/channel.js';
import type { MailReceipt } from '../ports/mail.js';
import { isOwnFault, mayHaveArrived, retryAfter } from './digest-retry.js';

/** What is needed of a pino logger. */
export interface MailLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export interface DigestSenderOptions<M> {
  readonly channel: ChannelName;
  readonly deliveries: DeliveryStore;
  /** Resolves with the receiver's words, and with whom of several recipients it refused. */
  readonly transport: { send(message: M): Promise<string | MailReceipt> };
  /** Pure: the same digest gives the same message. */
  readonly render: (digest: ClaimedDigest) => M;
  /** To whom digests go, and alerts are repeated that stay open; empty: to nobody. */
  readonly recipients: string;
  /** Whose stock these settings read; empty: they do not say. Alerts of others are not repeated. */
  readonly accounts?: readonly ReadAccount[] | undefined;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Calls back once after that many milliseconds; the answer calls it off. */
  readonly after: (ms: number, run: () => void) => () => void;
  readonly log: MailLog;
  /** An error after which going on makes no sense (fate `stop`); the loop has ended. */
  readonly onFatal: (error: unknown) => void;
  readonly timing?: Partial<DigestTiming> | undefined;
}

export interface DigestTiming {
  /** How often the loop looks for what is due. */
  readonly intervalMs: number;
  /** Alerts are gathered this long, so that one event makes one mail. */
  readonly groupWaitMs: number;
  /** Least time between two digests (ALERT_GROUP_INTERVAL). */
  readonly groupIntervalMs: number;
  /** Open critical alerts are told again after this long (ALERT_REPEAT); 0: never. */
  readonly repeatMs: number;
  /** A digest claimed longer ago than this has lost its sender. Must exceed the transport's time-outs by far. */
  readonly stuckAfterMs: number;
  readonly maxAlerts: number;
}

const TIMING: DigestTiming = {
  intervalMs: 5_000,
  groupWaitMs: 30_000,
  groupIntervalMs: 5 * 60_000,
  repeatMs: 4 * 60 * 60_000,
  stuckAfterMs: 10 * 60_000,
  maxAlerts: 10_000,
};

interface Haste {
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
}

/**
 * Sends what is due on one channel: claim, send, mark. Between the server's «accepted» and our mark lies the gap that SMTP leaves
 * to every sender (RFC 1047); what is sent again after a crash there carries the same Message-ID.
 */
export class DigestSender<M> {
  readonly #timing: DigestTiming;
  /** Accepted by the server, and not yet marked so: never to be mailed again by this process. */
  readonly #unmarked = new Map<string, MailReceipt>();
  /** The running pass, if any: passes go one after the other. */
  #tail: Promise<unknown> = Promise.resolve();
  #cancelTimer: (() => void) | null = null;
  #running = false;

  constructor(private readonly options: DigestSenderOptions<M>) {
    this.#timing = { ...TIMING, ...options.timing };
  }

  /** One pass over what is due. Answers how many digests the server accepted; throws where the store fails. */
  runDue(): Promise<number> {
    return this.#enqueue(this.#timing);
  }

  /** The same without gathering time: all that waits goes now. */
  flush(): Promise<number> {
    return this.#enqueue({ groupWaitMs: 0, groupIntervalMs: 0 });
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#schedule(0);
  }

  /** Resolves when no mail is under way any more. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    await this.#tail;
  }

  #schedule(ms: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#running ? this.options.after(ms, () => void this.#tick()) : null;
  }

  async #tick(): Promise<void> {
    try {
      await this.runDue();
    } catch (error) {
      if (fateOf(error) === 'stop') {
        this.#running = false;
        this.options.onFatal(error);
        return;
      }
      this.options.log.warn({ error: messageOf(error) }, 'Alert digests have to wait for the database');
    }
    this.#schedule(this.#timing.intervalMs);
  }

  #enqueue(haste: Haste): Promise<number> {
    const pass = this.#tail.then(() => this.#pass(haste));
    this.#tail = pass.catch(() => {});
    return pass;
  }

  async #pass({ groupWaitMs, groupIntervalMs }: Haste): Promise<number> {
    await this.#markAccepted();
    const { stuckAfterMs, maxAlerts, repeatMs } = this.#timing;
    const { deliveries, recipients, accounts = [] } = this.options;
    if (repeatMs > 0) await deliveries.repeat(repeatMs, recipients, accounts);
    let accepted = 0;
    for (;;) {
      const wait = { groupWaitMs, groupIntervalMs, stuckAfterMs };
      const digest = await deliveries.claim({ recipients, ...wait, maxAlerts });
      if (digest === null) return accepted;
      const outcome = await this.#deliver(digest);
      if (outcome === 'accepted') accepted += 1;
      // A server in trouble is not asked again in the same breath.
      if (outcome === 'no-server') return accepted;
    }
  }

  async #deliver(digest: ClaimedDigest): Promise<'accepted' | 'not-this-one' | 'no-server'> {
    let said: string | MailReceipt;
    try {
      said = await this.options.transport.send(this.options.render(digest));
    } catch (error) {
      const { digestId, attempt } = digest;
      const retryInMs = retryAfter(error, digest, this.options.now());
      this.#tellFailure(digest, error, retryInMs);
      const ownFault = isOwnFault(error, attempt);
      const why = { unclear: mayHaveArrived(error), ownFault };
      await this.options.deliveries.failed(digestId, messageOf(error), retryInMs, why);
      return ownFault ? 'not-this-one' : 'no-server';
    }
    const receipt = typeof said === 'string' ? { answer: said, refused: [] } : said;
    this.#unmarked.set(digest.digestId, receipt);
    await this.#markAccepted();
    this.#tellSent(digest, receipt);
    return 'accepted';
  }

  async #markAccepted(): Promise<void> {
    for (const [digestId, { answer, refused }] of this.#unmarked) {
      await this.options.deliveries.sent(digestId, answer, refused);
      this.#unmarked.delete(digestId);
    }
  }

  #tellSent({ digestId, alerts, repeated }: ClaimedDigest, { answer, refused }: MailReceipt): void {
    const { channel, log } = this.options;
    const counts = { alerts: alerts.length, repeated: repeated.length };
    log.info({ channel, digestId, ...counts, answer }, 'Alert digest sent');
    for (const { to, said, remedy } of refused) {
      const facts = { channel, digestId, to, answer: said, remedy: remedy.en };
      log.warn(facts, `Alert digest not delivered to ${to}: the server refuses this recipient`);
    }
  }

  #tellFailure(digest: ClaimedDigest, error: unknown, retryInMs: number | null): void {
    const remedy = isAppError(error) ? error.remedy : undefined;
    const { digestId, attempt, alerts } = digest;
    const { channel } = this.options;
    const facts = {
      channel,
      digestId,
      attempt,
      alerts: alerts.length,
      error: messageOf(error),
      remedy,
      retryInMs,
    };
    if (isAppError(error) && error.fate === 'retry') {
      this.options.log.warn(facts, 'Alert digest not sent, it is tried again');
    } else if (retryInMs !== null) {
      this.options.log.error(facts, 'Alert digest refused, it waits for a remedy');
    } else {
      this.options.log.error(facts, 'Alert digest given up; its alerts remain in the table alerts');
    }
  }
}
