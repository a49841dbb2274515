import type {
  OzonCursorPage,
  OzonProductsPage,
  OzonRows,
  OzonStocksPage,
  OzonWarehousesPage,
} from '../../../../src/marketplaces/ozon/answers.js';
import type { OzonVisibility } from '../../../../src/marketplaces/ozon/client.js';
import { ozonPaths } from '../../../../src/marketplaces/ozon/limits.js';
import type { FeedReader, FeedWalk, FetchedPage } from '../../../../src/ports/marketplace.js';
import { RECEIVED_AT } from '../support/answers.js';

const never = new AbortController().signal;

/** Answers by what was asked; each method's default is an empty list. */
export interface Script {
  readonly stocks?: (cursor: string) => Partial<OzonStocksPage>;
  readonly products?: (visibility: OzonVisibility, lastId: string) => Partial<OzonProductsPage>;
  readonly productInfo?: (ids: readonly string[]) => Partial<OzonRows>;
  readonly warehouses?: (cursor: string) => Partial<OzonWarehousesPage>;
  readonly warehouseStocks?: (id: string, cursor: string) => Partial<OzonCursorPage>;
  readonly fboStocks?: (skus: readonly string[], cursor: string) => Partial<OzonCursorPage>;
  readonly analyticsStocks?: (skus: readonly string[]) => Partial<OzonRows>;
}

/** A client in memory; every call is noted as `method argument …`. */
export function fakeOzon(script: Script) {
  const calls: string[] = [];
  const answer = <T>(name: string, args: readonly unknown[], empty: T, said: Partial<T> | undefined) => {
    calls.push([name, ...args].join(' ').trimEnd());
    return Promise.resolve({ ...empty, receivedAt: RECEIVED_AT, ...said });
  };
  const rows = { rows: [], receivedAt: RECEIVED_AT };
  const counted = { ...rows, cursor: '', announcedProducts: undefined };
  const paged = { ...rows, cursor: '', hasNext: false };
  const client = {
    clientId: '4711',
    paths: ozonPaths(),
    // Async, so that what a script throws is a rejection, as the client's errors are.
    stocks: async (cursor: string) => answer('stocks', [cursor], counted, script.stocks?.(cursor)),
    products: async (visibility: OzonVisibility, lastId: string) =>
      answer('products', [visibility, lastId], counted, script.products?.(visibility, lastId)),
    productInfo: async (ids: readonly string[]) => answer('info', ids, rows, script.productInfo?.(ids)),
    warehouses: async (cursor: string) =>
      answer(
        'warehouses',
        [cursor],
        { warehouses: [], cursor: '', hasNext: false },
        script.warehouses?.(cursor),
      ),
    warehouseStocks: async (id: string, cursor: string) =>
      answer('warehouse', [id, cursor], paged, script.warehouseStocks?.(id, cursor)),
    fboStocks: async (skus: readonly string[], cursor: string) =>
      answer('fbo', [...skus, cursor], paged, script.fboStocks?.(skus, cursor)),
    analyticsStocks: async (skus: readonly string[]) =>
      answer('analytics', skus, rows, script.analyticsStocks?.(skus)),
  };
  return { calls, client };
}

export async function walk(
  reader: FeedReader,
): Promise<FeedWalk & { readonly read: readonly FetchedPage[] }> {
  const opened = await reader.open(never);
  const read: FetchedPage[] = [];
  for await (const page of opened.pages(never)) read.push(page);
  return { ...opened, read };
}
