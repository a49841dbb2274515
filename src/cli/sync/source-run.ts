import { randomUUID } from 'node:crypto';
import type { LoadedConfig } from '../../../config/load.js';
import { type Feed, formatFeed } from '../../domain/feed.js';
import type { Source } from '../../domain/stock-key.js';
import { messageOf } from '../../errors.js';
import type { FeedRegistry } from '../../ports/feed-registry.js';
import type { Logger } from '../../ports/logger.js';
import type { RateLimiter } from '../../ports/rate-limiter.js';
import type { RawLog } from '../../ports/raw-log.js';
import type { SnapshotOutcome } from '../../ports/snapshot-status.js';
import type { SyncLog } from '../../ports/sync-log.js';
import { poll } from '../../producers/poll.js';
import type { SnapshotReceipt } from '../../producers/take-snapshot.js';
import type { AppliedWait } from './applied-wait.js';
import { type OpenSource, openSource } from './open-source.js';
import { type FeedResult, failedSource, outcomeOf, type Patience, type SourceOutcome } from './outcome.js';
import { TrackedLog } from './tracked-log.js';

/** Renewed three times as often; a run that was killed keeps the next one out for no longer than this. */
const LEASE_SECONDS = 60;
/** Seldom enough for a person to read, and for `sync_logs` to be written. */
const TELL_MS = 1_000;
const LONG_TURN_MS = 2_000;

export interface SourceRunDeps {
  readonly loaded: LoadedConfig;
  readonly logger: Logger;
  readonly runId: string;
  readonly syncLog: SyncLog;
  readonly registry: FeedRegistry;
  readonly raw: RawLog;
  readonly limiter: RateLimiter;
  /** Partitions of raw-snapshots.v1. */
  readonly partitions: number;
  readonly acceptAbsences: boolean;
  /** Null where the run leaves as soon as everything is in Kafka. */
  readonly wait: AppliedWait | null;
  readonly signal: AbortSignal;
  readonly tell: Teller;
}

/** Where a run says how it is getting on. */
export interface Teller {
  page(source: Source, page: number, rows: number): void;
  /** A request waits for its turn. */
  turn?(source: Source, ms: number): void;
  read(source: Source, rows: number): void;
  applied(source: Source): void;
  warning(source: Source, text: string): void;
}

/** One source from its first request to the end of its row in `sync_logs`. Never throws. */
export async function runSource(source: Source, deps: SourceRunDeps): Promise<SourceOutcome> {
  const patience = { startedAt: Date.now(), waitMs: deps.loaded.config.sync.wait * 1000 };
  let opened: OpenSource | undefined;
  let problem: unknown;
  try {
    const limiter = tellingTurns(deps.limiter, (ms) => deps.tell.turn?.(source, ms));
    opened = openSource(deps.loaded, source, { limiter, logger: deps.logger });
  } catch (error) {
    problem = error;
  }
  try {
    const logId = await deps.syncLog.begin(deps.runId, source, opened?.account ?? null);
    const outcome =
      opened === undefined
        ? failedSource(source, problem, patience, Date.now())
        : await new SourceRun(source, opened, logId, patience, deps).run();
    await closeRow(deps, logId, outcome);
    return outcome;
  } catch (error) {
    return failedSource(source, error, patience, Date.now(), opened?.account ?? null);
  } finally {
    opened?.close();
  }
}

/** Says so where a request will wait long enough for a person to wonder. */
function tellingTurns(limiter: RateLimiter, tell: (ms: number) => void): RateLimiter {
  return {
    holdOff: (bucket, notBefore) => limiter.holdOff(bucket, notBefore),
    take: async (bucket) => {
      const ms = await limiter.take(bucket);
      if (ms >= LONG_TURN_MS) tell(ms);
      return ms;
    },
  };
}

class SourceRun {
  readonly #rows = new Map<string, number>();
  readonly #log: TrackedLog;
  #toldAt = 0;

  constructor(
    private readonly source: Source,
    private readonly opened: OpenSource,
    private readonly logId: string,
    private readonly patience: Patience,
    private readonly deps: SourceRunDeps,
  ) {
    this.#log = new TrackedLog(deps.raw);
  }

