import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBoard, type LiveBoard } from '../../../src/dashboard/board/board.js';
import type { BoardProduct } from '../../../src/dashboard/board/contract.js';
import { AppError } from '../../../src/errors.js';
import type { Reader } from '../../../src/store/board/board-standing.js';
import type { Change } from '../store/change-rows.js';
import { BoardLab, FEED_NAMES, type FeedName, OWNER } from './board-lab.js';

const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31));
const ROUNDS = 60;
const quiet = { warn: () => undefined, info: () => undefined };

let lab: BoardLab;
let isAway = false;
const asked: string[] = [];
/** The database as the board sees it: may be away, and what is asked is written down. */
const reader: Reader = {
  async query<T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    if (isAway) throw new AppError('DB_UNAVAILABLE', 'the database is away');
    asked.push(sql);
    return lab.db.query<T>(sql, parameters);
  },
};
const newBoard = (now = Date.now) =>
  createBoard({
    ...{ db: reader, owner: OWNER, lowStock: { ozon: 5, wildberries: 0 }, timeZone: 'Europe/Moscow' },
    ...{ logger: quiet, everyMs: 5, idleEveryMs: 5, now },
  });

beforeAll(async () => {
  lab = await BoardLab.start('board');
});
beforeEach(() => lab.db.execute('UPDATE feeds SET retired_at = NULL'));
afterAll(() => lab?.close());

interface Deed {
  readonly what: 'change' | 'rename' | 'remove' | 'return' | 'watermark' | 'held' | 'retire' | 'new';
  readonly feed: FeedName;
  readonly product: number;
  readonly pieces: number;
  readonly place: number;
}

const deeds = fc.array(
  fc.record({
    what: fc.oneof(
      { weight: 6, arbitrary: fc.constant('change' as const) },
      {
        weight: 4,
        arbitrary: fc.constantFrom(
          'rename',
          'remove',
          'return',
          'watermark',
          'held',
          'retire',
          'new',
        ) as fc.Arbitrary<Deed['what']>,
      },
    ),
    feed: fc.constantFrom(...FEED_NAMES),
    product: fc.integer({ min: 1, max: 12 }),
    pieces: fc.nat({ max: 30 }),
    place: fc.nat({ max: 2 }),
  }),
  { minLength: 1, maxLength: 6 },
);

/** What stands at a key, as the last change of it said. */
const levels = new Map<string, number>();

async function happen(deed: Deed): Promise<void> {
  const { feed, product, pieces, place } = deed;
  const id = String(product);
  const removedAt = Date.parse('2026-11-20T00:00:00Z');
  if (deed.what === 'change') {
    if (feed === 'list') return;
    const scheme = ['fbo', 'fbs', 'fbw'][place] ?? 'fbo';
    const key = `${id}:${scheme}:${place}`;
    const was = levels.get(`${feed}/${key}`) ?? null;
    const closes = pieces === 0 && was !== null;
    const change: Change = closes ? [key, was, 0, 'absent'] : [key, was, [pieces, pieces % 3]];
    levels.set(`${feed}/${key}`, pieces);
    await lab.apply(feed, [change], { [id]: {} });
  } else if (deed.what === 'rename') {
    await lab.apply(feed, [], { [id]: { offerId: `ART-${pieces}`, name: `Товар ${place}` } });
  } else if (deed.what === 'new') await lab.apply(feed, [], { [String(100 + pieces)]: { offerId: 'NEW' } });
  else if (deed.what === 'remove') await lab.apply(feed, [], { [id]: { removedAt } });
  else if (deed.what === 'return') await lab.apply(feed, [], { [id]: { removedAt: null } });
  else if (deed.what === 'watermark') {
    await lab.feed(feed, 'watermark_at = ?', [
      place === 0 ? null : new Date(Date.parse('2026-11-22') + pieces * 1000),
    ]);
  } else if (deed.what === 'held') await lab.feed(feed, 'held_count = ?', [place]);
  else if (pieces > 20) {
    // What is retired has closed its rows before.
    for (const [key, was] of levels) {
      if (was === 0 || !key.startsWith(`${feed}/`)) continue;
      levels.set(key, 0);
      await lab.apply(feed, [[key.slice(feed.length + 1), was, 0, 'rescoped']], {});
    }
    await lab.feed(feed, 'retired_at = NOW(3)');
  } else await lab.feed(feed, 'retired_at = NULL');
}

async function viewSays(): Promise<string[]> {
  const rows = await lab.db.query('SELECT * FROM inventory_data');
  return rows
    .map((row) => {
      const figures = [
        row.present,
        row.reserved,
        row.available,
        row.in_way_to_client,
        row.in_way_from_client,
      ];
      const at = row.last_sync_at instanceof Date ? row.last_sync_at.getTime() : null;
      return [row.source, row.account, row.product_id, row.offer_id, row.name, figures.map(Number), at].join(
        '|',
      );
    })
    .sort();
}

