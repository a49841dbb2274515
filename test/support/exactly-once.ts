import { expect } from 'vitest';
import { readCommitted } from '../../engines/conforming-reader.js';
import { type StockChange, stockChange, stockChangeKey } from '../../src/events/stock-change.js';
import { TOPICS } from '../../src/events/topics.js';
import { testEngines } from './engines.js';
import type { Pipeline } from './pipeline.js';

/** Where to look: an installation's tables and topics. */
type Place = Pick<Pipeline, 'db' | 'topic'>;

/**
 * Holds topic, ledger and tables against one another with a conforming reader: every change of the ledger was
 * published exactly once, in order per key, and the fold of the topic is what the tables hold.
 */
export async function expectExactlyOnce(pipe: Place): Promise<Map<string, StockChange['after']>> {
  const { brokers } = testEngines().kafka;
  const records = await readCommitted({ brokers, topic: pipe.topic(TOPICS.stockChanges) });
  const ledger = await pipe.db.query(
    `SELECT i.topic, i.life, c.partition_no, c.record_offset, c.idx FROM ledger c
       JOIN incarnations i ON i.incarnation_id = c.incarnation_id`,
  );
  const owed = ledger.map((row) =>
    [row.topic, row.life, row.partition_no, row.record_offset, row.idx].join('/'),
  );
  const ids = records.map((record) => record.headers.ce_id ?? '');
  expect(duplicates(ids), 'published twice').toEqual([]);
  expect([...difference(owed, ids)], 'never published').toEqual([]);
  expect([...difference(ids, owed)], 'published, not in the ledger').toEqual([]);

  const last = new Map<string, StockChange>();
  for (const record of records) {
    const change = stockChange.parse(JSON.parse(record.value ?? 'null'));
    const key = stockChangeKey(change);
    expect(record.key).toBe(key);
    const previous = last.get(key);
    expect(change.seq, `seq of ${key}`).toBe((previous?.seq ?? 0) + 1);
    expect(change.before, `before of ${key} at ${change.seq}`).toEqual(previous?.after ?? null);
    last.set(key, change);
  }
  const folded = new Map([...last].map(([key, change]) => [key, change.after]));
  expect(await tables(pipe), 'tables against the folded topic').toEqual(folded);
  return folded;
}

async function tables(pipe: Place): Promise<Map<string, StockChange['after']>> {
  const rows = await pipe.db.query('SELECT * FROM stock_levels');
  return new Map(
    rows.map((row) => [
      [row.source, row.account, row.product_id, row.scheme, row.warehouse_id].join(':'),
      {
        present: Number(row.present),
        reserved: Number(row.reserved),
        available: Number(row.available),
        inWayToClient: Number(row.in_way_to_client),
        inWayFromClient: Number(row.in_way_from_client),
      },
    ]),
  );
}

function duplicates(ids: readonly string[]): string[] {
  const seen = new Set<string>();
  return ids.filter((id) => seen.size === seen.add(id).size);
}

function difference(a: readonly string[], b: readonly string[]): Set<string> {
  const set = new Set(b);
  return new Set(a.filter((id) => !set.has(id)));
}
