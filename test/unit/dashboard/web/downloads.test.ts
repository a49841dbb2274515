import { type FastifyInstance, fastify } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import type { Board, BoardListing, BoardProduct } from '../../../../src/dashboard/board/contract.js';
import { type DownloadOptions, downloadRoutes } from '../../../../src/dashboard/web/downloads.js';
import { boardProduct } from '../board/products.js';

/** More than the system holds for a reader who takes nothing. */
const MANY = 5_000_000;

const listing = (length: number, fields: Partial<BoardProduct> = {}): BoardListing => ({
  length,
  *[Symbol.iterator]() {
    for (let index = 0; index < length; index += 1) yield boardProduct(fields);
  },
});

let app: FastifyInstance | undefined;
afterEach(() => app?.close());

async function serve(
  board: Partial<Pick<Board, 'loadedAt' | 'all' | 'allOfArticles'>>,
  options: Partial<DownloadOptions> = {},
): Promise<string> {
  app = fastify({ forceCloseConnections: true });
  downloadRoutes(app, {
    board: { loadedAt: 1, all: () => listing(1), ...board } as Board,
    config: { locale: 'ru', timeZone: 'UTC' },
    ...options,
  });
  return app.listen({ host: '127.0.0.1', port: 0 });
}

describe('downloads of products', () => {
  it('asks to come again while there is nothing to show yet', async () => {
    const url = await serve({ loadedAt: null });
    for (const format of ['csv', 'xlsx']) {
      const answer = await fetch(`${url}/products.${format}`, { headers: { cookie: 'lang=en' } });
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
      expect(await answer.text()).toContain('still being loaded');
    }
  });

  it('holds what the side-by-side list shows, where that is asked for', async () => {
    const url = await serve({
      all: () => listing(1, { offerId: 'listed' }),
      allOfArticles: ({ text }) => listing(2, { offerId: `beside-${text}` }),
    });
    expect(await (await fetch(`${url}/products.csv?q=tea`)).text()).toContain(';listed;');
    const beside = await (await fetch(`${url}/products.csv?view=articles&q=tea`)).text();
    expect(beside.match(/;beside-tea;/g)).toHaveLength(2);
  });

  it('lets so many download at a time, and the next when one of them has left', {
    timeout: 60_000,
  }, async () => {
    const url = await serve({ all: () => listing(MANY) }, { mostAtOnce: 2 });
    // Held on to: an answer that nobody holds is given up with its connection.
    const readers = [await fetch(`${url}/products.csv`), await fetch(`${url}/products.csv`)];
    expect(readers.map(({ status }) => status)).toEqual([200, 200]);
    const refused = await fetch(`${url}/products.csv`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30']);
    expect(await refused.text()).toContain('слишком многие');
    await readers[0]?.body?.cancel();
    await expect.poll(() => statusOf(`${url}/products.csv`), { timeout: 30_000 }).toBe(200);
    await readers[1]?.body?.cancel();
  });

  it('hangs up on a reader who takes nothing', { timeout: 60_000 }, async () => {
    const url = await serve({ all: () => listing(MANY) }, { mostAtOnce: 1, silenceMs: 50 });
    const idle = await fetch(`${url}/products.csv`);
    await expect.poll(() => statusOf(`${url}/products.csv`), { timeout: 30_000 }).toBe(200);
    await expect(idle.text()).rejects.toThrow();
  });
});

async function statusOf(url: string): Promise<number> {
  const { status, body } = await fetch(url);
  await body?.cancel();
  return status;
}