  async run(): Promise<SourceOutcome> {
    for (const warning of this.opened.warnings) this.deps.tell.warning(this.source, warning);
    const { receipts, failures } = await this.#poll();
    if (receipts.length > 0) this.deps.tell.read(this.source, this.#rowsRead());
    const waited = await this.#wait();
    if (waited.error === undefined && receipts.length > 0 && this.deps.wait !== null)
      this.deps.tell.applied(this.source);
    const results: FeedResult[] = [
      ...receipts.map((receipt) => readResult(receipt, waited)),
      ...failures.map(({ feed, error }) => ({ feed, error, rows: this.#rows.get(formatFeed(feed)) ?? 0 })),
    ];
    const { source, patience } = this;
    const ended = [...(waited.found?.values() ?? [])];
    return outcomeOf({ source, account: this.opened.account, results, ended, patience, now: Date.now() });
  }

  #poll() {
    const { deps } = this;
    const { sync } = deps.loaded.config;
    // What fails is told at the end of the run, once and with its remedy.
    const logger: Logger = { ...deps.logger, warn: deps.logger.info };
    return poll(this.opened.readers, {
      registry: this.#closingDeadRuns(),
      owner: deps.runId,
      leaseSeconds: LEASE_SECONDS,
      partitions: deps.partitions,
      logger,
      snapshot: {
        log: this.#log,
        prefix: deps.loaded.config.kafka.topicPrefix,
        batchSize: sync.batchSize,
        limits: { absenceLimit: sync.absenceLimit, absenceMin: sync.absenceMin },
        acceptAbsences: deps.acceptAbsences,
        now: () => new Date(),
        newId: randomUUID,
        onProgress: ({ feed, page, rows }) => this.#progress(feed, page, rows),
        signal: deps.signal,
        logger: deps.logger,
      },
    });
  }

  /** Who holds the lease of a source's first feed knows that earlier runs which still say `running` are dead. */
  #closingDeadRuns(): FeedRegistry {
    const { registry, syncLog, runId } = this.deps;
    let closed = false;
    return {
      register: (feed, partitions) => registry.register(feed, partitions),
      release: (feedId, owner) => registry.release(feedId, owner),
      lease: async (feedId, owner, seconds) => {
        const held = await registry.lease(feedId, owner, seconds);
        if (held && !closed) {
          closed = true;
          await syncLog.closeDead(this.source, runId, this.opened.account);
        }
        return held;
      },
    };
  }

  #progress(feed: Feed, page: number, rows: number): void {
    this.#rows.set(formatFeed(feed), rows);
    const now = Date.now();
    if (now - this.#toldAt < TELL_MS) return;
    this.#toldAt = now;
    this.deps.tell.page(this.source, page, rows);
    this.deps.syncLog.progress(this.logId, this.#rowsRead()).catch((error: unknown) => {
      this.deps.logger.info({}, `the run's progress could not be noted: ${messageOf(error)}`);
    });
  }

  #rowsRead(): number {
    return [...this.#rows.values()].reduce((sum, rows) => sum + rows, 0);
  }

  /** Failed reads are waited for too: the rows that they did bring are applied like any others. */
  async #wait(): Promise<Waited> {
    const ended = this.#log.ended();
    if (this.deps.wait === null || ended.length === 0) return { found: null };
    try {
      return { found: await this.deps.wait.until(ended, this.deps.signal) };
    } catch (error) {
      return { found: null, error };
    }
  }
}

interface Waited {
  readonly found: ReadonlyMap<string, SnapshotOutcome> | null;
  readonly error?: unknown;
}

function readResult({ feed, snapshotId, rows }: SnapshotReceipt, { found, error }: Waited): FeedResult {
  return error === undefined
    ? { feed, snapshotId, rows, outcome: found?.get(snapshotId) ?? null }
    : { feed, snapshotId, rows, error };
}

/** A row that cannot be closed is closed by the next run; the stock is in its place whatever the row says. */
async function closeRow(
  { syncLog, logger }: SourceRunDeps,
  logId: string,
  outcome: SourceOutcome,
): Promise<void> {
  const { status, rows, changes, problem } = outcome;
  const { created = 0, updated = 0, closed = 0 } = changes ?? {};
  try {
    await syncLog.finish(logId, {
      status,
      records: rows,
      changed: created + updated + closed,
      absent: closed,
      errorCode: problem?.code,
      error: problem?.message,
      requestId: problem?.requestId ?? undefined,
    });
  } catch (error) {
    logger.warn({ source: outcome.source }, `the run could not be closed in sync_logs: ${messageOf(error)}`);
  }
}
