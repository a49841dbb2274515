import { randomUUID } from 'node:crypto';
import { MemoryRateLimiter } from '../../src/marketplaces/http/memory-rate-limiter.js';
import { ozonCatalogueReader } from '../../src/marketplaces/ozon/catalogue-reader.js';
import { OzonClient } from '../../src/marketplaces/ozon/client.js';
import { type OzonStockOptions, ozonStockReader } from '../../src/marketplaces/ozon/stock-reader.js';
import { wbCardsReader } from '../../src/marketplaces/wildberries/cards-reader.js';
import { WildberriesClient } from '../../src/marketplaces/wildberries/client.js';
import { wbFbsReader } from '../../src/marketplaces/wildberries/fbs-reader.js';
import { wbStockReader } from '../../src/marketplaces/wildberries/stock-reader.js';
import type { FeedReader } from '../../src/ports/marketplace.js';
import { takeSnapshot } from '../../src/producers/take-snapshot.js';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.js';
import { createFeedRegistry } from '../../src/store/feed-registry.js';
import { createProductDirectory } from '../../src/store/product-directory.js';
import { type Pipeline, secret } from './pipeline.js';

export type Source = 'ozon' | 'wildberries';

export interface ReadOptions {
  /** Which feed of the source: its stock (default), its catalogue, or Wildberries' FBS stock. */
  readonly what?: 'stock' | 'catalogue' | 'fbs';
  /** Ozon's stock: totals by scheme unless told. */
  readonly ozon?: OzonStockOptions;
  /** FBS: `marketplace` unless told. It asks for the sizes that the applied catalogue knows. */
  readonly fbsMethod?: 'marketplace' | 'report';
  /** The catalogue of Wildberries from where the last applied read of it ended; else whole. */
  readonly onlyNews?: boolean;
  readonly acceptAbsences?: boolean;
  readonly reconcile?: boolean;
  /** Rows per page of Wildberries' reports; Ozon's is fixed. */
  readonly wbPageSize?: number;
  /** Rows per raw record. */
  readonly batchSize?: number;
}

/** The simulated marketplaces, and the program's own readers in front of them, without limits and retries. */
export class SimulatedShop {
  private readonly clients = new Set<{ close(): void }>();

  private constructor(readonly sim: Simulator) {}

  static async start(options: SimulatorOptions): Promise<SimulatedShop> {
    return new SimulatedShop(await startSimulator({ unlimited: true, ...options }));
  }

  /** Reads one snapshot into the pipeline's raw topic; answers its id, also where the walk failed. */
  async read(pipe: Pipeline, source: Source, options: ReadOptions = {}): Promise<string> {
    const reader = await this.reader(pipe, source, options);
    const { partition } = await createFeedRegistry(pipe.db).register(reader.feed, 12);
    const snapshotId = randomUUID();
    try {
      await takeSnapshot(reader, {
        log: pipe.raw,
        partition,
        prefix: pipe.prefix,
        batchSize: options.batchSize ?? 1000,
        limits: { absenceLimit: 0.5, absenceMin: 20 },
        acceptAbsences: options.acceptAbsences ?? false,
        reconcile: options.reconcile,
        now: () => new Date(),
        newId: () => snapshotId,
        signal: new AbortController().signal,
      });
    } catch {
      // What became of it is in the log: snapshot-failed.
    }
    return snapshotId;
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.close();
    await this.sim.close();
  }

  private reader(pipe: Pipeline, source: Source, options: ReadOptions): Promise<FeedReader> {
    return source === 'ozon'
      ? Promise.resolve(this.ozonReader(options))
      : this.wildberriesReader(pipe, options);
  }

  private ozonReader({ what, ozon = { sellerWarehouses: null, fbo: 'total' } }: ReadOptions): FeedReader {
    const { url, credentials } = this.sim;
    const client = new OzonClient({
      ...around(),
      baseUrl: url,
      clientId: credentials.ozonClientId,
      apiKey: secret(credentials.ozonApiKey),
      maxRps: 1e6,
      maxWaitMs: 1000,
    });
    this.clients.add(client);
    return what === 'catalogue' ? ozonCatalogueReader(client) : ozonStockReader(client, ozon);
  }

  private async wildberriesReader(pipe: Pipeline, options: ReadOptions): Promise<FeedReader> {
    const { url, credentials } = this.sim;
    const client = new WildberriesClient({
      ...around(),
      analyticsUrl: url,
      commonUrl: url,
      contentUrl: url,
      marketplaceUrl: url,
      token: secret(credentials.wbToken),
      stocksIntervalMs: 0,
      // The content and marketplace methods have limits of their own, which no setting takes away.
      maxWaitMs: 60_000,
      ...(options.wbPageSize === undefined ? {} : { pageSize: options.wbPageSize }),
    });
    this.clients.add(client);
    const directory = createProductDirectory(pipe.db);
    if (options.what === 'catalogue') {
      const whole = wbCardsReader(client, { from: null });
      const { cursor } = await directory.standing(whole.feed);
      return options.onlyNews === true ? wbCardsReader(client, { from: cursor }) : whole;
    }
    if (options.what !== 'fbs') return wbStockReader(client);
    const reader = wbFbsReader(client, {
      method: options.fbsMethod ?? 'marketplace',
      products: async () => ({
        asked: await directory.current('wildberries', client.token.sid),
        gone: await directory.removedButLive(reader.feed),
      }),
    });
    return reader;
  }
}

function around() {
  const limiter = new MemoryRateLimiter();
  return { timeoutMs: 10_000, retry: { retries: 0, delayMs: 1 }, maxWaitMs: 0, limiter };
}
