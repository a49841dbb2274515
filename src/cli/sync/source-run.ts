import { randomUUID } from 'node:crypto';
import type { LoadedConfig } from '../../../config/load.js';
import { formatFeed, isCatalogue, parseFeed } from '../../domain/feed.js';
import type { Source } from '../../domain/stock-key.js';
import { isAppError, messageOf } from '../../errors.js';
import type { RequestGate } from '../../marketplaces/http/request-gate.js';
import type { FeedRegistry } from '../../ports/feed-registry.js';
import type { Logger } from '../../ports/logger.js';
import type { ProductDirectory } from '../../ports/marketplace.js';
import type { RateLimiter } from '../../ports/rate-limiter.js';
import type { RawLog } from '../../ports/raw-log.js';
import type { SnapshotOutcome } from '../../ports/snapshot-status.js';
import type { SyncLog } from '../../ports/sync-log.js';
import { type PollOutcome, poll } from '../../producers/poll.js';
import { retireFeed } from '../../producers/retire-feed.js';
import type { SnapshotProgress, SnapshotReceipt } from '../../producers/take-snapshot.js';
import type { AppliedWait } from './applied-wait.js';
import { closeRow } from './close-row.js';
import { leaseOwner } from './lease-owner.js';
import { observedReader } from './observed-reader.js';
import { openSource } from './open-source.js';
import type { Lanes, OpenSource } from './opened-source.js';
import { type FeedResult, failedSource, outcomeOf, type SourceOutcome } from './outcome.js';
import type { Patience } from './problem.js';
import type { Teller } from './teller.js';
import { tellingLimiter } from './telling-limiter.js';
import { TrackedLog } from './tracked-log.js';

/** Renewed three times as often; a run that was killed keeps the next one out for no longer than this. */
const LEASE_SECONDS = 60;
/** Seldom enough for `sync_logs` to be written. */
const NOTE_MS = 1_000;

export interface SourceRunDeps {
  readonly loaded: LoadedConfig;
  readonly logger: Logger;
  readonly runId: string;
  readonly syncLog: SyncLog;
  readonly registry: FeedRegistry;
  readonly directory: ProductDirectory;
  readonly raw: RawLog;
  readonly limiter: RateLimiter;
  readonly gate: RequestGate;
  /** Partitions of raw-snapshots.v1. */
  readonly partitions: number;
  /** Read everything whole, and compare with the tables themselves. */
  readonly fullResync: boolean;
  readonly acceptAbsences: boolean;
  /** Null where the run leaves as soon as everything is in Kafka. */
  readonly wait: AppliedWait | null;
  /** Told of a key or token that is not even tried. */
  readonly refused: (source: Source, error: unknown) => Promise<void>;
  readonly signal: AbortSignal;
  readonly tell: Teller;
}

/** One source from its first request to the end of its row in `sync_logs`. Never throws. */
export async function runSource(source: Source, deps: SourceRunDeps): Promise<SourceOutcome> {
  const { config } = deps.loaded;
  const patience = { startedAt: Date.now(), waitMs: config.sync.wait * 1000 };
  let opened: OpenSource | undefined;
  let problem: unknown;
  try {
    const limiter = tellingLimiter(deps.limiter, patience.waitMs, (bucket, until) =>
      deps.tell.waits?.(source, bucket, until),
    );
    const { gate, logger } = deps;
    opened = openSource(deps.loaded, source, { limiter, gate, logger, locale: config.locale });
  } catch (error) {
    problem = error;
    if (isAppError(error) && error.code === 'API_CREDENTIALS') await deps.refused(source, error);
  }
  try {
    const logId = await deps.syncLog.begin(deps.runId, source, opened?.account ?? null);
    const outcome =
      opened === undefined
        ? failedSource(source, problem, patience, Date.now())
        : await new SourceRun(source, opened, logId, patience, deps).run();
    await closeRow(deps.syncLog, logId, outcome, { locale: config.locale, logger: deps.logger });
    return outcome;
  } catch (error) {
    return failedSource(source, error, patience, Date.now(), opened?.account ?? null);
  } finally {
    opened?.close();
    deps.tell.over?.(source);
  }
}

