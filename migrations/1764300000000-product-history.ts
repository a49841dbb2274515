import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What rules over products need: how many pieces of each left and came by the hour, thresholds of single products,
 * and what people have said of alerts. Programs of older versions can go on working on these tables.
 */
export class ProductHistory1764300000000 implements MigrationInterface {
  readonly name = 'ProductHistory1764300000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE alerts DROP COLUMN muted_until, DROP COLUMN acknowledged_at');
    await runner.query('ALTER TABLE feeds DROP COLUMN failures');
    await runner.query('ALTER TABLE accounts DROP COLUMN history_since');
    for (const table of ['counted_changes', 'product_settings', 'product_hours']) {
      await runner.query(`DROP TABLE IF EXISTS ${table}`);
    }
  }
}

const OPTIONS = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';

const STATEMENTS = [
  // Only hours in which something happened; hour_no counts whole hours since 1970, UTC.
  `CREATE TABLE product_hours (
    account_id SMALLINT UNSIGNED NOT NULL,
    product_id BIGINT NOT NULL,
    hour_no INT UNSIGNED NOT NULL,
    sold BIGINT NOT NULL,
    received BIGINT NOT NULL,
    PRIMARY KEY (account_id, product_id, hour_no)
  ) ${OPTIONS}`,

  // Up to where the raw records of a feed are counted in product_hours: in which life of their topic, and the last one.
  `CREATE TABLE counted_changes (
    feed_id INT UNSIGNED NOT NULL PRIMARY KEY,
    life INT UNSIGNED NOT NULL,
    record_offset BIGINT NOT NULL
  ) ${OPTIONS}`,

  `CREATE TABLE product_settings (
    account_id SMALLINT UNSIGNED NOT NULL,
    product_id BIGINT NOT NULL,
    low_stock BIGINT NULL,
    PRIMARY KEY (account_id, product_id)
  ) ${OPTIONS}`,

  // Where products were known before their hours were counted: until then nothing is known of them, and that is
  // another thing than nothing sold. NULL: counted from the account's first record on.
  'ALTER TABLE accounts ADD COLUMN history_since TIMESTAMP(3) NULL DEFAULT NULL',
  'UPDATE accounts SET history_since = NOW(3)',

  'ALTER TABLE feeds ADD COLUMN failures INT UNSIGNED NOT NULL DEFAULT 0',

  `ALTER TABLE alerts
    ADD COLUMN muted_until TIMESTAMP(3) NULL DEFAULT NULL,
    ADD COLUMN acknowledged_at TIMESTAMP(3) NULL DEFAULT NULL`,
];
