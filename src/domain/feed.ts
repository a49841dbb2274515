import type { Source } from './stock-key.js';

/** One independent ordered stream of observations: one endpoint of one account, for some endpoints one warehouse. */
export interface Feed {
  readonly source: Source;
  readonly account: string;
  /** Short name of what is read, for example `product-stocks` or `wb-warehouses`. */
  readonly endpoint: string;
  readonly warehouse?: string | undefined;
}

/** `source:account:endpoint[:warehouse]`, the key of every raw record and sync event. */
export function formatFeed(feed: Feed): string {
  const id = `${feed.source}:${feed.account}:${feed.endpoint}`;
  return feed.warehouse === undefined ? id : `${id}:${feed.warehouse}`;
}

/** A part of an id, and a whole one, as the tables' columns hold them. */
const PART = /^[\w-]{1,64}$/;
const LONGEST_ID = 190;

/** Null where the text is no feed id, or none that the tables could hold: a record's key may be anything. */
export function parseFeed(id: string): Feed | null {
  const [source, ...parts] = id.split(':');
  const [account, endpoint, warehouse, ...rest] = parts;
  if (source !== 'ozon' && source !== 'wildberries') return null;
  if (account === undefined || endpoint === undefined || rest.length > 0) return null;
  if (id.length > LONGEST_ID || !parts.every((part) => PART.test(part))) return null;
  return { source, account, endpoint, warehouse };
}

/** Feeds that say which products there are, and nothing of their stock. */
const CATALOGUES: ReadonlySet<string> = new Set(['ozon:product-list', 'wildberries:cards']);

export function isCatalogue({ source, endpoint }: Pick<Feed, 'source' | 'endpoint'>): boolean {
  return CATALOGUES.has(`${source}:${endpoint}`);
}
