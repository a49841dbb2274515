import { duration, number } from '../../domain/anomaly/wording.js';
import { isCatalogue } from '../../domain/feed.js';
import { AppError } from '../../errors.js';
import type { Installation } from '../../main.js';
import { createFeedHealth, type FeedStanding, type LastRun } from '../../store/feed-health.js';
import type { CommandContext } from '../context.js';
import { SOURCE_NAMES } from '../sync/sync-words.js';
import { table } from '../sync/table.js';
import { standingOptions } from './health.js';
import { VERDICT_EXIT, type Verdict } from './part.js';
import { feedData, feedName, isoOf, isStale, type StandingOptions } from './source-standing.js';
import { accountOf, configuredSources } from './sources.js';
import { MONITOR_WORDS } from './words.js';

export interface SourceSync {
  readonly source: LastRun['source'];
  readonly account: string;
  readonly feeds: readonly FeedStanding[];
  readonly run: LastRun | null;
}

/** `monitor --check-last-sync`: how old what we know is, and how the last run ended. */
export async function checkLastSync(
  installation: Installation,
  context: CommandContext,
  json: boolean,
): Promise<number> {
  const { loaded } = installation;
  const database = await installation.database();
  const health = createFeedHealth(database);
  const options = standingOptions(installation, Date.now());
  const syncs: SourceSync[] = [];
  for (const source of configuredSources(loaded)) {
    const account = accountOf(loaded, source);
    const feeds = await health.feeds(source, account);
    syncs.push({ source, account, feeds, run: await health.lastRun(source) });
  }
  if (syncs.length === 0) {
    const { noSources, noSourcesRemedy } = MONITOR_WORDS[options.locale];
    throw new AppError('CONFIG_INVALID', noSources, { remedy: noSourcesRemedy });
  }
  const verdict = syncVerdict(syncs, options);
  if (json) context.printJson(document(syncs, verdict, options));
  else context.print(text(syncs, options));
  return VERDICT_EXIT[verdict];
}

/** Down: of no source was all stock ever read completely. */
export function syncVerdict(
  syncs: readonly SourceSync[],
  options: Pick<StandingOptions, 'maxSyncAgeHours' | 'catalogueHours' | 'now'>,
): Verdict {
  const isUnread = ({ feeds }: SourceSync) => {
    const stock = feeds.filter((feed) => !isCatalogue(feed));
    return stock.length === 0 || stock.some(({ completeAt }) => completeAt === null);
  };
  if (syncs.every(isUnread)) return 'down';
  const isFine = (sync: SourceSync) =>
    !isUnread(sync) &&
    sync.feeds.every((feed) => !isStale(feed, options, options.now)) &&
    (sync.run === null || ['success', 'running'].includes(sync.run.status));
  return syncs.every(isFine) ? 'fine' : 'degraded';
}

function text(syncs: readonly SourceSync[], options: StandingOptions): string {
  const { locale, now, time } = options;
  const words = MONITOR_WORDS[locale].lastSync;
  const rows = syncs.flatMap(({ source, feeds }) =>
    feeds.map((feed) => {
      const mark = isStale(feed, options, now) ? '✗' : '✓';
      const at = feed.completeAt === null ? '–' : time(feed.completeAt);
      const age = feed.completeAt === null ? '–' : duration(locale, now - feed.completeAt);
      return [`${mark} ${SOURCE_NAMES[source]}`, feedName(feed, locale), at, age];
    }),
  );
  const runs = syncs.map(({ source, run }) => `${SOURCE_NAMES[source]}: ${runText(run, options)}\n`);
  return `${rows.length === 0 ? '' : table([words.columns, ...rows], 4)}${runs.join('')}`;
}

function runText(run: LastRun | null, { locale, time }: StandingOptions): string {
  const words = MONITOR_WORDS[locale].lastSync;
  if (run === null) return words.noRun;
  const told = words.run(
    words.status[run.status] ?? run.status,
    time(run.startedAt),
    number(locale, run.records),
  );
  return run.error === null ? told : `${told}\n    ${run.error.replaceAll('\n', '\n    ')}`;
}

function document(syncs: readonly SourceSync[], verdict: Verdict, options: StandingOptions): object {
  return {
    status: verdict,
    exitCode: VERDICT_EXIT[verdict],
    at: isoOf(options.now),
    sources: syncs.map(({ source, account, feeds, run }) => ({
      source,
      account,
      feeds: feeds.map((feed) => feedData(feed, options)),
      lastRun:
        run === null
          ? null
          : {
              status: run.status,
              startedAt: isoOf(run.startedAt),
              finishedAt: isoOf(run.finishedAt),
              records: run.records,
              error: run.error,
            },
    })),
  };
}
