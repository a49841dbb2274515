import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wbCardsReader } from '../../../../src/marketplaces/wildberries/cards-reader.js';
import { answer, type Handler, inTurn } from '../support/local-server.js';
import { SID } from '../support/wb-token.js';
import { WbBench, walked } from './wb-bench.js';

let bench: WbBench;
beforeEach(async () => {
  bench = await WbBench.start();
});
afterEach(() => bench.close());

interface Card {
  readonly nmID: number;
  readonly updatedAt: string;
  readonly sizes: readonly { readonly chrtID: number }[];
}

const moment = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString();
const card = (nmID: number, changed = nmID): Card => ({
  nmID,
  updatedAt: moment(changed),
  sizes: [{ chrtID: nmID * 10 }, { chrtID: nmID * 10 + 1 }],
});
const cards = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => card(from + at));

interface Asked {
  readonly settings: {
    readonly sort: { readonly ascending: boolean };
    readonly filter: { readonly withPhoto: number };
    readonly cursor: { readonly limit: number; readonly updatedAt?: string; readonly nmID?: number };
  };
}
const askedFor = () => bench.server.asked.map(({ body }) => JSON.parse(body) as Asked);

function page(list: readonly Card[], total = list.length, over: object = {}): Handler {
  const { updatedAt, nmID } = list.at(-1) ?? {};
  return answer(200, JSON.stringify({ cards: list, cursor: { updatedAt, nmID, total, ...over } }));
}

/** A shop that answers as the documents say: what was changed after the cursor, oldest first. */
function shop(all: readonly Card[], meanwhile?: (asked: number) => void): Handler {
  let asked = 0;
  return (request, response) => {
    const { limit, updatedAt = '', nmID = 0 } = (JSON.parse(request.body) as Asked).settings.cursor;
    asked += 1;
    meanwhile?.(asked);
    const found = [...all]
      .sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : a.updatedAt > b.updatedAt ? 1 : a.nmID - b.nmID))
      .filter((one) => one.updatedAt > updatedAt || (one.updatedAt === updatedAt && one.nmID > nmID))
      .slice(0, limit);
    page(found)(request, response);
  };
}

const idsOf = (pages: readonly (readonly string[])[]) =>
  pages.flat().map((row) => (JSON.parse(row) as { nmID: number }).nmID);

describe('the walk over the cards', () => {
  it('reads its own feed, whole, and asks as the documents say', async () => {
    bench.server.handler = shop(cards(1, 3));
    const reader = wbCardsReader(bench.open(), { from: null });
    expect(reader.feed).toEqual({ source: 'wildberries', account: SID, endpoint: 'cards' });
    const { rows, scope, cursor } = await walked(reader);
    expect(scope).toEqual({ schemes: [] });
    expect(idsOf(rows)).toEqual([1, 2, 3]);
    expect(cursor).toBe(`${moment(3)}|3`);
    expect(askedFor()).toEqual([
      { settings: { sort: { ascending: true }, filter: { withPhoto: -1 }, cursor: { limit: 100 } } },
    ]);
  });

  it('copies the cursor until a page is not full', async () => {
    bench.server.handler = shop(cards(1, 250));
    const { rows } = await walked(wbCardsReader(bench.open(), { from: null }));
    expect(rows.map(({ length }) => length)).toEqual([100, 100, 50]);
    expect(askedFor().map(({ settings }) => settings.cursor)).toEqual([
      { limit: 100 },
      { limit: 100, updatedAt: moment(100), nmID: 100 },
      { limit: 100, updatedAt: moment(200), nmID: 200 },
    ]);
  });

  it('tells many cards of one moment apart', async () => {
    bench.server.handler = shop(Array.from({ length: 230 }, (_, at) => card(at + 1, 5)));
    const { rows } = await walked(wbCardsReader(bench.open(), { from: null }));
    expect(idsOf(rows)).toEqual(Array.from({ length: 230 }, (_, at) => at + 1));
  });

  it('ends on an empty page behind a full one', async () => {
    bench.server.handler = inTurn(page(cards(1, 100)), page([], 0, { updatedAt: '', nmID: 0 }));
    const { rows, cursor } = await walked(wbCardsReader(bench.open(), { from: null }));
    expect(rows.map(({ length }) => length)).toEqual([100]);
    expect(cursor).toBe(`${moment(100)}|100`);
  });

  it('sees a card that changes meanwhile, and all others', async () => {
    const all = cards(1, 150);
    bench.server.handler = shop(all, (asked) => {
      if (asked === 2) all.splice(119, 1, card(120, 900));
      if (asked === 2) all.splice(4, 1, card(5, 901));
    });
    const { rows, cursor } = await walked(wbCardsReader(bench.open(), { from: null }));
    expect(new Set(idsOf(rows))).toEqual(new Set(all.map(({ nmID }) => nmID)));
    expect(cursor).toBe(`${moment(901)}|5`);
  });

  it('takes a last page that repeats the card of the cursor', async () => {
    bench.server.handler = inTurn(page(cards(1, 100)), page([card(100)]));
    expect((await walked(wbCardsReader(bench.open(), { from: null }))).rows).toHaveLength(2);
  });

  it('of a shop without cards is one empty page, without a cursor', async () => {
    bench.server.handler = page([]);
    const { rows, cursor } = await walked(wbCardsReader(bench.open(), { from: null }));
    expect(rows).toEqual([[]]);
    expect(cursor).toBeUndefined();
  });

  it('keeps the pace of the documents', async () => {
    bench.server.handler = shop(cards(1, 850));
    await walked(wbCardsReader(bench.open(), { from: null }));
    expect(bench.server.asked).toHaveLength(9);
    // Five at once, then one each 600 ms.
    expect(bench.timing.sleeps).toEqual([600, 600, 600, 600]);
  });

  it('tells of each size as it comes, exact to the last digit', async () => {
    const odd =
      '{"nmID":7,"sizes":[{"chrtID":9007199254740993},{"chrtID":0},{"x":1},null]},{"nmID":8},{"nmID":9,"sizes":{}},5';
    bench.server.handler = answer(200, `{"cards":[${odd}],"cursor":{"updatedAt":"x","nmID":9,"total":4}}`);
    const sizes: string[] = [];
    await walked(wbCardsReader(bench.open(), { from: null, onSize: (size) => sizes.push(size) }));
    expect(sizes).toEqual(['9007199254740993']);
  });
});

