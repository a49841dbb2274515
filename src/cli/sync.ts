import type { LoadedConfig } from '../../config/load.js';
import { configuredSources } from '../configured-shops.js';
import type { Secret } from '../domain/secret.js';
import { SOURCES, type Source } from '../domain/stock-key.js';
import { AppError, exitCodeOf } from '../errors.js';
import { openInstruments } from '../instruments.js';
import { Installation } from '../main.js';
import type { Logger } from '../ports/logger.js';
import { CHECK_WORDS } from './check/check-words.js';
import type { CommandContext } from './context.js';
import { isPlain } from './manner.js';
import { SCHEDULED, toScheduler } from './schedule/job-child.js';
import { Pinger } from './schedule/ping.js';
import { runExitCode, type SourceOutcome } from './sync/outcome.js';
import { PlainTeller } from './sync/plain-teller.js';
import { problemOf } from './sync/problem.js';
import { startBars } from './sync/progress/bars.js';
import { rehearse, type SourceRehearsal } from './sync/rehearsal/rehearse.js';
import { rehearsalDocument, rehearsalText } from './sync/rehearsal/report.js';
import { failedDocument, problemTexts, syncDocument, syncTable } from './sync/report.js';
import { runSync, type SyncRequest } from './sync/run.js';
import { SOURCE_SETTINGS } from './sync/shop.js';
import type { Teller } from './sync/teller.js';

/** `inventory-sync sync`: reads, publishes, and leaves when it is applied and published. */
export async function sync(options: Record<string, unknown>, context: CommandContext): Promise<number> {
  const json = options.json === true;
  try {
    const asked = requestOf(options);
    const loaded = await context.settings();
    const request = { ...asked, sources: inUse(asked.sources, loaded, context) };
    const logger = await context.logger('for-people');
    const isTest = options.testMode === true;
    const isWatched = !isTest && process.env[SCHEDULED] === undefined;
    return await watched(isWatched ? loaded.config.schedule.pingUrl : null, logger, async () => {
      const told = { loaded, logger, command: 'sync', metrics: 'tell', send: toScheduler() } as const;
      const instruments = await openInstruments(told);
      const installation = new Installation(loaded, logger, instruments);
      try {
        const run = isTest ? testRun : realRun;
        const outcomes = await run(
          request,
          installation,
          { json, timeZone: loaded.config.timeZone },
          context,
        );
        return context.signalExitCode ?? runExitCode(outcomes);
      } finally {
        await installation.close();
        await instruments.close();
      }
    });
  } catch (error) {
    if (json) context.printJson(failedDocument(problemOf(error, { startedAt: Date.now(), waitMs: 0 })));
    context.complain(error);
    return context.signalExitCode ?? exitCodeOf(error);
  }
}

/** Tells the watchdog of a run that cron or a person has started; the scheduler does so for its own. */
async function watched(url: Secret | null, logger: Logger, work: () => Promise<number>): Promise<number> {
  const pinger = new Pinger(url, logger);
  const end = pinger.begin('sync');
  let code = 1;
  try {
    code = await work();
    return code;
  } finally {
    end(code);
    await pinger.idle();
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
    fullResync: options.fullResync === true,
    acceptAbsences: options.acceptAbsences === true,
    wait: options.wait !== false,
  };
}

function sourcesOf(name: string): readonly Source[] {
  if (name === 'all') return SOURCES;
  return name === 'ozon' ? ['ozon'] : ['wildberries'];
}

/**
 * Who sells on one marketplace has no key of the other: of several sources those are left out of which nothing is set,
 * unless that is all of them. One that is asked for by name has to be set.
 */
function inUse(sources: readonly Source[], loaded: LoadedConfig, context: CommandContext): readonly Source[] {
  const configured = configuredSources(loaded.config);
  if (sources.length === 1 || configured.length === 0) return sources;
  for (const source of sources.filter((one) => !configured.includes(one)))
    context.say(`${source}: ${CHECK_WORDS[context.locale].notConfigured(SOURCE_SETTINGS[source])}`);
  return sources.filter((source) => configured.includes(source));
}

/** Bars where a person looks on, lines elsewhere; either way on stderr. */
async function telling<T>(
  context: CommandContext,
  timeZone: string,
  work: (tell: Teller) => Promise<T>,
): Promise<T> {
  const { locale } = context;
  const lines = new PlainTeller({ say: (line) => context.say(line), locale, timeZone });
  if (isPlain(process.stderr)) return work(lines);
  const bars = startBars(process.stderr, lines, { locale, timeZone });
  try {
    return await work(bars.tell);
  } finally {
    bars.stop();
  }
}

interface Manner {
  readonly json: boolean;
  readonly timeZone: string;
}

async function realRun(
  request: SyncRequest,
  installation: Installation,
  { json, timeZone }: Manner,
  context: CommandContext,
): Promise<readonly SourceOutcome[]> {
  const { signal } = context.shutdown;
  const result = await telling(context, timeZone, (tell) => runSync(request, installation, signal, tell));
  const { outcomes } = result;
  if (json) context.printJson(syncDocument(result, new Date()));
  else context.print(syncTable(outcomes, context.locale));
  tellProblems(outcomes, timeZone, context);
  return outcomes;
}

/** `--test-mode`: shows what would change. */
async function testRun(
  request: SyncRequest,
  installation: Installation,
  { json, timeZone }: Manner,
  context: CommandContext,
): Promise<readonly SourceRehearsal[]> {
  const startedAt = new Date();
  const { signal } = context.shutdown;
  const sources = await telling(context, timeZone, (tell) => rehearse(request, installation, signal, tell));
  if (json) context.printJson(rehearsalDocument(sources, startedAt, new Date()));
  else context.print(rehearsalText(sources, context.locale));
  tellProblems(sources, timeZone, context);
  return sources;
}

function tellProblems(
  outcomes: readonly Pick<SourceOutcome, 'source' | 'problems' | 'exitCodes'>[],
  timeZone: string,
  context: CommandContext,
): void {
  for (const text of problemTexts(outcomes, { locale: context.locale, timeZone })) context.say(text);
  const held = outcomes.filter(({ problems }) => problems.some(({ code }) => code === 'HELD'));
  const [first] = held;
  if (first !== undefined) context.note('held', held.length > 1 ? 'all' : first.source);
  for (const { source, problems } of outcomes) {
    for (const problem of problems) context.record({ source, ...problem }, `sync: ${problem.message}`);
  }
}
