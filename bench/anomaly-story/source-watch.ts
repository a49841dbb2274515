import type { AppliedSnapshot, JudgedSnapshot } from '../../src/domain/anomaly/finding.js';
import type { Labels } from './labels.js';
import type { Mishap } from './plan.js';

const HOUR = 3_600_000;
const FACTS = { source: 'ozon', account: '123' } as const;
const CATALOGUE = 'ozon:123:product-list';

export interface WatchOptions {
  readonly feed: string;
  readonly judgedFrom: number;
  readonly maxSyncAgeHours: number;
  readonly minProducts: number;
}

/** What is looked at every hour, whether the feed is read or not: its age, the key, the pipe, a small catalogue. */
export class SourceWatch {
  #isStale = false;
  #isFew = false;
  #deadUntil = 0;
  #dead = 0;
  #catalogue = 14;

  constructor(
    readonly labels: Labels,
    readonly options: WatchOptions,
  ) {}

  look(hour: number, lastApplied: number, mishaps: readonly Mishap[]): JudgedSnapshot[] {
    return [this.#source(hour, lastApplied), this.#pipe(hour, mishaps), this.#small(hour, mishaps)];
  }

  #source(hour: number, lastApplied: number): JudgedSnapshot {
    const { feed, judgedFrom, maxSyncAgeHours } = this.options;
    const isStale = hour - lastApplied > maxSyncAgeHours;
    if (isStale && !this.#isStale) this.labels.add(`source-stale:${feed}`, hour);
    this.#isStale = isStale;
    // Runs out two weeks after the last trouble has begun to be planted, and half a day.
    const expires = judgedFrom + 14 * 24 + 12;
    for (const days of [14, 7, 1]) {
      if (hour === expires - days * 24) this.labels.add(`key-expiring:ozon:123:${days}`, hour);
    }
    const [at, lastSyncAt, keyExpiresAt] = [hour * HOUR, lastApplied * HOUR, expires * HOUR];
    return { type: 'source-observed', feed, ...FACTS, at, lastSyncAt, keyExpiresAt };
  }

  #pipe(hour: number, mishaps: readonly Mishap[]): JudgedSnapshot {
    let minutes = 0;
    for (const mishap of mishaps) {
      if (mishap.kind === 'lag') minutes = mishap.minutes;
      if (mishap.kind === 'dead-letters') {
        if (this.#deadUntil <= hour) this.labels.add('dead-letters:pipeline:ozon:123', hour);
        this.#dead = mishap.count;
        this.#deadUntil = hour + 24;
      }
    }
    if (minutes > 15) this.labels.add('lag-growing:pipeline:ozon:123', hour);
    const at = hour * HOUR;
    const lag = { records: minutes * 10, oldestAt: minutes === 0 ? null : at - minutes * 60_000 };
    const deadLetters = hour < this.#deadUntil ? this.#dead : 0;
    return { type: 'pipeline-observed', feed: 'pipeline', ...FACTS, at, lag, deadLetters };
  }

  #small(hour: number, mishaps: readonly Mishap[]): AppliedSnapshot {
    const before = this.#catalogue;
    for (const mishap of mishaps) if (mishap.kind === 'few') this.#catalogue = mishap.products;
    const isFew = this.#catalogue < this.options.minProducts;
    if (isFew && !this.#isFew) this.labels.add(`too-few-products:${CATALOGUE}`, hour);
    this.#isFew = isFew;
    return {
      type: 'snapshot-applied',
      feed: CATALOGUE,
      ...FACTS,
      first: false,
      part: 1,
      products: { before, after: this.#catalogue },
      available: { before: 0, after: 0 },
      ranOut: [],
      cameBack: [],
    };
  }
}
