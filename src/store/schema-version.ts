import { AppError } from '../errors.js';
import type { Row, Sql } from './database.js';
import { takeInventory } from './foreign-objects.js';
import { migrationPlan, ownedObjects } from './migration-plan.js';
import { MIGRATIONS_TABLE } from './migrations.js';

const REMEDY = 'run `inventory-sync migrate`';

/**
 * For the start of a program: are the tables as new as it needs them? Tables newer than the program are none of
 * its business, so that workers of two versions may run side by side.
 *
 * @throws DB_UNFIT where tables or migrations are missing
 */
export async function schemaVersionCheck(sql: Pick<Sql, 'query'>): Promise<void> {
  const inventory = await takeInventory(sql);
  if (!inventory.has(MIGRATIONS_TABLE)) {
    throw new AppError('DB_UNFIT', 'the database has no tables of inventory-sync', { remedy: REMEDY });
  }
  const plan = await migrationPlan();
  const executed = new Set(
    (await sql.query<Row>(`SELECT name FROM ${MIGRATIONS_TABLE}`)).map((row) => row.name),
  );
  const pending = plan.filter(({ name }) => !executed.has(name)).map(({ name }) => name);
  if (pending.length > 0) {
    throw new AppError('DB_UNFIT', `the database lacks ${pending.join(', ')}`, { remedy: REMEDY });
  }
  const missing = ownedObjects(plan).filter(({ name }) => !inventory.has(name));
  if (missing.length > 0) {
    throw new AppError('DB_UNFIT', `the database lacks ${missing.map(({ name }) => name).join(', ')}`, {
      remedy: REMEDY,
    });
  }
}
