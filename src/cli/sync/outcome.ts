import { type Feed, formatFeed, isCatalogue } from '../../domain/feed.js';
import type { Source } from '../../domain/stock-key.js';
import { EXIT, messageOf } from '../../errors.js';
import type { SnapshotStatus } from '../../ports/projection.js';
import type { SnapshotOutcome } from '../../ports/snapshot-status.js';
import type { RunStatus } from '../../ports/sync-log.js';
import { runExit } from './exit-code.js';
import { type Patience, type Problem, problemOf, verdictProblem } from './problem.js';

export interface SnapshotReport {
  readonly feed: string;
  /** Null where the feed was not read to its end. */
  readonly snapshotId: string | null;
  /** `published`: in Kafka, and not waited for. */
  readonly status: SnapshotStatus | 'published';
  readonly rows: number;
  readonly reason: string | null;
}

/** A problem and where it was met. */
export interface FeedProblem extends Problem {
  /** The feed's endpoint; null where it is the whole source's. */
  readonly endpoint: string | null;
}

export interface SourceOutcome {
  readonly source: Source;
  /** Null where the key was not good enough to tell. */
  readonly account: string | null;
  readonly status: RunStatus;
  /** Rows of stock read from the marketplace. */
  readonly rows: number;
  /** Of rows of stock; null where nobody waited for them. */
  readonly changes: { readonly created: number; readonly updated: number; readonly closed: number } | null;
  readonly snapshots: readonly SnapshotReport[];
  /** The gravest one. */
  readonly problem: FeedProblem | null;
  /** All of them, the gravest first. */
  readonly problems: readonly FeedProblem[];
  /** What each feed by itself would end the command with. */
  readonly exitCodes: readonly number[];
  readonly durationMs: number;
}

/** How one feed of a source fared: an error, or a snapshot with what became of it (null: not waited for). */
export interface FeedResult {
  readonly feed: Feed;
  readonly rows: number;
  readonly error?: unknown;
  readonly snapshotId?: string | undefined;
  readonly outcome?: SnapshotOutcome | null | undefined;
}

function problemOfFeed(source: Source, result: FeedResult, patience: Patience): Problem | null {
  if (result.error !== undefined) return problemOf(result.error, patience);
  return result.outcome == null ? null : verdictProblem(source, result.outcome);
}

/** Which of a source's feeds failed decides: all of them, some, or none and one was held. */
function sourceStatus(problems: readonly (Problem | null)[]): RunStatus {
  const kinds = problems.map(statusOf);
  if (kinds.length > 0 && kinds.every((kind) => kind === 'failed')) return 'failed';
  if (kinds.includes('failed') || kinds.includes('partial')) return 'partial';
  return kinds.includes('held') ? 'held' : 'success';
}

function statusOf(problem: Problem | null): RunStatus {
  if (problem === null) return 'success';
  if (problem.code === 'HELD') return 'held';
  return problem.code === 'INCOMPLETE' ? 'partial' : 'failed';
}

export interface SourceResults {
  readonly source: Source;
  readonly account: string | null;
  readonly results: readonly FeedResult[];
  /** All snapshots of stock that were waited for, failed reads included: the rows that they did bring count. */
  readonly ended: readonly SnapshotOutcome[];
  readonly patience: Patience;
  /** Unix milliseconds. */
  readonly now: number;
}

export function outcomeOf({ source, account, results, ended, patience, now }: SourceResults): SourceOutcome {
  const problems = results.map((result) => problemOfFeed(source, result, patience));
  const met = results.flatMap(({ feed }, index) => {
    const problem = problems[index];
    return problem == null ? [] : [{ ...problem, endpoint: feed.endpoint }];
  });
  const gravestFirst = [...met].sort((a, b) => gravity(a) - gravity(b));
  return {
    source,
    account,
    status: sourceStatus(problems),
    rows: results.reduce((total, { feed, rows }) => total + (isCatalogue(feed) ? 0 : rows), 0),
    changes: ended.length === 0 ? null : changesOf(ended),
    snapshots: results.map(reportOf),
    problem: gravestFirst[0] ?? null,
    problems: gravestFirst,
    exitCodes: problems.map((problem) => problem?.exitCode ?? EXIT.ok),
    durationMs: now - patience.startedAt,
  };
}

function changesOf(ended: readonly SnapshotOutcome[]): NonNullable<SourceOutcome['changes']> {
  const sum = { created: 0, updated: 0, closed: 0 };
  for (const { counts } of ended) {
    sum.created += counts.created;
    sum.updated += counts.updated;
    sum.closed += counts.closed;
  }
  return sum;
}

/** What time mends by itself weighs least. */
const GRAVITY: readonly RunStatus[] = ['failed', 'partial', 'held'];

function gravity(problem: Problem): number {
  return problem.deferredUntil === null ? GRAVITY.indexOf(statusOf(problem)) : GRAVITY.length;
}

function reportOf({ feed, rows, error, snapshotId, outcome }: FeedResult): SnapshotReport {
  const common = { feed: formatFeed(feed), snapshotId: snapshotId ?? null, rows };
  if (outcome != null) return { ...common, status: outcome.status, reason: outcome.reason };
  return error === undefined
    ? { ...common, status: 'published', reason: null }
    : { ...common, status: 'failed', reason: messageOf(error) };
}

/** A source that could not even be begun with. */
export function failedSource(
  source: Source,
  error: unknown,
  patience: Patience,
  now: number,
  account: string | null = null,
): SourceOutcome {
  const problem = { ...problemOf(error, patience), endpoint: null };
  return {
    ...{ source, account, status: 'failed', rows: 0, changes: null, snapshots: [] },
    ...{ problem, problems: [problem], exitCodes: [problem.exitCode] },
    durationMs: now - patience.startedAt,
  };
}

/** The exit code of the whole run (README, exit codes). */
export function runExitCode(outcomes: readonly Pick<SourceOutcome, 'exitCodes'>[]): number {
  return runExit(outcomes.map(({ exitCodes }) => exitCodes));
}

export function runStatus(outcomes: readonly SourceOutcome[]): RunStatus {
  const statuses = outcomes.map(({ status }) => status);
  if (statuses.length > 0 && statuses.every((status) => status === 'failed')) return 'failed';
  if (statuses.includes('failed') || statuses.includes('partial')) return 'partial';
  return statuses.includes('held') ? 'held' : 'success';
}
