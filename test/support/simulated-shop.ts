import { randomUUID } from 'node:crypto';
import { MemoryRateLimiter } from '../../src/marketplaces/http/memory-rate-limiter.js';
import { OzonClient } from '../../src/marketplaces/ozon/client.js';
import { ozonStockReader } from '../../src/marketplaces/ozon/stock-reader.js';
import { WildberriesClient } from '../../src/marketplaces/wildberries/client.js';
import { wbStockReader } from '../../src/marketplaces/wildberries/stock-reader.js';
import type { StockReader } from '../../src/ports/marketplace.js';
import { takeSnapshot } from '../../src/producers/take-snapshot.js';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.js';
import { createFeedRegistry } from '../../src/store/feed-registry.js';
import { type Pipeline, secret } from './pipeline.js';

export type Source = 'ozon' | 'wildberries';

export interface ReadOptions {
  readonly acceptAbsences?: boolean;
  /** Rows per page of Wildberries' report; Ozon's is fixed. */
  readonly wbPageSize?: number;
  /** Rows per raw record. */
  readonly batchSize?: number;
}

/** The simulated marketplaces, and the program's own readers in front of them, without limits and retries. */
export class SimulatedShop {
  private readonly clients = new Set<{ close(): void }>();

  private constructor(readonly sim: Simulator) {}

  static async start(options: SimulatorOptions): Promise<SimulatedShop> {
    return new SimulatedShop(await startSimulator({ wbIntervalMs: 0, ozonRps: 0, ...options }));
  }

  /** Reads one snapshot into the pipeline's raw topic; answers its id, also where the walk failed. */
  async read(pipe: Pipeline, source: Source, options: ReadOptions = {}): Promise<string> {
    const reader = this.reader(source, options);
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

  private reader(source: Source, options: ReadOptions): StockReader {
    const { url, credentials } = this.sim;
    const limiter = new MemoryRateLimiter();
    const around = { timeoutMs: 10_000, retry: { retries: 0, delayMs: 1 }, maxWaitMs: 0, limiter };
    if (source === 'ozon') {
      const { ozonClientId: clientId, ozonApiKey } = credentials;
      const client = new OzonClient({
        ...around,
        baseUrl: url,
        clientId,
        apiKey: secret(ozonApiKey),
        maxRps: 1e6,
        maxWaitMs: 1000,
      });
      this.clients.add(client);
      return ozonStockReader(client);
    }
    const client = new WildberriesClient({
      ...around,
      analyticsUrl: url,
      commonUrl: url,
      token: secret(credentials.wbToken),
      stocksIntervalMs: 0,
      ...(options.wbPageSize === undefined ? {} : { pageSize: options.wbPageSize }),
    });
    this.clients.add(client);
    return wbStockReader(client);
  }
}