class SourceRun {
  readonly #rows = new Map<string, number>();
  readonly #log: TrackedLog;
  #notedAt = 0;

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
    const { source, patience } = this;
    const { account } = this.opened;
    for (const warning of this.opened.warnings) this.deps.tell.warning?.(source, warning);
    let lanes: Lanes;
    try {
      lanes = await this.#lanes();
    } catch (error) {
      return failedSource(source, error, patience, Date.now(), account);
    }
    const { receipts, failures } = await this.#poll(lanes);
    if (receipts.length > 0) await this.#retire();
    if (receipts.length > 0) this.deps.tell.read?.(source, this.#rowsRead());
    const waited = await this.#wait();
    if (waited.error === undefined && receipts.length > 0 && this.deps.wait !== null)
      this.deps.tell.applied?.(source);
    const results: FeedResult[] = [
      ...receipts.map((receipt) => readResult(receipt, waited)),
      ...failures.map(({ feed, error }) => ({ feed, error, rows: this.#rows.get(formatFeed(feed)) ?? 0 })),
    ];
    const ended = this.#log.ended().flatMap(({ snapshotId, feed }) => {
      const outcome = waited.found?.get(snapshotId);
      return outcome === undefined || isCatalogueId(feed) ? [] : [outcome];
    });
    return outcomeOf({ source, account, results, ended, patience, now: Date.now() });
  }

  async #lanes(): Promise<Lanes> {
    const { directory, fullResync, acceptAbsences, tell } = this.deps;
    const request = { directory, fullResync, acceptAbsences, now: Date.now() };
    const lanes = await this.opened.plan(request);
    tell.planned?.(
      this.source,
      lanes.flat().map(({ feed }) => feed),
    );
    return lanes.map((lane) => lane.map((reader) => observedReader(reader, tell)));
  }

  /** What settings no longer cover is let go; where that cannot be said now, the next run says it. */
  async #retire(): Promise<void> {
    const { registry, directory, partitions, loaded, logger } = this.deps;
    const { topicPrefix: prefix } = loaded.config.kafka;
    const deps = { registry, directory, partitions, prefix, log: this.#log };
    for (const feed of this.opened.retired) {
      try {
        await retireFeed(feed, 'the settings say not to read it', {
          ...deps,
          now: () => new Date(),
          newId: randomUUID,
        });
      } catch (error) {
        logger.warn({ feed: formatFeed(feed) }, `the feed could not be retired: ${messageOf(error)}`);
      }
    }
  }

  /** Where not even the leases can be had, all feeds have failed for that reason. */
  async #poll(lanes: Lanes): Promise<PollOutcome> {
    const feeds = lanes.flat().map(({ feed }) => feed);
    try {
      return await this.#read(lanes, feeds.length);
    } catch (error) {
      return { receipts: [], failures: feeds.map((feed) => ({ feed, error })) };
    }
  }

  #read(lanes: Lanes, feeds: number): Promise<PollOutcome> {
    const { deps } = this;
    const { sync, kafka } = deps.loaded.config;
    // What fails is told at the end of the run, once and with its remedy.
    const logger: Logger = { ...deps.logger, warn: deps.logger.info };
    return poll(lanes, {
      registry: this.#closingDeadRuns(feeds),
      owner: leaseOwner(deps.runId),
      leaseSeconds: LEASE_SECONDS,
      partitions: deps.partitions,
      logger,
      snapshot: {
        log: this.#log,
        prefix: kafka.topicPrefix,
        batchSize: sync.batchSize,
        limits: { absenceLimit: sync.absenceLimit, absenceMin: sync.absenceMin },
        acceptAbsences: deps.acceptAbsences,
        reconcile: deps.fullResync,
        now: () => new Date(),
        newId: randomUUID,
        onProgress: (progress) => this.#progress(progress),
        signal: deps.signal,
        logger: deps.logger,
      },
    });
  }

  /** Who holds the leases of all of a source's feeds knows that earlier runs which still say `running` are dead. */
  #closingDeadRuns(feeds: number): FeedRegistry {
    const { registry, syncLog, runId } = this.deps;
    const held = new Set<number>();
    let closed = false;
    return {
      register: (feed, partitions) => registry.register(feed, partitions),
      release: (feedId, owner) => registry.release(feedId, owner),
      holder: (feedId) => registry.holder(feedId),
      lease: async (feedId, owner, seconds) => {
        const taken = await registry.lease(feedId, owner, seconds);
        if (taken) held.add(feedId);
        if (held.size === feeds && !closed) {
          closed = true;
          await syncLog.closeDead(this.source, runId, this.opened.account);
        }
        return taken;
      },
    };
  }

  #progress({ feed, page, rows, expectedPages, announcedProducts }: SnapshotProgress): void {
    if (!isCatalogue(feed)) this.#rows.set(formatFeed(feed), rows);
    this.deps.tell.page?.(feed, { pages: page, rows, expectedPages, announcedProducts });
    const now = Date.now();
    if (now - this.#notedAt < NOTE_MS) return;
    this.#notedAt = now;
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

/** A catalogue's rows are products: `sync_logs` and the table count rows of stock. */
function isCatalogueId(id: string): boolean {
  const feed = parseFeed(id);
  return feed !== null && isCatalogue(feed);
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
