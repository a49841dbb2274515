import type { Broker } from '../../broker/broker.js';
import type { Source } from '../../domain/stock-key.js';
import { AppError } from '../../errors.js';
import { groupOf, TOPICS, topicOf } from '../../events/topics.js';
import type { LogRange } from '../../ports/broker.js';
import type { Database, Row } from '../../store/database.js';
import { firstTimes } from './first-times.js';

/** What to replay, and of which feeds. */
export interface ReplayAsk {
  readonly since:
    | { readonly kind: 'beginning' }
    | { readonly kind: 'time'; readonly at: number }
    | { readonly kind: 'snapshot'; readonly id: string };
  /** All of them unless told. */
  readonly sources?: readonly Source[] | undefined;
  readonly feed?: string | undefined;
}

export interface PlannedPartition {
  readonly partition: number;
  readonly incarnation: number;
  readonly life: number;
  readonly from: number;
  readonly end: number;
  readonly logStart: number;
  /** Broker time of the first record, Unix milliseconds; null where there is none. */
  readonly since: number | null;
}

export interface PlannedFeed {
  readonly feedId: number;
  readonly feed: string;
  readonly partition: number;
  readonly from: number;
  /** Whole snapshots in the range, as the live tables have them, and the rows of these. */
  readonly snapshots: number;
  readonly rows: number;
  /** By the live tables: without a whole snapshot in the range it keeps its live rows. */
  readonly keeps: boolean;
}

export interface ReplayPlan {
  readonly partitions: readonly PlannedPartition[];
  readonly feeds: readonly PlannedFeed[];
}

export interface PlanDeps {
  readonly db: Database;
  readonly broker: Broker;
  readonly prefix: string;
}

/**
 * Which offsets a replay would read, and what is known of them.
 *
 * @throws USAGE where more is asked for than the log holds, saying since when it can be had; TOPIC_DIVERGED
 */
export async function planReplay(ask: ReplayAsk, deps: PlanDeps): Promise<ReplayPlan> {
  const topic = topicOf(deps.prefix, TOPICS.rawSnapshots);
  const feeds = await chosenFeeds(ask, deps.db);
  const standing = await standings(deps, topic);
  const inLog = feeds.filter((feed) => standing.has(Number(feed.partition_no)));
  const wanted = [...new Set(inLog.map((feed) => Number(feed.partition_no)))].sort((a, b) => a - b);
  const starts = await offsetsOf(ask, wanted, standing, deps, topic);
  const times = await firstTimes(deps, topic, beginnings(starts, standing));
  refuseLost(ask, starts, standing, times);
  const partitions = wanted.map((partition): PlannedPartition => {
    const { incarnation, life, range } = standing.get(partition) as Standing;
    const from = starts.get(partition) ?? range.start;
    const since = times.get(`${partition}/${from}`) ?? null;
    return { partition, incarnation, life, from, end: range.end, logStart: range.start, since };
  });
  const planned = inLog.map((feed) => {
    const place = partitions.find(({ partition }) => partition === Number(feed.partition_no));
    return plannedFeed(deps.db, feed, place as PlannedPartition);
  });
  return { partitions, feeds: await Promise.all(planned) };
}

interface Standing {
  readonly incarnation: number;
  readonly life: number;
  readonly range: LogRange;
}

/** Partitions that the projector has a place in. */
async function standings({ db, broker, prefix }: PlanDeps, topic: string): Promise<Map<number, Standing>> {
  const rows = await db.query(
    `SELECT c.partition_no, c.incarnation_id, c.next_offset, i.life
       FROM checkpoints c JOIN incarnations i ON i.incarnation_id = c.incarnation_id
      WHERE c.consumer_group = ? AND c.topic = ?`,
    [groupOf(prefix, 'projector'), topic],
  );
  const offsets = await broker.ask(`reading offsets of ${topic}`, (admin) => admin.fetchTopicOffsets(topic));
  const found = new Map<number, Standing>();
  for (const row of rows) {
    const partition = Number(row.partition_no);
    const at = offsets.find((one) => one.partition === partition);
    const range = { start: Number(at?.low ?? 0), end: Number(at?.high ?? 0) };
    const next = Number(row.next_offset);
    if (next < range.start || next > range.end) {
      throw new AppError(
        'TOPIC_DIVERGED',
        `${topic}/${partition} holds ${range.start} to ${range.end}, ${next} is to be applied next`,
        { remedy: 'run `inventory-sync topics adopt` first' },
      );
    }
    found.set(partition, { incarnation: Number(row.incarnation_id), life: Number(row.life), range });
  }
  return found;
}

