import type { ReplayFeedRow } from '../../store/replay-store.js';
import { table } from '../sync/table.js';
import type { ReplayPlan } from './plan.js';
import type { ReplayWords } from './words.js';

/** What would be read, for people. */
export function planText(plan: ReplayPlan, words: ReplayWords): string {
  const partitions = plan.partitions.filter(({ from, end }) => from < end);
  const kept = plan.feeds.filter(({ keeps }) => keeps).map(({ feed }) => feed);
  const parts = [
    table(
      [
        words.partitionColumns,
        ...partitions.map(({ partition, since, from, end }) => [
          String(partition),
          timeText(since),
          `${from}–${end - 1}`,
          String(end - from),
          String(plan.feeds.filter((feed) => feed.partition === partition).length),
        ]),
      ],
      3,
    ),
    table(
      [
        words.feedColumns,
        ...plan.feeds.map(({ feed, snapshots, rows }) => [feed, String(snapshots), String(rows)]),
      ],
      1,
    ),
  ];
  if (partitions.length === 0) return `${words.nothing}\n`;
  return `${parts.join('\n')}${kept.length === 0 ? '' : `\n${words.keepsRows(kept)}\n`}`;
}

/** The same for programs. */
export function planDocument(plan: ReplayPlan): object {
  return {
    partitions: plan.partitions.map(({ partition, since, from, end, logStart }) => ({
      ...{ partition, since: since === null ? null : new Date(since).toISOString() },
      ...{ from, end, records: end - from, logStart },
    })),
    feeds: plan.feeds.map(({ feed, partition, snapshots, rows, keeps }) => ({
      ...{ feed, partition, snapshots, rows, keepsLiveRows: keeps },
    })),
  };
}

export function outcomeText(feeds: readonly ReplayFeedRow[], words: ReplayWords): string {
  const rows = feeds.map(({ feed, outcome, changedRows, note }) => [
    feed,
    `${words.outcome[outcome ?? 'kept']}${note === null ? '' : ` (${note})`}`,
    String(changedRows),
  ]);
  return table([words.outcomeColumns, ...rows], 2);
}

export function outcomeDocument(
  generation: number,
  status: string,
  feeds: readonly ReplayFeedRow[],
  seconds: number,
): object {
  return {
    ...{ generation, status, seconds: Math.round(seconds * 10) / 10 },
    feeds: feeds.map(({ feed, outcome, note, changedRows }) => ({
      ...{ feed, outcome: outcome ?? 'kept', note, changedRows },
    })),
  };
}

/** To the second, in UTC, as the options take it. */
function timeText(ms: number | null): string {
  return ms === null ? '' : `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
