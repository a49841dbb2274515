import type { ApiParts } from '../../main.js';
import type { FeedReader, ProductDirectory } from '../../ports/marketplace.js';
import type { Locale } from '../words.js';

/** Feeds to read: lanes side by side, the feeds of a lane one after the other. */
export type Lanes = readonly (readonly FeedReader[])[];

export interface PlanRequest {
  readonly directory: ProductDirectory;
  /** Catalogues are read whole, however fresh they are. */
  readonly fullResync: boolean;
  /** Unix milliseconds. */
  readonly now: number;
}

/** A marketplace, ready to be read. */
export interface OpenSource {
  readonly account: string;
  /** What is left out, or may go wrong later, in sentences. */
  readonly warnings: readonly string[];
  /** Asks the database, never the marketplace. */
  plan(request: PlanRequest): Promise<Lanes>;
  close(): void;
}

export interface SourceParts extends ApiParts {
  readonly locale: Locale;
}
