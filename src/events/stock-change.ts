import { z } from 'zod';
import { formatStockKey, SCHEMES, SOURCES } from '../domain/stock-key.js';

/** Pieces. */
const quantity = z.int().nonnegative();

const stockLevel = z.object({
  present: quantity,
  reserved: quantity,
  available: quantity,
  inWayToClient: quantity,
  inWayFromClient: quantity,
});

/**
 * A record of `stock-changes.v1`, the contract others build on. `seq` grows by one per key and `before` equals
 * the previous event's `after`; gaps are legal only where compaction passed. To rebuild the stock take `after`,
 * whatever `op` or `seq` say.
 */
export const stockChange = z.object({
  key: z.object({
    source: z.enum(SOURCES),
    account: z.string(),
    productId: z.string(),
    scheme: z.enum(SCHEMES),
    /** Empty where the marketplace gives only a total for the scheme. */
    warehouseId: z.string(),
  }),
  /** c: first seen, once per key. u: another level, or back after d. d: no longer reported, `after` is zero. */
  op: z.enum(['c', 'u', 'd']),
  before: stockLevel.nullable(),
  after: stockLevel,
  reason: z.enum(['absent', 'moved', 'rescoped']).optional(),
  snapshotId: z.string(),
  /** When the marketplace was read, ISO 8601 UTC. */
  observedAt: z.iso.datetime(),
  seq: z.int().positive(),
  offerId: z.string().optional(),
  name: z.string().optional(),
});
export type StockChange = z.infer<typeof stockChange>;

export function stockChangeKey(change: StockChange): string {
  return formatStockKey(change.key);
}

/**
 * One spelling for one change, whether it was just computed or read back from the ledger. Written out, as it is done for
 * each change: only what may be any text goes through JSON.stringify. Joined, because the engine keeps a sum of texts
 * as a tree of its parts, which costs more than it saves.
 */
export function encodeStockChange(change: StockChange): string {
  const { key, before, after, reason, offerId, name } = change;
  return [
    `{"key":{"source":"`,
    key.source,
    `","account":`,
    quoted(key.account),
    `,"productId":`,
    quoted(key.productId),
    `,"scheme":"`,
    key.scheme,
    `","warehouseId":`,
    quoted(key.warehouseId),
    `},"op":"`,
    change.op,
    `","before":`,
    before === null ? 'null' : levelText(before),
    `,"after":`,
    levelText(after),
    reason === undefined ? '' : `,"reason":"${reason}"`,
    `,"snapshotId":`,
    quoted(change.snapshotId),
    `,"observedAt":`,
    quoted(change.observedAt),
    `,"seq":`,
    change.seq,
    offerId === undefined ? '' : `,"offerId":${quoted(offerId)}`,
    name === undefined ? '' : `,"name":${JSON.stringify(name)}`,
    '}',
  ].join('');
}

function levelText(level: StockChange['after']): string {
  return (
    `{"present":${level.present},"reserved":${level.reserved},"available":${level.available},` +
    `"inWayToClient":${level.inWayToClient},"inWayFromClient":${level.inWayFromClient}}`
  );
}

const DELETE = 0x7f;

/** As JSON.stringify, and faster where nothing is to be escaped. */
function quoted(text: string): string {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 || unit >= DELETE || unit === 0x22 || unit === 0x5c) return JSON.stringify(text);
  }
  return `"${text}"`;
}
