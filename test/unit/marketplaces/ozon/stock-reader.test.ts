import { describe, expect, it } from 'vitest';
import type { OzonStocksPage } from '../../../../src/marketplaces/ozon/client.js';
import { ozonStockReader } from '../../../../src/marketplaces/ozon/stock-reader.js';
import type { FetchedPage } from '../../../../src/ports/marketplace.js';
import { RECEIVED_AT } from '../support/answers.js';

const never = new AbortController().signal;
type Answer = Partial<OzonStocksPage>;

/** An account whose pages are looked up by cursor, and the cursors that were asked for. */
function account(pages: Readonly<Record<string, Answer>> | ((cursor: string) => Answer)) {
  const cursors: string[] = [];
  const stocks = (cursor: string): Promise<OzonStocksPage> => {
    cursors.push(cursor);
    const page = typeof pages === 'function' ? pages(cursor) : pages[cursor];
    if (page === undefined) throw new Error(`no page for ${cursor}`);
    return Promise.resolve({
      rows: [],
      cursor: '',
      announcedProducts: undefined,
      receivedAt: RECEIVED_AT,
      ...page,
    });
  };
  return { cursors, client: { clientId: '4711', stocks } };
}

async function walk(client: ReturnType<typeof account>['client'], maxPages?: number): Promise<FetchedPage[]> {
  const pages: FetchedPage[] = [];
  for await (const page of ozonStockReader(client, maxPages).pages(never)) pages.push(page);
  return pages;
}

describe('the walk over Ozon’s stock', () => {
  it('reads its own feed and says what it covers', () => {
    const { feed, scope } = ozonStockReader(account({}).client);
    expect(feed).toEqual({ source: 'ozon', account: '4711', endpoint: 'product-stocks' });
    expect(scope).toEqual({ schemes: ['fbo', 'fbs', 'rfbs', 'fbp'] });
  });

  it('goes on behind a short page that carries a cursor, and ends on the empty one', async () => {
    const { client, cursors } = account({
      '': { rows: ['1', '2'], cursor: 'a', announcedProducts: 3 },
      a: { rows: ['3'], cursor: 'b', announcedProducts: 4 },
      b: { rows: [], cursor: '' },
    });
    const pages = await walk(client);
    expect(cursors).toEqual(['', 'a', 'b']);
    expect(pages).toEqual([
      { fetchedAt: '2026-11-23T10:00:00.000Z', rows: ['1', '2'], announcedProducts: 3 },
      { fetchedAt: '2026-11-23T10:00:00.000Z', rows: ['3'], announcedProducts: 4 },
    ]);
  });

  it('ends on an empty cursor, also behind a full page', async () => {
    const { client, cursors } = account({ '': { rows: ['1'], cursor: '' } });
    expect(await walk(client)).toHaveLength(1);
    expect(cursors).toEqual(['']);
  });

  it('ends on an empty page that repeats its own cursor', async () => {
    const { client } = account({ '': { rows: ['1'], cursor: 'z' }, z: { rows: [], cursor: 'z' } });
    expect(await walk(client)).toHaveLength(1);
  });

  it('yields one empty page for an account without products', async () => {
    const { client } = account({ '': { announcedProducts: 0 } });
    expect(await walk(client)).toMatchObject([{ rows: [], announcedProducts: 0 }]);
  });

  it('refuses cursors that go round in a circle', async () => {
    const { client, cursors } = account((cursor) => ({ rows: ['1'], cursor: cursor === 'a' ? 'b' : 'a' }));
    await expect(walk(client)).rejects.toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringContaining('page 3'),
    });
    expect(cursors).toEqual(['', 'a', 'b']);
  });

  it('gives up on a list without end', async () => {
    const { client, cursors } = account((cursor) => ({ rows: ['1'], cursor: `${cursor}x` }));
    await expect(walk(client, 5)).rejects.toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringContaining('5 pages'),
    });
    expect(cursors).toHaveLength(5);
  });
});
