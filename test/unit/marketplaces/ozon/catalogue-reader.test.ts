import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../../../src/errors.js';
import type { OzonProductsPage } from '../../../../src/marketplaces/ozon/answers.js';
import { ozonCatalogueReader } from '../../../../src/marketplaces/ozon/catalogue-reader.js';
import type { OzonVisibility } from '../../../../src/marketplaces/ozon/client.js';
import type { Logger } from '../../../../src/ports/logger.js';
import { fakeOzon, type Script, walk } from './fake-ozon.js';

type Page = Partial<OzonProductsPage>;

const row = (id: number | string, archived = false) => `{"product_id":${id},"archived":${archived}}`;
const rows = (from: number, count: number) => Array.from({ length: count }, (_, index) => row(from + index));

/** Two lists by `last_id`; the archive may have changed when it is read again. */
function shop(
  lists: Partial<Record<OzonVisibility, Readonly<Record<string, Page>>>>,
  again?: Record<string, Page>,
) {
  let archiveReads = 0;
  return (visibility: OzonVisibility, lastId: string): Page => {
    if (visibility === 'ARCHIVED' && lastId === '') archiveReads += 1;
    const list =
      visibility === 'ARCHIVED' && archiveReads > 1 ? (again ?? lists.ARCHIVED) : lists[visibility];
    return list?.[lastId] ?? {};
  };
}

const read = async (script: Script, maxPages?: number) => {
  const { calls, client } = fakeOzon(script);
  const warnings: string[] = [];
  const quiet = () => undefined;
  const logger: Logger = {
    debug: quiet,
    info: quiet,
    error: quiet,
    warn: (_fields, message) => void warnings.push(message),
  };
  const walked = await walk(ozonCatalogueReader(client, { logger, maxPages }));
  return { calls, warnings, pages: walked.read, scope: walked.scope };
};

describe('the walk over Ozon’s catalogue', () => {
  it('is a feed of its own', () => {
    expect(ozonCatalogueReader(fakeOzon({}).client).feed).toEqual({
      source: 'ozon',
      account: '4711',
      endpoint: 'product-list',
    });
  });

  it('reads the archive, the rest, the archive again, then names', async () => {
    const { calls, pages, scope } = await read({
      products: shop({
        ALL: {
          '': { rows: [row(1), row(2)], cursor: 'a', announcedProducts: 3 },
          a: { rows: [row(3)], cursor: 'b', announcedProducts: 3 },
        },
        ARCHIVED: { '': { rows: [row(9, true)], announcedProducts: 1 } },
      }),
      productInfo: () => ({ rows: ['{"id":1}'] }),
    });
    expect(calls).toEqual([
      'products ARCHIVED',
      'products ALL',
      'products ALL a',
      'products ALL b',
      'products ARCHIVED',
      'info 9 1 2 3',
    ]);
    expect(scope.partial).toBeUndefined();
    const fetchedAt = '2026-11-23T10:00:00.000Z';
    expect(pages).toEqual([
      { fetchedAt, rows: [row(9, true)] },
      { fetchedAt, rows: [row(1), row(2)], expectedPages: 4 },
      { fetchedAt, rows: [row(3)], expectedPages: 4 },
      {
        fetchedAt,
        rows: ['{"id":1}'],
        query: { endpoint: 'product-info', productIds: ['9', '1', '2', '3'] },
        expectedPages: 4,
      },
    ]);
  });

  it('sees a product that is archived while it reads, and one that comes back', async () => {
    const { pages } = await read({
      products: shop(
        {
          // 5 was archived before the list came to it; 8 came back behind it.
          ALL: { '': { rows: [row(1)], announcedProducts: 1 } },
          ARCHIVED: { '': { rows: [row(8, true), row(9, true)], announcedProducts: 2 } },
        },
        { '': { rows: [row(5, true), row(9, true)], announcedProducts: 2 } },
      ),
    });
    const listed = pages.filter(({ query }) => query === undefined).map((page) => page.rows);
    expect(listed).toEqual([[row(8, true), row(9, true)], [row(1)], [row(5, true)]]);
    expect(pages.at(-1)?.query?.productIds).toEqual(['8', '9', '1', '5']);
  });

  it('of an account without products is one empty page', async () => {
    const { calls, pages } = await read({ products: () => ({ announcedProducts: 0 }) });
    expect(calls).toEqual(['products ARCHIVED', 'products ALL', 'products ARCHIVED']);
    expect(pages).toMatchObject([{ rows: [] }]);
  });

  it('of one product is that product', async () => {
    const { pages } = await read({ products: shop({ ALL: { '': { rows: [row(1)] } } }) });
    expect(pages.map((page) => page.query?.endpoint)).toEqual([undefined, 'product-info']);
  });

  it('asks for names by the thousand, each product once, ids to the last digit', async () => {
    const list = [...rows(1, 1500), row(1), row('9007199254740993')];
    const { calls, pages } = await read({ products: shop({ ALL: { '': { rows: list } } }) });
    const infos = calls.filter((call) => call.startsWith('info')).map((call) => call.split(' ').slice(1));
    expect(infos.map((ids) => ids.length)).toEqual([1000, 501]);
    expect(infos[1]?.at(-1)).toBe('9007199254740993');
    expect(pages.at(-1)?.expectedPages).toBe(3);
  });
});

