import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Alerts go out over several channels, each with a state of its own; what is needed to hold alerts of a source that
 * is down back, and to tell of open ones again. What is there already was for mail. Programs of version 0.1.0 can go
 * on working on these tables.
 */
export class Deliveries1764200000000 implements MigrationInterface {
  readonly name = 'Deliveries1764200000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  /** Only what was for mail stays: the older key holds an alert once. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS notices');
    await runner.query("DELETE FROM alert_deliveries WHERE channel <> 'mail' OR kind <> 'news'");
    await runner.query("DELETE FROM digests WHERE channel <> 'mail'");
    await runner.query(
      `ALTER TABLE digests DROP KEY digests_channel, DROP COLUMN channel, DROP COLUMN unclear,
         DROP COLUMN aside_since, DROP COLUMN refused`,
    );
    await runner.query(
      `ALTER TABLE alert_deliveries DROP PRIMARY KEY, ADD PRIMARY KEY (alert_id), DROP KEY alert_deliveries_channel,
         DROP KEY alert_deliveries_fingerprint, DROP COLUMN channel, DROP COLUMN kind, DROP COLUMN fingerprint,
         DROP COLUMN source, DROP COLUMN account, DROP COLUMN of_product`,
    );
  }
}

const ID = 'CHARACTER SET ascii COLLATE ascii_bin';
const TEXT = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

const STATEMENTS = [
  // kind: news | repeat (of an alert that is still open). fingerprint and what follows it are the alert's own, NULL
  // in rows of older versions.
  `ALTER TABLE alert_deliveries
    ADD COLUMN channel VARCHAR(16) ${ID} NOT NULL DEFAULT 'mail',
    ADD COLUMN kind VARCHAR(8) ${ID} NOT NULL DEFAULT 'news',
    ADD COLUMN fingerprint VARCHAR(255) ${TEXT} NULL,
    ADD COLUMN source VARCHAR(16) ${ID} NULL,
    ADD COLUMN account VARCHAR(64) ${ID} NULL,
    ADD COLUMN of_product TINYINT NOT NULL DEFAULT 0,
    DROP PRIMARY KEY,
    ADD PRIMARY KEY (channel, alert_id),
    ADD KEY alert_deliveries_channel (channel, status, created_at),
    ADD KEY alert_deliveries_fingerprint (fingerprint, channel)`,

  // unclear: the server may have taken it, its answer never came; such a digest never changes. aside_since: since when
  // it lets others by, for what keeps failing is this digest, as far as can be told. refused: whom of several
  // recipients the server refused when it took the mail for the others, JSON.
  `ALTER TABLE digests
    ADD COLUMN channel VARCHAR(16) ${ID} NOT NULL DEFAULT 'mail',
    ADD COLUMN unclear TINYINT NOT NULL DEFAULT 0,
    ADD COLUMN aside_since TIMESTAMP(3) NULL DEFAULT NULL,
    ADD COLUMN refused TEXT ${TEXT} NULL,
    ADD KEY digests_channel (channel, status, sent_at)`,

  // What is said now and then, whichever process says it.
  `CREATE TABLE notices (
    name VARCHAR(64) ${ID} NOT NULL PRIMARY KEY,
    said_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
];
