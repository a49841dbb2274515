import { type Connection, createConnection } from 'mysql2';
import type { CheckerSettings } from './settings.js';

type Value = string | number | null;

/** Plain SQL against the installation's database; times come as UTC texts, whole numbers beyond 2^53 as texts. */
export class Tables {
  private constructor(private readonly connection: Connection) {}

  static async open(mysql: CheckerSettings['mysql']): Promise<Tables> {
    const connection = createConnection({
      ...mysql,
      charset: 'utf8mb4',
      dateStrings: true,
      supportBigNumbers: true,
      bigNumberStrings: false,
    });
    const tables = new Tables(connection);
    await tables.rows("SET time_zone = '+00:00'").catch((error: unknown) => {
      connection.destroy();
      throw error;
    });
    return tables;
  }

  /** One by one, however many. */
  async *stream(sql: string, values: readonly Value[] = []): AsyncGenerator<readonly Value[]> {
    const stream = this.connection
      .query({ sql, values: [...values], rowsAsArray: true })
      .stream({ highWaterMark: 1000 });
    for await (const row of stream) yield row as Value[];
  }

  rows(sql: string, values: readonly Value[] = []): Promise<readonly (readonly Value[])[]> {
    return new Promise((done, fail) => {
      this.connection.query({ sql, values: [...values], rowsAsArray: true }, (error, rows) => {
        if (error === null) done(rows as unknown as Value[][]);
        else fail(error);
      });
    });
  }

  close(): Promise<void> {
    return new Promise((done) => this.connection.end(() => done()));
  }
}

/** Unix milliseconds of a TIMESTAMP(3) as MySQL writes it. */
export function timeOf(text: Value | undefined): number {
  return Date.parse(`${String(text).replace(' ', 'T')}Z`);
}
