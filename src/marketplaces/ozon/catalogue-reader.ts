import { parseExactJson } from '../../domain/json.js';
import { isAppError, messageOf } from '../../errors.js';
import type { Logger } from '../../ports/logger.js';
import type { FeedReader, FetchedPage, PageQuery } from '../../ports/marketplace.js';
import { isObject } from '../record-invalid.js';
import type { OzonProductsPage, OzonRows } from './answers.js';
import type { OzonClient, OzonVisibility } from './client.js';
import { brokenWalk } from './cursor-walk.js';
import { positiveId } from './fields.js';
import { MAX_PAGES, mostPerRequest } from './limits.js';

export interface OzonCatalogueOptions {
  readonly logger?: Logger | undefined;
  /** Where to give up on a list without end. */
  readonly maxPages?: number | undefined;
}

type CatalogueClient = Pick<OzonClient, 'clientId' | 'paths' | 'products' | 'productInfo'>;

/**
 * The feed `ozon:<client id>:product-list`: which products there are, archived ones included, then their names and
 * barcodes.
 */
export function ozonCatalogueReader(client: CatalogueClient, options: OzonCatalogueOptions = {}): FeedReader {
  return {
    feed: { source: 'ozon', account: client.clientId, endpoint: 'product-list' },
    open: () =>
      Promise.resolve({
        scope: { schemes: [] },
        pages: (signal) => new CatalogueWalk(client, options, signal).pages(),
      }),
  };
}

/** What one list says of its length, and how far it has been read. */
interface Reading {
  /** The least total that it named. */
  least: number | undefined;
  readonly seen: Set<string>;
}

class CatalogueWalk {
  /** Every product of any list, in the order of first sight; ids only, so that the largest catalogue fits. */
  readonly #all = new Set<string>();
  #pages = 0;

  constructor(
    private readonly client: CatalogueClient,
    private readonly options: OzonCatalogueOptions,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * A product is in one of two lists and may change over while they are read. Archived first and again at the end:
   * who was archived meanwhile is in the second reading, who came back from the archive was in the first. The second
   * reading passes on only what the first did not have.
   */
  async *pages(): AsyncGenerator<FetchedPage> {
    const archived = new Set<string>();
    for await (const page of this.#list('ARCHIVED', archived)) {
      if (page.rows.length > 0) yield this.#page(page, undefined, undefined);
    }
    const current = new Set<string>();
    for await (const page of this.#list('ALL', current)) {
      // One page at least, as the whole answer of an account without products.
      if (page.rows.length > 0 || this.#pages === 0)
        yield this.#page(page, undefined, this.#toCome(page, current));
    }
    for await (const page of this.#list('ARCHIVED', new Set())) {
      const rows = page.rows.filter((row) => !archived.has(productOf(row) ?? ''));
      if (rows.length > 0) yield this.#page({ ...page, rows }, undefined, undefined);
    }
    yield* this.#infos();
  }

  /**
   * How this list ends is not documented. It does on an empty page and on an empty `last_id`. A `last_id` that was
   * asked for already may be an end or a fault: it is taken for the end where the count says that all is there, or,
   * where no count is given, on a short page. A short page alone is no end: asking once more costs one request.
   */
  async *#list(visibility: OzonVisibility, seen: Set<string>): AsyncGenerator<OzonProductsPage> {
    const what = `Ozon POST ${this.client.paths['product-list']}, ${visibility}`;
    const limit = mostPerRequest('product-list');
    const maxPages = this.options.maxPages ?? MAX_PAGES;
    const reading: Reading = { least: undefined, seen };
    const asked = new Set<string>();
    let lastId = '';
    for (let number = 1; number <= maxPages; number += 1) {
      asked.add(lastId);
      const page = await this.client.products(visibility, lastId, this.signal);
      this.#note(reading, page);
      yield page;
      if (page.rows.length === 0 || page.cursor === '') return checkWhole(what, reading);
      if (asked.has(page.cursor)) {
        const short = reading.least === undefined && page.rows.length < limit;
        if (short || isWhole(reading)) return;
        throw brokenWalk(`${what}: page ${number} leads back to a place that was already asked for`);
      }
      lastId = page.cursor;
    }
    throw brokenWalk(`${what}: the list has not ended after ${maxPages} pages`);
  }

  #note(reading: Reading, { rows, announcedProducts: named }: OzonProductsPage): void {
    for (const row of rows) {
      const id = productOf(row);
      if (id === undefined) continue;
      reading.seen.add(id);
      this.#all.add(id);
    }
    // The empty page behind the last one may count nothing any more.
    const saysNothing = named === 0 && reading.seen.size > 0;
    if (named !== undefined && !saysNothing) reading.least = Math.min(reading.least ?? named, named);
  }

  /** Names and barcodes only adorn: an account whose key may not ask for them has a catalogue without. */
  async *#infos(): AsyncGenerator<FetchedPage> {
    const ids = [...this.#all];
    const size = mostPerRequest('product-info');
    for (let from = 0; from < ids.length; from += size) {
      const productIds = ids.slice(from, from + size);
      const answer = await this.#info(productIds);
      if (answer === null) return;
      const toCome = Math.ceil((ids.length - from) / size) - 1;
      yield this.#page(answer, { endpoint: 'product-info', productIds }, toCome);
    }
  }

  async #info(productIds: readonly string[]): Promise<OzonRows | null> {
    try {
      return await this.client.productInfo(productIds, this.signal);
    } catch (error) {
      if (!isRefusedForGood(error)) throw error;
      const fields = { feed: 'product-list', account: this.client.clientId };
      this.options.logger?.warn(fields, `names and barcodes are not read: ${messageOf(error)}`);
      return null;
    }
  }

  /** Pages after this one of the current products, at least. */
  #toCome({ announcedProducts: named }: OzonProductsPage, current: ReadonlySet<string>): number | undefined {
    if (named === undefined) return undefined;
    const unseen = Math.max(0, named - current.size);
    const infos = Math.ceil((this.#all.size + unseen) / mostPerRequest('product-info'));
    return Math.ceil(unseen / mostPerRequest('product-list')) + infos;
  }

  #page(
    { rows, receivedAt }: OzonRows,
    query: PageQuery | undefined,
    toCome: number | undefined,
  ): FetchedPage {
    this.#pages += 1;
    const expectedPages = toCome === undefined ? undefined : this.#pages + toCome;
    return { fetchedAt: new Date(receivedAt).toISOString(), rows, query, expectedPages };
  }
}

/**
 * The counts are checked here, list by list, and not handed on: a product may be counted by both. More than was
 * counted is no fault, as products are added while the list is read; fewer would make products look removed.
 */
function checkWhole(what: string, reading: Reading): void {
  if (isWhole(reading) || reading.least === undefined) return;
  throw brokenWalk(
    `${what}: the list ended after ${reading.seen.size} products, Ozon named ${reading.least}`,
  );
}

function isWhole({ least, seen }: Reading): boolean {
  return least !== undefined && seen.size >= least;
}

function productOf(text: string): string | undefined {
  const row = parseExactJson(text);
  return isObject(row) ? positiveId(row.product_id) : undefined;
}

function isRefusedForGood(error: unknown): boolean {
  if (!isAppError(error)) return false;
  const { code, facts } = error;
  // The list was read with the same key: what is refused is the method, unless the words say otherwise.
  const methodRefused = facts.trouble === 'role-missing' || facts.trouble === 'forbidden';
  return code === 'API_REJECTED' || code === 'API_RETIRED' || methodRefused;
}
