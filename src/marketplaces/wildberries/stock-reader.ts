import type { FeedReader } from '../../ports/marketplace.js';
import type { WildberriesClient } from './client.js';
import { WB_LISTS } from './limits.js';
import { walkReport } from './report-walk.js';

type Client = Pick<WildberriesClient, 'token' | 'pageSize' | 'report'>;

/**
 * The feed `wildberries:<sid>:wb-warehouses`: stock on Wildberries' own warehouses, one row per size and warehouse.
 *
 * @param maxPages where to give up on a list without end
 */
export function wbStockReader(client: Client, maxPages: number = WB_LISTS.reportPages): FeedReader {
  return {
    feed: { source: 'wildberries', account: client.token.sid, endpoint: 'wb-warehouses' },
    open: () =>
      Promise.resolve({
        scope: { schemes: ['fbw'] },
        pages: (signal) => walkReport(client, 'wb-warehouses', maxPages, signal),
      }),
  };
}
