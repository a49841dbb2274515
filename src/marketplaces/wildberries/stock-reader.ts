import { AppError } from '../../errors.js';
import type { FetchedPage, StockReader } from '../../ports/marketplace.js';
import type { WildberriesClient } from './client.js';
import { WB_WAREHOUSES } from './limits.js';

type Client = Pick<WildberriesClient, 'token' | 'pageSize' | 'stocks'>;

/**
 * The feed `wildberries:<sid>:wb-warehouses`: one row per size and warehouse.
 *
 * @param maxPages where to give up on a list without end
 */
export function wbStockReader(client: Client, maxPages: number = WB_WAREHOUSES.maxPages): StockReader {
  return {
    feed: { source: 'wildberries', account: client.token.sid, endpoint: WB_WAREHOUSES.endpoint },
    scope: { schemes: ['fbw'] },
    pages: (signal) => walk(client, maxPages, signal),
  };
}

/** A full page has a next one; an empty page is yielded only where it is the first, as the whole answer. */
async function* walk(client: Client, maxPages: number, signal: AbortSignal): AsyncGenerator<FetchedPage> {
  let offset = 0;
  let before: readonly string[] = [];
  for (let number = 1; number <= maxPages; number += 1) {
    const { rows, receivedAt } = await client.stocks(offset, signal);
    if (rows.length > 0 && rows[0] === before[0] && rows.at(-1) === before.at(-1)) {
      throw endless(`page ${number} repeats the page before it`);
    }
    if (rows.length > 0 || number === 1) yield { fetchedAt: new Date(receivedAt).toISOString(), rows };
    if (rows.length < client.pageSize) return;
    // By what was asked for, not by what came: a page that repeats rows must not push others out of sight.
    offset += client.pageSize;
    before = [rows[0] ?? '', rows.at(-1) ?? ''];
  }
  throw endless(`the list has not ended after ${maxPages} pages`);
}

function endless(what: string): AppError {
  return new AppError('API_BAD_ANSWER', `Wildberries POST ${WB_WAREHOUSES.path}: ${what}`, {
    remedy: 'Nothing of this read is applied. Try again later.',
  });
}