describe('a list of the catalogue', () => {
  const ends = (all: Readonly<Record<string, Page>>) => read({ products: shop({ ALL: all }) });

  it.each<[string, Record<string, Page>, number]>([
    ['an empty page', { '': { rows: rows(1, 1000), cursor: 'a' }, a: { cursor: 'a' } }, 1000],
    ['an empty last_id', { '': { rows: rows(1, 1000), cursor: '' } }, 1000],
    [
      'an empty page that counts nothing',
      { '': { rows: [row(1)], cursor: 'a', announcedProducts: 1 }, a: { announcedProducts: 0 } },
      1,
    ],
    [
      'a last_id again, when all that was counted is there',
      {
        '': { rows: rows(1, 1000), cursor: 'a', announcedProducts: 2000 },
        a: { rows: rows(1001, 1000), cursor: 'a', announcedProducts: 2000 },
      },
      2000,
    ],
    [
      'a last_id again behind a short page',
      { '': { rows: rows(1, 1000), cursor: 'a' }, a: { rows: rows(1001, 3), cursor: 'a' } },
      1003,
    ],
    ['more products than were counted', { '': { rows: rows(1, 3), announcedProducts: 2 } }, 3],
  ])('ends on %s', async (_name, all, products) => {
    const { pages } = await ends(all);
    const listed = pages.filter(({ query }) => query === undefined).flatMap((page) => page.rows);
    expect(new Set(listed).size).toBe(products);
  });

  it('does not end on a short page that leads on', async () => {
    const { pages } = await ends({
      '': { rows: [row(1)], cursor: 'a' },
      a: { rows: [row(2)], cursor: 'b' },
    });
    expect(pages.filter(({ query }) => query === undefined)).toHaveLength(2);
  });

  it.each<[string, Record<string, Page>, RegExp]>([
    [
      'breaks off',
      { '': { rows: rows(1, 3), cursor: '', announcedProducts: 5 } },
      /ended after 3 products, Ozon named 5/,
    ],
    [
      'breaks off with an empty page',
      { '': { rows: rows(1, 3), cursor: 'a', announcedProducts: 5 }, a: {} },
      /named 5/,
    ],
    ['is empty though products were counted', { '': { announcedProducts: 5 } }, /ended after 0 products/],
    [
      'repeats its page',
      {
        '': { rows: rows(1, 3), cursor: 'a', announcedProducts: 5 },
        a: { rows: rows(1, 3), cursor: 'a', announcedProducts: 5 },
      },
      /leads back/,
    ],
    [
      'goes round, page by full page',
      { '': { rows: rows(1, 1000), cursor: 'a' }, a: { rows: rows(1, 1000), cursor: 'a' } },
      /leads back/,
    ],
  ])('that %s is refused', async (_name, all, message) => {
    await expect(ends(all)).rejects.toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringMatching(message),
    });
  });

  it('without end is given up', async () => {
    const products = (_visibility: string, lastId: string) => ({ rows: [row(1)], cursor: `${lastId}x` });
    await expect(read({ products }, 4)).rejects.toMatchObject({
      message: expect.stringContaining('4 pages'),
    });
  });
});

describe('names that are refused', () => {
  const one = shop({ ALL: { '': { rows: [row(1)] } } });
  const refusing = (code: ErrorCode, trouble?: string) =>
    read({
      products: one,
      productInfo: () => {
        throw new AppError(code, 'no', { facts: { trouble } });
      },
    });

  it.each<[ErrorCode, string?]>([
    ['API_REJECTED'],
    ['API_RETIRED'],
    ['API_CREDENTIALS', 'role-missing'],
    ['API_CREDENTIALS', 'forbidden'],
  ])('for good (%s %s) leave a catalogue without, and a warning', async (code, trouble) => {
    const { pages, warnings } = await refusing(code, trouble);
    expect(pages).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining('no')]);
  });

  it.each<[ErrorCode, string?]>([
    ['API_UNAVAILABLE'],
    ['API_LIMITED'],
    ['API_BAD_ANSWER'],
    ['API_CREDENTIALS', 'key-deactivated'],
    ['TIMED_OUT'],
  ])('for a while (%s %s) end the read', async (code, trouble) => {
    await expect(refusing(code, trouble)).rejects.toMatchObject({ code });
  });
});
