import { type Feed, formatFeed } from '../../domain/feed.js';
import type { Source } from '../../domain/stock-key.js';
import { EXIT, exitCodeOf, isAppError, messageOf } from '../../errors.js';
import type { SnapshotStatus } from '../../ports/projection.js';
import type { SnapshotOutcome } from '../../ports/snapshot-status.js';
import type { RunStatus } from '../../ports/sync-log.js';

/** What kept a source from success. */
export interface Problem {
  /** A code of errors.ts, or HELD, INCOMPLETE, ABANDONED, FAILED for what the projector made of a snapshot. */
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
  /** What the marketplace calls the request that failed. */
  readonly requestId: string | null;
  /** Unix milliseconds; set where the run was put off until then. */
  readonly deferredUntil: number | null;
  /** What this problem alone would end the command with. */
  readonly exitCode: number;
}

export interface SnapshotReport {
  readonly feed: string;
  /** Null where the feed was not read to its end. */
  readonly snapshotId: string | null;
  /** `published`: in Kafka, and not waited for. */
  readonly status: SnapshotStatus | 'published';
  readonly rows: number;
  readonly reason: string | null;
}

export interface SourceOutcome {
  readonly source: Source;
  /** Null where the key was not good enough to tell. */
  readonly account: string | null;
  readonly status: RunStatus;
  /** Rows read from the marketplace. */
  readonly rows: number;
  /** Null where nobody waited for them. */
  readonly changes: { readonly created: number; readonly updated: number; readonly closed: number } | null;
  readonly snapshots: readonly SnapshotReport[];
  readonly problem: Problem | null;
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

/** What counts as a delay too long: everything after the run's start and its patience. */
export interface Patience {
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** SYNC_WAIT in milliseconds. */
  readonly waitMs: number;
}

/** The problem that an error makes, put off where the marketplace wants more time than the run may take. */
export function problemOf(error: unknown, { startedAt, waitMs }: Patience): Problem {
  const app = isAppError(error) ? error : null;
  const notBefore = app?.code === 'API_LIMITED' ? (app.notBefore ?? 0) : 0;
  const deferredUntil = notBefore > startedAt + waitMs ? notBefore : null;
  const { requestId } = app?.facts ?? {};
  return {
    code: app?.code ?? 'UNEXPECTED',
    message: messageOf(error),
    remedy: app?.remedy ?? null,
    requestId: requestId === undefined ? null : String(requestId),
    deferredUntil,
    exitCode: deferredUntil === null ? exitCodeOf(error) : EXIT.deferred,
  };
}

const ENDS: Readonly<Partial<Record<SnapshotStatus, { code: string; exitCode: number }>>> = {
  held: { code: 'HELD', exitCode: EXIT.held },
  incomplete: { code: 'INCOMPLETE', exitCode: EXIT.partial },
  abandoned: { code: 'ABANDONED', exitCode: EXIT.failed },
  failed: { code: 'FAILED', exitCode: EXIT.failed },
};

/** The name of the source on the command line. */
function optionOf(source: Source): 'ozon' | 'wb' {
  return source === 'ozon' ? 'ozon' : 'wb';
}

function endRemedy(status: SnapshotStatus, source: Source): string {
  if (status === 'held') {
    return `nothing was closed. Look into the seller account; if it is really gone, run \`inventory-sync sync --source=${optionOf(source)} --full-resync --accept-absences\``;
  }
  if (status === 'incomplete') {
    return 'what could be read is applied, and nothing was closed; records that could not be read are in the topic dead-letters.v1. Run sync again';
  }
  return 'run sync again';
}

function endProblem(source: Source, outcome: SnapshotOutcome): Problem | null {
  const end = ENDS[outcome.status];
  if (end === undefined) return null;
  const message = `${outcome.status}: ${outcome.reason ?? 'no reason was noted'}`;
  return { ...end, message, remedy: endRemedy(outcome.status, source), requestId: null, deferredUntil: null };
}

function problemOfFeed(source: Source, result: FeedResult, patience: Patience): Problem | null {
  if (result.error !== undefined) return problemOf(result.error, patience);
  return result.outcome == null ? null : endProblem(source, result.outcome);
}

/** Which of a source's feeds failed decides: all of them, some, or none and one was held. */
function sourceStatus(problems: readonly (Problem | null)[]): RunStatus {
  const kinds = problems.map((problem) => {
    if (problem === null) return 'success';
    if (problem.code === 'HELD') return 'held';
    return problem.code === 'INCOMPLETE' ? 'partial' : 'failed';
  });
  if (kinds.length > 0 && kinds.every((kind) => kind === 'failed')) return 'failed';
  if (kinds.includes('failed') || kinds.includes('partial')) return 'partial';
  return kinds.includes('held') ? 'held' : 'success';
}

const GRAVITY = ['failed', 'partial', 'held', 'success'];

export interface SourceResults {
  readonly source: Source;
  readonly account: string | null;
  readonly results: readonly FeedResult[];
  /** All that was waited for, failed reads included: the rows that they did bring count. */
  readonly ended: readonly SnapshotOutcome[];
  readonly patience: Patience;
  /** Unix milliseconds. */
  readonly now: number;
}

export function outcomeOf({ source, account, results, ended, patience, now }: SourceResults): SourceOutcome {
  const problems = results.map((result) => problemOfFeed(source, result, patience));
  return {
    source,
    account,
    status: sourceStatus(problems),
    rows: results.reduce((total, { rows }) => total + rows, 0),
    changes: ended.length === 0 ? null : changesOf(ended),
    snapshots: results.map(reportOf),
    problem: [...problems].sort((a, b) => gravity(a) - gravity(b))[0] ?? null,
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

function gravity(problem: Problem | null): number {
  return GRAVITY.indexOf(sourceStatus([problem]));
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
  const problem = problemOf(error, patience);
  const durationMs = now - patience.startedAt;
  return { source, account, status: 'failed', rows: 0, changes: null, snapshots: [], problem, durationMs };
}

/** The exit code of the whole run (README, exit codes). */
export function runExitCode(outcomes: readonly SourceOutcome[]): number {
  const failed = outcomes.filter(({ status }) => status === 'failed');
  if (failed.length > 0 && failed.length === outcomes.length) {
    const codes = new Set(failed.map(({ problem }) => problem?.exitCode ?? EXIT.failed));
    const [code] = codes;
    return codes.size === 1 && code !== undefined ? code : EXIT.failed;
  }
  if (failed.length > 0 || outcomes.some(({ status }) => status === 'partial')) return EXIT.partial;
  return outcomes.some(({ status }) => status === 'held') ? EXIT.held : EXIT.ok;
}

export function runStatus(outcomes: readonly SourceOutcome[]): RunStatus {
  const statuses = outcomes.map(({ status }) => status);
  if (statuses.length > 0 && statuses.every((status) => status === 'failed')) return 'failed';
  if (statuses.includes('failed') || statuses.includes('partial')) return 'partial';
  return statuses.includes('held') ? 'held' : 'success';
}
