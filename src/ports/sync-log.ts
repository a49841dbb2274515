import type { Source } from '../domain/stock-key.js';

/** How a run over one source ended. `partial`: some of its feeds did, some did not. */
export type RunStatus = 'success' | 'partial' | 'failed' | 'held';

export interface RunOutcome {
  readonly status: RunStatus;
  /** Rows read from the marketplace. */
  readonly records: number;
  /** Rows that changed because of this run, and of these the ones that closed. */
  readonly changed: number;
  readonly absent: number;
  readonly errorCode?: string | undefined;
  readonly error?: string | undefined;
  /** What the marketplace calls the request that failed. */
  readonly requestId?: string | undefined;
}

/** The table `sync_logs`: one row per source and run. Texts longer than their column are cut. */
export interface SyncLog {
  /**
   * Marks rows of earlier runs that still say `running` as failed, and answers how many. The caller holds the
   * leases of the source's feeds, so those runs are dead. With `account`, rows of other accounts are left alone.
   */
  closeDead(source: Source, runId: string, account?: string): Promise<number>;
  /** Enters the run, `running`; answers the row's id. The account may be unknown where the key is refused. */
  begin(runId: string, source: Source, account: string | null): Promise<string>;
  /** Rows read so far. */
  progress(id: string, records: number): Promise<void>;
  finish(id: string, outcome: RunOutcome): Promise<void>;
}
