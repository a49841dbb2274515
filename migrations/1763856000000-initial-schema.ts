import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The whole schema of version 0.1.0. Written so that MySQL 8.0.15, MySQL 8.4 and MariaDB 11 take it alike.
 *
 * Physical keys are small integers and natural keys in the order in which pages arrive; people and programs read
 * the views `stock_levels`, `stock_changes` and `inventory_data`. No table that the projector writes has a
 * secondary unique key: an upsert fires on any of them, and gap locks on them deadlock.
 */
export class InitialSchema1763856000000 implements MigrationInterface {
  readonly name = 'InitialSchema1763856000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const view of VIEWS) await runner.query(`DROP VIEW IF EXISTS ${view}`);
    for (const table of TABLES) await runner.query(`DROP TABLE IF EXISTS ${table}`);
  }
}

const VIEWS = ['inventory_data', 'stock_changes', 'stock_levels'];
const TABLES = [
  'accounts',
  'feeds',
  'products',
  'levels',
  'ledger',
  'outbox',
  'snapshots',
  'incarnations',
  'checkpoints',
  'sync_logs',
  'alerts',
  'alert_deliveries',
  'digests',
  'rate_limits',
];

const ID = 'CHARACTER SET ascii COLLATE ascii_bin';
const TEXT = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
const OPTIONS = `ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`;
const NOW = 'TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)';

