import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What an alert follows from, so that the mail about it is found in the same trace. Empty while tracing is off.
 * Programs of earlier versions can go on working on these tables.
 */
export class DeliveryTraces1764600000000 implements MigrationInterface {
  readonly name = 'DeliveryTraces1764600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE alert_deliveries ADD COLUMN traceparent VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE alert_deliveries DROP COLUMN traceparent');
  }
}
