import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppError, isAppError } from '../errors.js';
import { type Row, type Sql, SqlTransaction } from './database.js';
import { commitsByItself, type PlannedStep, plannedStep, readsOnly, withQuery } from './migration-plan.js';
import { STEPS_TABLE } from './migrations.js';

/**
 * MySQL commits every DDL statement by itself, so a migration that dies in the middle stays half-applied. Hence a
 * note is kept of each statement: `started` before it, `done` after it. The next run skips what is done and sends
 * once more the one of which nobody knows; the server's "is already there" then means that it had been done (MySQL
 * 8 and MariaDB 10.6 on apply one DDL statement wholly or not at all). Statements that change rows share a
 * transaction with their note.
 */
export type StepState = 'started' | 'done';

export interface RecordedStep {
  readonly digest: string;
  readonly state: StepState;
}

/** By migration, then by number of the step. */
export type RecordedSteps = ReadonlyMap<string, ReadonlyMap<number, RecordedStep>>;

export async function readSteps(sql: Pick<Sql, 'query'>): Promise<RecordedSteps> {
  const steps = new Map<string, Map<number, RecordedStep>>();
  for (const row of await sql.query<Row>(`SELECT migration, step, digest, state FROM ${STEPS_TABLE}`)) {
    const migration = String(row.migration);
    const known = steps.get(migration) ?? new Map<number, RecordedStep>();
    known.set(Number(row.step), {
      digest: String(row.digest),
      state: row.state === 'done' ? 'done' : 'started',
    });
    steps.set(migration, known);
  }
  return steps;
}

export interface SteppingOptions {
  /** What was noted of this migration before. */
  readonly recorded: ReadonlyMap<number, RecordedStep>;
  /** Asked before a step that is recorded as done is skipped: is what it made still there? */
  readonly exists: (name: string) => boolean;
  /** Called before each statement that is sent. */
  readonly onStep: (step: PlannedStep) => void;
}

/** The migration, its statements noted as they go. */
export function stepping(
  name: string,
  migration: MigrationInterface,
  { recorded, exists, onStep }: SteppingOptions,
): MigrationInterface {
  return {
    name,
    async up(runner: QueryRunner): Promise<void> {
      let count = 0;
      const query = async (sql: string, parameters?: readonly unknown[]): Promise<unknown> => {
        if (readsOnly(sql)) return runner.query(sql, parameters === undefined ? undefined : [...parameters]);
        count += 1;
        const step = plannedStep(count, sql, parameters);
        const known = recorded.get(count);
        if (known !== undefined && known.digest !== step.digest) throw changedSince(name, count);
        if (known?.state === 'done' && (step.creates === null || exists(step.creates.name))) return [];
        onStep(step);
        return runStep(new SqlTransaction(runner), name, step, known !== undefined);
      };
      await migration.up(withQuery(runner, query));
    },
    down: (runner) => migration.down(runner),
  };
}

async function runStep(sql: Sql, migration: string, step: PlannedStep, tried: boolean): Promise<unknown> {
  if (!commitsByItself(step.sql)) return inOneTransaction(sql, migration, step);
  await note(sql, migration, step, 'started');
  try {
    await sql.query(step.sql);
  } catch (error) {
    if (!tried || !isAlreadyDone(error)) throw error;
  }
  await note(sql, migration, step, 'done');
  return [];
}

async function inOneTransaction(sql: Sql, migration: string, step: PlannedStep): Promise<unknown> {
  await sql.query('START TRANSACTION');
  try {
    await note(sql, migration, step, 'done');
    const result = await sql.query(step.sql);
    await sql.query('COMMIT');
    return result;
  } catch (error) {
    await sql.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function note(sql: Sql, migration: string, step: PlannedStep, state: StepState): Promise<void> {
  await sql.execute(
    `INSERT INTO ${STEPS_TABLE} (migration, step, digest, state) VALUES (?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE state = VALUES(state)`,
    [migration, step.step, step.digest, state],
  );
}

/** Table, column, key or partition is there already, or already gone. */
const ALREADY_DONE = new Set([1050, 1051, 1060, 1061, 1091, 1826]);

function isAlreadyDone(error: unknown): boolean {
  return isAppError(error) && ALREADY_DONE.has(Number(error.facts.errno));
}

function changedSince(migration: string, step: number): AppError {
  return new AppError(
    'DB_UNFIT',
    `the migration ${migration} was interrupted, and its statement ${step} is another one now`,
    {
      remedy:
        'run `inventory-sync migrate` of the version that began it, then this one; or begin with an empty database',
    },
  );
}
