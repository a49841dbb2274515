import { type Feed, formatFeed } from '../../src/domain/feed.js';
import type { ShrinkLimits } from '../../src/domain/shrink-guard.js';
import type { SnapshotScope } from '../../src/domain/snapshot.js';
import { EVENT_TYPES, type EventType, envelope } from '../../src/events/envelope.js';
import type { PageQuery, RawEvent, SnapshotCompleted } from '../../src/events/raw-snapshot.js';
import { redriveHeaders } from '../../src/events/redrive.js';
import { TOPICS, topicOf } from '../../src/events/topics.js';
import type { LogRecord } from '../../src/ports/log-records.js';

export const PREFIX = 'inventory';
export const RAW_TOPIC = topicOf(PREFIX, TOPICS.rawSnapshots);
export const OZON: Feed = { source: 'ozon', account: '100500', endpoint: 'product-stocks' };
export const WB: Feed = { source: 'wildberries', account: 'a1-b2', endpoint: 'wb-warehouses' };
export const WB_FBS: Feed = { source: 'wildberries', account: 'a1-b2', endpoint: 'fbs-stocks' };
export const OZON_LIST: Feed = { source: 'ozon', account: '100500', endpoint: 'product-list' };
export const WB_CARDS: Feed = { source: 'wildberries', account: 'a1-b2', endpoint: 'cards' };
export const HOUR = 60 * 60 * 1000;

const TYPES: Record<RawEvent['type'], EventType> = {
  'snapshot-started': EVENT_TYPES.snapshotStarted,
  'page-chunk': EVENT_TYPES.pageChunk,
  'snapshot-completed': EVENT_TYPES.snapshotCompleted,
  'snapshot-failed': EVENT_TYPES.snapshotFailed,
  'feed-retired': EVENT_TYPES.feedRetired,
  'generation-ready': EVENT_TYPES.generationReady,
};

export interface StartOptions {
  readonly scope?: SnapshotScope;
  readonly limits?: ShrinkLimits;
  readonly acceptAbsences?: boolean;
  readonly reconcile?: boolean;
}

export interface WholeOptions extends StartOptions {
  /** Range of products that the marketplace named. */
  readonly products?: SnapshotCompleted['products'];
  /** Where the next partial read goes on. */
  readonly cursor?: string;
}

/** A page that says what it was asked for. */
export interface AskedPage {
  readonly query: PageQuery;
  readonly rows: readonly unknown[];
}
export type Page = readonly unknown[] | AskedPage;

export function asked(query: PageQuery, ...rows: readonly unknown[]): AskedPage {
  return { query, rows };
}

/** What a page holds, and what it was asked for. */
function parted(page: Page): { rows: readonly unknown[]; query: PageQuery | undefined } {
  return 'query' in page ? page : { rows: page, query: undefined };
}

/** One partition of the raw topic, written by hand. Its clock stands still unless told. */
export class RawPartition {
  readonly records: LogRecord[] = [];
  now = Date.parse('2026-11-22T10:00:00.000Z');
  private snapshots = 0;

  wait(ms: number): this {
    this.now += ms;
    return this;
  }

  start(feed: Feed, options: StartOptions = {}): string {
    this.snapshots += 1;
    const snapshotId = `s${this.snapshots}`;
    const { schemes, ...rest } = options.scope ?? { schemes: ['fbo', 'fbs', 'rfbs', 'fbp', 'fbw'] };
    this.event({
      type: 'snapshot-started',
      feed: formatFeed(feed),
      snapshotId,
      source: feed.source,
      account: feed.account,
      endpoint: feed.endpoint,
      startedAt: this.time(),
      scope: { schemes: [...schemes], ...rest } as never,
      limits: options.limits ?? { absenceLimit: 0.5, absenceMin: 20 },
      acceptAbsences: options.acceptAbsences ?? false,
      ...(options.reconcile === undefined ? {} : { reconcile: options.reconcile }),
    });
    return snapshotId;
  }

