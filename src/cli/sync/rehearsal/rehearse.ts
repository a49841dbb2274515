import type { Source } from '../../../domain/stock-key.js';
import { EXIT } from '../../../errors.js';
import type { Installation } from '../../../main.js';
import { normaliserOf } from '../../../marketplaces/normalisers.js';
import type { FeedReader, ProductDirectory } from '../../../ports/marketplace.js';
import type { ProjectionReader } from '../../../ports/projection.js';
import type { RateLimiter } from '../../../ports/rate-limiter.js';
import type { Database } from '../../../store/database.js';
import { createProductDirectory } from '../../../store/product-directory.js';
import { createProjectionStore } from '../../../store/projection-store.js';
import { FeedMemory } from '../../../streams/feed-memory.js';
import { observedReader } from '../observed-reader.js';
import { openSource, requireSource } from '../open-source.js';
import type { OpenSource } from '../opened-source.js';
import type { FeedProblem } from '../outcome.js';
import { type Patience, type Problem, problemOf, verdictProblem } from '../problem.js';
import type { Teller } from '../teller.js';
import { tellingLimiter } from '../telling-limiter.js';
import { priorState } from './prior-state.js';
import { type RehearsedFeed, rehearseFeed } from './rehearse-feed.js';
import type { FeedTally, ShownChange } from './tally.js';

/** Enough to see what kind of changes they are. */
const SHOWN_CHANGES = 20;

export interface RehearsalRequest {
  readonly sources: readonly Source[];
  readonly fullResync?: boolean | undefined;
  readonly acceptAbsences: boolean;
}

/** What a run over one source would do. */
export interface SourceRehearsal {
  readonly source: Source;
  readonly account: string | null;
  readonly feeds: readonly FeedTally[];
  /** The first of them. */
  readonly changes: readonly ShownChange[];
  readonly problems: readonly FeedProblem[];
  /** What each feed by itself would end the command with. */
  readonly exitCodes: readonly number[];
}

/**
 * Reads the sources and finds out what a run would change. Writes nothing, neither to Kafka nor to the database,
 * except that requests count: the limits' buckets are those of every run.
 *
 * @throws DB_UNAVAILABLE and the like where the present state cannot be read
 */
export async function rehearse(
  request: RehearsalRequest,
  installation: Installation,
  signal: AbortSignal,
  tell: Teller,
): Promise<readonly SourceRehearsal[]> {
  const { loaded } = installation;
  const patience: Patience = { startedAt: Date.now(), waitMs: loaded.config.sync.wait * 1000 };
  const unfit = request.sources.flatMap((source) => {
    try {
      requireSource(loaded, source);
      return [];
    } catch (error) {
      return [unread(source, error, patience)];
    }
  });
  if (unfit.length === request.sources.length) return unfit;
  const db = await installation.database();
  const parts: Parts = {
    ...{ request, installation, patience, signal, tell, db },
    store: createProjectionStore(db),
    directory: createProductDirectory(db),
    limiter: await installation.limiter(),
  };
  return Promise.all(request.sources.map((source) => rehearseSource(source, parts)));
}

interface Parts {
  readonly request: RehearsalRequest;
  readonly installation: Installation;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  readonly tell: Teller;
  readonly db: Database;
  readonly store: ProjectionReader;
  readonly directory: ProductDirectory;
  readonly limiter: RateLimiter;
}

async function rehearseSource(source: Source, parts: Parts): Promise<SourceRehearsal> {
  const { installation, tell, patience } = parts;
  const { loaded, logger, gate, config } = installation;
  let opened: OpenSource | undefined;
  try {
    const limiter = tellingLimiter(parts.limiter, patience.waitMs, (bucket, until) =>
      tell.waits?.(source, bucket, until),
    );
    opened = openSource(loaded, source, { limiter, gate, logger, locale: config.locale });
    for (const warning of opened.warnings) tell.warning?.(source, warning);
    return await rehearseOpened(source, opened, parts);
  } catch (error) {
    return unread(source, error, patience, opened?.account);
  } finally {
    opened?.close();
    tell.over?.(source);
  }
}

async function rehearseOpened(source: Source, opened: OpenSource, parts: Parts): Promise<SourceRehearsal> {
  const { request, directory, tell, patience } = parts;
  const { fullResync = false, acceptAbsences } = request;
  const lanes = await opened.plan({ directory, fullResync, acceptAbsences, now: Date.now() });
  tell.planned?.(
    source,
    lanes.flat().map(({ feed }) => feed),
  );
  const read = await Promise.all(lanes.map((lane) => rehearseLane(lane, parts)));
  const feeds = read.flat();
  const problems = feeds.map((feed) => problemOfFeed(source, feed, patience));
  return {
    source,
    account: opened.account,
    feeds: feeds.map(({ tally }) => tally),
    changes: feeds.flatMap(({ changes }) => changes).slice(0, SHOWN_CHANGES),
    problems: problems.flatMap((problem, index) =>
      problem === null ? [] : [{ ...problem, endpoint: feeds[index]?.tally.feed.endpoint ?? null }],
    ),
    exitCodes: problems.map((problem) => problem?.exitCode ?? EXIT.ok),
  };
}

async function rehearseLane(lane: readonly FeedReader[], parts: Parts): Promise<RehearsedFeed[]> {
  const { installation, request, tell, db, store, signal } = parts;
  const { sync, cache } = installation.config;
  const rehearsed: RehearsedFeed[] = [];
  for (const reader of lane) {
    const feed = await rehearseFeed(observedReader(reader, tell), {
      ...{ normaliserOf, signal, prefix: installation.prefix, batchSize: sync.batchSize },
      limits: { absenceLimit: sync.absenceLimit, absenceMin: sync.absenceMin },
      acceptAbsences: request.acceptAbsences,
      reconcile: request.fullResync === true,
      memoryOf: async (of) => {
        const { state, reader: prior } = await priorState(db, store, of);
        return FeedMemory.load(state, prior, () => (cache.enabled ? cache.stateRows : 0));
      },
      onProgress: ({ feed: of, page, ...reading }) => tell.page?.(of, { pages: page, ...reading }),
      mostChanges: SHOWN_CHANGES,
    });
    rehearsed.push(feed);
  }
  return rehearsed;
}

function problemOfFeed(source: Source, { tally, error }: RehearsedFeed, patience: Patience): Problem | null {
  return error === undefined ? verdictProblem(source, tally) : problemOf(error, patience);
}

function unread(source: Source, error: unknown, patience: Patience, account?: string): SourceRehearsal {
  const problem = { ...problemOf(error, patience), endpoint: null };
  return {
    ...{ source, account: account ?? null, feeds: [], changes: [] },
    ...{ problems: [problem], exitCodes: [problem.exitCode] },
  };
}
