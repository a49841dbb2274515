import { formatFeed } from '../domain/feed.js';
import type { ProductDirectory } from '../ports/marketplace.js';
import type { Database, Row } from './database.js';
import { readCurrentProducts } from './statements/read-products.js';

/** What the applied catalogues say, for the readers of methods that want ids. */
export function createProductDirectory(db: Database): ProductDirectory {
  return {
    async current(source, account) {
      const [row] = await db.query<Row>('SELECT account_id FROM accounts WHERE source = ? AND account = ?', [
        source,
        account,
      ]);
      const ids: string[] = [];
      if (row === undefined) return ids;
      for await (const chunk of readCurrentProducts(db, Number(row.account_id))) {
        for (const { productId } of chunk) ids.push(productId);
      }
      return ids;
    },

    async removedButLive(feed) {
      const rows = await db.query<Row>(
        `SELECT DISTINCT p.product_id
           FROM feeds f
           JOIN products p ON p.account_id = f.account_id AND p.removed_at IS NOT NULL
           JOIN levels l ON l.generation = 0 AND l.feed_id = f.feed_id AND l.product_id = p.product_id
          WHERE f.feed = ? AND l.closed = 0
          ORDER BY p.product_id`,
        [formatFeed(feed)],
      );
      return rows.map((row) => String(row.product_id));
    },

    async standing(feed) {
      const [row] = await db.query<Row>(
        'SELECT watermark_at, cursor_text, retired_at FROM feeds WHERE feed = ?',
        [formatFeed(feed)],
      );
      return {
        watermark: row?.watermark_at instanceof Date ? row.watermark_at.getTime() : null,
        cursor: row?.cursor_text == null ? null : String(row.cursor_text),
        known: row !== undefined,
        retired: row?.retired_at != null,
      };
    },
  };
}
