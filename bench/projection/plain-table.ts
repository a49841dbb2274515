import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import type { ReportRow } from './catalogue.js';
import type { Place } from './place.js';

export const ROWS_PER_STATEMENT = 1_000;

/** The table of somebody who keeps levels and nothing else: a natural key, and a time that moves with every write. */
export class PlainTable {
  private constructor(
    readonly connection: Connection,
    readonly name: string,
    private readonly database: string,
  ) {}

  static async create({ mysql }: Place, database: string): Promise<PlainTable> {
    const connection = await createConnection({
      host: mysql.host,
      port: mysql.port,
      user: mysql.adminUser,
      password: mysql.adminPassword,
      timezone: 'Z',
    });
    await connection.query(`CREATE DATABASE ${database}`);
    const name = `${database}.stock`;
    await connection.query(
      `CREATE TABLE ${name} (
         source VARCHAR(16) NOT NULL, sku BIGINT NOT NULL, warehouse BIGINT NOT NULL, fulfilment VARCHAR(8) NOT NULL,
         quantity INT NOT NULL, in_way_to INT NOT NULL, in_way_from INT NOT NULL, observed_at DATETIME(3) NOT NULL,
         PRIMARY KEY (source, sku, warehouse, fulfilment)) COLLATE utf8mb4_bin`,
    );
    return new PlainTable(connection, name, database);
  }

  static valuesOf(row: ReportRow, observedAt: Date): readonly unknown[] {
    return [
      'wildberries',
      row.chrtId,
      row.warehouseId,
      'fbw',
      row.quantity,
      row.inWayToClient,
      row.inWayFromClient,
      observedAt,
    ];
  }

  async upsert(rows: readonly (readonly unknown[])[]): Promise<void> {
    await this.connection.query(
      `INSERT INTO ${this.name} VALUES ? ON DUPLICATE KEY UPDATE quantity = VALUES(quantity),
         in_way_to = VALUES(in_way_to), in_way_from = VALUES(in_way_from), observed_at = VALUES(observed_at)`,
      [rows],
    );
  }

  /** What is fast and wrong must not be measured. */
  async expect(rows: number, sum: number): Promise<void> {
    const [[found]] = await this.connection.query<RowDataPacket[]>(
      `SELECT COUNT(*) held, SUM(quantity) total FROM ${this.name}`,
    );
    if (Number(found?.held) !== rows || Number(found?.total) !== sum)
      throw new Error(`${found?.held} rows with a sum of ${found?.total}, not ${rows} with ${sum}`);
  }

  async drop(): Promise<void> {
    await this.connection.query(`DROP DATABASE ${this.database}`);
    await this.connection.end();
  }
}
