import { createConnection } from 'mysql2/promise';
import type { Fault, Round } from '../lab/round.js';

/** Somebody holds rows for longer than the server lets others wait: 1205 undoes one statement, not the transaction. */
export const lockWait: Fault = {
  name: 'lock wait timeout (1205)',
  async play(round) {
    await round.servers.asRoot('SET GLOBAL innodb_lock_wait_timeout = 1');
    const other = await connect(round);
    try {
      await round.workers.startReady(1);
      await round.underLoad(async () => {
        await round.pause(300, 1_500);
        const table = round.pick(['levels', 'snapshots', 'feeds', 'checkpoints', 'alerts']);
        round.note(`all rows of ${table} are locked`);
        await other.query('START TRANSACTION');
        await other.query(`SELECT * FROM ${table} FOR UPDATE`);
        await round.pause(1_500, 6_000);
        await other.query('ROLLBACK');
        round.note('and free');
      });
      await round.goesOn();
    } finally {
      await other.end();
      await round.servers.asRoot('SET GLOBAL innodb_lock_wait_timeout = 50');
    }
  },
};

/** A second writer takes the same rows in any order: one of the two is undone as a whole (1213). */
export function deadlocks(seconds: number): Fault {
  return {
    name: 'deadlocks (1213)',
    async play(round) {
      const other = await connect(round);
      try {
        await round.workers.startReady(1);
        let met = 0;
        await round.underLoad(async () => {
          for (const until = Date.now() + seconds * 1000; Date.now() < until; )
            met += await shuffledWrites(round, other);
        });
        const [row] = await round.servers.asRoot(
          "SELECT COUNT FROM information_schema.INNODB_METRICS WHERE NAME = 'lock_deadlocks'",
        );
        round.note(`deadlocks so far: ${String(row?.COUNT)}, of them ours: ${met}`);
        await round.goesOn();
      } finally {
        await other.end();
      }
    },
  };
}

/** Writes rows as they are. Answers 1 where it was the one to be undone. */
async function shuffledWrites(round: Round, other: Awaited<ReturnType<typeof connect>>): Promise<number> {
  try {
    await other.query('START TRANSACTION');
    for (let step = 0; step < 6; step += 1) {
      await other.query(
        `UPDATE levels SET observed_at = observed_at + INTERVAL 0 SECOND WHERE product_id = ${round.random.int(1, 40)}`,
      );
      await other.query(
        `SELECT * FROM checkpoints WHERE partition_no = ${round.random.int(0, 11)} FOR UPDATE`,
      );
    }
    await other.query('ROLLBACK');
    return 0;
  } catch (error) {
    await other.query('ROLLBACK').catch(() => undefined);
    if ((error as { errno?: number }).errno === 1213 || (error as { errno?: number }).errno === 1205)
      return 1;
    throw error;
  }
}

async function connect(round: Round) {
  const { host, port, adminUser, adminPassword } = round.servers.mysql;
  return createConnection({
    host,
    port,
    user: adminUser,
    password: adminPassword,
    database: round.installation.database,
  });
}
