import { AppError } from '../errors.js';
import {
  type GenerationFeed,
  type GenerationOutcome,
  type GenerationStore,
  NOTHING_FOLDED,
} from '../ports/replay.js';
import { type Database, type Row, sqlOf } from './database.js';
import { ReplayShadow, refuseOthers } from './replay-shadow.js';
import { readLevelsOfFeed } from './statements/read-levels.js';
import { walkReplayProducts } from './statements/replay-products.js';
import { upsertLevels } from './statements/upsert-levels.js';

export type ReplayStatus = 'folding' | 'ready' | 'done' | 'off' | 'discarded';

export interface ReplayRow {
  readonly generation: number;
  readonly status: ReplayStatus;
  readonly asked: string;
  readonly createdAt: Date;
}

export interface ReplayPartition {
  readonly partition: number;
  readonly incarnation: number;
  readonly life: number;
  readonly from: number;
  readonly next: number;
}

export interface ReplayFeedRow {
  readonly feedId: number;
  readonly feed: string;
  readonly partition: number;
  readonly counts: boolean;
  readonly announced: boolean;
  readonly readyOffset: number | null;
  readonly outcome: GenerationOutcome | null;
  readonly note: string | null;
  readonly changedRows: number;
}

/** Where a new replay begins. */
export interface ReplayRange {
  readonly partitions: readonly Pick<ReplayPartition, 'partition' | 'incarnation' | 'from'>[];
  readonly feeds: readonly { readonly feedId: number; readonly partition: number; readonly from: number }[];
}

const DELETED_AT_ONCE = 5_000;
/** A replay in one of these may still exchange rows. */
const ALIVE = "status IN ('folding', 'ready', 'off')";

/** Replays as their owners see them: what was announced, and what became of it. */
export function createGenerationStore(db: Database): GenerationStore {
  return {
    async standing(generation, feedId, token) {
      const [row] = await db.query(
        `SELECT p.incarnation_id, f.ready_offset, f.state, l.watermark_at
           FROM replay_feeds f
           JOIN replays r ON r.generation = f.generation AND r.${ALIVE}
           JOIN replay_partitions p ON p.generation = f.generation AND p.partition_no = f.partition_no
           JOIN feeds l ON l.feed_id = f.feed_id
          WHERE f.generation = ? AND f.feed_id = ? AND f.token = ? AND f.outcome IS NULL`,
        [generation, feedId, token],
      );
      if (row === undefined) return null;
      return {
        incarnation: Number(row.incarnation_id),
        readyOffset: row.ready_offset === null ? null : Number(row.ready_offset),
        folded: JSON.parse(String(row.state)) as GenerationFeed,
        liveWatermark: row.watermark_at === null ? null : (row.watermark_at as Date).getTime(),
      };
    },
    rowsOfFeed: (generation, feedId) => readLevelsOfFeed(db, feedId, generation),
    productsOfFeed: (generation, feedId) => walkReplayProducts(db, generation, feedId),

    async settle(tx, { generation, feedId, token, outcome, note, changedRows, reopened, at }) {
      const sql = sqlOf(tx);
      const [row] = await sql.query(
        `SELECT generation FROM replays WHERE generation = ? AND ${ALIVE} LOCK IN SHARE MODE`,
        [generation],
      );
      const noted =
        row === undefined
          ? 0
          : await sql.execute(
              `UPDATE replay_feeds SET outcome = ?, note = ?, changed_rows = ?
                WHERE generation = ? AND feed_id = ? AND token = ? AND outcome IS NULL`,
              [outcome, note?.slice(0, 1024) ?? null, changedRows, generation, feedId, token],
            );
      if (noted === 0 && outcome === 'swapped') {
        throw new AppError('OWNERSHIP_LOST', `replay ${generation} was discarded or goes another way`);
      }
      await upsertLevels(
        sql,
        reopened.map((row) => ({ feedId, row, observedAt: at })),
      );
    },
  };
}

/** Replays as the command sees them. */
export class ReplayStore {
  constructor(private readonly db: Database) {}

  async list(): Promise<readonly ReplayRow[]> {
    return (await this.db.query('SELECT * FROM replays ORDER BY generation')).map(replayOf);
  }

  async find(generation: number): Promise<ReplayRow | null> {
    const [row] = await this.db.query('SELECT * FROM replays WHERE generation = ?', [generation]);
    return row === undefined ? null : replayOf(row);
  }

  /** Enters a replay whose feeds begin with nothing. Answers its generation. */
  async begin(owner: string, asked: string, { partitions, feeds }: ReplayRange): Promise<number> {
    return this.db.transaction(async (tx) => {
      const result: unknown = await tx.query(
        "INSERT INTO replays (status, asked, owner) VALUES ('folding', ?, ?)",
        [asked.slice(0, 255), owner],
      );
      const generation = Number((result as { insertId: number | string }).insertId);
      for (const { partition, incarnation, from } of partitions) {
        await tx.execute('INSERT INTO replay_partitions VALUES (?, ?, ?, ?, ?)', [
          ...[generation, partition, incarnation, from, from],
        ]);
      }
      for (const { feedId, partition, from } of feeds) {
        await tx.execute(
          'INSERT INTO replay_feeds (generation, feed_id, partition_no, next_offset, state) VALUES (?, ?, ?, ?, ?)',
          [generation, feedId, partition, from, JSON.stringify(NOTHING_FOLDED)],
        );
      }
      return generation;
    });
  }

