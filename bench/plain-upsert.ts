import { createConnection } from 'mysql2/promise';
import type { RunningEngines } from '../engines/engines.js';
import { generateRows } from './rows.js';

const ROWS_PER_STATEMENT = 1_000;

/**
 * What a plain synchroniser does: upserts every row it was given, from memory, one connection, a thousand rows per
 * statement, with the time column moving. No Kafka, no diff, no ledger, no events. Answers seconds.
 */
export async function upsertEveryRow(
  { mysql }: RunningEngines,
  rows: number,
  generation: number,
): Promise<number> {
  const connection = await createConnection({
    host: mysql.host,
    port: mysql.port,
    user: mysql.adminUser,
    password: mysql.adminPassword,
    timezone: 'Z',
  });
  try {
    await connection.query('CREATE DATABASE IF NOT EXISTS plain_upsert');
    if (generation === 0) await connection.query('DROP TABLE IF EXISTS plain_upsert.stock');
    await connection.query(
      `CREATE TABLE IF NOT EXISTS plain_upsert.stock (
         source VARCHAR(16) NOT NULL, sku BIGINT NOT NULL, warehouse BIGINT NOT NULL, fulfilment VARCHAR(8) NOT NULL,
         quantity INT NOT NULL, in_way_to INT NOT NULL, in_way_from INT NOT NULL, observed_at DATETIME(3) NOT NULL,
         PRIMARY KEY (source, sku, warehouse, fulfilment)) COLLATE utf8mb4_bin`,
    );
    const observedAt = new Date(Date.UTC(2026, 0, 1, 0, generation));
    const data = generateRows(rows, new Map()).map((row) => [
      'wildberries',
      row.chrtId,
      row.warehouseId,
      'fbw',
      row.quantity,
      row.inWayToClient,
      row.inWayFromClient,
      observedAt,
    ]);
    const began = performance.now();
    for (let start = 0; start < data.length; start += ROWS_PER_STATEMENT) {
      await connection.query(
        `INSERT INTO plain_upsert.stock VALUES ? ON DUPLICATE KEY UPDATE quantity = VALUES(quantity),
           in_way_to = VALUES(in_way_to), in_way_from = VALUES(in_way_from), observed_at = VALUES(observed_at)`,
        [data.slice(start, start + ROWS_PER_STATEMENT)],
      );
    }
    return (performance.now() - began) / 1000;
  } finally {
    await connection.end();
  }
}
