/** Pieces, each a whole number from 0 to 2^53 − 1. */
export interface StockLevel {
  readonly present: number;
  readonly reserved: number;
  /** What a buyer can put in the basket now. */
  readonly available: number;
  readonly inWayToClient: number;
  readonly inWayFromClient: number;
}

export const NO_STOCK: StockLevel = Object.freeze({
  present: 0,
  reserved: 0,
  available: 0,
  inWayToClient: 0,
  inWayFromClient: 0,
});

export function sameLevel(a: StockLevel, b: StockLevel): boolean {
  return (
    a.available === b.available &&
    a.present === b.present &&
    a.reserved === b.reserved &&
    a.inWayToClient === b.inWayToClient &&
    a.inWayFromClient === b.inWayFromClient
  );
}

/** Ozon's two figures; several rows of one scheme are added up before this. Free stock is never below zero. */
export function levelOfPresentAndReserved(present: number, reserved: number): StockLevel {
  return {
    present,
    reserved,
    available: Math.max(0, present - reserved),
    inWayToClient: 0,
    inWayFromClient: 0,
  };
}

/** Wildberries' `quantity` is already net of reserves: it is what is present and what is available. */
export function levelOfQuantity(quantity: number, inWayToClient = 0, inWayFromClient = 0): StockLevel {
  return { present: quantity, reserved: 0, available: quantity, inWayToClient, inWayFromClient };
}

export function isQuantity(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
