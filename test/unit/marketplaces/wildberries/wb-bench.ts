import type { ServerResponse } from 'node:http';
import { Secret } from '../../../../src/domain/secret.js';
import { MemoryRateLimiter } from '../../../../src/marketplaces/http/memory-rate-limiter.js';
import {
  WildberriesClient,
  type WildberriesOptions,
} from '../../../../src/marketplaces/wildberries/client.js';
import type { FeedReader, FetchedPage } from '../../../../src/ports/marketplace.js';
import { type Asked, type Handler, LocalServer } from '../support/local-server.js';
import { VirtualTiming } from '../support/virtual-timing.js';
import { wbToken } from '../support/wb-token.js';

export const never = new AbortController().signal;
export const TOKEN = wbToken();

/** A client and a server that plays all four hosts, each under a base path of its name; time is the test's. */
export class WbBench {
  readonly timing = new VirtualTiming();
  client: WildberriesClient | undefined;

  private constructor(readonly server: LocalServer) {}

  static async start(): Promise<WbBench> {
    return new WbBench(await LocalServer.start());
  }

  open(over: Partial<WildberriesOptions> = {}): WildberriesClient {
    this.client?.close();
    const { url } = this.server;
    this.client = new WildberriesClient({
      analyticsUrl: `${url}/analytics`,
      commonUrl: `${url}/common`,
      contentUrl: `${url}/content`,
      marketplaceUrl: `${url}/marketplace`,
      token: new Secret(TOKEN),
      timeoutMs: 20_000,
      retry: { retries: 2, delayMs: 1000 },
      maxWaitMs: 60_000,
      limiter: new MemoryRateLimiter(this.timing.now),
      timing: this.timing,
      ...over,
    });
    return this.client;
  }

  async close(): Promise<void> {
    this.client?.close();
    await this.server.close();
  }
}

/** All pages of one read, with what its walk says. */
export async function walked(reader: FeedReader, signal: AbortSignal = never) {
  const walk = await reader.open(signal);
  const pages: FetchedPage[] = [];
  for await (const page of walk.pages(signal)) pages.push(page);
  return { pages, rows: pages.map(({ rows }) => [...rows]), scope: walk.scope, cursor: walk.cursor?.() };
}

export function noContent(_asked: Asked, response: ServerResponse): void {
  response.writeHead(204).end();
}

/** Handlers by the end of the path. */
export function routes(table: Readonly<Record<string, Handler>>): Handler {
  return (asked, response) => {
    const found = Object.entries(table).find(([path]) => asked.path.endsWith(path));
    if (found !== undefined) return found[1](asked, response);
    response.writeHead(404).end(`no handler for ${asked.path}`);
  };
}
