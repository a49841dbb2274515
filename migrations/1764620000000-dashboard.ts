import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the dashboard lists without a scan: the changes of one product, failed reads over time, alerts by state from
 * the newest on. Programs of older versions can go on working on these tables.
 */
export class Dashboard1764620000000 implements MigrationInterface {
  readonly name = 'Dashboard1764620000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE alerts DROP KEY alerts_newest, DROP KEY alerts_resolved');
    await runner.query('ALTER TABLE snapshots DROP KEY snapshots_times');
    await runner.query('ALTER TABLE ledger DROP KEY ledger_product');
  }
}

const STATEMENTS = [
  // No unique one: what the projector writes has none beside its primary key.
  'ALTER TABLE ledger ADD KEY ledger_product (feed_id, product_id, observed_at)',
  'ALTER TABLE snapshots ADD KEY snapshots_times (feed_id, started_at)',
  `ALTER TABLE alerts
    ADD KEY alerts_newest (state, severity, raised_at),
    ADD KEY alerts_resolved (state, resolved_at)`,
];
