import type { CloseReason } from '../../../src/domain/stock-change.js';
import type { StockLevel } from '../../../src/domain/stock-level.js';
import type { ChangeRow } from '../../../src/ports/projection.js';

type Pieces = number | readonly [present: number, reserved: number];
/** `product:scheme:warehouse`; pieces before and after, or `[present, reserved]` of each. */
export type Change = [key: string, before: Pieces | null, after: Pieces, why?: CloseReason];

let seq = 0;

/** What one raw record changed in a feed, as the projector writes it. */
export function changeRows(offset: number, feedId: number, changes: readonly Change[]): ChangeRow[] {
  return changes.map(([key, before, after, reason], index) => {
    seq += 1;
    const [productId = '', scheme = '', warehouseId = ''] = key.split(':');
    const row = { productId, scheme: scheme as 'fbo', warehouseId, level: level(after) };
    return {
      ...{ offset, index, feedId, snapshot: offset, observedAt: '2026-11-20T10:00:00.000Z' },
      ...{ offerId: undefined, name: undefined },
      step: {
        op: reason === undefined ? (before === null ? 'c' : 'u') : 'd',
        before: before === null ? null : level(before),
        row: { ...row, seq, closed: reason !== undefined, openedIn: offset },
        reason,
      },
    };
  });
}

function level(pieces: Pieces): StockLevel {
  const [present, reserved] = typeof pieces === 'number' ? [pieces, 0] : pieces;
  const available = Math.max(0, present - reserved);
  return { present, reserved, available, inWayToClient: 0, inWayFromClient: 0 };
}
