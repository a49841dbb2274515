import { OZON_FILTER_IDS_MAX, OZON_PAGE_MAX } from '../bounds.js';
import { Refusal } from '../http/answer.js';
import type { OzonProduct } from '../world/types.js';
import { ozonInvalid } from './errors.js';
import type { MessageFields } from './proto.js';

type Test = (product: OzonProduct) => boolean;

const stocked: Test = (product) => product.stocks.some((row) => row.present > row.reserved);
const unarchived: Test = (product) => !product.archived;
const none: Test = () => false;
const onSale: Test = (product) => !product.archived && stocked(product);

/** `filter.visibility` of both methods (Ozon docs); ALL leaves the archive out, the simulated shop has no bans. */
const VISIBILITY: Readonly<Record<string, Test>> = {
  ALL: unarchived,
  VISIBLE: onSale,
  INVISIBLE: (product) => !product.archived && !stocked(product),
  EMPTY_STOCK: (product) => !product.archived && !stocked(product),
  NOT_MODERATED: none,
  MODERATED: unarchived,
  DISABLED: none,
  STATE_FAILED: none,
  READY_TO_SUPPLY: unarchived,
  VALIDATION_STATE_PENDING: none,
  VALIDATION_STATE_FAIL: none,
  VALIDATION_STATE_SUCCESS: unarchived,
  TO_SUPPLY: unarchived,
  IN_SALE: onSale,
  REMOVED_FROM_SALE: none,
  BANNED: none,
  OVERPRICED: none,
  CRITICALLY_OVERPRICED: none,
  EMPTY_BARCODE: (product) => !product.archived && product.barcodes.length === 0,
  BARCODE_EXISTS: (product) => !product.archived && product.barcodes.length > 0,
  QUARANTINE: none,
  ARCHIVED: (product) => product.archived,
  OVERPRICED_WITH_STOCK: none,
  PARTIAL_APPROVED: none,
  AUTO_ARCHIVED: none,
  MANUAL_ARCHIVED: (product) => product.archived,
  SEASONAL_AUTO_ARCHIVED: none,
  VISIBLE_WITH_FBO_STOCK: (product) =>
    onSale(product) && product.stocks.some((row) => row.type === 'fbo' && row.present > row.reserved),
  SHOWCASE_SELECT_ACTIVE: none,
};

/**
 * Reads `filter`: products by any of the ids, if ids are given, and by visibility. `request` names the message.
 * @param idsAlone asked for by ids, a product is shown whatever its visibility (Ozon docs, /v3/product/list)
 */
export function readFilter(
  filter: MessageFields | undefined,
  request: string,
  idsAlone = false,
): { test: Test; byId: boolean } {
  const visibility = filter?.string('visibility') || 'ALL';
  const test = Object.hasOwn(VISIBILITY, visibility) ? VISIBILITY[visibility] : undefined;
  if (test === undefined) {
    throw new Refusal(
      ozonInvalid(`proto: invalid value for enum field visibility: ${JSON.stringify(visibility)}`),
    );
  }
  const offers = new Set(filter?.strings('offer_id') ?? []);
  const ids = new Set(filter?.ids('product_id') ?? []);
  const skus = new Set(idsAlone ? (filter?.ids('skus') ?? []) : []);
  const count = offers.size + ids.size + skus.size;
  if (count > OZON_FILTER_IDS_MAX) {
    throw new Refusal(
      ozonInvalid(
        `invalid ${request}.Filter: value must contain no more than ${OZON_FILTER_IDS_MAX} item(s)`,
      ),
    );
  }
  if (count === 0) {
    return { byId: false, test };
  }
  const wanted: Test = ({ offerId, productId, sku }) =>
    offers.has(offerId) || ids.has(productId) || skus.has(sku);
  return { byId: true, test: idsAlone ? wanted : (product) => wanted(product) && test(product) };
}

/** `limit`, 1 … 1000, required. */
export function readLimit(fields: MessageFields, request: string): number {
  const limit = fields.integer('limit');
  if (limit < 1 || limit > OZON_PAGE_MAX) {
    throw new Refusal(
      ozonInvalid(`invalid ${request}.Limit: value must be inside range [1, ${OZON_PAGE_MAX}]`),
    );
  }
  return limit;
}
