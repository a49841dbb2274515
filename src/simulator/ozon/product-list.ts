import { joinFragments } from '../bounds.js';
import type { Answer, ApiRequest, Page } from '../http/answer.js';
import { listing } from '../http/listing.js';
import type { OzonModes } from '../modes.js';
import type { OzonProduct } from '../world/types.js';
import type { World } from '../world/world.js';
import { behind, cursorAfter, FilteredProducts } from './paging.js';
import { readFilter, readLimit } from './product-filter.js';
import { totals } from './product-stocks.js';
import { fieldsOf } from './proto.js';

const REQUEST = 'GetProductListRequest';
/** What a request by ids gets that names no `limit` (the documents make it optional there). */
const LIMIT_BY_ID = 1_000;

function has(product: OzonProduct, types: readonly string[]): boolean {
  return product.stocks.some((row) => types.includes(row.type) && row.present > 0);
}

function productJson(product: OzonProduct): string {
  const fbo = has(product, ['fbo']);
  const fbs = has(product, ['fbs', 'rfbs']);
  return (
    `{"product_id":${product.productId},"offer_id":${JSON.stringify(product.offerId)},"sku":${product.sku},` +
    `"archived":${product.archived},"has_fbo_stocks":${fbo},"has_fbs_stocks":${fbs},` +
    '"is_discounted":false,"quants":[]}'
  );
}

/**
 * The `last_id` of a page. How the list ends is not documented, so the end is switchable: an empty page behind
 * the last one, an empty `last_id` on the last one, or the same `last_id` again.
 */
function lastId(modes: OzonModes, shown: readonly OzonProduct[], asked: string, isEnd: boolean): string {
  if (isEnd && modes.productListEnd === 'empty-last-id') {
    return '';
  }
  if (shown.length === 0) {
    return modes.productListEnd === 'repeated-last-id' ? asked : '';
  }
  return cursorAfter(shown.at(-1));
}

/** POST /v3/product/list (Ozon docs): unlike v4 stocks with a `result` wrapper and `last_id`. */
export function productList(world: World): (request: ApiRequest) => Answer {
  const filtered = new FilteredProducts();
  return (request) => {
    const fields = fieldsOf(request.text);
    const filter = fields.message('filter');
    const { test, byId } = readFilter(filter, REQUEST, true);
    const limit = byId && fields.integer('limit') === 0 ? LIMIT_BY_ID : readLimit(fields, REQUEST);
    const found = filtered.find(world.ozon.all(), JSON.stringify(filter?.values ?? {}), test);
    const asked = fields.string('last_id');
    const rest = behind(found, asked);
    const shown = rest.slice(0, limit);
    const next = lastId(world.modes.ozon, shown, asked, rest.length <= limit);
    const page = listPage(world.modes.ozon, shown, found.length, next, asked);
    return listing(page);
  };
}

function listPage(
  modes: OzonModes,
  shown: readonly OzonProduct[],
  count: number,
  next: string,
  asked: string,
): Page {
  const body = (fragments: Iterable<string>, last: string, total: number): Iterable<string> =>
    joinFragments(
      '{"result":{"items":[',
      fragments,
      `],"last_id":${JSON.stringify(last)}${totals(modes, total)}}}`,
    );
  const fragments = function* (): Iterable<string> {
    for (const product of shown) {
      yield productJson(product);
    }
  };
  return {
    size: shown.length,
    isFirst: asked === '',
    fragments,
    wrap: (rows) => body(rows, next, count),
    empty: () => body([], '', 0),
    loop: () => body(fragments(), asked || next, count),
  };
}
