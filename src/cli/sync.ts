import { SOURCES, type Source } from '../domain/stock-key.js';
import { AppError, exitCodeOf } from '../errors.js';
import { Installation } from '../main.js';
import type { CommandContext } from './context.js';
import { problemOf, runExitCode, type SourceOutcome } from './sync/outcome.js';
import { failedDocument, problemText, syncDocument, syncTable } from './sync/report.js';
import { runSync, type SyncRequest, type SyncResult, type SyncTeller } from './sync/run.js';

/** `inventory-sync sync`: reads, publishes, and leaves when it is applied and published. */
export async function sync(options: Record<string, unknown>, context: CommandContext): Promise<number> {
  const json = options.json === true;
  const { signal } = context.shutdown;
  try {
    const request = requestOf(options);
    const loaded = await context.settings();
    const installation = new Installation(loaded, await context.logger('for-people'));
    try {
      const result = await runSync(request, installation, signal, tellerOf(context));
      tellResult(result, { json, timeZone: loaded.config.timeZone }, context);
      return context.signalExitCode ?? runExitCode(result.outcomes);
    } finally {
      await installation.close();
    }
  } catch (error) {
    if (json) context.printJson(failedDocument(problemOf(error, { startedAt: Date.now(), waitMs: 0 })));
    context.complain(error);
    return context.signalExitCode ?? exitCodeOf(error);
  }
}

function requestOf(options: Record<string, unknown>): SyncRequest {
  if (options.acceptAbsences === true && options.fullResync !== true) {
    throw new AppError('USAGE', '--accept-absences works only together with --full-resync', {
      remedy: 'add --full-resync if what is missing is really gone',
    });
  }
  return {
    sources: sourcesOf(String(options.source)),
    acceptAbsences: options.acceptAbsences === true,
    wait: options.wait !== false,
  };
}

function sourcesOf(name: string): readonly Source[] {
  if (name === 'all') return SOURCES;
  return name === 'ozon' ? ['ozon'] : ['wildberries'];
}

function tellerOf(context: CommandContext): SyncTeller {
  const { words, locale } = context;
  const number = new Intl.NumberFormat(locale);
  const count = (rows: number) => `${number.format(rows)} ${words.rows(rows)}`;
  return {
    page: (source, page, rows) => context.say(`${source}: ${words.page} ${page}, ${count(rows)}`),
    turn: (source, ms) => context.say(`${source}: ${words.turn} ${Math.ceil(ms / 1000)} ${words.seconds}`),
    read: (source, rows) => context.say(`${source}: ${words.readAll} ${count(rows)}`),
    applied: (source) => context.say(`${source}: ${words.applied}`),
    warning: (source, text) => context.say(`${words.warning}: ${source}: ${text}`),
    inProcess: (reason) => context.say(words.inProcess[reason]),
    draining: () => context.say(words.draining),
  };
}

function tellResult(
  result: SyncResult,
  { json, timeZone }: { readonly json: boolean; readonly timeZone: string },
  context: CommandContext,
): void {
  const { locale } = context;
  if (json) context.printJson(syncDocument(result, new Date()));
  else context.print(syncTable(result.outcomes, locale));
  for (const { source, problem } of distinct(result.outcomes)) {
    if (problem !== null) context.say(problemText(source, problem, { locale, timeZone }));
  }
  for (const { source, problem } of result.outcomes) {
    if (problem !== null) context.record({ source, ...problem }, `sync: ${problem.message}`);
  }
}

/** What stopped all sources alike, for example Kafka, is told once. */
function distinct(outcomes: readonly SourceOutcome[]): readonly SourceOutcome[] {
  const told = new Set<string>();
  return outcomes.filter(({ problem }) => {
    const known = problem === null || told.has(problem.message);
    told.add(problem?.message ?? '');
    return !known;
  });
}
