import { parseExactJson } from '../../src/domain/json.js';
import { Secret } from '../../src/domain/secret.js';
import {
  type AnnouncedTotals,
  completenessGaps,
  type SnapshotScope,
  scopeCovers,
} from '../../src/domain/snapshot.js';
import { MemoryRateLimiter } from '../../src/marketplaces/http/memory-rate-limiter.js';
import { normaliserOf } from '../../src/marketplaces/normalisers.js';
import { OzonClient, type OzonOptions } from '../../src/marketplaces/ozon/client.js';
import { ozonStockReader } from '../../src/marketplaces/ozon/stock-reader.js';
import { WildberriesClient, type WildberriesOptions } from '../../src/marketplaces/wildberries/client.js';
import { wbStockReader } from '../../src/marketplaces/wildberries/stock-reader.js';
import type { FeedReader, PageQuery } from '../../src/ports/marketplace.js';
import { takeSnapshot } from '../../src/producers/take-snapshot.js';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.js';
import { VirtualTiming } from '../unit/marketplaces/support/virtual-timing.js';
import { MemoryLog, snapshotDeps } from '../unit/producers/support.js';

/** One figure per scheme, as is read unless the settings ask for warehouses. */
export const TOTALS = { sellerWarehouses: null, fbo: 'total' } as const;

/** A simulator and clients for it that share a clock, so that limits and retries take no real time. */
export class Bench {
  readonly log = new MemoryLog();
  readonly #closables: { close(): void }[] = [];

  private constructor(
    readonly simulator: Simulator,
    readonly timing: VirtualTiming,
  ) {}

  static async start(options: SimulatorOptions = {}): Promise<Bench> {
    const timing = new VirtualTiming();
    return new Bench(
      await startSimulator({ ozonProducts: 60, wbProducts: 60, now: timing.now, ...options }),
      timing,
    );
  }

  ozon(over: Partial<OzonOptions> = {}): OzonClient {
    const { ozonClientId, ozonApiKey } = this.simulator.credentials;
    const client = new OzonClient({
      ...this.#around(),
      baseUrl: this.simulator.url,
      clientId: ozonClientId,
      apiKey: new Secret(ozonApiKey),
      ...over,
    });
    this.#closables.push(client);
    return client;
  }

  wildberries(over: Partial<WildberriesOptions> = {}): WildberriesClient {
    const client = new WildberriesClient({
      ...this.#around(),
      analyticsUrl: this.simulator.url,
      commonUrl: this.simulator.url,
      contentUrl: this.simulator.url,
      marketplaceUrl: this.simulator.url,
      token: new Secret(this.simulator.credentials.wbToken),
      ...over,
    });
    this.#closables.push(client);
    return client;
  }

  /** The stock reader of a source; options of either client as far as both know them. */
  reader(source: 'ozon' | 'wildberries', over: { timeoutMs?: number; maxWaitMs?: number } = {}): FeedReader {
    return source === 'ozon'
      ? ozonStockReader(this.ozon(over), TOTALS)
      : wbStockReader(this.wildberries(over));
  }

  snapshot(reader: FeedReader, batchSize = 1000) {
    return takeSnapshot(reader, snapshotDeps(this.log, { batchSize }));
  }

  async close(): Promise<void> {
    for (const closable of this.#closables) closable.close();
    await this.simulator.close();
  }

  #around() {
    return {
      timeoutMs: 20_000,
      retry: { retries: 2, delayMs: 1000 },
      maxWaitMs: 120_000,
      limiter: new MemoryRateLimiter(this.timing.now),
      timing: this.timing,
    };
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** What a consumer makes of the log: levels by key, and what stands in the way of calling it complete. */
export function readBack(log: MemoryLog) {
  const levels = new Map<string, object>();
  const products = new Set<string>();
  const pages = new Map<number, { chunks: number; received: Set<number> }>();
  let rows = 0;
  let invalid = 0;
  let announced: AnnouncedTotals | undefined;
  let scope: SnapshotScope | undefined;
  for (const { record } of log.records) {
    const event = parseExactJson(record.value) as Fields;
    if (event.type === 'snapshot-started') scope = event.scope as SnapshotScope;
    if (event.type === 'snapshot-completed') announced = event as unknown as AnnouncedTotals;
    if (event.type !== 'page-chunk') continue;
    const page = pages.get(event.page as number) ?? { chunks: event.chunks as number, received: new Set() };
    page.received.add(event.chunk as number);
    pages.set(event.page as number, page);
    const [source, , endpoint] = record.key.split(':');
    const query = (event.query ?? {}) as PageQuery;
    const normaliser = normaliserOf(source as 'ozon' | 'wildberries', query.endpoint ?? endpoint ?? '');
    if (normaliser?.kind !== 'stock') throw new Error(`no normaliser of stock for ${record.key}`);
    for (const row of event.rows as unknown[]) {
      rows += 1;
      try {
        const item = normaliser.read(row, query);
        products.add(item.productId);
        for (const { scheme, warehouseId, level } of item.rows) {
          if (scope !== undefined && !scopeCovers(scope, { scheme, warehouseId })) continue;
          const { productId } = item;
          levels.set(`${productId}:${scheme}:${warehouseId}`, { productId, scheme, warehouseId, ...level });
        }
      } catch {
        invalid += 1;
      }
    }
  }
  const received = { pages, rows, products: products.size, invalid, truncated: false };
  return {
    levels: byKey([...levels.values()]),
    products,
    gaps: announced && completenessGaps(received, announced),
  };
}

/** Rows in an order of their own, to compare two lots. */
export function byKey(rows: readonly object[]): object[] {
  const key = (row: object) => {
    const { productId, scheme, warehouseId } = row as Fields;
    return `${String(productId)}:${String(scheme)}:${String(warehouseId)}`;
  };
  return [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
