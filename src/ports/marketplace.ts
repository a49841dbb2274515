import type { Feed } from '../domain/feed.js';
import type { SnapshotScope } from '../domain/snapshot.js';
import type { Scheme } from '../domain/stock-key.js';
import type { StockLevel } from '../domain/stock-level.js';

/** One answer of a marketplace's list method. */
export interface FetchedPage {
  /** ISO 8601 UTC, taken when the answer was complete. */
  readonly fetchedAt: string;
  /** The list's elements as the marketplace wrote them, each one a JSON text. */
  readonly rows: readonly string[];
  /** The total of products that this answer names, where it names one. */
  readonly announcedProducts?: number | undefined;
}

/**
 * One feed's way to a complete snapshot. `pages` walks the cursor to its end and throws an AppError where that
 * cannot be done: a walk that ends without an error is complete as far as the marketplace says.
 */
export interface StockReader {
  readonly feed: Feed;
  readonly scope: SnapshotScope;
  pages(signal: AbortSignal): AsyncIterable<FetchedPage>;
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

/** Reads one verbatim element (parsed by parseExactJson). Throws RECORD_INVALID where it is not what the documents promise. */
export type Normaliser = (row: unknown) => ObservedItem;

/** The normaliser for an endpoint of a source, or undefined for a feed that carries no stock. */
export type NormaliserOf = (source: Feed['source'], endpoint: string) => Normaliser | undefined;
