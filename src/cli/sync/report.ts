import { type Locale, WORDS } from '../words.js';
import { type FeedProblem, runExitCode, runStatus, type SourceOutcome } from './outcome.js';
import { type Problem, remedyOf, sentenceOf } from './problem.js';
import type { SyncResult } from './run.js';
import { feedName, SOURCE_NAMES, SYNC_WORDS } from './sync-words.js';
import { table } from './table.js';

/** A short table for people: one line per source. */
export function syncTable(outcomes: readonly SourceOutcome[], locale: Locale): string {
  const words = WORDS[locale];
  const number = new Intl.NumberFormat(locale);
  const rows = outcomes.map(({ source, status, rows: read, changes, problem, durationMs }) => [
    SOURCE_NAMES[source],
    status === 'failed' && problem?.deferredUntil != null
      ? SYNC_WORDS[locale].deferred
      : words.status[status],
    number.format(read),
    ...(changes === null
      ? ['–', '–', '–']
      : [changes.created, changes.updated, changes.closed].map((n) => number.format(n))),
    `${(durationMs / 1000).toFixed(1)} ${words.seconds}`,
  ]);
  return table([words.columns, ...rows], 2);
}

export interface ReportOptions {
  readonly locale: Locale;
  readonly timeZone: string;
}

type Troubled = Pick<SourceOutcome, 'source' | 'problems' | 'exitCodes'>;

/**
 * What is wrong with which sources, and what to do: two lines, as for any error. What stopped several of them alike,
 * for example Kafka, is told once.
 */
export function problemTexts(outcomes: readonly Troubled[], options: ReportOptions): readonly string[] {
  const told: { readonly problem: Problem; readonly about: string[] }[] = [];
  for (const outcome of outcomes) {
    for (const alike of groupsOf(outcome.problems)) {
      const [problem] = alike;
      if (problem === undefined) continue;
      const about = subject(outcome, alike, options.locale);
      const known = told.find((one) => one.problem.message === problem.message);
      if (known === undefined) told.push({ problem, about: [about] });
      else known.about.push(about);
    }
  }
  return told.map(({ problem, about }) => problemText(problem, about.join(', '), options));
}

/** A source's problems by what they say, or until when they put its feeds off: the marketplace said it once. */
function groupsOf(problems: readonly FeedProblem[]): readonly (readonly FeedProblem[])[] {
  const groups: FeedProblem[][] = [];
  for (const problem of problems) {
    const group = groups.find(([first]) => first !== undefined && sayTheSame(first, problem));
    if (group === undefined) groups.push([problem]);
    else group.push(problem);
  }
  return groups;
}

const SAME_TIME_MS = 5_000;

function sayTheSame(one: Problem, other: Problem): boolean {
  if (one.message === other.message) return true;
  // A key that is refused is refused by each method.
  if (one.code === 'API_CREDENTIALS' && one.code === other.code) return sameAdvice(one, other);
  if (one.deferredUntil === null || other.deferredUntil === null) return false;
  return Math.abs(one.deferredUntil - other.deferredUntil) < SAME_TIME_MS;
}

function sameAdvice(one: Problem, other: Problem): boolean {
  return one.advice !== null && one.advice.en.what === other.advice?.en.what;
}

/** The source, and its feeds where others of them fared better. */
function subject({ source, exitCodes }: Troubled, met: readonly FeedProblem[], locale: Locale): string {
  const names = met.flatMap(({ endpoint }) => (endpoint === null ? [] : [feedName(endpoint, locale)]));
  return names.length === 0 || names.length === exitCodes.length ? source : `${source} (${names.join(', ')})`;
}

function problemText(problem: Problem, about: string, { locale, timeZone }: ReportOptions): string {
  const words = WORDS[locale];
  const until =
    problem.deferredUntil === null
      ? ''
      : `${SYNC_WORDS[locale].deferredUntil} ${moment(problem.deferredUntil, locale, timeZone)}: `;
  const what = `${words.error}: ${about}: ${until}${sentenceOf(problem, locale)}`;
  return `${what}\n${words.remedy}: ${remedyOf(problem, locale)}`;
}

function moment(ms: number, locale: Locale, timeZone: string): string {
  const format = new Intl.DateTimeFormat(locale === 'ru' ? 'ru' : 'en-GB', {
    timeZone,
    dateStyle: 'medium',
    timeStyle: 'medium',
  });
  return `${format.format(ms)} (${timeZone})`;
}

/** The one document that `--json` prints. Times are ISO 8601, durations milliseconds. */
export function syncDocument(result: SyncResult, now: Date): object {
  const { runId, startedAt, outcomes, appliedBy } = result;
  return {
    runId,
    status: runStatus(outcomes),
    exitCode: runExitCode(outcomes),
    startedAt: startedAt.toISOString(),
    durationMs: now.getTime() - startedAt.getTime(),
    appliedBy,
    sources: outcomes.map(sourceDocument),
    error: null,
  };
}

function sourceDocument({ problem, problems, exitCodes: _, ...outcome }: SourceOutcome): object {
  const errors = problems.map((one) => ({ endpoint: one.endpoint, ...problemDocument(one) }));
  return { ...outcome, error: problemDocument(problem), errors };
}

export function problemDocument(problem: Problem | null): object | null {
  if (problem === null) return null;
  const { code, message, remedy, advice, requestId, deferredUntil } = problem;
  return {
    code,
    message,
    remedy,
    advice,
    requestId,
    deferredUntil: deferredUntil === null ? null : new Date(deferredUntil).toISOString(),
  };
}

/** The document of a run that came to nothing. */
export function failedDocument(problem: Problem): object {
  const { exitCode } = problem;
  return {
    runId: null,
    status: 'failed',
    exitCode,
    appliedBy: null,
    sources: [],
    error: problemDocument(problem),
  };
}
