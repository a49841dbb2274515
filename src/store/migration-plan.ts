import { createHash } from 'node:crypto';
import { format } from 'mysql2';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError } from '../errors.js';
import { MIGRATIONS } from './migrations.js';

/** One statement of a migration that changes something. */
export interface PlannedStep {
  /** From 1, within its migration. */
  readonly step: number;
  readonly sql: string;
  readonly digest: string;
  /** The table or view that the statement makes, or null. */
  readonly creates: CreatedObject | null;
}

export interface CreatedObject {
  readonly kind: 'TABLE' | 'VIEW';
  readonly name: string;
}

export interface PlannedMigration {
  readonly name: string;
  readonly steps: readonly PlannedStep[];
}

/** What each migration would say to an empty database, oldest migration first. */
export async function migrationPlan(): Promise<readonly PlannedMigration[]> {
  const plan: PlannedMigration[] = [];
  for (const Migration of MIGRATIONS) {
    const migration = new Migration();
    plan.push({ name: migration.name, steps: await stepsOf(migration) });
  }
  return plan;
}

/** Every table and view that is ours once all migrations have run. */
export function ownedObjects(plan: readonly PlannedMigration[]): readonly CreatedObject[] {
  const owned = new Map<string, CreatedObject>();
  for (const { sql, creates } of plan.flatMap((migration) => migration.steps)) {
    if (creates !== null) owned.set(creates.name, creates);
    const dropped = DROPS.exec(sql)?.[1];
    if (dropped !== undefined) owned.delete(dropped);
  }
  return [...owned.values()];
}

export async function stepsOf(migration: MigrationInterface): Promise<PlannedStep[]> {
  const steps: PlannedStep[] = [];
  const listen = async (sql: string, parameters?: readonly unknown[]): Promise<unknown> => {
    if (!readsOnly(sql)) steps.push(plannedStep(steps.length + 1, sql, parameters));
    return [];
  };
  await migration.up(withQuery(refusingRunner(), listen));
  return steps;
}

export function plannedStep(step: number, sql: string, parameters: readonly unknown[] = []): PlannedStep {
  const text =
    parameters.length === 0
      ? sql.trim()
      : format(sql, parameters as Parameters<typeof format>[1], false, 'Z').trim();
  const digest = createHash('sha256').update(text.replace(/\s+/g, ' ')).digest('hex').slice(0, 16);
  return { step, sql: text, digest, creates: createdObject(text) };
}

const CREATES =
  /^CREATE\s+(?:OR\s+REPLACE\s+)?(?:ALGORITHM\s*=\s*\w+\s+)?(?:DEFINER\s*=\s*\S+\s+)?(?:SQL\s+SECURITY\s+\w+\s+)?(TABLE|VIEW)\s+(?:IF\s+NOT\s+EXISTS\s+)?`?(\w+)`?/i;
const DROPS = /^DROP\s+(?:TABLE|VIEW)\s+(?:IF\s+EXISTS\s+)?`?(\w+)`?\s*$/i;

export function createdObject(sql: string): CreatedObject | null {
  const [, kind, name] = CREATES.exec(sql.trim()) ?? [];
  if (kind === undefined || name === undefined) return null;
  return { kind: kind.toUpperCase() === 'VIEW' ? 'VIEW' : 'TABLE', name };
}

/** Such a statement changes nothing: it may run again, and is no step. */
export function readsOnly(sql: string): boolean {
  return /^\s*(SELECT|SHOW|EXPLAIN|DESCRIBE)\b/i.test(sql);
}

/** MySQL commits before and after such a statement, so that no transaction can hold it. */
export function commitsByItself(sql: string): boolean {
  return /^\s*(CREATE|ALTER|DROP|RENAME|TRUNCATE|ANALYZE|OPTIMIZE)\b/i.test(sql);
}

export type Query = (sql: string, parameters?: readonly unknown[]) => Promise<unknown>;

/** The same runner, but for its `query`. */
export function withQuery(runner: QueryRunner, query: Query): QueryRunner {
  return new Proxy(runner, {
    get: (target, key) => (key === 'query' ? query : (Reflect.get(target, key) as unknown)),
  });
}

/** Stands in where there is no database: a migration of ours speaks plain SQL, so that a DBA can be shown all of it. */
function refusingRunner(): QueryRunner {
  return new Proxy({} as QueryRunner, {
    get: (_, key) => {
      throw new AppError(
        'INVARIANT',
        `a migration may use nothing of the query runner but query(), not ${String(key)}`,
      );
    },
  });
}
