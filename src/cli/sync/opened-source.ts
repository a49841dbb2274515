import type { Feed } from '../../domain/feed.js';
import type { ApiParts } from '../../main.js';
import type { FeedReader, ProductDirectory } from '../../ports/marketplace.js';
import type { Locale } from '../words.js';

/** Feeds to read: lanes side by side, the feeds of a lane one after the other. */
export type Lanes = readonly (readonly FeedReader[])[];

export interface PlanRequest {
  readonly directory: ProductDirectory;
  /** Catalogues are read whole, however fresh they are. */
  readonly fullResync: boolean;
  /** A person says that what is missing is really gone. */
  readonly acceptAbsences: boolean;
  /** Unix milliseconds. */
  readonly now: number;
}

/** A marketplace, ready to be read. */
export interface OpenSource {
  readonly account: string;
  /** What is left out, or may go wrong later, in sentences. */
  readonly warnings: readonly string[];
  /** Feeds that the settings say are not to be read any more: what they hold must not stand for ever. */
  readonly retired: readonly Feed[];
  /** Asks the database, never the marketplace. */
  plan(request: PlanRequest): Promise<Lanes>;
  close(): void;
}

export interface SourceParts extends ApiParts {
  readonly locale: Locale;
}
