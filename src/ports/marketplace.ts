import type { Feed } from '../domain/feed.js';
import type { SnapshotScope } from '../domain/snapshot.js';
import type { Scheme } from '../domain/stock-key.js';
import type { StockLevel } from '../domain/stock-level.js';
import type { PageQuery } from '../events/raw-snapshot.js';

export type { PageQuery } from '../events/raw-snapshot.js';

/** One answer of a marketplace's list method. */
export interface FetchedPage {
  /** ISO 8601 UTC, taken when the answer was complete. */
  readonly fetchedAt: string;
  /** The list's elements as the marketplace wrote them, each one a JSON text. */
  readonly rows: readonly string[];
  /** What was asked for, where the rows do not say it. */
  readonly query?: PageQuery | undefined;
  /** The total of products that this answer names, where it names one. */
  readonly announcedProducts?: number | undefined;
  /** How many pages this walk will have in all, as far as is known by now: for people who wait. */
  readonly expectedPages?: number | undefined;
}

/** One read of a feed, about to be walked. */
export interface FeedWalk {
  readonly scope: SnapshotScope;
  /**
   * Walks to the end and throws an AppError where that cannot be done: a walk that ends without an error is
   * complete as far as the marketplace says.
   */
  pages(signal: AbortSignal): AsyncIterable<FetchedPage>;
  /** After the walk: where the next partial read goes on, for feeds that can be read in part. */
  cursor?(): string | undefined;
}

/** One feed's way to a complete snapshot. */
export interface FeedReader {
  readonly feed: Feed;
  /** Finds out what there is to read (which warehouses, which ids). Throws as any call does. */
  open(signal: AbortSignal): Promise<FeedWalk>;
}

/** One element of a stock list in the system's own terms. */
export interface ObservedItem {
  readonly productId: string;
  readonly offerId?: string | undefined;
  /** One per scheme and warehouse; empty where the marketplace lists the product without any stock. */
  readonly rows: readonly {
    readonly scheme: Scheme;
    readonly warehouseId: string;
    readonly level: StockLevel;
  }[];
}

/** A product as a catalogue describes it. A field that is undefined was not said, and stays as it is known. */
export interface CataloguedProduct {
  readonly productId: string;
  /** The seller's article: Ozon `offer_id`, WB `vendorCode`. */
  readonly offerId?: string | undefined;
  readonly name?: string | undefined;
  /** Ozon's `sku`, digits. */
  readonly sku?: string | undefined;
  /** WB: the card (`nmID`) whose size this is, digits. */
  readonly cardId?: string | undefined;
  /** WB: the size as the seller writes it. */
  readonly size?: string | undefined;
  readonly barcodes?: readonly string[] | undefined;
  readonly archived?: boolean | undefined;
}

/**
 * Reads one verbatim element (parsed by parseExactJson) of a page that was asked for so. Throws RECORD_INVALID where
 * it is not what the documents promise.
 */
export type Normaliser =
  | {
      readonly kind: 'stock';
      readonly read: (row: unknown, query: PageQuery) => ObservedItem;
      /** Of a row it looks at numbers and ids alone. */
      readonly readsNoText?: true;
    }
  | {
      readonly kind: 'catalogue';
      /** One card of WB is as many products as it has sizes. */
      readonly read: (row: unknown, query: PageQuery) => readonly CataloguedProduct[];
    };

/** The normaliser for a method of a source, or undefined for one that nobody knows. */
export type NormaliserOf = (source: Feed['source'], endpoint: string) => Normaliser | undefined;

/** The products that methods which want ids are asked about. */
export interface ProductDirectory {
  /** Ids of the account's products that are not removed, as the catalogue has been applied so far. */
  current(source: Feed['source'], account: string): Promise<readonly string[]>;
  /** Products with live rows in this feed that the catalogue says are gone. */
  removedButLive(feed: Feed): Promise<readonly string[]>;
  standing(feed: Feed): Promise<FeedStanding>;
}

export interface FeedStanding {
  /** When the feed was last confirmed by a complete snapshot, Unix milliseconds. */
  readonly watermark: number | null;
  /** Where a partial read goes on. */
  readonly cursor: string | null;
  /** Entered at all: a read of it was at least begun. */
  readonly known: boolean;
  /** Said to be read no more. */
  readonly retired: boolean;
}
