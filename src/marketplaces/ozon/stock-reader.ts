import type { SnapshotScope } from '../../domain/snapshot.js';
import type { FeedReader, FetchedPage, PageQuery } from '../../ports/marketplace.js';
import type { OzonRows } from './answers.js';
import type { OzonClient } from './client.js';
import { brokenWalk, walkCursor } from './cursor-walk.js';
import { joinRows, type PlacedRow } from './joined-rows.js';
import { MAX_PAGES, mostPerRequest, type OzonMethod } from './limits.js';
import { Awaited, MainRead, type SkuBlock } from './main-read.js';
import {
  type ChosenWarehouse,
  chooseWarehouses,
  sellerPlaces,
  type WarehouseChoice,
} from './seller-warehouses.js';
import { OZON_SCHEMES } from './to-stock-levels.js';

export interface OzonStockOptions {
  /** OZON_WAREHOUSE_ID. */
  readonly sellerWarehouses: WarehouseChoice;
  /** OZON_FBO_STOCKS: one total, or by Ozon's warehouses from the beta method or from the stock analytics. */
  readonly fbo: 'total' | 'warehouses' | 'analytics';
  /** A person has looked: methods by warehouse that lack most of what the main read has in stock are believed. */
  readonly acceptGaps?: boolean | undefined;
  /** Where to give up on a cursor without end. */
  readonly maxPages?: number | undefined;
}

const FBO_METHOD = { warehouses: 'fbo-stocks', analytics: 'analytics-stocks' } as const;

/** The methods that reading stock with these settings calls. */
export function neededOzonMethods({ sellerWarehouses, fbo }: OzonStockOptions): readonly OzonMethod[] {
  const methods: OzonMethod[] = ['product-stocks'];
  if (sellerWarehouses !== null) methods.push('warehouse-list', 'warehouse-stocks');
  if (fbo !== 'total') methods.push(FBO_METHOD[fbo]);
  return methods;
}

type StockClient = Pick<
  OzonClient,
  'clientId' | 'paths' | 'stocks' | 'warehouses' | 'warehouseStocks' | 'fboStocks' | 'analyticsStocks'
>;

/**
 * The feed `ozon:<client id>:product-stocks`: all stock of an account. The main read names every product with one
 * total per scheme; where the settings ask for warehouses, further pages of the same snapshot have them, and the
 * scope says which of both counts.
 */
export function ozonStockReader(client: StockClient, options: OzonStockOptions): FeedReader {
  return {
    feed: { source: 'ozon', account: client.clientId, endpoint: 'product-stocks' },
    async open(signal) {
      const { sellerWarehouses } = options;
      const chosen =
        sellerWarehouses === null ? [] : await chooseWarehouses(client, sellerWarehouses, signal);
      return {
        scope: scopeOf(options, chosen),
        pages: (walkSignal) => new StockWalk(client, options, chosen, walkSignal).pages(),
      };
    },
  };
}

function scopeOf(
  { sellerWarehouses, fbo }: OzonStockOptions,
  chosen: readonly ChosenWarehouse[],
): SnapshotScope {
  const places = {
    fbo: fbo === 'total' ? 'total' : 'warehouses',
    fbp: 'total',
    ...sellerPlaces(sellerWarehouses, chosen),
  } as const;
  return { schemes: OZON_SCHEMES, places };
}

/** One walk: the main read, then the seller's warehouses, then Ozon's. */
class StockWalk {
  readonly #maxPages: number;
  readonly #main = new MainRead();
  #pages = 0;

  constructor(
    private readonly client: StockClient,
    private readonly options: OzonStockOptions,
    private readonly chosen: readonly ChosenWarehouse[],
    private readonly signal: AbortSignal,
  ) {
    this.#maxPages = options.maxPages ?? MAX_PAGES;
  }

  async *pages(): AsyncGenerator<FetchedPage> {
    const { fbo } = this.options;
    yield* this.#products();
    const blocks = fbo === 'total' ? [] : this.#main.blocks(mostPerRequest(FBO_METHOD[fbo]));
    yield* this.#sellers(blocks.length);
    for (const [index, block] of blocks.entries()) yield await this.#fbo(block, blocks.length - index - 1);
  }

