/** What keeps the simulator's memory small, and the page sizes the two documents allow. */

/** Products in one Ozon answer (Ozon docs, /v4/product/info/stocks and /v3/product/list). */
export const OZON_PAGE_MAX = 1_000;
/** Warehouses in one Ozon answer, also ids in one question (Ozon docs, /v2/warehouse/list). */
export const OZON_WAREHOUSES_MAX = 200;
/** Ids in one Ozon filter, both lists together. */
export const OZON_FILTER_IDS_MAX = 1_000;
/** Rows in one Wildberries answer, also the default (WB docs, stocks-report/wb-warehouses). */
export const WB_PAGE_MAX = 250_000;
/** Articles in one Wildberries request. */
export const WB_NM_IDS_MAX = 1_000;
/** Sizes asked for or written at once (WB docs, /api/v3/stocks), and the greatest amount. */
export const WB_CHRT_IDS_MAX = 1_000;
export const WB_AMOUNT_MAX = 100_000;
/** Cards in one answer; so many where nobody says (WB docs, /content/v2/get/cards/list). */
export const WB_CARDS_MAX = 100;
export const WB_CARDS_USUAL = 10;

/** Requests kept for `requests()`; older ones are dropped. */
export const LOG_MAX = 20_000;
/** Characters of a request body kept in the log. */
export const LOG_BODY_MAX = 64 * 1024;
/** Bytes a caller may send to a simulated method. */
export const API_BODY_MAX = 4 * 1024 * 1024;
/** Bytes a test may send to the control API (planted rows come this way). */
export const CONTROL_BODY_MAX = 128 * 1024 * 1024;
/** Characters written to the socket at once. 250,000 rows are some 45 MB: they leave in pieces of this size. */
const CHUNK_CHARS = 64 * 1024;

/**
 * `head`, the fragments with commas between them, `tail`: as pieces of bounded size, made only as fast as the
 * socket takes them.
 */
export function* joinFragments(head: string, fragments: Iterable<string>, tail: string): Iterable<string> {
  let piece = head;
  let first = true;
  for (const fragment of fragments) {
    piece += first ? fragment : `,${fragment}`;
    first = false;
    if (piece.length >= CHUNK_CHARS) {
      yield piece;
      piece = '';
    }
  }
  yield piece + tail;
}
