import { messageOf } from '../../errors.js';
import type { Logger } from '../../ports/logger.js';
import type { SyncLog } from '../../ports/sync-log.js';
import type { Locale } from '../words.js';
import type { SourceOutcome } from './outcome.js';
import { sentenceOf } from './problem.js';

/**
 * Ends a run's row in `sync_logs`. A row that cannot be closed is closed by the next run; the stock is in its place
 * whatever the row says.
 */
export async function closeRow(
  syncLog: SyncLog,
  logId: string,
  { source, status, rows, changes, problem }: SourceOutcome,
  { locale, logger }: { readonly locale: Locale; readonly logger: Logger },
): Promise<void> {
  const { created = 0, updated = 0, closed = 0 } = changes ?? {};
  try {
    await syncLog.finish(logId, {
      status,
      records: rows,
      changed: created + updated + closed,
      absent: closed,
      errorCode: problem?.code,
      error: problem === null ? undefined : sentenceOf(problem, locale),
      requestId: problem?.requestId ?? undefined,
    });
  } catch (error) {
    logger.warn({ source }, `the run could not be closed in sync_logs: ${messageOf(error)}`);
  }
}
