import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBoard } from '../../../src/dashboard/board/board.js';
import type { BoardProduct } from '../../../src/dashboard/board/contract.js';
import { BoardLab, type FeedName, OWNER } from './board-lab.js';

let lab: BoardLab;
const newBoard = () =>
  createBoard({
    ...{ db: lab.db, owner: OWNER, lowStock: { ozon: 5, wildberries: 0 }, timeZone: 'Europe/Moscow' },
    ...{ logger: { warn: () => undefined, info: () => undefined }, everyMs: 5, idleEveryMs: 5 },
  });

beforeAll(async () => {
  lab = await BoardLab.start('board_lists');
});
afterAll(() => lab?.close());

describe('lists of a board', () => {
  it('puts the marketplaces side by side', async () => {
    const article = 'SIDE-1';
    await lab.apply('stocks', [['7001:fbo:', null, 3]], { 7001: { offerId: article, name: 'Чай' } });
    await lab.apply('fbw', [['7002:fbw:1', null, 4]], {
      7002: { offerId: article },
      7003: { offerId: article },
    });
    await lab.apply('fbw', [], { 7004: { offerId: 'SIDE-2' }, 7005: {} });
    const board = newBoard();
    await board.refresh();
    const { total, pairs } = board.articles({ text: 'side-' }, 0, 10);
    const ids = (list: readonly BoardProduct[]) => list.map(({ productId }) => productId);
    expect(total).toBe(2);
    expect(pairs.map(({ article: one, ozon, wildberries }) => [one, ids(ozon), ids(wildberries)])).toEqual([
      [article, ['7001'], ['7002', '7003']],
      ['SIDE-2', [], ['7004']],
    ]);
    // Found by one of them, shown with all.
    expect(board.articles({ text: 'чай side' }, 0, 10).pairs[0]?.wildberries).toHaveLength(2);
    expect(board.articles({ text: 'side-' }, 1, 1)).toMatchObject({
      total: 2,
      pairs: [{ article: 'SIDE-2' }],
    });
    const all = board.allOfArticles({ text: 'чай side' });
    expect([all.length, ids([...all])]).toEqual([3, ['7001', '7002', '7003']]);
    await board.stop();
  });

  it('knows what is reserved in each feed', async () => {
    const board = newBoard();
    await board.refresh();
    const before = board.reservedByFeed();
    const was = (name: FeedName) => before.get(lab.feedId(name)) ?? 0;
    await lab.apply(
      'stocks',
      [
        ['7201:fbo:', null, [9, 4]],
        ['7201:fbs:', null, [9, 1]],
        ['7202:fbo:', null, 3],
      ],
      {
        7201: {},
        7202: {},
      },
    );
    await lab.apply('other', [['7201:fbo:', null, [9, 2]]], { 7201: {} });
    await board.refresh();
    const now = board.reservedByFeed();
    expect(now.get(lab.feedId('stocks'))).toBe(was('stocks') + 5);
    expect(now.get(lab.feedId('other'))).toBe(was('other') + 2);
    expect([...now.values()].reduce((sum, pieces) => sum + pieces, 0)).toBe(
      [...board.all({})].reduce((sum, { reserved }) => sum + reserved, 0),
    );
    await board.stop();
  });

  it('lists what was found when it was asked, with the figures of when each is come to', async () => {
    const fields = { 7101: { name: 'lazy' }, 7102: { name: 'lazy' } };
    await lab.apply(
      'stocks',
      [
        ['7101:fbo:', null, 3],
        ['7102:fbo:', null, 5],
      ],
      fields,
    );
    const board = newBoard();
    await board.refresh();
    const listing = board.all({ text: 'lazy', sort: 'available' });
    await lab.apply('stocks', [['7101:fbo:', 3, 9]], { 7103: { name: 'lazy' } });
    await board.refresh();
    const said = [...listing].map(({ productId, available }) => [productId, available]);
    expect([listing.length, said]).toEqual([
      2,
      [
        ['7101', 9],
        ['7102', 5],
      ],
    ]);
    expect(board.all({ text: 'lazy' })).toHaveLength(3);
    await board.stop();
  });
});
