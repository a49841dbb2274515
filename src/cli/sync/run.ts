import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Source } from '../../domain/stock-key.js';
import { TOPICS, topicOf } from '../../events/topics.js';
import type { Installation } from '../../main.js';
import type { SyncLog } from '../../ports/sync-log.js';
import { createFeedRegistry } from '../../store/feed-registry.js';
import { createProductDirectory } from '../../store/product-directory.js';
import { createSnapshotStatusReader } from '../../store/snapshot-status.js';
import { createSyncLog } from '../../store/sync-log.js';
import { AppliedWait } from './applied-wait.js';
import { InProcessWorkers } from './in-process.js';
import { openSource, requireSource } from './open-source.js';
import { failedSource, type SourceOutcome } from './outcome.js';
import { type Patience, sentenceOf } from './problem.js';
import { Refusals } from './refusals.js';
import { runSource, type SourceRunDeps } from './source-run.js';
import type { Teller } from './teller.js';

/** Nothing at all going on for less than this says nothing yet: a group may be settling. */
const LEAST_PATIENCE_MS = 60_000;

export interface SyncRequest {
  readonly sources: readonly Source[];
  /** Read everything whole, and compare with the tables themselves. */
  readonly fullResync?: boolean | undefined;
  readonly acceptAbsences: boolean;
  /** False: leave as soon as everything read is in Kafka. */
  readonly wait: boolean;
}

export type SyncTeller = Teller;

export interface SyncResult {
  readonly runId: string;
  readonly startedAt: Date;
  readonly outcomes: readonly SourceOutcome[];
  /** Who applied it; null where nobody waited for it. */
  readonly appliedBy: 'worker' | 'this-run' | null;
}

/**
 * One run: all sources side by side, none of them in another's way.
 *
 * @throws where not even a row in `sync_logs` can be written: the database is out of reach or unfit
 */
export async function runSync(
  request: SyncRequest,
  installation: Installation,
  signal: AbortSignal,
  tell: SyncTeller,
): Promise<SyncResult> {
  const runId = randomUUID();
  const startedAt = new Date();
  const finish = (
    outcomes: readonly SourceOutcome[],
    appliedBy: SyncResult['appliedBy'] = null,
  ): SyncResult => ({ runId, startedAt, outcomes, appliedBy });

  const { loaded } = installation;
  const patience: Patience = { startedAt: startedAt.getTime(), waitMs: loaded.config.sync.wait * 1000 };
  const unfit = unfitSources(request, installation, patience);
  if (unfit.length === request.sources.length) return finish(unfit);

  const database = await installation.database();
  const syncLog = createSyncLog(database);
  let kafka: KafkaParts;
  try {
    kafka = await openKafka(installation);
  } catch (error) {
    return finish(await noteFailure(error, request, { runId, syncLog, installation, patience }));
  }
  const inProcess = new InProcessWorkers({
    installation,
    onStart: (reason) => tell.inProcess?.(reason),
    onDrain: () => tell.draining?.(),
  });
  const wait = new AppliedWait({
    status: createSnapshotStatusReader(database),
    broker: kafka.broker,
    prefix: installation.prefix,
    runInProcess: (reason) => inProcess.begin(reason),
    failure: () => inProcess.failure,
    patienceMs: Math.max(LEAST_PATIENCE_MS, patience.waitMs),
    now: Date.now,
    sleep: (ms) => delay(ms),
  });
  const refusals = new Refusals(installation, kafka.broker);
  const deps: SourceRunDeps = {
    loaded,
    logger: installation.logger,
    runId,
    syncLog,
    registry: createFeedRegistry(database),
    directory: createProductDirectory(database),
    raw: kafka.raw,
    limiter: await installation.limiter(),
    gate: installation.gate,
    partitions: kafka.partitions,
    fullResync: request.fullResync === true,
    acceptAbsences: request.acceptAbsences,
    wait: request.wait ? wait : null,
    refused: (source, error) => refusals.tell(source, error),
    signal,
    tell,
  };
  const outcomes = await Promise.all(request.sources.map((source) => runSource(source, deps)));
  await inProcess.finish(signal);
  if (request.wait && !inProcess.wereNeeded) await refusals.drain(signal);
  const appliedBy = inProcess.wereNeeded ? 'this-run' : 'worker';
  return finish(outcomes, request.wait ? appliedBy : null);
}

type KafkaParts = Awaited<ReturnType<typeof openKafka>>;

async function openKafka(installation: Installation) {
  const broker = await installation.broker();
  const raw = await installation.rawProducer();
  const partitions = await broker.partitionCount(topicOf(installation.prefix, TOPICS.rawSnapshots));
  return { broker, raw, partitions };
}

/** Sources that settings alone rule out. */
function unfitSources(
  { sources }: SyncRequest,
  { loaded }: Installation,
  patience: Patience,
): readonly SourceOutcome[] {
  return sources.flatMap((source) => {
    try {
      requireSource(loaded, source);
      return [];
    } catch (error) {
      return [failedSource(source, error, patience, Date.now())];
    }
  });
}

interface FailureParts {
  readonly runId: string;
  readonly syncLog: SyncLog;
  readonly installation: Installation;
  readonly patience: Patience;
}

/** Without Kafka nothing can be read. The table says so, for whoever looks there and not at us. */
async function noteFailure(
  error: unknown,
  { sources }: SyncRequest,
  { runId, syncLog, installation, patience }: FailureParts,
): Promise<readonly SourceOutcome[]> {
  const outcomes: SourceOutcome[] = [];
  for (const source of sources) {
    const outcome = failedSource(source, error, patience, Date.now(), await accountOf(source, installation));
    const { problem, account, rows: records } = outcome;
    const logId = await syncLog.begin(runId, source, account);
    const { locale } = installation.config;
    const told = {
      errorCode: problem?.code,
      error: problem === null ? undefined : sentenceOf(problem, locale),
    };
    await syncLog.finish(logId, { status: 'failed', records, changed: 0, absent: 0, ...told });
    outcomes.push(outcome);
  }
  return outcomes;
}

async function accountOf(source: Source, installation: Installation): Promise<string | null> {
  const { loaded, logger, gate, config } = installation;
  try {
    const limiter = await installation.limiter();
    const opened = openSource(loaded, source, { limiter, gate, logger, locale: config.locale });
    opened.close();
    return opened.account;
  } catch {
    return null;
  }
}
