import type { SyncLog } from '../ports/sync-log.js';
import type { Database } from './database.js';
import { SyncLogEntity } from './entities/sync-log.js';
import { databaseError } from './errors.js';
import { cut } from './text.js';

const DIED = 'the run ended without a word: it was killed, or its machine stopped';

export function createSyncLog(db: Database): SyncLog {
  const rows = () => db.dataSource.getRepository(SyncLogEntity);
  return {
    async closeDead(source, runId, account) {
      const mine = account === undefined ? '' : ' AND (account = ? OR account IS NULL)';
      return db.execute(
        `UPDATE sync_logs SET status = 'failed', error = ?, finished_at = NOW(3)
          WHERE source = ? AND status = 'running' AND run_id <> ?${mine}`,
        [DIED, source, runId, ...(account === undefined ? [] : [account])],
      );
    },

    async begin(runId, source, account) {
      return attempt('entering a run', async () => {
        const insert = rows().createQueryBuilder().insert().updateEntity(false);
        const result = await insert.values({ runId, source, account, status: 'running' }).execute();
        return String((result.raw as { insertId: number | string }).insertId);
      });
    },

    async progress(id, records) {
      await attempt('noting a run', () =>
        rows().update({ id, status: 'running' }, { recordsProcessed: String(records) }),
      );
    },

    async finish(id, outcome) {
      await attempt('closing a run', () =>
        rows().update(
          { id },
          {
            status: outcome.status,
            recordsProcessed: String(outcome.records),
            changedRows: String(outcome.changed),
            absentRows: String(outcome.absent),
            errorCode: short(outcome.errorCode, 32),
            error: short(outcome.error, 1024),
            requestId: short(outcome.requestId, 190),
            finishedAt: () => 'NOW(3)',
          },
        ),
      );
    },
  };
}

function short(text: string | undefined, length: number): string | null {
  return text === undefined ? null : cut(text, length);
}

async function attempt<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw databaseError(error, doing);
  }
}
