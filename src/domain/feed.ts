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

/** Null where the text is no feed id. */
export function parseFeed(id: string): Feed | null {
  const [source, account, endpoint, warehouse, ...rest] = id.split(':');
  if ((source !== 'ozon' && source !== 'wildberries') || !account || !endpoint || rest.length > 0)
    return null;
  return { source, account, endpoint, warehouse };
}
