import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../../config/schema.js';
import type { Broker } from '../../broker/broker.js';
import { groupFigures } from '../../broker/group-figures.js';
import { standing } from '../../broker/group-lag.js';
import { configuredSources } from '../../configured-shops.js';
import { duration, number } from '../../domain/anomaly/wording.js';
import { isCatalogue } from '../../domain/feed.js';
import { GROUPS, type GroupName, groupOf } from '../../events/topics.js';
import type { GroupFigures } from '../../ports/operating-figures.js';
import type { Database } from '../../store/database.js';
import { createFeedHealth, type FeedStanding } from '../../store/feed-health.js';
import { isStale } from '../monitor/source-standing.js';
import { SOURCE_NAMES } from '../sync/sync-words.js';
import type { Locale } from '../words.js';
import { DOCTOR_WORDS } from './doctor-languages.js';
import type { Finding, Problem } from './finding.js';

/** A ready worker touches its file every five seconds, the scheduler every five minutes. */
const HEARTBEATS = [
  { command: 'worker', longestMs: 60_000 },
  { command: 'schedule', longestMs: 11 * 60_000 },
] as const;

export interface GroupsSeen extends GroupFigures {
  /** As the broker calls them, by group. */
  readonly states: Readonly<Record<string, string>>;
}

export async function lookAtGroups(broker: Broker, prefix: string): Promise<GroupsSeen> {
  const figures = await groupFigures(broker, prefix);
  const { groups } = await broker.ask('describing our groups', (admin) =>
    admin.describeGroups(Object.keys(figures.members)),
  );
  return {
    ...figures,
    states: Object.fromEntries(groups.map(({ groupId, state }) => [groupId, state])),
  };
}

/** State, members and what waits of each of our groups, in one line. */
export function judgeGroups(seen: GroupsSeen, prefix: string, locale: Locale): Finding {
  const words = DOCTOR_WORDS[locale].groups;
  const problems: Problem[] = [];
  const parts = (Object.keys(GROUPS) as GroupName[]).map((name) => {
    const group = groupOf(prefix, name);
    const own = seen.partitions.filter((one) => one.group === group);
    const members = seen.members[group] ?? 0;
    const waiting = own.reduce((sum, { records }) => sum + records, 0);
    const odd = own.filter(({ committed, start, end }) =>
      ['lost', 'beyond'].includes(standing(committed ?? -1, start, end).oddity ?? ''),
    );
    const [first] = odd;
    if (first !== undefined)
      problems.push({
        ...{ level: 'error', what: words.odd(group, odd.map(({ partition }) => partition).join(', ')) },
        remedy: words.adopt,
      });
    return { name, group, members, waiting, state: seen.states[group] ?? '' };
  });
  const idle = parts.filter(({ members }) => members === 0);
  if (idle.length > 0 && idle.length < parts.length)
    problems.push({
      ...{ level: 'warning', what: words.idle(idle.map(({ name }) => name).join(', ')) },
      remedy: words.mendIdle,
    });
  const line = parts.map(({ name, members, waiting, state }) => {
    const shown = words.states[state] ?? state;
    return words.group(name, shown, number(locale, members), number(locale, waiting));
  });
  const nobody = idle.length === parts.length ? [words.nobody] : [];
  return { details: [line.join('; '), ...nobody], problems, data: { groups: parts } };
}

export async function checkDeadLetters(db: Database, locale: Locale): Promise<Finding> {
  const words = DOCTOR_WORDS[locale].letters;
  const letters = await createFeedHealth(db).deadLetters();
  const count = letters.reduce((sum, one) => sum + one.count, 0);
  const data = { open: count };
  if (count === 0) return { details: [words.none], data };
  return {
    details: [],
    problems: [{ level: 'warning', what: words.some(number(locale, count)), remedy: words.mend }],
    data,
  };
}

interface FreshnessOptions {
  readonly config: Pick<Config, 'alerts' | 'sync' | 'heartbeatPath' | 'locale'>;
  readonly now: number;
}

/** How old the stock is, and since when workers and the scheduler have been silent. */
export async function checkFreshness(
  db: Database,
  config: Config,
  now: number,
): Promise<Finding & { readonly data?: Readonly<Record<string, unknown>> }> {
  const health = createFeedHealth(db);
  const feeds: FeedStanding[] = [];
  for (const source of configuredSources(config)) {
    const account = await health.lastAccount(source);
    if (account !== null) feeds.push(...(await health.feeds(source, account)));
  }
  const told = [judgeAges(feeds, { config, now }), await heartbeats({ config, now })];
  return {
    details: told.flatMap(({ details }) => details),
    problems: told.flatMap(({ problems }) => problems),
    data: { isRead: feeds.some(({ completeAt }) => completeAt !== null) },
  };
}

interface Judged {
  readonly details: readonly string[];
  readonly problems: readonly Problem[];
}

/** The oldest feed of stock speaks for its source. */
export function judgeAges(feeds: readonly FeedStanding[], { config, now }: FreshnessOptions): Judged {
  const { locale } = config;
  const words = DOCTOR_WORDS[locale].freshness;
  const limits = {
    maxSyncAgeHours: config.alerts.maxSyncAgeHours,
    catalogueHours: config.sync.catalogueHours,
  };
  const details: string[] = [];
  const problems: Problem[] = [];
  const stock = feeds.filter((feed) => !isCatalogue(feed) && feed.completeAt !== null);
  if (stock.length === 0) return { details: [words.never], problems };
  for (const source of new Set(stock.map((feed) => feed.source))) {
    const own = stock.filter((feed) => feed.source === source);
    const oldest = own.reduce((a, b) => ((a.completeAt ?? 0) <= (b.completeAt ?? 0) ? a : b));
    const age = duration(locale, now - (oldest.completeAt ?? 0));
    if (isStale(oldest, limits, now))
      problems.push({
        level: 'warning',
        what: words.stale(SOURCE_NAMES[source], age, limits.maxSyncAgeHours),
        remedy: words.mendStale,
      });
    else details.push(words.fresh(SOURCE_NAMES[source], age));
  }
  return { details, problems };
}

/** Files that nobody has touched for too long: stopped, or hanging. Where none is, nothing ever beat. */
async function heartbeats({ config, now }: FreshnessOptions): Promise<Judged> {
  const { heartbeatPath, locale } = config;
  const words = DOCTOR_WORDS[locale].freshness;
  const details: string[] = [];
  const problems: Problem[] = [];
  if (heartbeatPath === null) return { details, problems };
  for (const { command, longestMs } of HEARTBEATS) {
    const file = join(heartbeatPath, `${command}.alive`);
    const at = await stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => null,
    );
    if (at === null) continue;
    if (now - at <= longestMs) details.push(words.beats(command));
    else
      problems.push({
        ...{ level: 'warning', what: words.silent(command, duration(locale, now - at)) },
        remedy: words.mendSilent(file),
      });
  }
  return { details, problems };
}
