import type { Alert } from '../../../src/events/alert.js';
import type {
  AlertStore,
  ClaimedDigest,
  DeliveryStore,
  FailureKind,
} from '../../../src/ports/alert-store.js';
import type { RefusedRecipient } from '../../../src/ports/mail.js';
import type { PartitionPlace, Transaction } from '../../../src/ports/partition-processor.js';

export const TX: Transaction = { brand: 'transaction' };

export function placeOf(topic: string): PartitionPlace {
  return { topic, incarnation: 3, life: 3, partition: 2, checkpoint: 40, logStart: 0 };
}

export function alertOf(id: string, fields: Partial<Alert> = {}): Alert {
  return {
    id,
    state: 'raised',
    rule: 'ran-out',
    severity: 'warning',
    fingerprint: `ran-out:ozon:1:${id}`,
    source: 'ozon',
    account: '1',
    feed: 'ozon:1:product-stocks',
    snapshotId: 's',
    at: '2026-11-22T11:05:00.000Z',
    product: { productId: '1' },
    evidence: { before: 1, after: 0 },
    text: { ru: 'закончился', en: 'ran out' },
    ...fields,
  };
}

/** The promises of the port, kept in memory: an id that is known already changes nothing. */
export class MemoryAlerts implements AlertStore {
  readonly recorded = new Map<string, Alert>();
  readonly questions: number[] = [];
  private readonly openNow = new Set<string>();

  async open(fingerprints: readonly string[]): Promise<ReadonlySet<string>> {
    this.questions.push(fingerprints.length);
    return new Set(fingerprints.filter((one) => this.openNow.has(one)));
  }

  async record(_tx: Transaction, alerts: readonly Alert[]): Promise<void> {
    for (const alert of alerts) {
      if (this.recorded.has(alert.id)) continue;
      this.recorded.set(alert.id, alert);
      if (alert.state === 'raised') this.openNow.add(alert.fingerprint);
      else this.openNow.delete(alert.fingerprint);
    }
  }
}

interface Delivery {
  readonly alert: Alert;
  readonly recipients: string;
  readonly since: number;
  digestId: string | null;
  state: 'waiting' | 'sending' | 'sent' | 'given-up' | 'unaddressed';
}

interface Digest {
  recipients: string;
  attempt: number;
  /** When another may take it, in the store's milliseconds. */
  due: number;
  /** It may have arrived: nothing is added to it any more. */
  unclear: boolean;
  /** It lets others by, since then. */
  aside: number | null;
}

/** The store's time is `now`; tests turn the clock. */
export class MemoryDeliveries implements DeliveryStore {
  now = 0;
  readonly answers = new Map<string, string>();
  readonly failures: { readonly error: string; readonly retryInMs: number | null }[] = [];
  readonly refused = new Map<string, readonly RefusedRecipient[]>();
  /** Makes the next calls fail as a lost database does. */
  broken: Error | null = null;
  private readonly notices = new Map<string, number>();
  private sentAt = Number.NEGATIVE_INFINITY;
  private readonly deliveries = new Map<string, Delivery>();
  private readonly digests = new Map<string, Digest>();

  async enqueue(_tx: Transaction, alerts: readonly Alert[], recipients: string): Promise<void> {
    for (const alert of alerts) {
      if (this.deliveries.has(alert.id)) continue;
      const state = recipients === '' ? 'unaddressed' : 'waiting';
      this.deliveries.set(alert.id, { alert, recipients, since: this.now, digestId: null, state });
    }
  }

  async claim(options: Parameters<DeliveryStore['claim']>[0]): Promise<ClaimedDigest | null> {
    if (this.broken !== null) throw this.broken;
    for (const [digestId, digest] of this.digests) {
      if (digest.due <= this.now && this.of(digestId).some((one) => one.state === 'sending')) {
        digest.attempt += 1;
        if (!digest.unclear) digest.recipients = options.recipients;
        if (!digest.unclear && digest.aside === null) {
          for (const one of this.deliveries.values())
            if (one.state === 'waiting') Object.assign(one, { digestId, state: 'sending' });
        }
        digest.due = this.now + options.stuckAfterMs;
        return this.claimed(digestId, digest);
      }
    }
    const waiting = [...this.deliveries.values()].filter((one) => one.state === 'waiting');
    const [first] = waiting;
    if (first === undefined || first.since + options.groupWaitMs > this.now) return null;
    // While a digest is on its way no other begins, nor too soon after one.
    const inFlight = [...this.deliveries.values()].some(
      ({ state, digestId: of }) => state === 'sending' && this.digests.get(of ?? '')?.aside === null,
    );
    if (inFlight || this.now - this.sentAt < options.groupIntervalMs) return null;
    const digestId = `digest-${this.digests.size + 1}`;
    const digest: Digest = {
      recipients: options.recipients,
      attempt: 1,
      due: this.now + options.stuckAfterMs,
      unclear: false,
      aside: null,
    };
    this.digests.set(digestId, digest);
    for (const one of waiting.slice(0, options.maxAlerts)) Object.assign(one, { digestId, state: 'sending' });
    return this.claimed(digestId, digest);
  }

  async sent(digestId: string, answer: string, refused: readonly RefusedRecipient[] = []): Promise<void> {
    if (this.broken !== null) throw this.broken;
    this.refused.set(digestId, refused);
    for (const one of this.of(digestId)) one.state = 'sent';
    this.sentAt = this.now;
    this.answers.set(digestId, answer);
  }

  async failed(
    digestId: string,
    error: string,
    retryInMs: number | null,
    { unclear = false, ownFault = false }: FailureKind = {},
  ): Promise<void> {
    this.failures.push({ error, retryInMs });
    const digest = this.digests.get(digestId);
    if (retryInMs === null) for (const one of this.of(digestId)) one.state = 'given-up';
    else if (digest !== undefined) {
      digest.due = this.now + retryInMs;
      digest.unclear ||= unclear;
      const others = [...this.digests.values()].filter(
        (one) => one !== digest && (one.aside ?? -1) >= this.sentAt,
      );
      if (ownFault && others.length === 0) digest.aside ??= this.now;
    }
  }

  async repeat(): Promise<number> {
    return 0;
  }

  async notice(_tx: Transaction, name: string, everyMs: number): Promise<boolean> {
    if (this.now - (this.notices.get(name) ?? Number.NEGATIVE_INFINITY) < everyMs) return false;
    this.notices.set(name, this.now);
    return true;
  }

  async pending(): Promise<number> {
    return [...this.deliveries.values()].filter((one) => one.state === 'waiting' || one.state === 'sending')
      .length;
  }

  private of(digestId: string): Delivery[] {
    return [...this.deliveries.values()].filter((one) => one.digestId === digestId);
  }

  private claimed(digestId: string, { recipients, attempt, aside }: Digest): ClaimedDigest {
    const alerts = this.of(digestId).map((one) => one.alert);
    const createdAt = '2026-11-22T11:05:30.000Z';
    return {
      digestId,
      recipients,
      attempt,
      createdAt,
      alerts,
      repeated: [],
      muted: [],
      asideMs: aside === null ? undefined : this.now - aside,
    };
  }
}
