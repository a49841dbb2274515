import type { Source } from '../../domain/stock-key.js';
import { type Locale, WORDS } from '../words.js';
import { type Problem, runExitCode, runStatus, type SourceOutcome } from './outcome.js';
import type { SyncResult } from './run.js';

const NAMES: Readonly<Record<Source, string>> = { ozon: 'Ozon', wildberries: 'Wildberries' };

/** A short table for people: one line per source. */
export function syncTable(outcomes: readonly SourceOutcome[], locale: Locale): string {
  const words = WORDS[locale];
  const number = new Intl.NumberFormat(locale);
  const rows = outcomes.map(({ source, status, rows: read, changes, durationMs }) => [
    NAMES[source],
    words.status[status],
    number.format(read),
    ...(changes === null
      ? ['–', '–', '–']
      : [changes.created, changes.updated, changes.closed].map((n) => number.format(n))),
    `${(durationMs / 1000).toFixed(1)} ${words.seconds}`,
  ]);
  return table([words.columns, ...rows]);
}

/** Columns as wide as they need; the first two begin at the left, figures end at the right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column < 2 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  return `${rows.map(line).join('\n')}\n`;
}

/** What is wrong with a source, and what to do: two lines, as for any error. */
export function problemText(
  source: Source,
  problem: Problem,
  { locale, timeZone }: { readonly locale: Locale; readonly timeZone: string },
): string {
  const words = WORDS[locale];
  const until =
    problem.deferredUntil === null
      ? ''
      : `${words.deferredUntil} ${moment(problem.deferredUntil, locale, timeZone)}: `;
  const lines = [`${words.error}: ${source}: ${until}${problem.message}`];
  if (problem.remedy !== null) lines.push(`${words.remedy}: ${problem.remedy}`);
  return lines.join('\n');
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
    sources: outcomes.map(({ problem, ...outcome }) => ({ ...outcome, error: problemDocument(problem) })),
    error: null,
  };
}

function problemDocument(problem: Problem | null): object | null {
  if (problem === null) return null;
  const { code, message, remedy, requestId, deferredUntil } = problem;
  return {
    code,
    message,
    remedy,
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