describe('a partial read of the cards', () => {
  it('begins where the last one ended, and proves no absence', async () => {
    const all = cards(1, 120);
    bench.server.handler = shop(all);
    const client = bench.open();
    const { cursor = '' } = await walked(wbCardsReader(client, { from: null }));
    all.splice(4, 1, card(5, 500));
    all.push(card(121, 501));
    const { rows, scope, cursor: further } = await walked(wbCardsReader(client, { from: cursor }));
    expect(scope).toEqual({ schemes: [], partial: true });
    expect(idsOf(rows)).toEqual([5, 121]);
    expect(further).toBe(`${moment(501)}|121`);
  });

  it('keeps its place where nothing is new', async () => {
    bench.server.handler = page([], 0, { updatedAt: '', nmID: 0 });
    const { cursor } = await walked(wbCardsReader(bench.open(), { from: `${moment(9)}|9` }));
    expect(cursor).toBe(`${moment(9)}|9`);
  });

  it('hands the cursor on as it was written, exact to the last digit', async () => {
    bench.server.handler = answer(
      200,
      '{"cards":[{}],"cursor":{"updatedAt":"2026-01-02T03:04:05.96577Z","nmID":9007199254740993,"total":1}}',
    );
    const client = bench.open();
    const { cursor = '' } = await walked(wbCardsReader(client, { from: null }));
    expect(cursor).toBe('2026-01-02T03:04:05.96577Z|9007199254740993');
    await walked(wbCardsReader(client, { from: cursor }));
    expect(bench.server.asked[1]?.body).toContain(
      '"cursor":{"limit":100,"updatedAt":"2026-01-02T03:04:05.96577Z","nmID":9007199254740993}',
    );
  });

  it.each(['', 'x', '|5', 'x|', 'x|y', 'x|0', '2026|1|2', `x|${'9'.repeat(20)}`])(
    'is a whole one where the place %j cannot be read',
    async (from) => {
      bench.server.handler = shop(cards(1, 2));
      const { rows, scope } = await walked(wbCardsReader(bench.open(), { from }));
      expect(scope).toEqual({ schemes: [] });
      expect(idsOf(rows)).toEqual([1, 2]);
      expect(askedFor()[0]?.settings.cursor).toEqual({ limit: 100 });
    },
  );
});

describe('a page of cards', () => {
  it.each([
    ['fewer cards than it says', page(cards(1, 99), 100)],
    ['no total', page(cards(1, 3), 3, { total: undefined })],
    ['a fractional total', page(cards(1, 3), 3, { total: 2.5 })],
    ['no cursor', answer(200, '{"cards":[]}')],
    ['no place to go on from', page(cards(1, 100), 100, { nmID: undefined })],
    ['a place without a time', page(cards(1, 100), 100, { updatedAt: '' })],
    ['no cards', answer(200, '{"cursor":{"total":0}}')],
    ['cards that are no list', answer(200, '{"cards":{},"cursor":{"total":0}}')],
    ['a cut list', answer(200, '{"cards":[{"nmID":1},{"nm')],
  ] as const)('with %s is refused', async (_name, handler) => {
    bench.server.handler = handler;
    await expect(walked(wbCardsReader(bench.open(), { from: null }))).rejects.toMatchObject({
      code: 'API_BAD_ANSWER',
    });
  });

  it('may repeat cards, and more of them than it says', async () => {
    bench.server.handler = inTurn(page([...cards(1, 98), ...cards(97, 98)], 98), page(cards(97, 99)));
    const { rows } = await walked(wbCardsReader(bench.open(), { from: null }));
    expect(new Set(idsOf(rows)).size).toBe(99);
  });

  it('may name the total of all that follow', async () => {
    bench.server.handler = inTurn(page(cards(1, 100), 130), page(cards(101, 130), 30));
    expect(idsOf((await walked(wbCardsReader(bench.open(), { from: null }))).rows)).toHaveLength(130);
  });

  it('that leads back is refused, however long the circle', async () => {
    bench.server.handler = inTurn(
      page(cards(1, 100)),
      page(cards(101, 200)),
      page(cards(1, 100)),
      page(cards(101, 200)),
    );
    await expect(walked(wbCardsReader(bench.open(), { from: null }))).rejects.toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringContaining('page 3 leads back'),
    });
  });

  it('in a list without end is the last', async () => {
    let from = 1;
    bench.server.handler = (asked, response) => {
      page(cards(from, from + 99))(asked, response);
      from += 100;
    };
    const reader = wbCardsReader(bench.open(), { from: null, maxPages: 4 });
    await expect(walked(reader)).rejects.toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringContaining('4 pages'),
    });
    expect(bench.server.asked).toHaveLength(4);
  });
});
