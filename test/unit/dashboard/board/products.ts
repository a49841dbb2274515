import type { BoardProduct } from '../../../../src/dashboard/board/contract.js';

/** A product of a board, with whatever is given instead. */
export function boardProduct(fields: Partial<BoardProduct> = {}): BoardProduct {
  return {
    ...{
      source: 'ozon',
      account: '1001',
      productId: '7',
      offerId: 'TEA-1',
      name: 'Чай',
      sku: null,
      size: null,
    },
    ...{ barcodes: [], archived: false, present: 5, reserved: 1, available: 4 },
    ...{ inWayToClient: 0, inWayFromClient: 0, schemes: { fbo: 4 }, daysOfStock: null },
    ...{ low: false, held: false, changedAt: null, confirmedAt: null },
    ...fields,
  };
}
