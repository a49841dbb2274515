import type { MigrationInterface } from 'typeorm';
import { InitialSchema1763856000000 } from '../../migrations/1763856000000-initial-schema.js';
import { Catalogues1764028800000 } from '../../migrations/1764028800000-catalogues.js';
import { Deliveries1764200000000 } from '../../migrations/1764200000000-deliveries.js';
import { ProductHistory1764300000000 } from '../../migrations/1764300000000-product-history.js';
import { DeadLetterFates1764500000000 } from '../../migrations/1764500000000-dead-letter-fates.js';
import { Replays1764510000000 } from '../../migrations/1764510000000-replays.js';
import { Housekeeping1764520000000 } from '../../migrations/1764520000000-housekeeping.js';
import { DeliveryTraces1764600000000 } from '../../migrations/1764600000000-delivery-traces.js';
import { Dashboard1764620000000 } from '../../migrations/1764620000000-dashboard.js';

type MigrationClass = new () => MigrationInterface & { readonly name: string };

/** Every migration there is, oldest first. Append here what is added to `migrations/`. */
export const MIGRATIONS: readonly MigrationClass[] = [
  InitialSchema1763856000000,
  Catalogues1764028800000,
  Deliveries1764200000000,
  ProductHistory1764300000000,
  DeadLetterFates1764500000000,
  Replays1764510000000,
  Housekeeping1764520000000,
  DeliveryTraces1764600000000,
  Dashboard1764620000000,
];

/** TypeORM's list of what has run. */
export const MIGRATIONS_TABLE = 'inventory_sync_migrations';
/** Ours: how far a migration has come that is under way (see migration-steps). */
export const STEPS_TABLE = 'inventory_sync_migration_steps';

/** As TypeORM would make it; spelt out so that the plain SQL for a DBA is the same. */
export const BOOKKEEPING = [
  `CREATE TABLE IF NOT EXISTS ${MIGRATIONS_TABLE} (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    timestamp BIGINT NOT NULL,
    name VARCHAR(255) NOT NULL
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
  `CREATE TABLE IF NOT EXISTS ${STEPS_TABLE} (
    migration VARCHAR(190) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    step INT UNSIGNED NOT NULL,
    digest CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    state VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    PRIMARY KEY (migration, step)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
] as const;

/** TypeORM reads a migration's time from the last 13 characters of its name. */
export function timestampOf(migration: string): number {
  return Number(migration.slice(-13));
}