const STATEMENTS = [
  `CREATE TABLE accounts (
    account_id SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    source VARCHAR(16) ${ID} NOT NULL,
    account VARCHAR(64) ${ID} NOT NULL,
    UNIQUE KEY accounts_name (source, account)
  ) ${OPTIONS}`,

  // The running totals are those of the live rows, kept up with every change; applied_* are as of the last
  // complete snapshot; held_* is the run of equal snapshots that the shrink guard holds back.
  `CREATE TABLE feeds (
    feed_id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    feed VARCHAR(190) ${ID} NOT NULL,
    account_id SMALLINT UNSIGNED NOT NULL,
    endpoint VARCHAR(64) ${ID} NOT NULL,
    warehouse VARCHAR(64) ${ID} NULL,
    partition_no SMALLINT UNSIGNED NOT NULL,
    live_rows BIGINT NOT NULL DEFAULT 0,
    live_products BIGINT NOT NULL DEFAULT 0,
    in_stock_products BIGINT NOT NULL DEFAULT 0,
    available BIGINT NOT NULL DEFAULT 0,
    applied_rows BIGINT NULL,
    applied_products BIGINT NULL,
    applied_available BIGINT NULL,
    applied_incarnation_id INT UNSIGNED NULL,
    applied_offset BIGINT NULL,
    watermark_at TIMESTAMP(3) NULL DEFAULT NULL,
    held_digest VARCHAR(64) ${ID} NULL,
    held_count INT UNSIGNED NOT NULL DEFAULT 0,
    held_at TIMESTAMP(3) NULL DEFAULT NULL,
    stale_records BIGINT UNSIGNED NOT NULL DEFAULT 0,
    retired_at TIMESTAMP(3) NULL DEFAULT NULL,
    lease_owner VARCHAR(64) ${ID} NULL,
    lease_until TIMESTAMP(3) NULL DEFAULT NULL,
    created_at ${NOW},
    UNIQUE KEY feeds_name (feed),
    KEY feeds_account (account_id)
  ) ${OPTIONS}`,

  `CREATE TABLE products (
    account_id SMALLINT UNSIGNED NOT NULL,
    product_id BIGINT NOT NULL,
    feed_id INT UNSIGNED NOT NULL,
    offer_id VARCHAR(512) ${TEXT} NULL,
    name VARCHAR(1024) ${TEXT} NULL,
    first_seen_at ${NOW},
    removed_at TIMESTAMP(3) NULL DEFAULT NULL,
    PRIMARY KEY (account_id, product_id)
  ) ${OPTIONS}`,

  // generation 0 is the live one; a replay folds into rows of another.
  `CREATE TABLE levels (
    generation INT UNSIGNED NOT NULL,
    feed_id INT UNSIGNED NOT NULL,
    product_id BIGINT NOT NULL,
    scheme VARCHAR(8) ${ID} NOT NULL,
    warehouse_id VARCHAR(24) ${ID} NOT NULL,
    present BIGINT NOT NULL,
    reserved BIGINT NOT NULL,
    available BIGINT NOT NULL,
    in_way_to_client BIGINT NOT NULL,
    in_way_from_client BIGINT NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    closed TINYINT NOT NULL,
    opened_in BIGINT NOT NULL,
    observed_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    PRIMARY KEY (generation, feed_id, product_id, scheme, warehouse_id)
  ) ${OPTIONS}`,

  // Append-only; the key is the coordinate of the raw record, from which the event's id is made.
  `CREATE TABLE ledger (
    incarnation_id INT UNSIGNED NOT NULL,
    partition_no SMALLINT UNSIGNED NOT NULL,
    record_offset BIGINT NOT NULL,
    idx INT UNSIGNED NOT NULL,
    feed_id INT UNSIGNED NOT NULL,
    product_id BIGINT NOT NULL,
    scheme VARCHAR(8) ${ID} NOT NULL,
    warehouse_id VARCHAR(24) ${ID} NOT NULL,
    op CHAR(1) ${ID} NOT NULL,
    reason VARCHAR(16) ${ID} NULL,
    before_present BIGINT NULL,
    before_reserved BIGINT NULL,
    before_available BIGINT NULL,
    before_in_way_to_client BIGINT NULL,
    before_in_way_from_client BIGINT NULL,
    after_present BIGINT NOT NULL,
    after_reserved BIGINT NOT NULL,
    after_available BIGINT NOT NULL,
    after_in_way_to_client BIGINT NOT NULL,
    after_in_way_from_client BIGINT NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    snapshot_offset BIGINT NOT NULL,
    observed_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    offer_id VARCHAR(512) ${TEXT} NULL,
    name VARCHAR(1024) ${TEXT} NULL,
    PRIMARY KEY (incarnation_id, partition_no, record_offset, idx)
  ) ${OPTIONS}`,

  `CREATE TABLE outbox (
    incarnation_id INT UNSIGNED NOT NULL,
    partition_no SMALLINT UNSIGNED NOT NULL,
    record_offset BIGINT NOT NULL,
    idx INT UNSIGNED NOT NULL,
    topic VARCHAR(64) ${ID} NOT NULL,
    record_key MEDIUMTEXT ${TEXT} NOT NULL,
    value MEDIUMTEXT ${TEXT} NOT NULL,
    headers MEDIUMTEXT ${TEXT} NOT NULL,
    created_at ${NOW},
    PRIMARY KEY (incarnation_id, partition_no, record_offset, idx)
  ) ${OPTIONS}`,

  // Named by the place of its snapshot-started record; the ledger refers to it by that offset.
  `CREATE TABLE snapshots (
    incarnation_id INT UNSIGNED NOT NULL,
    partition_no SMALLINT UNSIGNED NOT NULL,
    first_offset BIGINT NOT NULL,
    last_offset BIGINT NULL,
    feed_id INT UNSIGNED NOT NULL,
    snapshot_id VARCHAR(64) ${ID} NOT NULL,
    status VARCHAR(16) ${ID} NOT NULL,
    reason VARCHAR(1024) ${TEXT} NULL,
    base_rows BIGINT NOT NULL,
    base_in_stock BIGINT NOT NULL,
    pages INT UNSIGNED NOT NULL DEFAULT 0,
    rows_read BIGINT NOT NULL DEFAULT 0,
    created_rows BIGINT NOT NULL DEFAULT 0,
    updated_rows BIGINT NOT NULL DEFAULT 0,
    closed_rows BIGINT NOT NULL DEFAULT 0,
    invalid_rows BIGINT NOT NULL DEFAULT 0,
    started_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    ended_at TIMESTAMP(3) NULL DEFAULT NULL,
    PRIMARY KEY (incarnation_id, partition_no, first_offset),
    KEY snapshots_id (snapshot_id),
    KEY snapshots_open (incarnation_id, partition_no, status),
    KEY snapshots_feed (feed_id, first_offset)
  ) ${OPTIONS}`,

  // One life of a topic; one that was deleted and made anew is another. Ids of events carry the number of the
  // life, not our id: a database that was lost and filled again from the topics counts to the same.
  `CREATE TABLE incarnations (
    incarnation_id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    topic VARCHAR(249) ${ID} NOT NULL,
    life INT UNSIGNED NOT NULL,
    opened_at ${NOW},
    KEY incarnations_topic (topic)
  ) ${OPTIONS}`,

  `CREATE TABLE checkpoints (
    consumer_group VARCHAR(190) ${ID} NOT NULL,
    topic VARCHAR(249) ${ID} NOT NULL,
    partition_no SMALLINT UNSIGNED NOT NULL,
    incarnation_id INT UNSIGNED NOT NULL,
    next_offset BIGINT NOT NULL,
    published_offset BIGINT NOT NULL,
    owner_token VARCHAR(64) ${ID} NULL,
    tail_hint TEXT ${ID} NULL,
    prior_digest VARCHAR(64) ${ID} NULL,
    updated_at ${NOW},
    PRIMARY KEY (consumer_group, topic, partition_no)
  ) ${OPTIONS}`,

  `CREATE TABLE sync_logs (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    run_id VARCHAR(64) ${ID} NOT NULL,
    source VARCHAR(16) ${ID} NOT NULL,
    account VARCHAR(64) ${ID} NULL,
    status VARCHAR(16) ${ID} NOT NULL,
    records_processed BIGINT NOT NULL DEFAULT 0,
    changed_rows BIGINT NOT NULL DEFAULT 0,
    absent_rows BIGINT NOT NULL DEFAULT 0,
    error_code VARCHAR(32) ${ID} NULL,
    error VARCHAR(1024) ${TEXT} NULL,
    request_id VARCHAR(190) ${TEXT} NULL,
    started_at ${NOW},
    finished_at TIMESTAMP(3) NULL DEFAULT NULL,
    KEY sync_logs_started (started_at),
    KEY sync_logs_source (source, status)
  ) ${OPTIONS}`,

  `CREATE TABLE alerts (
    fingerprint VARCHAR(255) ${TEXT} NOT NULL PRIMARY KEY,
    alert_id VARCHAR(400) ${TEXT} NOT NULL,
    state VARCHAR(16) ${ID} NOT NULL,
    rule VARCHAR(64) ${ID} NOT NULL,
    severity VARCHAR(16) ${ID} NOT NULL,
    source VARCHAR(16) ${ID} NOT NULL,
    account VARCHAR(64) ${ID} NOT NULL,
    feed VARCHAR(190) ${ID} NOT NULL,
    raised_at TIMESTAMP(3) NULL DEFAULT NULL,
    resolved_at TIMESTAMP(3) NULL DEFAULT NULL,
    payload MEDIUMTEXT ${TEXT} NOT NULL,
    KEY alerts_state (state, severity)
  ) ${OPTIONS}`,

  `CREATE TABLE alert_deliveries (
    alert_id VARCHAR(400) ${TEXT} NOT NULL PRIMARY KEY,
    recipients VARCHAR(1024) ${TEXT} NOT NULL,
    status VARCHAR(16) ${ID} NOT NULL,
    digest_id VARCHAR(64) ${ID} NULL,
    payload MEDIUMTEXT ${TEXT} NOT NULL,
    created_at ${NOW},
    KEY alert_deliveries_due (status, created_at),
    KEY alert_deliveries_digest (digest_id)
  ) ${OPTIONS}`,

  `CREATE TABLE digests (
    digest_id VARCHAR(64) ${ID} NOT NULL PRIMARY KEY,
    recipients VARCHAR(1024) ${TEXT} NOT NULL,
    status VARCHAR(16) ${ID} NOT NULL,
    attempts INT UNSIGNED NOT NULL DEFAULT 0,
    not_before TIMESTAMP(3) NULL DEFAULT NULL,
    sending_since TIMESTAMP(3) NULL DEFAULT NULL,
    sent_at TIMESTAMP(3) NULL DEFAULT NULL,
    server_answer VARCHAR(1024) ${TEXT} NULL,
    error VARCHAR(1024) ${TEXT} NULL,
    created_at ${NOW},
    KEY digests_due (status, not_before)
  ) ${OPTIONS}`,

  `CREATE TABLE rate_limits (
    bucket VARCHAR(190) ${ID} NOT NULL PRIMARY KEY,
    tokens DOUBLE NOT NULL,
    refilled_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    not_before TIMESTAMP(3) NULL DEFAULT NULL
  ) ${OPTIONS}`,

  `CREATE SQL SECURITY INVOKER VIEW stock_levels AS
    SELECT a.source, a.account, l.product_id, l.scheme, l.warehouse_id,
           l.present, l.reserved, l.available, l.in_way_to_client, l.in_way_from_client, l.observed_at,
           l.seq, l.closed
      FROM levels l
      JOIN feeds f ON f.feed_id = l.feed_id
      JOIN accounts a ON a.account_id = f.account_id
     WHERE l.generation = 0`,

  `CREATE SQL SECURITY INVOKER VIEW stock_changes AS
    SELECT a.source, a.account, c.product_id, c.scheme, c.warehouse_id, c.op, c.reason,
           c.before_present, c.before_reserved, c.before_available,
           c.before_in_way_to_client, c.before_in_way_from_client,
           c.after_present, c.after_reserved, c.after_available,
           c.after_in_way_to_client, c.after_in_way_from_client,
           c.seq, s.snapshot_id, c.observed_at, c.offer_id, c.name,
           c.incarnation_id, c.partition_no, c.record_offset, c.idx
      FROM ledger c
      JOIN feeds f ON f.feed_id = c.feed_id
      JOIN accounts a ON a.account_id = f.account_id
      JOIN snapshots s ON s.incarnation_id = c.incarnation_id AND s.partition_no = c.partition_no
                      AND s.first_offset = c.snapshot_offset`,

  // A product belongs to the feeds that hold a row of it, or else to the one that first named it. Until each of
  // them has been read completely once, nothing is known for sure: last_sync_at is NULL.
  // Without the cast MySQL makes a text of it.
  `CREATE SQL SECURITY INVOKER VIEW inventory_data AS
    SELECT a.source, a.account, p.product_id, MAX(p.offer_id) AS offer_id, MAX(p.name) AS name,
           COALESCE(SUM(l.present), 0) AS present, COALESCE(SUM(l.reserved), 0) AS reserved,
           COALESCE(SUM(l.available), 0) AS available,
           COALESCE(SUM(l.in_way_to_client), 0) AS in_way_to_client,
           COALESCE(SUM(l.in_way_from_client), 0) AS in_way_from_client,
           CAST(CASE WHEN MAX(CASE WHEN (l.product_id IS NOT NULL OR p.feed_id = f.feed_id) AND f.watermark_at IS NULL
                              THEN 1 ELSE 0 END) = 0
                THEN MIN(CASE WHEN l.product_id IS NOT NULL OR p.feed_id = f.feed_id THEN f.watermark_at END)
           END AS DATETIME(3)) AS last_sync_at
      FROM products p
      JOIN accounts a ON a.account_id = p.account_id
      JOIN feeds f ON f.account_id = p.account_id AND f.retired_at IS NULL
      LEFT JOIN levels l ON l.generation = 0 AND l.feed_id = f.feed_id AND l.product_id = p.product_id
     WHERE p.removed_at IS NULL
     GROUP BY a.source, a.account, p.product_id`,
];
