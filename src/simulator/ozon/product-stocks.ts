import { joinFragments } from '../bounds.js';
import { type Answer, type ApiRequest, type Page, Refusal } from '../http/answer.js';
import { listing } from '../http/listing.js';
import type { OzonModes } from '../modes.js';
import { schemeRows } from '../world/ozon-truth.js';
import type { OzonProduct } from '../world/types.js';
import type { World } from '../world/world.js';
import { ozonInvalid } from './errors.js';
import { behind, cursorAfter, FilteredProducts } from './paging.js';
import { readFilter, readLimit } from './product-filter.js';
import { fieldsOf } from './proto.js';

const REQUEST = 'GetProductInfoStocksRequest';

/** One product as JSON. Ids are written digit by digit: they may be longer than a JavaScript number holds. */
function productJson(product: OzonProduct): string {
  const stocks = schemeRows(product).map(
    (row) =>
      `{"type":"${row.type}","present":${row.present},"reserved":${row.reserved},"sku":${product.sku},` +
      `"shipment_type":"${row.shipmentType}","warehouse_ids":[${row.warehouseIds.join(',')}]}`,
  );
  const offer = JSON.stringify(product.offerId);
  return `{"product_id":${product.productId},"offer_id":${offer},"stocks":[${stocks.join(',')}]}`;
}

/** `,"total":n,"total_items":n` as switched. */
export function totals(modes: OzonModes, count: number): string {
  return `${modes.total ? `,"total":${count}` : ''}${modes.totalItems ? `,"total_items":${count}` : ''}`;
}

/**
 * POST /v4/product/info/stocks (Ozon docs). `limit` counts products, not rows. The last page, short or not, still
 * carries a cursor; asking with it gives an empty page with an empty cursor. No `result` wrapper.
 */
export function productStocks(world: World): (request: ApiRequest) => Answer {
  const filtered = new FilteredProducts();
  return (request) => {
    const fields = fieldsOf(request.text);
    const filter = fields.message('filter');
    if (filter === undefined) {
      throw new Refusal(ozonInvalid(`invalid ${REQUEST}.Filter: value is required`));
    }
    const limit = readLimit(fields, REQUEST);
    const { test } = readFilter(filter, REQUEST);
    const found = filtered.find(world.ozon.all(), JSON.stringify(filter.values), test);
    const cursor = fields.string('cursor');
    const shown = behind(found, cursor).slice(0, limit);
    const page = stocksPage(shown, cursor, (count) => totals(world.modes.ozon, count), found.length);
    return listing(page);
  };
}

function stocksPage(
  shown: readonly OzonProduct[],
  asked: string,
  totalsOf: (count: number) => string,
  count: number,
): Page {
  const next = cursorAfter(shown.at(-1));
  const body = (fragments: Iterable<string>, cursor: string, total: number): Iterable<string> =>
    joinFragments('{"items":[', fragments, `],"cursor":${JSON.stringify(cursor)}${totalsOf(total)}}`);
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
