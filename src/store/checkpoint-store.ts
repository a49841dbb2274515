import { AppError } from '../errors.js';
import type { Headers } from '../events/envelope.js';
import { TOPICS, type TopicName } from '../events/topics.js';
import type { Checkpoint, CheckpointStep, CheckpointStore, PartitionId } from '../ports/checkpoint-store.js';
import type { Output } from '../ports/log-records.js';
import type { Database, Row, Sql } from './database.js';
import { withNamedLock } from './named-lock.js';
import { bounded, sqlText } from './statements/sql-text.js';

/** An event may be a megabyte, and no server has to take statements of more than a few. */
const STATEMENT_CHARACTERS = 1024 * 1024;
const WHERE = 'WHERE consumer_group = ? AND topic = ? AND partition_no = ?';

/** Checkpoints and outbox in MySQL: the place of each consumer, in the same transaction as what it wrote. */
export function createCheckpointStore(db: Database): CheckpointStore {
  return {
    async claim(id, ownerToken, logStart) {
      const [known] = await db.query(`SELECT incarnation_id FROM checkpoints ${WHERE}`, keyOf(id));
      if (known === undefined) await enter(db, id, logStart, await incarnationOf(db, id.topic));
      return db.transaction(async (tx) => {
        const stored = await find(tx, id);
        if (stored === null)
          throw new AppError('INVARIANT', 'a checkpoint that was just entered is not there');
        await tx.execute(
          `UPDATE checkpoints SET owner_token = ?, updated_at = CURRENT_TIMESTAMP(3) ${WHERE}`,
          [ownerToken, ...keyOf(id)],
        );
        return checkpointOf(stored);
      });
    },

    async advance(id, ownerToken, step, work) {
      await db.transaction(async (tx) => {
        const row = await find(tx, id);
        if (row === null || row.owner_token !== ownerToken || Number(row.next_offset) !== step.from) {
          throw new AppError(
            'OWNERSHIP_LOST',
            `another worker owns ${id.topic}/${id.partition} of ${id.group} now`,
            {
              facts: { expectedOffset: step.from, storedOffset: Number(row?.next_offset ?? -1) },
            },
          );
        }
        await writeOutbox(tx, step.incarnation, id.partition, await work(tx));
        await move(tx, id, step);
      });
    },

    async notePublished(id, ownerToken, publishedOffset) {
      await db.execute(
        `UPDATE checkpoints SET published_offset = GREATEST(published_offset, ?) ${WHERE} AND owner_token = ?`,
        [publishedOffset, ...keyOf(id), ownerToken],
      );
    },

    async outbox(incarnation, partition, from, to) {
      const rows = await db.query(
        `SELECT record_offset, idx, topic, record_key, value, headers FROM outbox
          WHERE incarnation_id = ? AND partition_no = ? AND record_offset >= ? AND record_offset < ?
          ORDER BY record_offset, idx`,
        [incarnation, partition, from, to],
      );
      return rows.map(outputOf);
    },
  };
}

const keyOf = (id: PartitionId) => [id.group, id.topic, id.partition];

async function find(tx: Sql, id: PartitionId): Promise<Row | null> {
  const [row] = await tx.query(
    `SELECT c.*, (SELECT i.life FROM incarnations i WHERE i.incarnation_id = c.incarnation_id) AS life
       FROM checkpoints c ${WHERE} FOR UPDATE`,
    keyOf(id),
  );
  return row ?? null;
}

async function enter(db: Database, id: PartitionId, logStart: number, incarnation: number): Promise<void> {
  await db.execute(
    `INSERT IGNORE INTO checkpoints
       (consumer_group, topic, partition_no, incarnation_id, next_offset, published_offset)
     VALUES (?, ?, ?, ?, ?, ?)`,
    [...keyOf(id), incarnation, logStart, logStart],
  );
}

/** The newest life of the topic, entered where none is known; partitions that start together agree on one. */
function incarnationOf(db: Database, topic: string): Promise<number> {
  return withNamedLock(db, 'incarnations', async (sql) => {
    const newest = 'SELECT MAX(incarnation_id) AS id FROM incarnations WHERE topic = ?';
    const [known] = await sql.query(newest, [topic]);
    if (known?.id != null) return Number(known.id);
    const result: unknown = await sql.query('INSERT INTO incarnations (topic, life) VALUES (?, 1)', [topic]);
    return Number((result as { insertId: number | string }).insertId);
  });
}

async function writeOutbox(
  tx: Sql,
  incarnation: number,
  partition: number,
  outputs: readonly Output[],
): Promise<void> {
  const values = outputs.map(
    (output) =>
      `(${incarnation},${partition},${output.offset},${output.index},${sqlText(output.topic)},${sqlText(output.key)},${sqlText(output.value)},${sqlText(JSON.stringify(output.headers))})`,
  );
  for (const chunk of bounded(values, 200, STATEMENT_CHARACTERS)) {
    await tx.execute(
      `INSERT INTO outbox (incarnation_id, partition_no, record_offset, idx, topic, record_key, value, headers)
       VALUES ${chunk.join(',')}`,
    );
  }
}

async function move(tx: Sql, id: PartitionId, step: CheckpointStep): Promise<void> {
  await tx.execute(
    `UPDATE checkpoints SET next_offset = ?, published_offset = GREATEST(published_offset, ?), tail_hint = ?,
            prior_digest = ?, updated_at = CURRENT_TIMESTAMP(3) ${WHERE}`,
    [step.to, step.publishedOffset, JSON.stringify(step.tailHint), step.priorDigest, ...keyOf(id)],
  );
}

function checkpointOf(row: Row): Checkpoint {
  return {
    incarnation: Number(row.incarnation_id),
    life: Number(row.life),
    nextOffset: Number(row.next_offset),
    publishedOffset: Number(row.published_offset),
    tailHint: row.tail_hint === null ? {} : (JSON.parse(String(row.tail_hint)) as Record<string, number>),
    priorDigest: row.prior_digest === null ? null : String(row.prior_digest),
  };
}

function outputOf(row: Row): Output {
  const topic = Object.values(TOPICS).find((name): name is TopicName => name === row.topic);
  if (topic === undefined)
    throw new AppError('INVARIANT', `the outbox names an unknown topic: ${String(row.topic)}`);
  return {
    offset: Number(row.record_offset),
    index: Number(row.idx),
    topic,
    key: String(row.record_key),
    value: String(row.value),
    headers: JSON.parse(String(row.headers)) as Headers,
  };
}