  /**
   * Ends on an empty page or an empty cursor. The last page with rows still carries a cursor, and asking with it
   * gives an empty page (seen live, September 2026): so an empty page is yielded only where it is the first, as the
   * whole answer of an account without products, and else it is just the end. A short page alone is no end.
   */
  async *#products(): AsyncGenerator<FetchedPage> {
    const { sellerWarehouses, fbo } = this.options;
    const goesOn = sellerWarehouses !== null || fbo !== 'total';
    const pages = walkCursor(
      this.#what('product-stocks'),
      (cursor) => this.client.stocks(cursor, this.signal),
      ({ rows, cursor }) => rows.length === 0 || cursor === '',
      this.#maxPages,
    );
    for await (const page of pages) {
      if (page.rows.length === 0 && this.#pages > 0) continue;
      if (goesOn) this.#main.add(page.rows, fbo !== 'total');
      const { announcedProducts: named } = page;
      const inAll = named === undefined ? undefined : Math.ceil(named / mostPerRequest('product-stocks'));
      const toCome =
        inAll === undefined ? undefined : Math.max(0, inAll - this.#pages - 1) + this.chosen.length;
      yield { ...this.#page(page, undefined, toCome), announcedProducts: named };
    }
  }

  /** @param after pages that come after all of them */
  async *#sellers(after: number): AsyncGenerator<FetchedPage> {
    // Of some warehouses nobody knows what they should have.
    const isAll = this.options.sellerWarehouses === 'all' && this.chosen.length > 0;
    const awaited = new Awaited(
      this.#what('warehouse-stocks'),
      isAll ? this.#main.sellersInStock : new Set<string>(),
    );
    for (const [index, warehouse] of this.chosen.entries()) {
      yield* this.#warehouse(warehouse, awaited, this.chosen.length - index - 1 + after);
    }
    if (this.options.acceptGaps !== true) awaited.refuseUnbelievable();
  }

  /** @param after pages that come after this warehouse, at least */
  async *#warehouse(
    { id, scheme }: ChosenWarehouse,
    awaited: Awaited,
    after: number,
  ): AsyncGenerator<FetchedPage> {
    const query = { endpoint: 'warehouse-stocks', scheme, warehouseId: id };
    const what = `${this.#what('warehouse-stocks')}, warehouse ${id}`;
    const pages = walkCursor(
      what,
      (cursor) => this.client.warehouseStocks(id, cursor, this.signal),
      ({ hasNext }) => !hasNext,
      this.#maxPages,
    );
    const seen = new OneSkuAPage(what);
    for await (const { rows, receivedAt, hasNext } of pages) {
      const joined = joinRows(rows);
      seen.add(joined.placed);
      for (const { product } of joined.placed) awaited.named(product);
      yield this.#page({ rows: joined.rows, receivedAt }, query, (hasNext ? 1 : 0) + after);
    }
  }

  /** All answers about a block are one page: rows of one product and warehouse may stand in several of them. */
  async #fbo(block: SkuBlock, after: number): Promise<FetchedPage> {
    const analytics = this.options.fbo === 'analytics';
    const endpoint = FBO_METHOD[analytics ? 'analytics' : 'warehouses'];
    const { rows, receivedAt } = analytics
      ? await this.client.analyticsStocks(block.skus, this.signal)
      : await this.#fboAnswers(block.skus);
    const productOf = new Map(block.skus.map((sku, index) => [sku, block.productIds[index] ?? '']));
    const joined = joinRows(rows, analytics ? productOf : undefined);
    const awaited = new Awaited(this.#what(endpoint), block.inStock);
    for (const { product } of joined.placed) awaited.named(product);
    if (this.options.acceptGaps !== true) awaited.refuseUnbelievable();
    const asked = { productIds: [...block.productIds], skus: [...block.skus] };
    return this.#page({ rows: joined.rows, receivedAt }, { endpoint, scheme: 'fbo', ...asked }, after);
  }

  async #fboAnswers(skus: readonly string[]): Promise<OzonRows> {
    const rows: string[] = [];
    let receivedAt = 0;
    const pages = walkCursor(
      this.#what('fbo-stocks'),
      (cursor) => this.client.fboStocks(skus, cursor, this.signal),
      ({ hasNext }) => !hasNext,
      this.#maxPages,
    );
    for await (const page of pages) {
      for (const row of page.rows) rows.push(row);
      receivedAt = page.receivedAt;
    }
    return { rows, receivedAt };
  }

  /** @param toCome pages after this one, at least, as far as is known */
  #page(
    { rows, receivedAt }: OzonRows,
    query: PageQuery | undefined,
    toCome: number | undefined,
  ): FetchedPage {
    this.#pages += 1;
    const expectedPages = toCome === undefined ? undefined : this.#pages + toCome;
    return { fetchedAt: new Date(receivedAt).toISOString(), rows, query, expectedPages };
  }

  #what(method: OzonMethod): string {
    return `Ozon POST ${this.client.paths[method]}`;
  }
}

/**
 * Rows of one product under several skus are added up within a page. Where the second sku comes on a later page
 * nothing can add them up any more, and the last would stand for all: better no figures than wrong ones.
 */
class OneSkuAPage {
  readonly #skusOf = new Map<string, string>();

  constructor(private readonly what: string) {}

  add(placed: readonly PlacedRow[]): void {
    const page = new Map<string, Set<string>>();
    for (const { product, sku } of placed) page.set(product, (page.get(product) ?? new Set()).add(sku));
    for (const [product, skus] of page) {
      const now = [...skus].sort().join();
      const before = this.#skusOf.get(product);
      if (before !== undefined && before !== now) {
        throw brokenWalk(
          `${this.what}: product ${product} has several skus on different pages, which cannot be added up`,
          {
            ru: 'Если не проходит, уберите OZON_WAREHOUSE_ID.',
            en: 'If it stays so, leave OZON_WAREHOUSE_ID empty.',
          },
        );
      }
      this.#skusOf.set(product, now);
    }
  }
}
