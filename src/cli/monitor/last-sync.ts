import { configuredSources } from '../../configured-shops.js';
import { duration, number } from '../../domain/anomaly/wording.js';
import { isCatalogue } from '../../domain/feed.js';
import { AppError } from '../../errors.js';
import type { Installation } from '../../main.js';
import { createFeedHealth, type FeedStanding, type LastRun } from '../../store/feed-health.js';
import { toldHere } from '../check/told-here.js';
import type { CommandContext } from '../context.js';
import { shopOf } from '../sync/shop.js';
import { SOURCE_NAMES } from '../sync/sync-words.js';
import { table } from '../sync/table.js';
import type { Locale } from '../words.js';
import { standingOptions } from './health.js';
import { type Problem, partText, VERDICT_EXIT, type Verdict } from './part.js';
import { feedData, feedName, isoOf, isStale, type StandingOptions } from './source-standing.js';
import { MONITOR_WORDS } from './words.js';

export interface SourceSync {
  readonly source: LastRun['source'];
  /** Null where neither the settings nor any earlier run tell it. */
  readonly account: string | null;
  readonly feeds: readonly FeedStanding[];
  readonly run: LastRun | null;
  /** Why these settings cannot read anything. */
  readonly trouble?: Problem | undefined;
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
  for (const source of configuredSources(loaded.config)) {
    const { account, trouble } = await shopOf(loaded, source, (of) => health.lastAccount(of));
    const feeds = account === null ? [] : await health.feeds(source, account);
    const run = await health.lastRun(source);
    const told = trouble === undefined ? undefined : toldHere(trouble, options.locale);
    syncs.push({ source, account, feeds, run, trouble: told });
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
    sync.trouble === undefined &&
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
  const troubles = syncs.flatMap(({ source, trouble }) =>
    trouble === undefined ? [] : [troubleText(SOURCE_NAMES[source], trouble, locale)],
  );
  return `${rows.length === 0 ? '' : table([words.columns, ...rows], 4)}${runs.join('')}${troubles.join('')}`;
}

function troubleText(title: string, trouble: Problem, locale: Locale): string {
  return partText({ name: '', title, status: 'down', facts: [], problems: [trouble] }, locale);
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
    sources: syncs.map(({ source, account, feeds, run, trouble }) => ({
      source,
      account,
      problem: trouble ?? null,
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
