import type { Feed } from '../../domain/feed.js';
import type { Source } from '../../domain/stock-key.js';
import type { InProcessReason } from './applied-wait.js';

/** How far a feed has been read. */
export interface Reading {
  readonly pages: number;
  readonly rows: number;
  /** Pages of the whole walk, as far as they are known by now. */
  readonly expectedPages?: number | undefined;
  /** Products that the marketplace says there are. */
  readonly announcedProducts?: number | undefined;
}

/** Where a run says how it is getting on. Whoever has nothing to say about something leaves it out. */
export interface Teller {
  /** All that is going to be read of a source, in order. */
  planned?(source: Source, feeds: readonly Feed[]): void;
  began?(feed: Feed): void;
  /** After each page that is safe. */
  page?(feed: Feed, reading: Reading): void;
  /** The walk of a feed is over; `whole`: to its end. */
  ended?(feed: Feed, whole: boolean): void;
  /** A request waits for its turn until then (Unix milliseconds). `bucket` names the limit. */
  waits?(source: Source, bucket: string, until: number): void;
  read?(source: Source, rows: number): void;
  applied?(source: Source): void;
  /** The source is done with, however it went. */
  over?(source: Source): void;
  warning?(source: Source, text: string): void;
  inProcess?(reason: InProcessReason): void;
  draining?(): void;
}
