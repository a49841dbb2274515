import { TOTAL_MOVED } from '../../domain/anomaly/total-moved.js';
import type { Source } from '../../domain/stock-key.js';
import type { TruthRow } from '../../simulator/world/types.js';
import type { Database, Row } from '../../store/database.js';

/** The two queries that the seller's guide gives, word by word. */
export const GUIDE_QUERIES = [
  `SELECT source, COUNT(*) as products_count, MAX(last_sync_at) as last_sync FROM inventory_data
 WHERE last_sync_at > DATE_SUB(NOW(), INTERVAL 24 HOUR) GROUP BY source;`,
  'SELECT source, status, records_processed, started_at FROM sync_logs ORDER BY started_at DESC LIMIT 10;',
] as const;

export interface Totals {
  readonly rows: number;
  readonly products: number;
  /** Pieces. */
  readonly available: number;
}

export interface Change {
  readonly at: Date;
  readonly source: Source;
  /** Article, or the product's id where the marketplace tells none. */
  readonly product: string;
  readonly scheme: string;
  readonly warehouse: string;
  /** Null: seen for the first time. */
  readonly before: number | null;
  readonly after: number;
  readonly isClosed: boolean;
}

/** What stands in the tables, read as the run-time user. */
export class Findings {
  constructor(private readonly database: Database) {}

  query(sql: string): Promise<Row[]> {
    return this.database.query(sql);
  }

  /** What the marketplace reports at present. */
  async totals(source: Source): Promise<Totals> {
    const [row] = await this.database.query(
      `SELECT COUNT(*) AS row_count, COUNT(DISTINCT product_id) AS products, SUM(available) AS available
         FROM stock_levels WHERE source = ? AND closed = 0`,
      [source],
    );
    return {
      rows: Number(row?.row_count),
      products: Number(row?.products),
      available: Number(row?.available),
    };
  }

  /** Products that are known, and pieces, as the view for people counts them. */
  async inventory(source: Source): Promise<{ readonly products: number; readonly available: number }> {
    const [row] = await this.database.query(
      'SELECT COUNT(*) AS products, SUM(available) AS available FROM inventory_data WHERE source = ?',
      [source],
    );
    return { products: Number(row?.products), available: Number(row?.available) };
  }

  /** The newest changes of what can be sold, newest first. */
  async lastChanges(source: Source, count: number): Promise<readonly Change[]> {
    const rows = await this.database.query(
      `SELECT * FROM stock_changes
        WHERE source = ? AND (before_available IS NULL OR before_available <> after_available)
        ORDER BY observed_at DESC, incarnation_id DESC, record_offset DESC, idx DESC LIMIT ${Math.floor(count)}`,
      [source],
    );
    return rows.map(changeOf);
  }

  /** What one read changed about one product, in all schemes and warehouses. */
  async changesOf(
    productId: string,
    snapshotIds: readonly string[],
  ): Promise<{ readonly before: number; readonly after: number; readonly isClosed: boolean } | null> {
    const rows = await this.database.query(
      'SELECT * FROM stock_changes WHERE product_id = ? AND snapshot_id IN (?) ORDER BY seq',
      [productId, snapshotIds],
    );
    if (rows.length === 0) return null;
    const changes = rows.map(changeOf);
    return {
      before: changes.reduce((sum, { before }) => sum + (before ?? 0), 0),
      after: changes.reduce((sum, { after }) => sum + after, 0),
      isClosed: changes.every(({ isClosed }) => isClosed),
    };
  }

  /** Whether a mail tells of the sharp drop that one of these reads found. */
  async tellsOfDrop(digestId: string, snapshotIds: readonly string[]): Promise<boolean> {
    const rows = await this.database.query('SELECT payload FROM alert_deliveries WHERE digest_id = ?', [
      digestId,
    ]);
    return rows
      .map(({ payload }) => JSON.parse(String(payload)) as Record<string, unknown>)
      .some(
        ({ rule, state, snapshotId }) =>
          rule === TOTAL_MOVED && state === 'raised' && snapshotIds.includes(String(snapshotId)),
      );
  }
}

function changeOf(row: Row): Change {
  const { source, product_id, offer_id, scheme, warehouse_id, before_available, after_available } = row;
  return {
    at: row.observed_at as Date,
    source: source as Source,
    product: String(offer_id ?? product_id),
    scheme: String(scheme),
    warehouse: String(warehouse_id),
    before: before_available === null ? null : Number(before_available),
    after: Number(after_available),
    isClosed: row.op === 'd',
  };
}

/** What the tables must hold, by the marketplace itself. */
export function totalsOf(truth: readonly TruthRow[]): Totals {
  return {
    rows: truth.length,
    products: new Set(truth.map(({ productId }) => productId)).size,
    available: truth.reduce((sum, { available }) => sum + available, 0),
  };
}
