import { Keys, States } from './keys.js';
import type { Level } from './rows.js';

/** A change that must be in the ledger. */
export interface Change {
  readonly partition: number;
  readonly offset: number;
  readonly key: number;
  readonly op: 'c' | 'u' | 'd';
  readonly before: Level | null;
  readonly after: Level;
  readonly reason: string;
  readonly seq: number;
  readonly snapshotId: string;
  /** Unix milliseconds. */
  readonly at: number;
}

export type Fate = 'open' | 'applied' | 'held' | 'incomplete' | 'failed' | 'abandoned';

/** A snapshot as the raw topic has it. */
export interface Told {
  readonly feed: string;
  readonly partition: number;
  readonly firstOffset: number;
  readonly snapshotId: string;
  fate: Fate;
  lastOffset: number | null;
}

/** What rules judge of a snapshot's end. */
export type Fact = { readonly feed: string; readonly snapshotId: string } & (
  | {
      readonly type: 'applied';
      readonly first: boolean;
      readonly partial: boolean;
      readonly products: readonly [before: number, after: number];
      readonly available: readonly [before: number, after: number];
      readonly rescoped: number;
      readonly vanished: number | undefined;
      readonly ranOut: readonly string[];
      readonly cameBack: readonly string[];
      /** Products of which nothing is read any more, since less is covered. */
      readonly unread?: readonly string[];
    }
  | { readonly type: 'held' }
  /** Nobody reads the feed any more. */
  | { readonly type: 'retired'; readonly unread: readonly string[] }
  | { readonly type: 'incomplete'; readonly failures: number }
  | {
      readonly type: 'failed';
      readonly code: string;
      readonly failures: number | undefined;
      readonly at: number;
      readonly notBefore: number | undefined;
    }
);

/** What is known of a product from everything that names it: one object a product, lean where there is little to say. */
export class KnownProduct {
  name: string | undefined;
  /** The catalogue says that it is gone: how long the read that said so lasted, broker times. */
  removed: { readonly startedAt: number; readonly at: number } | null = null;
  private feed: FeedStanding | null = null;
  private since = 0;
  private others: Map<FeedStanding, number> | null = null;
  private offer: string | undefined;
  private offers: Set<string> | null = null;

  /** @param at broker time of the record that names it */
  namedBy(feed: FeedStanding, at: number, offer: string | undefined): void {
    if (this.feed === null) [this.feed, this.since] = [feed, at];
    else if (feed !== this.feed && this.others?.has(feed) !== true) {
      this.others = (this.others ?? new Map<FeedStanding, number>()).set(feed, at);
    }
    if (offer === undefined || offer === this.offer) return;
    if (this.offer === undefined) this.offer = offer;
    else this.offers = (this.offers ?? new Set<string>()).add(offer);
  }

  /** The feeds that name it, each with the broker time of its first record that does. */
  namings(): (readonly [feed: FeedStanding, since: number])[] {
    return this.feed === null ? [] : [[this.feed, this.since], ...(this.others ?? [])];
  }

  /** Every article that was ever said. */
  articles(): string[] {
    return this.offer === undefined ? [] : [this.offer, ...(this.offers ?? [])];
  }
}

/** How a feed stands, for the views. */
export interface FeedStanding {
  readonly feed: string;
  readonly isStock: boolean;
  watermark: number | null;
  retired: boolean;
  /** The log no longer holds all that the feed has come from. */
  beheaded: boolean;
}

/** Everything that must be true by the raw topic. */
export class World {
  readonly keys = new Keys();
  readonly states = new States();
  readonly snapshots: Told[] = [];
  readonly facts: Fact[] = [];
  /** `source:account` → product → what is known. */
  readonly products = new Map<string, Map<string, KnownProduct>>();
  readonly feeds = new Map<string, FeedStanding>();
  private readonly holders: FeedStanding[] = [];
  /** Key → the number of the feed that holds it, from 1. */
  private holding = new Uint16Array(1024);
  /** Partitions of which the log no longer holds the beginning. */
  readonly beheaded = new Set<number>();
  /** `partition/offset` of records that must have a dead letter. */
  readonly dead = new Set<string>();
  changes = 0;

  /**
   * @param onChange gets each change, in the order of each partition
   * @param verdictOf how a catalogue's snapshot ended by the tables: whether it is held back may depend on what other
   * feeds had brought by then
   */
  constructor(
    readonly onChange: (change: Change) => void,
    readonly verdictOf: (partition: number, firstOffset: number) => Fate | undefined,
  ) {}

  product(account: string, id: string): KnownProduct {
    const products = this.products.get(account) ?? new Map<string, KnownProduct>();
    this.products.set(account, products);
    const known = products.get(id) ?? new KnownProduct();
    products.set(id, known);
    return known;
  }

  hold(key: number, feed: FeedStanding): void {
    if (key >= this.holding.length) {
      const roomy = new Uint16Array(2 * (key + 1));
      roomy.set(this.holding);
      this.holding = roomy;
    }
    if (!this.holders.includes(feed)) this.holders.push(feed);
    this.holding[key] = this.holders.indexOf(feed) + 1;
  }

  /** The feed that holds the key. */
  holderOf(key: number): FeedStanding | undefined {
    return this.holders[(this.holding[key] ?? 0) - 1];
  }
}

/** `source:account` of a feed or of a stock key. */
export function accountOf(id: string): string {
  return id.split(':', 2).join(':');
}
