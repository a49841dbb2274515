import { type Feed, formatFeed } from '../../../domain/feed.js';
import type { Source } from '../../../domain/stock-key.js';
import type { Reading, Teller } from '../teller.js';

export interface FeedProgress extends Reading {
  readonly source: Source;
  readonly endpoint: string;
  readonly state: 'planned' | 'reading' | 'read' | 'failed';
  /** Unix milliseconds: when its walk began and, where it is over, ended. */
  readonly beganAt: number | null;
  readonly endedAt: number | null;
}

export interface Progress {
  /** In the order in which they were planned. */
  readonly feeds: readonly FeedProgress[];
  /** Requests that wait for a limit, by the limit's name. */
  readonly waits: readonly { readonly source: Source; readonly bucket: string; readonly until: number }[];
  /** Sources that are read, and not in the tables yet. */
  readonly applying: readonly Source[];
}

/** The usual pace of a method: showing such waits would only flicker. */
const SHORT_WAIT_MS = 2_000;

/** Keeps what the progress of a run looks like at any moment. */
export class Board implements Teller {
  readonly #feeds = new Map<string, FeedProgress>();
  readonly #waits = new Map<string, Progress['waits'][number]>();
  readonly #applying = new Set<Source>();

  constructor(private readonly now: () => number = Date.now) {}

  planned(_source: Source, feeds: readonly Feed[]): void {
    for (const feed of feeds) this.#set(feed, {});
  }

  began(feed: Feed): void {
    this.#set(feed, { state: 'reading', beganAt: this.now() });
  }

  page(feed: Feed, reading: Reading): void {
    this.#set(feed, reading);
  }

  ended(feed: Feed, whole: boolean): void {
    this.#set(feed, { state: whole ? 'read' : 'failed', endedAt: this.now() });
  }

  waits(source: Source, bucket: string, until: number): void {
    if (until - this.now() < SHORT_WAIT_MS) return;
    this.#waits.set(bucket, { source, bucket, until });
  }

  read(source: Source): void {
    this.#applying.add(source);
  }

  applied(source: Source): void {
    this.#applying.delete(source);
  }

  over(source: Source): void {
    this.#applying.delete(source);
    for (const [bucket, wait] of this.#waits) if (wait.source === source) this.#waits.delete(bucket);
  }

  get progress(): Progress {
    const now = this.now();
    for (const [bucket, { until }] of this.#waits) if (until <= now) this.#waits.delete(bucket);
    return {
      feeds: [...this.#feeds.values()],
      waits: [...this.#waits.values()],
      applying: [...this.#applying],
    };
  }

  #set(feed: Feed, change: Partial<FeedProgress>): void {
    const id = formatFeed(feed);
    const { source, endpoint } = feed;
    const before: FeedProgress = this.#feeds.get(id) ?? {
      ...{ source, endpoint, state: 'planned', pages: 0, rows: 0, beganAt: null, endedAt: null },
    };
    this.#feeds.set(id, { ...before, ...change });
  }
}
