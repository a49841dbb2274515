import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import type { TrialInstallation } from './installation.js';

/** Puts lies into what the checker reads, and takes them out again. */
export class Planting {
  private constructor(
    private readonly trial: TrialInstallation,
    private readonly connection: Connection,
  ) {}

  static async open(trial: TrialInstallation): Promise<Planting> {
    const { host, port, database, adminUser, adminPassword } = trial.pipe.database;
    const options = { host, port, database, user: adminUser, password: adminPassword, dateStrings: true };
    const connection = await createConnection(options);
    await connection.query("SET time_zone = '+00:00'");
    return new Planting(trial, connection);
  }

  async row(sql: string): Promise<Record<string, unknown>> {
    const [[row]] = await this.connection.query<RowDataPacket[]>(sql);
    if (row === undefined) throw new Error(`nothing to lie about: ${sql}`);
    return row;
  }

  /** Runs with other rows in these tables, which stand as they were afterwards. */
  async inTables<T>(tables: readonly string[], lie: readonly string[], run: () => Promise<T>): Promise<T> {
    for (const table of tables) {
      await this.connection.query(`CREATE TABLE kept_${table} AS SELECT * FROM ${table}`);
    }
    try {
      for (const sql of lie) {
        const [result] = await this.connection.query(sql);
        if ((result as { affectedRows: number }).affectedRows === 0)
          throw new Error(`no lie was told by ${sql}`);
      }
      return await run();
    } finally {
      for (const table of tables) {
        await this.connection.query(`DELETE FROM ${table}`);
        await this.connection.query(`INSERT INTO ${table} SELECT * FROM kept_${table}`);
        await this.connection.query(`DROP TABLE kept_${table}`);
      }
    }
  }

  /** A copy of a file of lines, with other lines. */
  inFile(file: string, lie: (lines: readonly string[]) => readonly string[]): string {
    const copy = join(this.trial.folder, `lie-${Math.random().toString(36).slice(2)}.ndjson`);
    writeFileSync(
      copy,
      lie(this.lines(file))
        .map((line) => `${line}\n`)
        .join(''),
    );
    return copy;
  }

  lines(file: string): readonly string[] {
    return readFileSync(file, 'utf8').split('\n').slice(0, -1);
  }

  close(): Promise<void> {
    return this.connection.end();
  }
}
