import { AppError } from '../errors.js';
import type { Row, Sql } from './database.js';
import type { PlannedMigration } from './migration-plan.js';
import type { RecordedSteps } from './migration-steps.js';

/** The names of all tables and views in the current database. */
export interface Inventory {
  readonly names: readonly string[];
  has(name: string): boolean;
}

export async function takeInventory(sql: Pick<Sql, 'query'>): Promise<Inventory> {
  const rows = await sql.query<Row>(
    'SELECT table_name AS name, @@lower_case_table_names AS folding FROM information_schema.tables WHERE table_schema = DATABASE()',
  );
  return inventoryOf(
    rows.map((row) => String(row.name)),
    rows.some((row) => Number(row.folding) !== 0),
  );
}

/** @param foldsCase the server takes `Alerts` and `alerts` for one table (lower_case_table_names 1 or 2) */
export function inventoryOf(names: readonly string[], foldsCase = false): Inventory {
  const fold = (name: string) => (foldsCase ? name.toLowerCase() : name);
  const known = new Set(names.map(fold));
  return { names, has: (name) => known.has(fold(name)) };
}

/** How far the database is (see migration-standing). */
interface ForeignTo {
  readonly recorded: RecordedSteps;
  readonly executed: ReadonlySet<string>;
  readonly inventory: Inventory;
}

/**
 * Names that a pending migration will need and that are taken by something no migration of ours made. What an
 * interrupted run has made is ours: its step is recorded. So is what an earlier migration made and a later one
 * replaces.
 */
export function foreignObjects(
  plan: readonly PlannedMigration[],
  { recorded, executed, inventory }: ForeignTo,
): readonly string[] {
  const ours = new Set<string>();
  const foreign = new Set<string>();
  for (const { name, steps } of plan) {
    for (const { step, creates } of steps) {
      if (creates === null) continue;
      if (executed.has(name) || recorded.get(name)?.has(step)) ours.add(creates.name);
      else if (inventory.has(creates.name) && !ours.has(creates.name)) foreign.add(creates.name);
    }
  }
  return [...foreign];
}

export function refusal(database: string, foreign: readonly string[]): AppError {
  return new AppError(
    'DB_UNFIT',
    `the database ${database} has tables or views under names that are needed here: ${foreign.join(', ')}`,
    {
      remedy:
        'run `inventory-sync migrate --adopt`, which renames them aside and loses nothing, or set DB_NAME to another database',
      facts: { foreign: foreign.join(',') },
    },
  );
}

export interface Renaming {
  readonly from: string;
  readonly to: string;
}

const SUFFIX = '_before_inventory_sync';
/** MySQL's limit for the name of a table. */
const LONGEST_NAME = 64;

/** New names for foreign objects, none of them taken. */
export function renamings(foreign: readonly string[], inventory: Inventory): readonly Renaming[] {
  const taken = new Set<string>();
  return foreign.map((from) => {
    for (let number = 1; ; number += 1) {
      const suffix = number === 1 ? SUFFIX : `${SUFFIX}_${number}`;
      const to = `${from.slice(0, LONGEST_NAME - suffix.length)}${suffix}`;
      if (inventory.has(to) || taken.has(to)) continue;
      taken.add(to);
      return { from, to };
    }
  });
}

/** One statement for all of them: the server renames all or none. RENAME TABLE renames views too. */
export function renameStatement(list: readonly Renaming[]): string {
  return `RENAME TABLE ${list.map(({ from, to }) => `\`${from}\` TO \`${to}\``).join(', ')}`;
}