async function chosenFeeds({ sources, feed, since }: ReplayAsk, db: Database): Promise<readonly Row[]> {
  const rows = await db.query(
    `SELECT f.feed_id, f.feed, f.partition_no, f.applied_offset, f.applied_incarnation_id, a.source
       FROM feeds f JOIN accounts a ON a.account_id = f.account_id ORDER BY f.feed`,
  );
  if (feed !== undefined && !rows.some((row) => row.feed === feed)) {
    const known = rows.map((row) => String(row.feed)).join(', ');
    throw new AppError('USAGE', `there is no feed ${feed}`, { remedy: `known feeds: ${known}` });
  }
  const only = since.kind === 'snapshot' ? (await snapshotOf(since.id, db)).feedId : null;
  return rows.filter(
    (row) =>
      (feed === undefined || row.feed === feed) &&
      (sources === undefined || sources.some((source) => source === row.source)) &&
      (only === null || Number(row.feed_id) === only),
  );
}

async function snapshotOf(id: string, db: Database) {
  const [row] = await db.query(
    `SELECT feed_id, incarnation_id, partition_no, first_offset FROM snapshots
      WHERE snapshot_id = ? ORDER BY incarnation_id DESC, first_offset DESC LIMIT 1`,
    [id],
  );
  if (row === undefined) {
    throw new AppError('USAGE', `there is no snapshot ${id}`, {
      remedy: 'look for its id in the table `snapshots`, or in the sync events',
    });
  }
  return {
    feedId: Number(row.feed_id),
    incarnation: Number(row.incarnation_id),
    partition: Number(row.partition_no),
    offset: Number(row.first_offset),
  };
}

/** Partition → first offset, as far as the question goes; it may lie below what the log holds. */
async function offsetsOf(
  { since }: ReplayAsk,
  wanted: readonly number[],
  standing: ReadonlyMap<number, Standing>,
  { db, broker }: PlanDeps,
  topic: string,
): Promise<Map<number, number>> {
  const start = (partition: number) => standing.get(partition)?.range.start ?? 0;
  if (since.kind === 'beginning') return new Map(wanted.map((partition) => [partition, start(partition)]));
  if (since.kind === 'snapshot') {
    const snapshot = await snapshotOf(since.id, db);
    if (standing.get(snapshot.partition)?.incarnation !== snapshot.incarnation) {
      throw new AppError('USAGE', `snapshot ${since.id} was read before the topic was made anew`, {
        remedy: 'use --from-beginning',
      });
    }
    return new Map(wanted.map((partition) => [partition, snapshot.offset]));
  }
  const found = await broker.ask(`looking for offsets by time in ${topic}`, (admin) =>
    admin.fetchTopicOffsetsByTimestamp(topic, since.at),
  );
  return new Map(
    wanted.map((partition) => {
      const at = found.find((one) => one.partition === partition);
      return [partition, Math.max(start(partition), Number(at?.offset ?? 0))];
    }),
  );
}

/** Places whose records' times are asked for: where the reading begins, and where the log does. */
function beginnings(starts: ReadonlyMap<number, number>, standing: ReadonlyMap<number, Standing>) {
  return [...starts].flatMap(([partition, from]) => {
    const { start, end } = standing.get(partition)?.range ?? { start: 0, end: 0 };
    return [...new Set([start, from])].flatMap((offset) =>
      offset >= start && offset < end ? [{ partition, offset }] : [],
    );
  });
}

/** What retention has taken is not to be had, and a replay of less than was asked for is not what was asked for. */
function refuseLost(
  { since }: ReplayAsk,
  starts: ReadonlyMap<number, number>,
  standing: ReadonlyMap<number, Standing>,
  times: ReadonlyMap<string, number>,
): void {
  if (since.kind === 'beginning') return;
  const lost = [...starts].flatMap(([partition, from]) => {
    const start = standing.get(partition)?.range.start ?? 0;
    const first = times.get(`${partition}/${start}`);
    const isLost = since.kind === 'snapshot' ? from < start : start > 0 && (first ?? 0) > since.at;
    return isLost ? [first ?? Date.now()] : [];
  });
  if (lost.length === 0) return;
  const earliest = new Date(Math.max(...lost)).toISOString();
  const what = since.kind === 'snapshot' ? `snapshot ${since.id}` : new Date(since.at).toISOString();
  throw new AppError('USAGE', `${what} lies before what the log still holds: it begins at ${earliest}`, {
    remedy: `use --to-datetime ${earliest.slice(0, -1)} or --from-beginning; RAW_RETENTION_DAYS says how long the log is kept`,
  });
}

async function plannedFeed(db: Database, feed: Row, place: PlannedPartition): Promise<PlannedFeed> {
  const feedId = Number(feed.feed_id);
  const [found] = await db.query(
    `SELECT COUNT(*) AS snapshots, COALESCE(SUM(rows_read), 0) AS rows_read,
            COALESCE(MAX(last_offset = ?), 0) AS newest
       FROM snapshots
      WHERE feed_id = ? AND incarnation_id = ? AND first_offset >= ? AND status = 'applied' AND reason IS NULL`,
    [feed.applied_offset ?? -1, feedId, place.incarnation, place.from],
  );
  return {
    feedId,
    feed: String(feed.feed),
    partition: place.partition,
    from: place.from,
    snapshots: Number(found?.snapshots ?? 0),
    rows: Number(found?.rows_read ?? 0),
    keeps: Number(found?.newest ?? 0) === 0,
  };
}
