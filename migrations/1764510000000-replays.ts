import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Replays: how far each one is, and what it has folded. Its levels lie in `levels` under its generation. Programs of
 * older versions can go on working on these tables, but know nothing of replays: they would put the records that
 * announce one among the dead letters.
 */
export class Replays1764510000000 implements MigrationInterface {
  readonly name = 'Replays1764510000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM levels WHERE generation > 0');
    for (const table of ['replay_products', 'replay_feeds', 'replay_partitions', 'replays']) {
      await runner.query(`DROP TABLE IF EXISTS ${table}`);
    }
  }
}

const ID = 'CHARACTER SET ascii COLLATE ascii_bin';
const TEXT = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
const OPTIONS = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';

const STATEMENTS = [
  // status: folding | ready | done | off | discarded. owner is the process at work: another one that goes on with
  // the same replay puts its own name there, and the former one's next transaction is refused.
  `CREATE TABLE replays (
    generation INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    status VARCHAR(16) ${ID} NOT NULL,
    asked VARCHAR(255) ${TEXT} NOT NULL,
    owner VARCHAR(64) ${ID} NOT NULL,
    created_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    ended_at TIMESTAMP(3) NULL DEFAULT NULL
  ) ${OPTIONS}`,

  `CREATE TABLE replay_partitions (
    generation INT UNSIGNED NOT NULL,
    partition_no SMALLINT UNSIGNED NOT NULL,
    incarnation_id INT UNSIGNED NOT NULL,
    from_offset BIGINT NOT NULL,
    next_offset BIGINT NOT NULL,
    PRIMARY KEY (generation, partition_no)
  ) ${OPTIONS}`,

  // Records before next_offset are folded into state (JSON). token names the announcement in the log; ready_offset is
  // its place, at which the feed stands still. outcome: swapped | off | held.
  `CREATE TABLE replay_feeds (
    generation INT UNSIGNED NOT NULL,
    feed_id INT UNSIGNED NOT NULL,
    partition_no SMALLINT UNSIGNED NOT NULL,
    next_offset BIGINT NOT NULL,
    state MEDIUMTEXT ${TEXT} NOT NULL,
    token VARCHAR(64) ${ID} NULL,
    ready_offset BIGINT NULL,
    outcome VARCHAR(16) ${ID} NULL,
    note VARCHAR(1024) ${TEXT} NULL,
    changed_rows BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (generation, feed_id)
  ) ${OPTIONS}`,

  // body: JSON of what the feed has said of the product.
  `CREATE TABLE replay_products (
    generation INT UNSIGNED NOT NULL,
    feed_id INT UNSIGNED NOT NULL,
    product_id BIGINT NOT NULL,
    removed TINYINT NOT NULL,
    body MEDIUMTEXT ${TEXT} NOT NULL,
    PRIMARY KEY (generation, feed_id, product_id)
  ) ${OPTIONS}`,
];
