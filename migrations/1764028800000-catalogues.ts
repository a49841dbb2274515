import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Catalogues become feeds: what they say of a product beside its number, where a partial read of them goes on, and
 * buckets that a marketplace has slowed. Programs of version 0.1.0 can go on working on these tables.
 *
 * `inventory_data` keeps its columns; `inventory_by_article` puts the marketplaces side by side. Both add up all
 * levels once and join the sums to the products: no statement touches a level twice
 * (a third of the processor time at 300,000 products; on MariaDB about the same time as before).
 */
export class Catalogues1764028800000 implements MigrationInterface {
  readonly name = 'Catalogues1764028800000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  /** The new inventory_data stays: it asks for nothing that the older tables lack. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP VIEW IF EXISTS inventory_by_article');
    await runner.query('ALTER TABLE rate_limits DROP COLUMN interval_ms, DROP COLUMN slow_until');
    await runner.query('ALTER TABLE feeds DROP COLUMN cursor_text');
    await runner.query(
      `ALTER TABLE products DROP KEY products_article, DROP KEY products_written, DROP COLUMN sku,
         DROP COLUMN card_id, DROP COLUMN size, DROP COLUMN barcodes, DROP COLUMN archived, DROP COLUMN updated_at`,
    );
  }
}

const TEXT = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

/** Feeds that speak of stock and are still read. Rows of a retired feed are all closed, and nobody confirms them. */
const STOCK_FEED = "f.retired_at IS NULL AND f.endpoint NOT IN ('product-list', 'cards')";

/** The oldest watermark of a group of feeds; none while one of them was never read completely. */
const OLDEST_WATERMARK = `CAST(CASE WHEN COUNT(*) = COUNT(f.watermark_at) THEN MIN(f.watermark_at) END AS DATETIME(3))`;

/**
 * Products with their sums. A product was last confirmed by those feeds that hold a row of it, closed or not; one
 * without any row by all feeds that would have told of it. The casts are inside: without them MySQL makes texts of
 * the times, outside it makes them texts again.
 */
const PRODUCTS = `products p
      JOIN accounts a ON a.account_id = p.account_id
      LEFT JOIN (
        SELECT f.account_id, l.product_id, SUM(l.present) AS present, SUM(l.reserved) AS reserved,
               SUM(l.available) AS available, SUM(l.in_way_to_client) AS in_way_to_client,
               SUM(l.in_way_from_client) AS in_way_from_client, ${OLDEST_WATERMARK} AS confirmed_at
          FROM levels l
          JOIN feeds f ON f.feed_id = l.feed_id
         WHERE l.generation = 0 AND ${STOCK_FEED}
         GROUP BY f.account_id, l.product_id
      ) s ON s.account_id = p.account_id AND s.product_id = p.product_id
      LEFT JOIN (
        SELECT f.account_id, ${OLDEST_WATERMARK} AS confirmed_at FROM feeds f WHERE ${STOCK_FEED}
         GROUP BY f.account_id
      ) t ON t.account_id = p.account_id
     WHERE p.removed_at IS NULL`;
const CONFIRMED_AT = 'CASE WHEN s.product_id IS NULL THEN t.confirmed_at ELSE s.confirmed_at END';

/** A figure of one marketplace's products of an article; NULL where the article has no product there. */
function of(source: string, value: string): string {
  return `CASE WHEN a.source = '${source}' THEN ${value} END`;
}

function sum(source: string, column: string, name: string): string {
  return `SUM(${of(source, `COALESCE(s.${column}, 0)`)}) AS ${name}`;
}

function lastSync(source: string, name: string): string {
  const confirmed = of(source, CONFIRMED_AT);
  const all = `COUNT(${of(source, '1')}) = COUNT(${confirmed})`;
  return `CAST(CASE WHEN ${all} THEN MIN(${confirmed}) END AS DATETIME(3)) AS ${name}`;
}

const STATEMENTS = [
  // updated_at moves by itself, and only where a value changed: the server leaves it where a statement sets what
  // is there already. sku is Ozon's; card_id (nmID) and size are Wildberries', whose product is a card's size.
  // barcodes is a JSON list of texts.
  `ALTER TABLE products
    ADD COLUMN sku BIGINT NULL,
    ADD COLUMN card_id BIGINT NULL,
    ADD COLUMN size VARCHAR(64) ${TEXT} NULL,
    ADD COLUMN barcodes TEXT ${TEXT} NULL,
    ADD COLUMN archived TINYINT NOT NULL DEFAULT 0,
    ADD COLUMN updated_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
    ADD KEY products_article (offer_id(64)),
    ADD KEY products_written (account_id, updated_at)`,

  `ALTER TABLE feeds ADD COLUMN cursor_text VARCHAR(255) ${TEXT} NULL`,

  // Until slow_until a token comes every interval_ms, where that is longer than the method's own interval.
  `ALTER TABLE rate_limits
    ADD COLUMN interval_ms DOUBLE NULL,
    ADD COLUMN slow_until TIMESTAMP(3) NULL DEFAULT NULL`,

  `CREATE OR REPLACE SQL SECURITY INVOKER VIEW inventory_data AS
    SELECT a.source, a.account, p.product_id, p.offer_id, p.name,
           COALESCE(s.present, 0) AS present, COALESCE(s.reserved, 0) AS reserved,
           COALESCE(s.available, 0) AS available, COALESCE(s.in_way_to_client, 0) AS in_way_to_client,
           COALESCE(s.in_way_from_client, 0) AS in_way_from_client, ${CONFIRMED_AT} AS last_sync_at
      FROM ${PRODUCTS}`,

  // All accounts together. The figures of a marketplace where the article has no product are NULL: it is not sold
  // there, which is another thing than sold out. Products without an article are nobody's neighbours.
  `CREATE OR REPLACE SQL SECURITY INVOKER VIEW inventory_by_article AS
    SELECT p.offer_id AS article, COALESCE(MAX(${of('ozon', 'p.name')}), MAX(p.name)) AS name,
           COUNT(${of('ozon', '1')}) AS ozon_products, ${sum('ozon', 'present', 'ozon_present')},
           ${sum('ozon', 'reserved', 'ozon_reserved')}, ${sum('ozon', 'available', 'ozon_available')},
           ${lastSync('ozon', 'ozon_last_sync_at')},
           COUNT(${of('wildberries', '1')}) AS wb_products, ${sum('wildberries', 'present', 'wb_present')},
           ${sum('wildberries', 'available', 'wb_available')},
           ${sum('wildberries', 'in_way_to_client', 'wb_in_way_to_client')},
           ${sum('wildberries', 'in_way_from_client', 'wb_in_way_from_client')},
           ${lastSync('wildberries', 'wb_last_sync_at')}
      FROM ${PRODUCTS} AND p.offer_id <> ''
     GROUP BY p.offer_id`,
];
