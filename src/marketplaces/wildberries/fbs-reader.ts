import type { FeedReader, FeedWalk, FetchedPage } from '../../ports/marketplace.js';
import type { WildberriesClient } from './client.js';
import { WB_LISTS } from './limits.js';
import { readAhead } from './read-ahead.js';
import { walkReport } from './report-walk.js';

type Client = Pick<WildberriesClient, 'token' | 'pageSize' | 'report' | 'warehouses' | 'fbsStocks'>;

/** Requests under way at once: at five a second, four lose no time with answers that take up to 0.8 s. */
const AHEAD = 4;

/** Sizes (chrtId, digits) whose stock on the seller's warehouses matters. */
export interface FbsProducts {
  /** Those that the catalogue knows. */
  readonly asked: readonly string[];
  /** Those with stock on record that the catalogue says are gone: nobody is asked, their rows end. */
  readonly gone: readonly string[];
}

export interface FbsReaderOptions {
  /**
   * `marketplace` asks each seller warehouse for each size. `report` reads the analytics report, which names its
   * warehouses and sizes itself, at most half an hour old, and needs no catalogue.
   */
  readonly method: 'marketplace' | 'report';
  /** Asked once per read, and only by `marketplace`. */
  readonly products: () => Promise<FbsProducts>;
}

/**
 * The feed `wildberries:<sid>:fbs-stocks`: stock on the seller's own warehouses, one row per size and warehouse. Its
 * keys are the same whichever method reads it.
 */
export function wbFbsReader(client: Client, { method, products }: FbsReaderOptions): FeedReader {
  return {
    feed: { source: 'wildberries', account: client.token.sid, endpoint: 'fbs-stocks' },
    open: (signal) =>
      method === 'report' ? Promise.resolve(byReport(client)) : byWarehouse(client, products, signal),
  };
}

function byReport(client: Client): FeedWalk {
  return {
    scope: { schemes: ['fbs'] },
    pages: (signal) => walkReport(client, 'seller-warehouses', WB_LISTS.reportPages, signal),
  };
}

async function byWarehouse(
  client: Client,
  products: FbsReaderOptions['products'],
  signal: AbortSignal,
): Promise<FeedWalk> {
  const { warehouses, receivedAt } = await client.warehouses(signal);
  // One that is being deleted sells nothing any more, and may be gone by the time it is asked: as if it were already.
  const ids = [...new Set(warehouses.filter(({ isDeleting }) => !isDeleting).map(({ id }) => id))];
  const { asked, gone } = await products();
  const plan = planOf(ids, blocksOf(asked), blocksOf(gone.filter(not(asked))));
  return {
    // A list of no warehouses is no scope of none: then the rows' absence is for the guard to judge.
    scope: { schemes: ['fbs'], ...(ids.length > 0 && { places: { fbs: ids } }), byIds: true },
    pages: (all) => walk(client, plan, new Date(receivedAt).toISOString(), all),
  };
}

interface Plan {
  /** Pages that need no request: nothing is there, by the word of others. */
  readonly known: readonly { readonly productIds: readonly string[]; readonly removed?: true }[];
  readonly requests: readonly { readonly warehouseId: string; readonly productIds: readonly string[] }[];
}

function planOf(warehouses: readonly string[], asked: readonly string[][], gone: readonly string[][]): Plan {
  const nowhere = warehouses.length === 0 ? asked.map((productIds) => ({ productIds })) : [];
  return {
    known: [...nowhere, ...gone.map((productIds) => ({ productIds, removed: true as const }))],
    requests: warehouses.flatMap((warehouseId) => asked.map((productIds) => ({ warehouseId, productIds }))),
  };
}

/** Pages without a request first: they are as old as the list of warehouses. */
async function* walk(
  client: Client,
  { known, requests }: Plan,
  openedAt: string,
  signal: AbortSignal,
): AsyncGenerator<FetchedPage> {
  const expectedPages = known.length + requests.length;
  for (const { productIds, ...why } of known) {
    yield { fetchedAt: openedAt, rows: [], query: { productIds: [...productIds], ...why }, expectedPages };
  }
  const ask = async (request: Plan['requests'][number], stop: AbortSignal): Promise<FetchedPage> => {
    const { warehouseId, productIds } = request;
    const { rows, receivedAt } = await client.fbsStocks(warehouseId, productIds, stop);
    const query = { warehouseId, productIds: [...productIds] };
    return { fetchedAt: new Date(receivedAt).toISOString(), rows, query, expectedPages };
  };
  yield* readAhead(requests, AHEAD, ask, signal);
}

/** In the order of the numbers and without doubles, so that equal catalogues make equal requests. */
function blocksOf(productIds: readonly string[]): string[][] {
  const sorted = [...new Set(productIds)].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const blocks: string[][] = [];
  for (let at = 0; at < sorted.length; at += WB_LISTS.sizes)
    blocks.push(sorted.slice(at, at + WB_LISTS.sizes));
  return blocks;
}

function not(ids: readonly string[]): (id: string) => boolean {
  const known = new Set(ids);
  return (id) => !known.has(id);
}
