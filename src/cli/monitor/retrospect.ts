import type {
  AnomalySettings,
  Finding,
  JudgedSnapshot,
  ProductFacts,
  ProductHour,
} from '../../domain/anomaly/finding.js';
import { newsOf, RULES } from '../../domain/anomaly/rules.js';
import { HOUR, MINUTE } from '../../domain/anomaly/time.js';
import type { SyncEvent } from '../../events/sync-event.js';
import type { ProductStep } from '../../ports/product-history.js';
import { findingsOf } from '../../streams/topologies/anomaly-detection.js';

type Pieces = Omit<ProductStep, 'productId'>;

/**
 * Looks back: what products were before the first event, from what they are now and all that came since. Three
 * numbers a product; everything else is read when it is judged.
 */
export class PastTotals {
  readonly #totals = new Map<string, Map<string, Pieces>>();

  isKnown(scope: string, productId: string): boolean {
    return this.#totals.get(scope)?.has(productId) ?? false;
  }

  /** First pass: what a product is at present, once. */
  begin(scope: string, productId: string, now: Pieces): void {
    this.#of(scope).set(productId, now);
  }

  /** First pass: takes a later step off. */
  takeBack(scope: string, { productId, ...step }: ProductStep): void {
    const { available, present, reserved } = this.#at(scope, productId);
    this.#of(scope).set(productId, {
      available: available - step.available,
      present: present - step.present,
      reserved: reserved - step.reserved,
    });
  }

  /** Second pass, in the order of events: before and after the next step. */
  spans(scope: string, { productId, ...step }: ProductStep) {
    const total = this.#at(scope, productId);
    const span = (what: keyof Pieces) => ({
      before: Math.max(0, total[what]),
      after: Math.max(0, total[what] + step[what]),
    });
    return { available: span('available'), present: span('present'), reserved: span('reserved') };
  }

  /** Second pass: goes on behind the step. */
  advance(scope: string, { productId, available, present, reserved }: ProductStep): void {
    this.takeBack(scope, { productId, available: -available, present: -present, reserved: -reserved });
  }

  #of(scope: string): Map<string, Pieces> {
    const known = this.#totals.get(scope) ?? new Map<string, Pieces>();
    this.#totals.set(scope, known);
    return known;
  }

  #at(scope: string, productId: string): Pieces {
    return this.#of(scope).get(productId) ?? { available: 0, present: 0, reserved: 0 };
  }
}

/**
 * Product facts as they were at an event, from what is known of the product today: figures of then, and of the
 * history only what came before. The hours of today hold the event's own step already, unless nobody noted it then.
 */
export function factsThen(
  background: Omit<ProductFacts, 'before' | 'after' | 'present' | 'reserved'>,
  step: ProductStep,
  spans: ReturnType<PastTotals['spans']>,
  at: number,
): ProductFacts {
  const hour = Math.floor(at / HOUR);
  const past = background.hours.filter((one) => one.hour <= hour);
  const own: ProductHour = {
    hour,
    sold: Math.max(0, -step.available),
    received: Math.max(0, step.available),
  };
  const isNoted = past.at(-1)?.hour === hour || step.available === 0;
  return {
    ...background,
    before: spans.available.before,
    after: spans.available.after,
    present: spans.present,
    reserved: spans.reserved,
    hours: isNoted ? past : [...past, own],
  };
}

type Read = Pick<SyncEvent, 'feed' | 'source' | 'account' | 'at'>;

/** Hours without a complete read of a feed would have been seen by a look: one such look per gap that is too long. */
export class ReadGaps {
  readonly #newest = new Map<string, Read>();

  constructor(private readonly maxSyncAgeHours: number) {}

  /** The look before this read, where there would have been one. */
  before({ feed, source, account, at }: Read): SyncEvent[] {
    const last = this.#newest.get(feed);
    this.#newest.set(feed, { feed, source, account, at });
    return last === undefined ? [] : this.#look(last, Date.parse(at));
  }

  /** Nobody looks at it any more. */
  forget(feed: string): void {
    this.#newest.delete(feed);
  }

  /** What a look at this moment would still find. */
  at(now: number): SyncEvent[] {
    return [...this.#newest.values()].flatMap((last) => this.#look(last, now));
  }

  #look({ feed, source, account, at: lastSyncAt }: Read, next: number): SyncEvent[] {
    const limit = this.maxSyncAgeHours * HOUR;
    const last = Date.parse(lastSyncAt);
    if (next - last <= limit) return [];
    const at = new Date(Math.min(next, last + limit + MINUTE)).toISOString();
    return [{ type: 'source-observed', feed, source, account, snapshotId: `look-${at}`, at, lastSyncAt }];
  }
}

export interface Said {
  readonly finding: Finding;
  /** ISO 8601. */
  readonly at: string;
}

export interface RuleSummary {
  readonly rule: string;
  readonly title: { readonly ru: string; readonly en: string };
  readonly raised: number;
  readonly resolved: number;
  /** The newest ones raised, the newest first. */
  readonly newest: readonly Said[];
}

/** Everything judged in order, as if nothing had been open before. Only what is open and what is shown is kept. */
export class Hindsight {
  readonly #open = new Set<string>();
  readonly #rules = new Map<string, { raised: number; resolved: number; newest: Said[] }>();

  /** @param examples how many of the newest findings of a rule are kept */
  constructor(
    private readonly settings: AnomalySettings,
    private readonly examples: number,
  ) {}

  judge(subject: SyncEvent | JudgedSnapshot, at: string): void {
    const findings = findingsOf(subject, this.settings);
    const open = new Set(findings.map(({ fingerprint }) => fingerprint).filter((one) => this.#open.has(one)));
    for (const finding of newsOf(findings, (one) => one, open)) this.#take({ finding, at });
  }

  /** By rule, in the rules' own order; rules that said nothing are left out. */
  summary(): RuleSummary[] {
    return RULES.flatMap(({ name, title }) => {
      const own = this.#rules.get(name);
      return own === undefined ? [] : [{ ...own, rule: name, title, newest: own.newest.toReversed() }];
    });
  }

  #take(said: Said): void {
    const { rule, state, fingerprint } = said.finding;
    const own = this.#rules.get(rule) ?? { raised: 0, resolved: 0, newest: [] };
    this.#rules.set(rule, own);
    if (state === 'resolved') {
      own.resolved += 1;
      this.#open.delete(fingerprint);
      return;
    }
    own.raised += 1;
    this.#open.add(fingerprint);
    own.newest.push(said);
    if (own.newest.length > this.examples) own.newest.shift();
  }
}
