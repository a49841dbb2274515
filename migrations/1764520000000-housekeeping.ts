import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is old is found by its time. Programs of older versions can go on working on this table. */
export class Housekeeping1764520000000 implements MigrationInterface {
  readonly name = 'Housekeeping1764520000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE outbox ADD KEY outbox_created (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE outbox DROP KEY outbox_created');
  }
}
