import { AppError } from '../../errors.js';
import type { FetchedPage, StockReader } from '../../ports/marketplace.js';
import type { OzonClient, OzonStocksPage } from './client.js';
import { PRODUCT_STOCKS } from './limits.js';
import { OZON_SCHEMES } from './to-stock-levels.js';

/**
 * The feed `ozon:<client id>:product-stocks`: one total per product and scheme.
 *
 * @param maxPages where to give up on a cursor without end
 */
export function ozonStockReader(
  client: Pick<OzonClient, 'clientId' | 'stocks'>,
  maxPages: number = PRODUCT_STOCKS.maxPages,
): StockReader {
  return {
    feed: { source: 'ozon', account: client.clientId, endpoint: PRODUCT_STOCKS.endpoint },
    scope: { schemes: OZON_SCHEMES },
    pages: (signal) => walk(client, maxPages, signal),
  };
}

/**
 * Ends on an empty page or an empty cursor. The last page with rows still carries a cursor, and asking with it
 * gives an empty page (seen live, September 2026): so an empty page is yielded only where it is the first, as the
 * whole answer of an account without products, and else it is just the end. A short page alone is no end.
 */
async function* walk(
  client: Pick<OzonClient, 'stocks'>,
  maxPages: number,
  signal: AbortSignal,
): AsyncGenerator<FetchedPage> {
  const asked = new Set<string>();
  let cursor = '';
  for (let number = 1; number <= maxPages; number += 1) {
    asked.add(cursor);
    const page = await client.stocks(cursor, signal);
    if (page.rows.length > 0 || number === 1) yield fetchedPage(page);
    if (page.rows.length === 0 || page.cursor === '') return;
    cursor = page.cursor;
    if (asked.has(cursor)) throw endless(`page ${number} leads back to a cursor that was already asked for`);
  }
  throw endless(`the list has not ended after ${maxPages} pages`);
}

function fetchedPage({ rows, announcedProducts, receivedAt }: OzonStocksPage): FetchedPage {
  return { fetchedAt: new Date(receivedAt).toISOString(), rows, announcedProducts };
}

function endless(what: string): AppError {
  return new AppError('API_BAD_ANSWER', `Ozon POST ${PRODUCT_STOCKS.path}: ${what}`, {
    remedy: 'Nothing of this read is applied. Try again later.',
  });
}
