import { isCatalogue } from '../domain/feed.js';
import type { Source } from '../domain/stock-key.js';
import type { Database, Row } from './database.js';

export interface StoredShop {
  readonly accountId: number;
  readonly source: Source;
  readonly account: string;
  /** When the least fresh of its feeds of stock was last confirmed, Unix milliseconds; null: one never was. */
  readonly confirmedAt: number | null;
  /** Rows of stock that stand in the tables. */
  readonly rows: number;
}

/** What a report over a span of time is made of. Reads only; all from tables that grow with products and hours. */
export function createReportStore(db: Pick<Database, 'query'>) {
  return {
    /** Accounts with a feed of stock that was not retired, whoever reads them. */
    async shops(): Promise<StoredShop[]> {
      const rows = await db.query<Row>(
        `SELECT a.account_id, a.source, a.account, f.endpoint, f.watermark_at, f.live_rows
           FROM accounts a JOIN feeds f ON f.account_id = a.account_id
          WHERE f.retired_at IS NULL ORDER BY a.source, a.account_id`,
      );
      const shops = new Map<number, StoredShop>();
      for (const row of rows) {
        const source = row.source as Source;
        const accountId = Number(row.account_id);
        const known = shops.get(accountId);
        if (isCatalogue({ source, endpoint: String(row.endpoint) })) continue;
        const at = row.watermark_at instanceof Date ? row.watermark_at.getTime() : null;
        const before = known === undefined ? Infinity : known.confirmedAt;
        const confirmedAt = at === null || before === null ? null : Math.min(at, before);
        const live = (known?.rows ?? 0) + Number(row.live_rows);
        shops.set(accountId, { accountId, source, account: String(row.account), confirmedAt, rows: live });
      }
      return [...shops.values()];
    },

    /** Products that are not removed, with the pieces that are available now. */
    async products({ source, account }: StoredShop) {
      const rows = await db.query<Row>(
        `SELECT product_id, offer_id, name, available FROM inventory_data
          WHERE source = ? AND account = ?`,
        [source, account],
      );
      return rows.map((row) => ({
        productId: String(row.product_id),
        article: row.offer_id === null ? '' : String(row.offer_id),
        name: row.name === null ? '' : String(row.name),
        available: Number(row.available),
      }));
    },

    /** Hours of the span in which anything happened; moves between places are nothing that happened. */
    async hours({ accountId }: StoredShop, since: number, until: number) {
      const rows = await db.query<Row>(
        `SELECT product_id, hour_no, sold, received FROM product_hours
          WHERE account_id = ? AND hour_no BETWEEN ? AND ? ORDER BY product_id, hour_no`,
        [accountId, Math.floor(since / HOUR_MS), Math.floor(until / HOUR_MS)],
      );
      return rows.map((row) => ({
        productId: String(row.product_id),
        hour: Number(row.hour_no),
        sold: Number(row.sold),
        received: Number(row.received),
      }));
    },

    /** Runs that ended in the span, by what became of them. */
    async runs({ source, account }: StoredShop, since: number, until: number) {
      const rows = await db.query<Row>(
        `SELECT status, COUNT(*) AS n FROM sync_logs
          WHERE source = ? AND (account = ? OR account IS NULL) AND status <> 'running'
            AND started_at BETWEEN ? AND ? GROUP BY status`,
        [source, account, new Date(since), new Date(until)],
      );
      const count = (wanted: (status: string) => boolean) =>
        rows.filter(({ status }) => wanted(String(status))).reduce((sum, { n }) => sum + Number(n), 0);
      return { total: count(() => true), succeeded: count((status) => status === 'success') };
    },
  };
}

const HOUR_MS = 3_600_000;
