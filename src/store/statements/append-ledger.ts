import type { StockLevel } from '../../domain/stock-level.js';
import type { PartitionPlace } from '../../ports/partition-processor.js';
import type { ChangeRow } from '../../ports/projection.js';
import { cut, truncated } from '../text.js';
import { chunked, sqlId, sqlText, sqlTime } from './sql-text.js';
import { NAME_LENGTH, OFFER_ID_LENGTH } from './write-products.js';

/**
 * Append changes under the coordinate of the raw record that they follow from. Columns of which no row of a statement
 * says anything are left out: the server reads a NULL as slowly as a number.
 */
export function* ledgerStatements(place: PartitionPlace, rows: readonly ChangeRow[]): Generator<string> {
  const prefix = `${place.incarnation},${place.partition}`;
  for (const chunk of chunked(rows)) {
    const said = OPTIONAL.filter(({ isSaid }) => chunk.some(isSaid));
    yield `INSERT INTO ledger (incarnation_id, partition_no, record_offset, idx, feed_id, product_id, scheme,
         warehouse_id, op, after_present, after_reserved, after_available, after_in_way_to_client,
         after_in_way_from_client, seq, snapshot_offset, observed_at${said.map(({ columns }) => `, ${columns}`).join('')})
       VALUES ${chunk.map((row) => `(${prefix},${always(row)}${said.map(({ values }) => `,${values(row)}`).join('')})`).join(',')}`;
  }
}

interface OptionalColumns {
  readonly columns: string;
  isSaid(change: ChangeRow): boolean;
  values(change: ChangeRow): string;
}

const OPTIONAL: readonly OptionalColumns[] = [
  {
    columns:
      'before_present, before_reserved, before_available, before_in_way_to_client, before_in_way_from_client',
    isSaid: ({ step }) => step.before !== null,
    values: ({ step }) => (step.before === null ? 'NULL,NULL,NULL,NULL,NULL' : figures(step.before)),
  },
  {
    columns: 'reason',
    isSaid: ({ step }) => step.reason !== undefined,
    values: ({ step }) => sqlText(step.reason),
  },
  {
    columns: 'offer_id',
    isSaid: ({ offerId }) => offerId !== undefined,
    values: ({ offerId }) => sqlText(offerId === undefined ? null : truncated(offerId, OFFER_ID_LENGTH)),
  },
  {
    columns: 'name',
    isSaid: ({ name }) => name !== undefined,
    values: ({ name }) => sqlText(name === undefined ? null : cut(name, NAME_LENGTH)),
  },
];

function always({ offset, index, feedId, step, snapshot, observedAt }: ChangeRow): string {
  const { row, op } = step;
  return `${offset},${index},${feedId},${sqlId(row.productId)},'${row.scheme}',${sqlText(row.warehouseId)},'${op}',${figures(row.level)},${row.seq},${snapshot},${sqlTime(observedAt)}`;
}

function figures(level: StockLevel): string {
  return `${level.present},${level.reserved},${level.available},${level.inWayToClient},${level.inWayFromClient}`;
}
