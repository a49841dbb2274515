import type { Feed } from '../../../src/domain/feed.js';
import type { SnapshotScope } from '../../../src/domain/snapshot.js';
import type { FetchedPage } from '../../../src/ports/marketplace.js';
import type { Random } from '../../support/random.js';

type Page = Omit<FetchedPage, 'fetchedAt'>;

/** What one complete read of a feed would find. */
export interface Content {
  readonly scope: SnapshotScope;
  readonly pages: readonly Page[];
}

const PER_PAGE = 15;

/** Feeds of both marketplaces, of two accounts each; a catalogue, and one that is asked by ids. */
export const FEEDS: readonly Feed[] = [
  { source: 'ozon', account: '1001', endpoint: 'product-stocks' },
  { source: 'ozon', account: '1002', endpoint: 'product-stocks' },
  { source: 'ozon', account: '1001', endpoint: 'product-list' },
  { source: 'wildberries', account: 's1', endpoint: 'wb-warehouses' },
  { source: 'wildberries', account: 's2', endpoint: 'wb-warehouses' },
  { source: 'wildberries', account: 's1', endpoint: 'fbs-stocks' },
];

/** Of these products nearly all: some vanish, some come back. */
export function contentOf(feed: Feed, random: Random, products: number, missing = 0.05): Content {
  const ids = Array.from({ length: products }, (_, index) => index + 1).filter(
    () => random.int(0, 999) >= missing * 1000,
  );
  switch (feed.endpoint) {
    case 'product-stocks':
      return {
        scope: { schemes: ['fbo', 'fbs', 'rfbs', 'fbp'] },
        pages: paged(ids.map((id) => ozon(id, random))),
      };
    case 'product-list':
      return { scope: { schemes: [] }, pages: paged(ids.map(listed)) };
    case 'fbs-stocks':
      return { scope: { schemes: ['fbs'], byIds: true }, pages: asked(ids, random) };
    default:
      return { scope: { schemes: ['fbw'] }, pages: paged(wildberries(ids, random)) };
  }
}

function paged(rows: readonly object[]): Page[] {
  const pages: Page[] = [];
  for (let from = 0; from < rows.length; from += PER_PAGE)
    pages.push({ rows: rows.slice(from, from + PER_PAGE).map((row) => JSON.stringify(row)) });
  return pages.length === 0 ? [{ rows: [] }] : pages;
}

function ozon(id: number, random: Random): object {
  const stocks = ['fbo', 'fbs'].map((type) => {
    const present = random.int(0, type === 'fbo' ? 20 : 5);
    return { type, present, reserved: random.int(0, Math.min(2, present)), sku: id };
  });
  return { product_id: id, offer_id: `ART-${id}`, stocks };
}

function listed(id: number): object {
  const flags = { has_fbo_stocks: true, has_fbs_stocks: true, is_discounted: false, quants: [] };
  return { product_id: id, offer_id: `ART-${id}`, archived: false, ...flags };
}

/** Now and then Wildberries reports all warehouses as one. */
function wildberries(ids: readonly number[], random: Random): object[] {
  const merged = random.int(0, 3) === 0;
  return ids.flatMap((id) =>
    (merged ? [-999999] : [507, 117]).map((warehouse) =>
      wbRow(id, warehouse, random.int(0, 9), random.int(0, 2)),
    ),
  );
}

/** Each page names the ids that it was asked for; of some of them nothing is known. */
function asked(ids: readonly number[], random: Random): Page[] {
  const pages: Page[] = [];
  for (let from = 0; from < ids.length; from += PER_PAGE) {
    const some = ids.slice(from, from + PER_PAGE);
    const rows = some
      .filter(() => random.int(0, 19) > 0)
      .map((id) => JSON.stringify({ chrtId: id, warehouseId: 31, amount: random.int(0, 9) }));
    pages.push({ rows, query: { warehouseId: '31', productIds: some.map(String) } });
  }
  return pages.length === 0 ? [{ rows: [], query: { warehouseId: '31', productIds: [] } }] : pages;
}

function wbRow(chrtId: number, warehouseId: number, quantity: number, coming: number): object {
  const words = { nmId: chrtId * 10, warehouseName: `W${warehouseId}`, regionName: 'R' };
  return { ...words, chrtId, warehouseId, quantity, inWayToClient: 0, inWayFromClient: coming };
}
