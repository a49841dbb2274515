import type { LoadedConfig } from '../../../config/load.js';
import { requireSettings } from '../../../config/require.js';
import type { Source } from '../../domain/stock-key.js';
import type { ApiParts } from '../../main.js';
import type { FeedReader, ProductDirectory } from '../../ports/marketplace.js';
import type { Locale } from '../words.js';
import { openOzon } from './open-ozon.js';
import { openWildberries } from './open-wildberries.js';

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

/** @throws CONFIG_INVALID naming what the source lacks in settings, before anything is opened */
export function requireSource(loaded: LoadedConfig, source: Source): void {
  if (source === 'ozon') requireSettings(loaded, ['ozon.clientId', 'ozon.apiKey']);
  else requireSettings(loaded, ['wildberries.apiKey']);
}

/** @throws CONFIG_INVALID; API_CREDENTIALS where the key cannot be one */
export function openSource(loaded: LoadedConfig, source: Source, parts: SourceParts): OpenSource {
  return source === 'ozon' ? openOzon(loaded, parts) : openWildberries(loaded, parts);
}
