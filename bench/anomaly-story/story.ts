import {
  type AppliedSnapshot,
  HISTORY_DAYS,
  type JudgedSnapshot,
  type ProductFacts,
  type ProductHour,
} from '../../src/domain/anomaly/finding.js';
import { Damage } from './damage.js';
import { Labels, LowStockWatch, OutlookWatch, type Trouble } from './labels.js';
import { type Mishap, planOf } from './plan.js';
import { Chance } from './random.js';
import { type Item, liveAnHour, openShop } from './shop.js';
import { SourceWatch } from './source-watch.js';

const HOUR_MS = 3_600_000;
const FEED = 'ozon:123:product-stocks';
const FACTS = { feed: FEED, source: 'ozon', account: '123' } as const;
/** Monday, 5 October 2026, midnight in Moscow. */
const START = Date.UTC(2026, 9, 4, 21) / HOUR_MS;

export interface StoryOptions {
  readonly seed: number;
  readonly products: number;
  /** In which trouble is planted; {@link HISTORY_DAYS} of ordinary life come before. */
  readonly days: number;
  /** Hours between reads of the feed. */
  readonly every: number;
  /** What the rules are set to; the truth about these follows. */
  readonly runsOutDays: number;
  readonly maxSyncAgeHours: number;
  readonly maxFailures: number;
  readonly minProducts: number;
}

interface Shown {
  readonly available: number;
  readonly present: number;
  readonly reserved: number;
}

interface Seen extends Shown {
  readonly hours: ProductHour[];
}

/** A shop's six weeks hour by hour, and what was done to it in the last two. */
export class Story {
  readonly #chance: Chance;
  readonly #items: Item[];
  readonly #damage: Damage;
  readonly #plan: Map<number, Mishap[]>;
  readonly #labels = new Labels();
  readonly #low = new LowStockWatch();
  readonly #outlook: OutlookWatch;
  readonly #watch: SourceWatch;
  readonly #seen = new Map<string, Seen>();
  /** Whether this read shows a common trouble of many products. */
  #isCrowd = false;
  #hour = START;
  #lastApplied = START - 1;
  #failures = 0;
  readonly #refusals = new Set<string>();
  #waitUntil = 0;
  #hiddenBefore = 0;

  constructor(readonly options: StoryOptions) {
    this.#chance = new Chance(options.seed);
    this.#items = openShop(this.#chance, options.products);
    this.#damage = new Damage(this.#chance, this.#items);
    this.#plan = planOf(this.#chance, options.days, options.products);
    this.#outlook = new OutlookWatch(this.#labels, options.runsOutDays);
    this.#watch = new SourceWatch(this.#labels, { ...options, feed: FEED, judgedFrom: this.judgedFrom });
  }

  /** From this hour on trouble is planted and judged. */
  get judgedFrom(): number {
    return START + HISTORY_DAYS * 24;
  }

  /** Complete once the hours have been told. */
  get troubles(): readonly Trouble[] {
    return this.#labels.troubles;
  }

