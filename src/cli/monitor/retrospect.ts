import type {
  AnomalySettings,
  Finding,
  JudgedSnapshot,
  ProductFacts,
  ProductHour,
} from '../../domain/anomaly/finding.js';
import { newsOf, RULES } from '../../domain/anomaly/rules.js';
import type { SyncEvent } from '../../events/sync-event.js';
import { findingsOf } from '../../streams/topologies/anomaly-detection.js';

const HOUR_MS = 3_600_000;

export type AppliedEvent = Extract<SyncEvent, { type: 'snapshot-applied' }>;

/** What one applied snapshot did to a product, in pieces. */
export interface Step {
  readonly productId: string;
  readonly available: number;
  readonly present: number;
  readonly reserved: number;
}

/** Looks back: what products were before the first event, from what they are now and all that came since. */
export class PastTotals {
  readonly #totals = new Map<string, { available: number; present: number; reserved: number }>();

  /** First pass: takes a later step off. `now` is what the product is at present. */
  takeBack(scope: string, { productId, ...step }: Step, now: () => Omit<Step, 'productId'>): void {
    const key = `${scope}/${productId}`;
    const total = this.#totals.get(key) ?? { ...now() };
    total.available -= step.available;
    total.present -= step.present;
    total.reserved -= step.reserved;
    this.#totals.set(key, total);
  }

  /** Second pass, in the order of events: answers before and after, and goes on from there. */
  advance(scope: string, { productId, ...step }: Step) {
    const total = this.#totals.get(`${scope}/${productId}`) ?? { available: 0, present: 0, reserved: 0 };
    const span = (what: keyof typeof step) => {
      const before = Math.max(0, total[what]);
      total[what] += step[what];
      return { before, after: Math.max(0, total[what]) };
    };
    this.#totals.set(`${scope}/${productId}`, total);
    return { available: span('available'), present: span('present'), reserved: span('reserved') };
  }
}

/**
 * Product facts as they were at an event, from those of today: figures of then, and of the history only what came
 * before. The hours of today hold the event's own step already, unless nobody noted it then.
 */
export function factsThen(
  fact: ProductFacts,
  step: Step,
  spans: ReturnType<PastTotals['advance']>,
  at: number,
): ProductFacts {
  const hour = Math.floor(at / HOUR_MS);
  const past = fact.hours.filter((one) => one.hour <= hour);
  const own: ProductHour = {
    hour,
    sold: Math.max(0, -step.available),
    received: Math.max(0, step.available),
  };
  const isNoted = past.at(-1)?.hour === hour || step.available === 0;
  return {
    ...fact,
    before: spans.available.before,
    after: spans.available.after,
    present: spans.present,
    reserved: spans.reserved,
    hours: isNoted ? past : [...past, own],
  };
}

/** Hours without a complete read of a feed would have been seen by a look: one such look per gap that is too long. */
export function staleLooks(
  events: readonly Pick<AppliedEvent, 'feed' | 'source' | 'account' | 'at'>[],
  maxSyncAgeHours: number,
  until: number,
): SyncEvent[] {
  const limit = maxSyncAgeHours * HOUR_MS;
  const newest = new Map<string, (typeof events)[number]>();
  const looks: SyncEvent[] = [];
  const look = (last: (typeof events)[number], next: number) => {
    const lastAt = Date.parse(last.at);
    if (next - lastAt <= limit) return;
    const { feed, source, account } = last;
    const at = new Date(Math.min(next, lastAt + limit + 60_000)).toISOString();
    looks.push({
      ...{ type: 'source-observed', feed, source, account, snapshotId: `look-${at}`, at },
      lastSyncAt: last.at,
    } as SyncEvent);
  };
  for (const event of events) {
    const last = newest.get(event.feed);
    if (last !== undefined) look(last, Date.parse(event.at));
    newest.set(event.feed, event);
  }
  for (const last of newest.values()) look(last, until);
  return looks;
}

export interface Said {
  readonly finding: Finding;
  /** ISO 8601. */
  readonly at: string;
}

/** Everything judged in order, as if nothing had been open before. */
export class Hindsight {
  readonly #said: Said[] = [];

  constructor(private readonly settings: AnomalySettings) {}

  judge(subject: SyncEvent | JudgedSnapshot, at: string): void {
    for (const finding of findingsOf(subject, this.settings)) this.#said.push({ finding, at });
  }

  /** In order of time; what was news. */
  news(): Said[] {
    const inOrder = this.#said.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    return newsOf(inOrder, ({ finding }) => finding, new Set());
  }
}

export interface RuleSummary {
  readonly rule: string;
  readonly title: { readonly ru: string; readonly en: string };
  readonly raised: number;
  readonly resolved: number;
  /** The newest ones raised, the newest first. */
  readonly newest: readonly Said[];
}

/** By rule, in the rules' own order; rules that said nothing are left out. */
export function summarise(news: readonly Said[], examples: number): RuleSummary[] {
  return RULES.flatMap((rule) => {
    const own = news.filter(({ finding }) => finding.rule === rule.name);
    if (own.length === 0) return [];
    const raised = own.filter(({ finding }) => finding.state === 'raised');
    return [
      {
        rule: rule.name,
        title: rule.title,
        raised: raised.length,
        resolved: own.length - raised.length,
        newest: raised.slice(-examples).reverse(),
      },
    ];
  });
}
