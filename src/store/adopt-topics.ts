import { GROUPS, type GroupName, groupOf } from '../events/topics.js';
import type { BrokerPort } from '../ports/broker.js';
import type { Database, Row } from './database.js';

export interface Adoption {
  readonly topic: string;
  readonly partition: number;
  readonly group: string;
  /** Offset that was to be applied next, and the one that will be. */
  readonly from: number;
  readonly to: number;
}

/**
 * After a topic was truncated or made anew under our checkpoints: opens a new incarnation for the partitions that
 * no longer fit, and goes on from where their log begins now. What was lost in between is not in the log any more,
 * so a full resync must follow.
 *
 * @param settle null only looks; else publishes what the tables hold of a partition's old log and the topics may not: nobody looks for it later
 * @param forced partitions of the raw topic to adopt although their offsets fit (made anew, and longer by now)
 */
export async function adoptTopics(
  db: Database,
  broker: BrokerPort,
  prefix: string,
  settle: ((adoption: Adoption) => Promise<void>) | null,
  forced: readonly number[] = [],
): Promise<Adoption[]> {
  const groups = (Object.keys(GROUPS) as GroupName[]).map((name) => groupOf(prefix, name));
  const rows = await db.query(
    'SELECT * FROM checkpoints WHERE consumer_group IN (?) ORDER BY topic, partition_no',
    [groups],
  );
  const adoptions: Adoption[] = [];
  const lives = new Map<string, number>();
  for (const row of rows) {
    const adoption = await unfit(row, broker, groupOf(prefix, 'projector'), forced);
    if (adoption === null) continue;
    adoptions.push(adoption);
    if (settle === null) continue;
    await settle(adoption);
    await adopt(db, row, adoption, lives);
  }
  return adoptions;
}

async function unfit(
  row: Row,
  broker: BrokerPort,
  projector: string,
  forced: readonly number[],
): Promise<Adoption | null> {
  const topic = String(row.topic);
  const group = String(row.consumer_group);
  const partition = Number(row.partition_no);
  const from = Number(row.next_offset);
  const { start, end } = await broker.range(topic, partition);
  const asked = group === projector && forced.includes(partition);
  return from < start || from > end || asked ? { topic, partition, group, from, to: start } : null;
}

async function adopt(db: Database, row: Row, adoption: Adoption, lives: Map<string, number>): Promise<void> {
  const { topic, partition, group, to } = adoption;
  await db.transaction(async (tx) => {
    let life = lives.get(topic);
    if (life === undefined) {
      const inserted: unknown = await tx.query(
        'INSERT INTO incarnations (topic, life) SELECT ?, COALESCE(MAX(life), 0) + 1 FROM incarnations WHERE topic = ?',
        [topic, topic],
      );
      life = Number((inserted as { insertId: number | string }).insertId);
      lives.set(topic, life);
    }
    await tx.execute(
      `UPDATE snapshots SET status = 'abandoned', reason = 'the topic was adopted anew', last_offset = first_offset
        WHERE incarnation_id = ? AND partition_no = ? AND status = 'open'`,
      [row.incarnation_id, partition],
    );
    // A key's life is named by an offset of the old log: one of the new log must not be taken for it.
    await tx.execute(
      'UPDATE levels SET opened_in = -1 WHERE feed_id IN (SELECT feed_id FROM feeds WHERE partition_no = ?)',
      [partition],
    );
    // The owner token goes: a worker that still runs is refused at its next transaction and takes over anew.
    await tx.execute(
      `UPDATE checkpoints SET incarnation_id = ?, next_offset = ?, published_offset = ?, owner_token = NULL,
              tail_hint = NULL, prior_digest = NULL
        WHERE consumer_group = ? AND topic = ? AND partition_no = ?`,
      [life, to, to, group, topic, partition],
    );
  });
}
