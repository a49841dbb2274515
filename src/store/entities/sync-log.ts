import { EntitySchema } from 'typeorm';

/** A row of `sync_logs`. BIGINT columns arrive as strings. */
export interface SyncLogRow {
  id: string;
  runId: string;
  source: string;
  account: string | null;
  status: string;
  recordsProcessed: string;
  changedRows: string;
  absentRows: string;
  errorCode: string | null;
  error: string | null;
  requestId: string | null;
  startedAt: Date;
  finishedAt: Date | null;
}

// No column declares its default here: TypeORM would read each new row back to learn it.
export const SyncLogEntity = new EntitySchema<SyncLogRow>({
  name: 'SyncLog',
  tableName: 'sync_logs',
  columns: {
    id: { type: 'bigint', unsigned: true, primary: true, generated: 'increment' },
    runId: { name: 'run_id', type: 'varchar', length: 64 },
    source: { type: 'varchar', length: 16 },
    account: { type: 'varchar', length: 64, nullable: true },
    status: { type: 'varchar', length: 16 },
    recordsProcessed: { name: 'records_processed', type: 'bigint' },
    changedRows: { name: 'changed_rows', type: 'bigint' },
    absentRows: { name: 'absent_rows', type: 'bigint' },
    errorCode: { name: 'error_code', type: 'varchar', length: 32, nullable: true },
    error: { type: 'varchar', length: 1024, nullable: true },
    requestId: { name: 'request_id', type: 'varchar', length: 190, nullable: true },
    startedAt: { name: 'started_at', type: 'timestamp', precision: 3 },
    finishedAt: { name: 'finished_at', type: 'timestamp', precision: 3, nullable: true },
  },
});