function boardSays(board: LiveBoard): string[] {
  return [...board.all({})]
    .map((product) => {
      const figures = [
        product.present,
        product.reserved,
        product.available,
        product.inWayToClient,
        product.inWayFromClient,
      ];
      const { source, account, productId, offerId, name, confirmedAt } = product;
      return [source, account, productId, offerId, name, figures, confirmedAt].join('|');
    })
    .sort();
}

describe('a board that keeps up', () => {
  it(`says what the view inventory_data says, whatever happens (seed ${seed})`, async () => {
    const board = newBoard();
    await board.refresh();
    for (const [round, list] of fc.sample(deeds, { seed, numRuns: ROUNDS }).entries()) {
      for (const deed of list) await happen(deed);
      if (round === 40) await lab.nextLife();
      await board.refresh();
      expect(boardSays(board), `FC_SEED=${seed}, round ${round}: ${JSON.stringify(list)}`).toEqual(
        await viewSays(),
      );
    }
    // One that begins now knows just the same, the rest of what it shows included.
    const anew = newBoard();
    await anew.refresh();
    const sorted = (products: Iterable<BoardProduct>) =>
      [...products].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    expect(sorted(board.all({}))).toEqual(sorted(anew.all({})));
    expect(board.all({}).length).toBeGreaterThan(20);
    expect([...board.all({})].some(({ available }) => available > 0)).toBe(true);
    await Promise.all([board.stop(), anew.stop()]);
  }, 120_000);

  it('asks little where nothing has happened, and grows no version', async () => {
    const board = newBoard();
    await board.refresh();
    // What was written in the minutes before is looked at once more.
    await lab.apply('stocks', [], { 5000: {} });
    await board.refresh();
    const { version } = board;
    asked.length = 0;
    await board.refresh();
    expect(board.version).toBe(version);
    expect(asked).toHaveLength(4);
    await lab.apply('stocks', [['5000:fbo:', null, 3]], { 5000: { offerId: 'ONE-MORE' } });
    asked.length = 0;
    await board.refresh();
    expect(board.version).toBe(version + 1);
    expect(board.find('ozon', '1001', '5000')).toMatchObject({
      available: 3,
      offerId: 'ONE-MORE',
      schemes: { fbo: 3 },
    });
    // The standing; the new rows; what was written, by account; products, levels, hours and threshold of one.
    expect(asked).toHaveLength(4 + 1 + 3 + 4);
    await board.stop();
  });

  it('tells its listeners of what comes, until they have heard enough', async () => {
    const board = newBoard();
    await board.refresh();
    board.start();
    const heard = new Promise<void>((resolve) => {
      const stop = board.onChange(() => {
        if (board.find('ozon', '1001', '5001') === null) return;
        stop();
        resolve();
      });
    });
    await lab.apply('stocks', [['5001:fbo:', null, 3]], { 5001: {} });
    await heard;
    await board.stop();
  });

  it('stays as it was while the database is away, says since when, and follows it again', async () => {
    let now = 1_000;
    const board = newBoard(() => now);
    isAway = true;
    await board.refresh();
    expect([board.loadedAt, board.awaySince, board.page({}, 0, 10).total]).toEqual([null, 1_000, 0]);
    isAway = false;
    now = 2_000;
    await board.refresh();
    expect([board.loadedAt, board.awaySince]).toEqual([2_000, null]);
    const before = boardSays(board);
    const { version } = board;
    isAway = true;
    now = 3_000;
    await board.refresh();
    now = 4_000;
    await board.refresh();
    expect([board.awaySince, board.version]).toEqual([3_000, version + 1]);
    expect(boardSays(board)).toEqual(before);
    await lab.apply('stocks', [['5001:fbo:', 3, 1]], {});
    isAway = false;
    await board.refresh();
    expect([board.awaySince, board.version]).toEqual([null, version + 2]);
    expect(board.find('ozon', '1001', '5001')?.available).toBe(1);
    await board.stop();
  });

  it('takes a database that never answers for one that is away', async () => {
    let isFrozen = true;
    const frozen: Reader = {
      query: (sql, parameters) => (isFrozen ? new Promise(() => undefined) : reader.query(sql, parameters)),
    };
    const board = createBoard({
      ...{ db: frozen, owner: OWNER, lowStock: { ozon: 0, wildberries: 0 }, timeZone: 'UTC', logger: quiet },
      patienceMs: 250,
    });
    await board.refresh();
    expect(board.awaySince).not.toBeNull();
    isFrozen = false;
    while (board.awaySince !== null) await board.refresh();
    expect([board.awaySince, board.find('ozon', '1001', '5001')?.productId]).toEqual([null, '5001']);
    await board.stop();
  });

  it('reads by ranges of keys', async () => {
    const ids = Array.from({ length: 3000 }, (_, index) => String(10_000 + index));
    const named = Object.fromEntries(ids.map((id) => [id, {}]));
    await lab.apply(
      'stocks',
      ids.map((id): Change => [`${id}:fbo:`, null, 1]),
      named,
    );
    await lab.apply(
      'fbw',
      ids.map((id): Change => [`${id}:fbw:1`, null, 1]),
      named,
    );
    asked.length = 0;
    const board = newBoard();
    await board.refresh();
    // Younger than what is written now, older than what was written before.
    await lab.db.execute('UPDATE products SET updated_at = NOW(3) - INTERVAL 1 DAY');
    await lab.db.query('ANALYZE TABLE ledger, levels, products, product_hours, product_settings');
    await lab.apply(
      'stocks',
      ids.slice(0, 5).map((id): Change => [`${id}:fbo:`, 1, 2]),
      {},
    );
    await board.refresh();
    const grown = new Map([
      ['ledger', 4 + 2 + 8],
      ['levels', 4 + 4 + 8],
      ['products', 2],
      ['product_hours', 2 + 8],
      ['product_settings', 2],
    ]);
    const seen = new Set<string>();
    for (const sql of asked) {
      for (const { table, type, key_len: length } of await lab.db.query(
        `EXPLAIN ${sql}`,
        [OWNER.group, OWNER.rawTopic].slice(0, sql.split('?').length - 1),
      )) {
        const least = grown.get(String(table));
        if (least === undefined) continue;
        seen.add(String(table));
        expect(type, sql).toMatch(/^(const|ref|range)$/);
        expect(Number(length), sql).toBeGreaterThanOrEqual(least);
      }
    }
    expect([...seen].sort()).toEqual([...grown.keys()].sort());
    expect(
      board.page({ text: '1000', source: 'ozon' }, 0, 20).products.some(({ available }) => available === 2),
    ).toBe(true);
    await board.stop();
  });

  it('sees what was written before a look and committed after it', async () => {
    await lab.apply('stocks', [], { 8000: { name: 'early' } });
    const board = newBoard();
    await board.refresh();
    await lab.db.transaction(async (tx) => {
      await tx.execute("UPDATE products SET name = 'late' WHERE product_id = 8000");
      await lab.apply('fbs', [], { 8001: {} });
      await board.refresh();
      expect(board.find('wildberries', 'sid-1', '8001')).not.toBeNull();
      expect(board.find('ozon', '1001', '8000')?.name).toBe('early');
      await tx.execute('UPDATE checkpoints SET next_offset = next_offset + 1 WHERE partition_no = ?', [
        lab.partition('stocks'),
      ]);
    });
    await board.refresh();
    expect(board.find('ozon', '1001', '8000')?.name).toBe('late');
    await board.stop();
  });

  it('knows thresholds and rates of sale', async () => {
    const hour = Math.floor(Date.now() / 3_600_000);
    await lab.apply('stocks', [['6000:fbo:', null, 30]], { 6000: {}, 6001: {} });
    await lab.apply('other', [['6001:fbo:', null, 4]], { 6001: {} });
    const accounts = await lab.db.query('SELECT account_id, account FROM accounts');
    const accountId = (name: string) => Number(accounts.find(({ account }) => account === name)?.account_id);
    await lab.db.execute('UPDATE accounts SET history_since = NULL');
    await lab.db.execute(
      'INSERT INTO product_hours (account_id, product_id, hour_no, sold, received) VALUES ?',
      [
        // Three pieces a day, in two hours of each.
        Array.from({ length: 14 }, (_, day) => [
          [accountId('1001'), '6000', hour - 24 * day - 2, 1, 0],
          [accountId('1001'), '6000', hour - 24 * day - 5, 2, 0],
        ]).flat(),
      ],
    );
    await lab.db.execute('UPDATE products SET first_seen_at = ?', [new Date('2026-01-01')]);
    const board = newBoard();
    await board.refresh();
    expect(board.find('ozon', '1001', '6000')?.daysOfStock).toBeCloseTo(10);
    const low = () =>
      board
        .page({ filters: ['low'], text: '600' }, 0, 99)
        .products.map(({ productId }) => productId)
        .filter((id) => id.startsWith('600'));
    expect(low()).toEqual(['6001']);
    await lab.db.execute('INSERT INTO product_settings (account_id, product_id, low_stock) VALUES ?', [
      [
        [accountId('1001'), '6000', 30],
        [accountId('2002'), '6001', 0],
      ],
    ]);
    await board.thresholdsChanged();
    expect(low()).toEqual(['6000']);
    await board.stop();
  });
});
