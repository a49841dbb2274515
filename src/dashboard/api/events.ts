import { z } from 'zod';
import { HOUR } from '../../domain/anomaly/time.js';
import { SEVERITIES } from '../../events/alert.js';
import type { Logger } from '../../ports/logger.js';
import { alertsAfter, type StoredAlert } from '../../store/board/alerts-page.js';
import type { BoardFeed, BoardStanding, Reader } from '../../store/board/board-standing.js';
import { readLives } from '../../store/board/ledger-page.js';
import {
  type SnapshotPlace,
  type StoredSnapshot,
  snapshotsBefore,
} from '../../store/board/snapshots-page.js';
import { ANSWERS, type Answer, isoOf, isoOrNull } from './answers.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import type { AlertsQuery, SnapshotsQuery } from './questions.js';

/** Per feed the last snapshot that was given out. */
const snapshotPlaces = z.object({
  feeds: z.array(z.tuple([z.int(), z.int(), z.int()])).max(10_000),
});

/** Snapshots of all feeds that are asked for, the newest first: as many of each as the answer could hold, merged. */
export async function readSnapshots(
  db: Reader,
  rawTopic: string,
  { feeds, accounts }: BoardStanding,
  query: SnapshotsQuery,
): Promise<Answer<'Snapshots'>> {
  const given = query.cursor === undefined ? null : decodeCursor('snapshots', query.cursor, snapshotPlaces);
  const places = new Map<number, SnapshotPlace>();
  for (const [feedId, incarnation, offset] of given?.feeds ?? []) places.set(feedId, { incarnation, offset });
  const lives = await readLives(db, rawTopic);
  const owners = new Map(accounts.map((account) => [account.accountId, account]));
  const queues: Queue[] = [];
  for (const feed of feeds) {
    const owner = owners.get(feed.accountId);
    if (query.feed !== undefined && feed.feed !== query.feed) continue;
    if (query.source !== undefined && owner?.source !== query.source) continue;
    if (query.account !== undefined && owner?.account !== query.account) continue;
    const before = places.get(feed.feedId) ?? null;
    const { status, limit } = query;
    queues.push({
      feed,
      snapshots: await snapshotsBefore(db, feed.feedId, lives, { before, status, limit }),
    });
  }
  const shown = newestOf(queues, query.limit);
  for (const { feed, snapshot } of shown) places.set(feed.feedId, snapshot);
  const snapshots = shown.map(({ feed, snapshot }) => {
    const { incarnation: _life, offset: _offset, startedAt, endedAt, status, ...rest } = snapshot;
    const owner = owners.get(feed.accountId);
    return {
      ...{ source: owner?.source ?? ('ozon' as const), account: owner?.account ?? '', feed: feed.feed },
      ...{ ...rest, status: statusOf(status), startedAt: isoOf(startedAt), endedAt: isoOrNull(endedAt) },
    };
  });
  if (shown.length < query.limit) return { snapshots, next: null };
  const at = [...places].map(([feedId, { incarnation, offset }]) => [feedId, incarnation, offset]);
  return { snapshots, next: encodeCursor('snapshots', { feeds: at }) };
}

interface Queue {
  readonly feed: BoardFeed;
  readonly snapshots: StoredSnapshot[];
}

/** Merged by time; within a feed the order is the log's, whatever the clocks say. */
function newestOf(queues: readonly Queue[], limit: number): { feed: BoardFeed; snapshot: StoredSnapshot }[] {
  const found: { feed: BoardFeed; snapshot: StoredSnapshot }[] = [];
  while (found.length < limit) {
    let newest: Queue | undefined;
    for (const queue of queues) {
      const head = queue.snapshots[0];
      if (head === undefined) continue;
      const best = newest?.snapshots[0];
      if (best === undefined || head.startedAt > best.startedAt) newest = queue;
    }
    const snapshot = newest?.snapshots.shift();
    if (newest === undefined || snapshot === undefined) break;
    found.push({ feed: newest.feed, snapshot });
  }
  return found;
}