  /**
   * Makes this process the one at work. Feeds that were given up, and those whose announcement may never have come to
   * the log, are to be announced anew; those that stand at theirs go on waiting for their owner.
   *
   * @param from the process that must be at work until now, where that matters
   */
  async takeOver(generation: number, owner: string, from?: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      if (from !== undefined) await refuseOthers(tx, generation, from);
      await tx.execute("UPDATE replays SET owner = ?, status = 'folding' WHERE generation = ?", [
        owner,
        generation,
      ]);
      // How far each feed is, before some of them are read again from an earlier place than the others.
      await tx.execute(
        `UPDATE replay_feeds f JOIN replay_partitions p USING (generation, partition_no)
            SET f.next_offset = GREATEST(f.next_offset, p.next_offset)
          WHERE f.generation = ? AND f.ready_offset IS NULL`,
        [generation],
      );
      await tx.execute(
        `UPDATE replay_feeds SET token = NULL, ready_offset = NULL, outcome = NULL, note = NULL
          WHERE generation = ? AND (outcome IN ('off', 'held') OR outcome IS NULL AND ready_offset IS NULL)`,
        [generation],
      );
      await tx.execute(
        `UPDATE replay_partitions p SET p.next_offset = COALESCE((SELECT MIN(f.next_offset) FROM replay_feeds f
             WHERE f.generation = p.generation AND f.partition_no = p.partition_no AND f.ready_offset IS NULL),
           p.next_offset)
          WHERE p.generation = ?`,
        [generation],
      );
    });
  }

  async partitions(generation: number): Promise<readonly ReplayPartition[]> {
    const rows = await this.db.query(
      `SELECT p.*, i.life FROM replay_partitions p JOIN incarnations i ON i.incarnation_id = p.incarnation_id
        WHERE p.generation = ? ORDER BY p.partition_no`,
      [generation],
    );
    return rows.map((row) => ({
      partition: Number(row.partition_no),
      incarnation: Number(row.incarnation_id),
      life: Number(row.life),
      from: Number(row.from_offset),
      next: Number(row.next_offset),
    }));
  }

  async feeds(generation: number): Promise<readonly ReplayFeedRow[]> {
    return (await this.feedRows(generation)).map((row) => ({
      feedId: Number(row.feed_id),
      feed: String(row.feed),
      partition: Number(row.partition_no),
      counts: (JSON.parse(String(row.state)) as GenerationFeed).applied !== null,
      announced: row.token !== null,
      readyOffset: row.ready_offset === null ? null : Number(row.ready_offset),
      outcome: row.outcome as GenerationOutcome | null,
      note: row.note === null ? null : String(row.note),
      changedRows: Number(row.changed_rows),
    }));
  }

  /** Those that have not been exchanged yet. */
  async shadows(generation: number, owner: string): Promise<readonly ReplayShadow[]> {
    const rows = await this.feedRows(generation);
    return rows
      .filter((row) => row.outcome === null)
      .map((row) => new ReplayShadow(this.db, generation, owner, row));
  }

  /** So far the partition has been read, for all its feeds. */
  async reached(generation: number, owner: string, partition: number, next: number): Promise<void> {
    await this.db.transaction(async (tx) => {
      await refuseOthers(tx, generation, owner);
      await tx.execute(
        'UPDATE replay_partitions SET next_offset = ? WHERE generation = ? AND partition_no = ?',
        [next, generation, partition],
      );
    });
  }

  /** Only the process at work says how the replay stands, and of a discarded one nothing more is said. */
  async mark(generation: number, status: Exclude<ReplayStatus, 'discarded'>, owner: string): Promise<void> {
    await this.db.execute(
      `UPDATE replays SET status = ?, ended_at = ${status === 'done' ? 'CURRENT_TIMESTAMP(3)' : 'NULL'}
        WHERE generation = ? AND owner = ? AND status <> 'discarded'`,
      [status, generation, owner],
    );
  }

  /** From now on nobody exchanges rows for those of this replay, and nobody adds to them. */
  async discard(generation: number): Promise<void> {
    await this.db.execute(
      "UPDATE replays SET status = 'discarded', ended_at = CURRENT_TIMESTAMP(3) WHERE generation = ?",
      [generation],
    );
  }

  /** Removes what the replay has folded, in small transactions. It must be over by its status. */
  async clear(generation: number, onRemoved: (rows: number) => void = () => undefined): Promise<void> {
    for (const table of ['levels', 'replay_products']) {
      for (;;) {
        const removed = await this.db.execute(
          `DELETE FROM ${table} WHERE generation = ? AND generation > 0 LIMIT ${DELETED_AT_ONCE}`,
          [generation],
        );
        onRemoved(removed);
        if (removed < DELETED_AT_ONCE) break;
      }
    }
  }

  private feedRows(generation: number): Promise<Row[]> {
    return this.db.query(
      `SELECT r.*, f.feed, CASE WHEN r.ready_offset IS NULL THEN GREATEST(r.next_offset, p.next_offset)
                                ELSE r.next_offset END AS folded_to
         FROM replay_feeds r
         JOIN replay_partitions p ON p.generation = r.generation AND p.partition_no = r.partition_no
         JOIN feeds f ON f.feed_id = r.feed_id
        WHERE r.generation = ? ORDER BY f.feed`,
      [generation],
    );
  }
}

function replayOf(row: Row): ReplayRow {
  return {
    generation: Number(row.generation),
    status: row.status as ReplayStatus,
    asked: String(row.asked),
    createdAt: row.created_at as Date,
  };
}
