import { formatFeed, isCatalogue } from '../../../domain/feed.js';
import type { StockLevel } from '../../../domain/stock-level.js';
import type { Locale } from '../../words.js';
import { runExitCode } from '../outcome.js';
import { problemDocument } from '../report.js';
import { feedName, SOURCE_NAMES, SYNC_WORDS } from '../sync-words.js';
import { table } from '../table.js';
import type { SourceRehearsal } from './rehearse.js';
import type { FeedTally, ShownChange } from './tally.js';

/** For people: a line for each feed, the first changes, and that nothing was written. */
export function rehearsalText(sources: readonly SourceRehearsal[], locale: Locale): string {
  const words = SYNC_WORDS[locale].rehearsal;
  const number = new Intl.NumberFormat(locale);
  const figures = (of: Pick<FeedTally, 'rows' | 'created' | 'updated' | 'closed'>) =>
    [of.rows, of.created, of.updated, of.closed].map((figure) => number.format(figure));
  const feeds = sources.flatMap(({ feeds: read }) => read);
  const lines = feeds.map((tally) => [
    SOURCE_NAMES[tally.feed.source],
    feedName(tally.feed.endpoint, locale),
    words.status[tally.status],
    ...figures(tally),
  ]);
  const total = [words.total, '', '', ...figures(totalOf(feeds))];
  const overview = feeds.length === 0 ? '' : `${table([words.columns, ...lines, total], 3)}\n`;
  const changes = sources.flatMap((source) => changesText(source, locale));
  const none = feeds.length > 0 && changes.length === 0 ? `${words.none}\n\n` : '';
  return `${overview}${changes.join('')}${none}${words.nothingWritten}\n`;
}

function totalOf(feeds: readonly FeedTally[]) {
  const total = { rows: 0, created: 0, updated: 0, closed: 0 };
  for (const { rows, created, updated, closed } of feeds) {
    total.rows += rows;
    total.created += created;
    total.updated += updated;
    total.closed += closed;
  }
  return total;
}

function changesText({ source, feeds, changes }: SourceRehearsal, locale: Locale): string[] {
  if (changes.length === 0) return [];
  const number = new Intl.NumberFormat(locale);
  // What catalogues would change are products; shown is stock.
  const { created, updated, closed } = totalOf(feeds.filter(({ feed }) => !isCatalogue(feed)));
  const all = number.format(created + updated + closed);
  const heading = SYNC_WORDS[locale].rehearsal.first(number.format(changes.length), all);
  const lines = changes.map((change) => `  ${changeLine(change, locale)}\n`);
  return [`${SOURCE_NAMES[source]}. ${heading}:\n${lines.join('')}\n`];
}

/** `BOOT-41 (1234567), fbs, warehouse 22: 7 → 5`. */
function changeLine(
  { op, article, productId, scheme, warehouseId, before, after }: ShownChange,
  locale: Locale,
) {
  const words = SYNC_WORDS[locale].rehearsal;
  const product = article === null ? productId : `${article} (${productId})`;
  const place = warehouseId === '' ? scheme : `${scheme}, ${words.warehouse} ${warehouseId}`;
  const note = op === 'c' ? `, ${words.isNew}` : op === 'd' ? `, ${words.closes}` : '';
  return `${product}, ${place}: ${difference(before, after, locale)}${note}`;
}

/** The available pieces, and where these stay as they are, what does not. */
function difference(before: StockLevel | null, after: StockLevel, locale: Locale): string {
  const number = new Intl.NumberFormat(locale);
  const step = (from: number | undefined, to: number) =>
    from === undefined ? `– → ${number.format(to)}` : `${number.format(from)} → ${number.format(to)}`;
  if (before === null || before.available !== after.available)
    return step(before?.available, after.available);
  const { figures } = SYNC_WORDS[locale].rehearsal;
  const others = (['present', 'reserved', 'inWayToClient', 'inWayFromClient'] as const)
    .filter((name) => before[name] !== after[name])
    .map((name) => `${figures[name]} ${step(before[name], after[name])}`);
  return others.length === 0 ? step(before.available, after.available) : others.join(', ');
}

/** The one document that `--test-mode --json` prints. */
export function rehearsalDocument(sources: readonly SourceRehearsal[], startedAt: Date, now: Date): object {
  return {
    testMode: true,
    exitCode: runExitCode(sources),
    startedAt: startedAt.toISOString(),
    durationMs: now.getTime() - startedAt.getTime(),
    totals: totalOf(sources.flatMap(({ feeds }) => feeds)),
    sources: sources.map(({ source, account, feeds, changes, problems }) => ({
      source,
      account,
      feeds: feeds.map(({ feed, ...tally }) => ({ feed: formatFeed(feed), ...tally })),
      changes,
      errors: problems.map((problem) => ({ endpoint: problem.endpoint, ...problemDocument(problem) })),
    })),
    error: null,
  };
}
