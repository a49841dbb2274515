import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What operators have decided about dead letters, which themselves lie in their topic. Programs of older versions can
 * go on working on these tables.
 */
export class DeadLetterFates1764500000000 implements MigrationInterface {
  readonly name = 'DeadLetterFates1764500000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS dead_letter_fates');
  }
}

const ID = 'CHARACTER SET ascii COLLATE ascii_bin';

const STATEMENTS = [
  // letter: SHA-256 of the letter's ce_id in hex. place: where a redriven record was appended, topic/partition/offset.
  `CREATE TABLE dead_letter_fates (
    letter CHAR(64) ${ID} NOT NULL PRIMARY KEY,
    fate VARCHAR(16) ${ID} NOT NULL,
    place VARCHAR(300) ${ID} NULL,
    decided_by VARCHAR(190) NOT NULL,
    decided_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    KEY dead_letter_fates_decided (decided_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
];
