import type { Row, Sql } from './database.js';
import { type Inventory, takeInventory } from './foreign-objects.js';
import { type RecordedSteps, readSteps } from './migration-steps.js';
import { MIGRATIONS_TABLE, STEPS_TABLE } from './migrations.js';

/** How far a database is. */
export interface Standing {
  readonly inventory: Inventory;
  readonly recorded: RecordedSteps;
  /** Names of the migrations that have run to their end. */
  readonly executed: ReadonlySet<string>;
}

export async function readStanding(sql: Pick<Sql, 'query'>): Promise<Standing> {
  const inventory = await takeInventory(sql);
  const rows = inventory.has(MIGRATIONS_TABLE)
    ? await sql.query<Row>(`SELECT name FROM ${MIGRATIONS_TABLE}`)
    : [];
  return {
    inventory,
    recorded: inventory.has(STEPS_TABLE) ? await readSteps(sql) : new Map(),
    executed: new Set(rows.map((row) => String(row.name))),
  };
}
