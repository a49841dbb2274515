import { idOf } from '../../domain/json.js';
import { type ApiAnswer, badAnswer, fitted, readJson } from '../http/api-answer.js';
import { sliceJsonRows } from '../http/json-rows.js';
import { WB_LISTS } from './limits.js';
import { cardsCursor, pong, sellerInfo, sellerWarehouses } from './schema.js';

/** One answer of a method that lists stock. */
export interface WbRowsPage {
  /** The list's elements as they were written. */
  readonly rows: readonly string[];
  /** Unix milliseconds. */
  readonly receivedAt: number;
}

/** The place behind a card in the order of changes. */
export interface WbCursor {
  /** As Wildberries writes it. */
  readonly updatedAt: string;
  /** Digits. */
  readonly nmId: string;
}

export interface WbCardsPage extends WbRowsPage {
  /** Behind this page's last card; null on an empty page. */
  readonly next: WbCursor | null;
  /** No further page follows. */
  readonly last: boolean;
}

export interface WbSeller {
  readonly name: string | undefined;
  readonly sid: string | undefined;
}

export interface WbSellerWarehouses {
  readonly warehouses: readonly { readonly id: string; readonly isDeleting: boolean }[];
  /** Unix milliseconds. */
  readonly receivedAt: number;
}

/** 204 means an empty list. A 200 without a body does not: it was seen when a quota was used up. */
export function readReport(answer: ApiAnswer): WbRowsPage {
  const { receivedAt } = answer;
  if (answer.status === 204) return { rows: [], receivedAt };
  return { rows: sliceJsonRows(answer, ['data', 'items']).rows, receivedAt };
}

export function readFbsStocks(answer: ApiAnswer): WbRowsPage {
  return { rows: sliceJsonRows(answer, ['stocks']).rows, receivedAt: answer.receivedAt };
}

/** `total` is how many cards the answer holds: one that holds fewer has lost some on the way. */
export function readCards(answer: ApiAnswer): WbCardsPage {
  const { rows, rest } = sliceJsonRows(answer, ['cards']);
  const { updatedAt, nmID, total } = fitted(answer, rest, cardsCursor).cursor;
  if (rows.length < Math.min(total, WB_LISTS.cards)) {
    throw badAnswer(answer, `holds ${rows.length} cards, but says ${total}`);
  }
  const nmId = idOf(nmID);
  const next = rows.length > 0 && updatedAt && nmId !== null ? { updatedAt, nmId } : null;
  if (rows.length > 0 && next === null) throw badAnswer(answer, 'does not say where the next page begins');
  const last = total < WB_LISTS.cards && rows.length < WB_LISTS.cards;
  return { rows, next, last, receivedAt: answer.receivedAt };
}

export function readWarehouses(answer: ApiAnswer): WbSellerWarehouses {
  const warehouses = readJson(answer, sellerWarehouses).map(({ id, isDeleting }) => ({
    id: String(id),
    isDeleting: isDeleting === true,
  }));
  return { warehouses, receivedAt: answer.receivedAt };
}

export function readSeller(answer: ApiAnswer): WbSeller {
  const { name, sid } = readJson(answer, sellerInfo);
  return { name: name ?? undefined, sid: sid ?? undefined };
}

/** Nothing but `OK` will do: what else answers at that address is not Wildberries. */
export function readPong(answer: ApiAnswer): void {
  readJson(answer, pong);
}