const snapshotStatus = ANSWERS.Snapshots.shape.snapshots.element.shape.status;

function statusOf(status: string): z.infer<typeof snapshotStatus> {
  return snapshotStatus.parse(status);
}

const STATES = ['open', 'resolved'] as const;
const WORST_FIRST = SEVERITIES.toReversed();
const alertPlace = z.object({
  state: z.enum(STATES),
  severity: z.enum(SEVERITIES),
  fingerprint: z.string().max(255),
});

/**
 * Open ones before resolved ones, the worst first, then by fingerprint. One that cannot be read is left out, and the
 * answer is shorter by it.
 */
export async function readAlerts(
  db: Reader,
  logger: Pick<Logger, 'error'>,
  query: AlertsQuery,
): Promise<Answer<'Alerts'>> {
  const after = query.cursor === undefined ? null : decodeCursor('alerts', query.cursor, alertPlace);
  const shelves = STATES.filter((state) => query.state === 'all' || state === query.state).flatMap((state) =>
    WORST_FIRST.filter((severity) => query.severity === undefined || severity === query.severity).map(
      (severity) => ({ state, severity }),
    ),
  );
  const from = shelves.findIndex(
    ({ state, severity }) => state === after?.state && severity === after.severity,
  );
  const found: (StoredAlert & { readonly place: z.infer<typeof alertPlace> })[] = [];
  for (const [index, shelf] of shelves.entries()) {
    if (index < from || found.length >= query.limit) continue;
    const last = index === from && after !== null ? after.fingerprint : null;
    const rows = await alertsAfter(db, { ...shelf, after: last, limit: query.limit - found.length });
    found.push(...rows.map((row) => ({ ...row, place: { ...shelf, fingerprint: row.fingerprint } })));
  }
  for (const { alert, fingerprint } of found)
    if (alert === null)
      logger.error({ fingerprint }, 'a stored alert cannot be read: the read API leaves it out');
  const end = found.at(-1);
  const isWhole = end === undefined || found.length < query.limit;
  return { alerts: found.flatMap(alertOf), next: isWhole ? null : encodeCursor('alerts', end.place) };
}

function alertOf({ state, alert, ...times }: StoredAlert): Answer<'Alerts'>['alerts'] {
  if (alert === null) return [];
  const { fingerprint, rule, severity, source, account, feed, product, evidence, text } = alert;
  return [
    {
      ...{
        fingerprint,
        state: state === 'open' ? 'open' : 'resolved',
        rule,
        severity,
        source,
        account,
        feed,
      },
      ...{ product: product ?? null, evidence, text },
      raisedAt: isoOrNull(times.raisedAt),
      resolvedAt: isoOrNull(times.resolvedAt),
      mutedUntil: isoOrNull(times.mutedUntil),
      acknowledgedAt: isoOrNull(times.acknowledgedAt),
    },
  ];
}

/** How fresh the feeds are that are still read. */
export function healthOf({ feeds, accounts, at }: BoardStanding, maxAgeHours: number): Answer<'Health'> {
  const owners = new Map(accounts.map((account) => [account.accountId, account]));
  const shown = feeds
    .filter(({ isRetired }) => !isRetired)
    .flatMap((feed) => {
      const owner = owners.get(feed.accountId);
      if (owner === undefined) return [];
      const { completeAt, held, failures } = feed;
      const isStale = completeAt !== null && feed.isStock && at - completeAt > maxAgeHours * HOUR;
      const status = held > 0 ? 'held' : completeAt === null ? 'never' : isStale ? 'stale' : 'fresh';
      return [
        {
          ...{ feed: feed.feed, source: owner.source, account: owner.account, status: status as 'fresh' },
          ...{ completeAt: isoOrNull(completeAt), heldSnapshots: held, failures },
        },
      ];
    });
  const isWell = shown.every(({ status }) => status === 'fresh');
  return { status: isWell ? 'ok' : 'degraded', maxAgeHours, feeds: shown };
}