  *hours(): Generator<{ readonly hour: number; readonly judged: readonly JudgedSnapshot[] }> {
    const last = this.judgedFrom + this.options.days * 24;
    for (; this.#hour < last; this.#hour += 1) {
      for (const item of this.#items) liveAnHour(item, this.#hour, this.#chance);
      this.#damage.mend(this.#hour);
      const mishaps = this.#plan.get(this.#hour - this.judgedFrom) ?? [];
      for (const mishap of mishaps) this.#damage.befall(mishap, this.#hour);
      const read = this.#read(mishaps);
      const looked = this.#watch.look(this.#hour, this.#lastApplied, mishaps);
      yield { hour: this.#hour, judged: [...read, ...looked] };
    }
    this.#outlook.end(this.#hour);
  }

  #read(mishaps: readonly Mishap[]): JudgedSnapshot[] {
    if (this.#waitUntil > this.#hour || this.#hour % this.options.every !== 0) return [];
    const at = this.#hour * HOUR_MS;
    for (const mishap of mishaps) {
      if (mishap.kind === 'read-fails') return [this.#fail(mishap.code, at)];
      if (mishap.kind === 'marketplace-waits') {
        this.#waitUntil = this.#hour + mishap.hours;
        this.#labels.add(`long-wait:${FEED}`, this.#hour);
        this.#failures += 1;
        const notBefore = at + mishap.hours * HOUR_MS;
        return [{ type: 'snapshot-failed', ...FACTS, at, code: 'API_LIMITED', message: '429', notBefore }];
      }
      if (mishap.kind === 'read-lacks') {
        this.#cameToNothing();
        return [{ type: 'snapshot-incomplete', ...FACTS, gaps: ['page 3'], failures: this.#failures }];
      }
      if (mishap.kind === 'read-held') return [this.#hold()];
    }
    return this.#apply(at);
  }

  #fail(code: string, at: number): JudgedSnapshot {
    if (code === 'API_CREDENTIALS' || code === 'API_RETIRED') {
      this.#failures += 1;
      const rule = code === 'API_RETIRED' ? 'method-retired' : 'credentials-refused';
      if (!this.#refusals.has(rule)) this.#labels.add(`${rule}:${FEED}`, this.#hour);
      this.#refusals.add(rule);
    } else this.#cameToNothing();
    const notBefore = code === 'API_LIMITED' ? at + HOUR_MS / 6 : undefined;
    return {
      type: 'snapshot-failed',
      ...FACTS,
      at,
      code,
      message: code,
      notBefore,
      failures: this.#failures,
    };
  }

  #cameToNothing(): void {
    this.#failures += 1;
    if (this.#failures === this.options.maxFailures)
      this.#labels.add(`snapshots-failing:${FEED}`, this.#hour);
  }

  #hold(): JudgedSnapshot {
    this.#labels.add(`feed-held:${FEED}`, this.#hour);
    const count = this.#items.length;
    return {
      type: 'snapshot-held',
      ...FACTS,
      reason: 'more than half would vanish',
      rowsBefore: count,
      rowsSeen: Math.floor(count / 3),
      inStockBefore: count,
      inStockVanishing: Math.ceil(count / 2),
      confirmations: 1,
    };
  }

  #apply(at: number): JudgedSnapshot[] {
    const first = this.#seen.size === 0;
    const hidden = this.#items.filter((item) => item.hidden).length;
    this.#isCrowd = this.#damage.mass !== null || Math.abs(hidden - this.#hiddenBefore) > 2;
    const products = this.#items.flatMap((item) => this.#changeOf(item) ?? []);
    this.#lastApplied = this.#hour;
    this.#failures = 0;
    this.#refusals.clear();
    const applied = this.#summary(products, first, hidden);
    this.#labelTotals(applied);
    this.#damage.mass = null;
    return [applied, { type: 'products-changed', ...FACTS, at, products: first ? [] : products }];
  }

  /** What this read shows of a product, or null where it shows nothing new. */
  #changeOf(item: Item): ProductFacts | null {
    const past = this.#seen.get(item.id);
    const shown = shownOf(item);
    const before = past?.available ?? 0;
    const after = shown.available;
    const hours = past?.hours ?? [];
    const moved = after - before;
    const age = this.#hour - HISTORY_DAYS * 24;
    while ((hours[0]?.hour ?? age) < age) hours.shift();
    if (past !== undefined && moved !== 0) {
      hours.push({ hour: this.#hour, sold: Math.max(0, -moved), received: Math.max(0, moved) });
    }
    this.#seen.set(item.id, { ...shown, hours });
    const isSame = moved === 0 && past?.reserved === shown.reserved && past.present === shown.present;
    if (isSame) return null;
    if (past !== undefined) this.#labelItem(item, past, shown);
    return {
      productId: item.id,
      before,
      after,
      present: { before: past?.present ?? 0, after: shown.present },
      reserved: { before: past?.reserved ?? 0, after: shown.reserved },
      lowStock: item.lowStock,
      hours,
      since: START * HOUR_MS,
    };
  }

  #labelItem(item: Item, past: Shown, shown: Shown): void {
    const about = (rule: string) => `${rule}:ozon:123:${item.id}`;
    const { id } = item;
    const [before, after] = [past.available, shown.available];
    if (before > 0 && after === 0) this.#labels.add(about('ran-out'), this.#hour);
    if (this.#low.isNews(id, before, after, item.lowStock)) this.#labels.add(about('low-stock'), this.#hour);
    if (shown.reserved > shown.present && past.reserved <= past.present) {
      this.#labels.add(about('reserved-above-present'), this.#hour);
    }
    const isLost = this.#damage.losses.delete(id);
    if (isLost && !this.#isCrowd) this.#labels.add(about('unusual-jump'), this.#hour);
    // A product that is hidden, oversold or shown again does jump, and many at once are told as one.
    else if (before === 0 || item.hidden || item.oversold > 0 || this.#isCrowd) {
      this.#labels.allow(about('unusual-jump'), this.#hour);
    }
    this.#outlook.look(about('runs-out-soon'), after / item.rate, this.#hour);
  }

  #summary(products: readonly ProductFacts[], first: boolean, hidden: number): AppliedSnapshot {
    const moved = products.map(({ productId, before, after }) => ({ productId, before, after }));
    const sum = (side: 'before' | 'after') => moved.reduce((total, one) => total + one[side], 0);
    const after = [...this.#seen.values()].reduce((total, { available }) => total + available, 0);
    const vanished = hidden - this.#hiddenBefore;
    const count = this.#items.length;
    const shown = { before: count - this.#hiddenBefore, after: count - hidden };
    this.#hiddenBefore = hidden;
    return {
      type: 'snapshot-applied',
      ...FACTS,
      first,
      part: 1,
      products: shown,
      vanished: Math.max(0, vanished),
      available: { before: after - sum('after') + sum('before'), after },
      ranOut: moved.filter((one) => one.before > 0 && one.after === 0),
      cameBack: moved.filter((one) => one.before === 0 && one.after > 0),
    };
  }

  #labelTotals({ vanished = 0, products }: AppliedSnapshot): void {
    if (this.#damage.mass !== null) this.#labels.add(`total-moved:${FEED}`, this.#hour);
    if (this.#damage.mass === 'drop') this.#labels.add(`unusual-jump:${FEED}`, this.#hour);
    if (this.#damage.mass === 'return') this.#labels.allow(`unusual-jump:${FEED}`, this.#hour);
    if (vanished >= Math.max(3, products.before / 100))
      this.#labels.add(`products-vanished:${FEED}`, this.#hour);
    if (vanished > 0 || products.after > products.before) {
      this.#labels.allow(`total-moved:${FEED}`, this.#hour);
      this.#labels.allow(`unusual-jump:${FEED}`, this.#hour);
    }
  }
}

function shownOf({ stock, reserved, oversold, hidden }: Item): Shown {
  if (hidden) return { available: 0, present: 0, reserved: 0 };
  if (oversold === 0) return { available: stock, present: stock + reserved, reserved };
  return { available: 0, present: stock + reserved, reserved: stock + reserved + oversold };
}