  /** Rows are objects, or JSON texts for figures that JavaScript would round. */
  chunk(
    feed: Feed,
    snapshotId: string,
    page: number,
    of: Page,
    [chunk, chunks] = [1, 1] as readonly [number, number],
  ): this {
    const { rows, query } = parted(of);
    const texts = rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row)));
    const head = { type: 'page-chunk', feed: formatFeed(feed), snapshotId, fetchedAt: this.time() };
    const text = JSON.stringify({ ...head, page, chunk, chunks, query }).slice(0, -1);
    return this.bytes(formatFeed(feed), `${text},"rows":[${texts.join(',')}]}`, TYPES['page-chunk']);
  }

  complete(
    feed: Feed,
    snapshotId: string,
    totals: Pick<SnapshotCompleted, 'pages' | 'rows' | 'products' | 'cursor'>,
  ): this {
    return this.event({
      type: 'snapshot-completed',
      feed: formatFeed(feed),
      snapshotId,
      completedAt: this.time(),
      ...totals,
    });
  }

  /** @param notBefore when the marketplace will listen again, as it spells that */
  fail(feed: Feed, snapshotId: string, notBefore?: string): this {
    const failed = {
      ...{ failedAt: this.time(), code: 'API_UNAVAILABLE', message: 'HTTP 503' },
      ...(notBefore === undefined ? {} : { notBefore }),
    };
    return this.event({ type: 'snapshot-failed', feed: formatFeed(feed), snapshotId, ...failed });
  }

  retire(feed: Feed): this {
    const retired = { retiredAt: this.time(), reason: 'the warehouse is gone' };
    return this.event({ type: 'feed-retired', feed: formatFeed(feed), ...retired });
  }

  /** A whole snapshot, complete as announced: one record per page. */
  whole(feed: Feed, pages: readonly Page[], options: WholeOptions = {}): string {
    const id = this.start(feed, options);
    for (const [index, page] of pages.entries()) this.chunk(feed, id, index + 1, page);
    const rows = pages.reduce((sum, page) => sum + parted(page).rows.length, 0);
    const { products, cursor } = options;
    this.complete(feed, id, {
      pages: pages.length,
      rows,
      ...(products === undefined ? {} : { products }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    return id;
  }

  /** The same bytes once more, as a producer that repeats itself would leave them. */
  again(index: number): this {
    const { key, value, headers } = this.records.at(index) as LogRecord;
    return this.append(key, value, headers);
  }

  /** A record of this log sent back from the dead letters; as it was unless told. */
  redriven(offset: number, value?: string | Buffer): this {
    const { key, value: bytes, headers, ...place } = this.records.at(offset) as LogRecord;
    const again = value === undefined ? bytes : Buffer.from(value);
    return this.append(key, again, { ...headers, ...redriveHeaders(place, `letter/${offset}`) });
  }

  bytes(key: string | null, value: string | Buffer | null, type: EventType = TYPES['page-chunk']): this {
    const id = `raw/${this.records.length}`;
    return this.append(
      key,
      typeof value === 'string' ? Buffer.from(value) : value,
      envelope({ id, type, prefix: PREFIX, time: this.time() }),
    );
  }

  /** What fast-check shows of a log that broke something. */
  [Symbol.for('fast-check/toStringMethod')](): string {
    const line = ({ offset, timestamp, value }: LogRecord) =>
      `${offset} ${new Date(timestamp).toISOString()} ${String(value)}`;
    return `\n${this.records.map(line).join('\n')}\n`;
  }

  private event(event: RawEvent): this {
    return this.bytes(event.feed, JSON.stringify(event), TYPES[event.type]);
  }

  private append(key: string | null, value: Buffer | null, headers: LogRecord['headers']): this {
    const place = { topic: RAW_TOPIC, partition: 3, offset: this.records.length };
    this.records.push({ ...place, timestamp: this.now, key, value, headers });
    return this;
  }

  private time(): string {
    return new Date(this.now).toISOString();
  }
}

/** An element of Ozon's list: `[type, present, reserved]` each. */
export function ozon(productId: number | string, ...stocks: readonly (readonly [string, number, number?])[]) {
  return {
    product_id: productId,
    offer_id: `ART-${productId}`,
    stocks: stocks.map(([type, present, reserved = 0]) => ({ type, present, reserved, sku: 1 })),
  };
}

/** A row of Wildberries' report. */
export function wb(chrtId: number, warehouseId: number, quantity: number, toClient = 0, fromClient = 0) {
  const words = { nmId: chrtId * 10, warehouseName: `W${warehouseId}`, regionName: 'R' };
  return { ...words, chrtId, warehouseId, quantity, inWayToClient: toClient, inWayFromClient: fromClient };
}

/** An element of Ozon's answer for one warehouse. */
export function ozonAt(productId: number, warehouseId: number, present: number, reserved = 0) {
  const article = { product_id: productId, offer_id: `ART-${productId}`, sku: productId * 10 };
  return {
    ...article,
    warehouse_id: warehouseId,
    present,
    reserved,
    free_stock: Math.max(0, present - reserved),
  };
}

/** A row of Wildberries' report on the seller's warehouses. */
export function wbFbs(chrtId: number, warehouseId: number, quantity: number) {
  const words = { nmId: chrtId * 10, warehouseName: `S${warehouseId}`, regionName: 'R' };
  return { ...words, chrtId, warehouseId, quantity };
}

/** An element of Ozon's product list. */
export function listed(productId: number, offerId = `ART-${productId}`, archived = false) {
  const flags = { has_fbo_stocks: true, has_fbs_stocks: true, is_discounted: false, quants: [] };
  return { product_id: productId, offer_id: offerId, archived, ...flags };
}

/** What Ozon tells of a product's name and barcodes, where it is asked by ids. */
export function described(productId: number, name: string, barcodes: readonly string[] = []) {
  return {
    id: productId,
    offer_id: `ART-${productId}`,
    name,
    barcodes,
    sku: productId * 10,
    is_archived: false,
  };
}

/** A card of Wildberries with its sizes, `[chrtID, techSize, barcodes]` each. */
export function card(
  nmID: number,
  vendorCode: string,
  title: string,
  ...sizes: readonly (readonly [number, string, (readonly string[])?])[]
) {
  const of = ([chrtID, techSize, skus = []]: (typeof sizes)[number]) => ({
    chrtID,
    techSize,
    wbSize: '',
    skus,
  });
  return { nmID, vendorCode, title, brand: 'Б', subjectName: 'Кружки', sizes: sizes.map(of) };
}
