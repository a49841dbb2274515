import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StockChange } from '../../../src/events/stock-change.js';
import type { Change } from '../store/change-rows.js';
import { ApiLab } from './api-lab.js';
import type { FeedName } from './board-lab.js';

const DAY = 86_400_000;
let api: ApiLab;

beforeAll(async () => {
  api = await ApiLab.start('apichg');
});
afterAll(() => api?.close());

/** Product and pieces after of each change, as far as there is more. */
async function follow(cursor: string | null, limit: number, start = 'oldest') {
  const changes: StockChange[] = [];
  let next = cursor;
  for (let more = true; more; ) {
    const { status, body } = await api.get(
      `/changes?limit=${limit}&start=${start}${next === null ? '' : `&cursor=${next}`}`,
    );
    expect(status, JSON.stringify(body)).toBe(200);
    const page = body.changes as StockChange[];
    expect(page.length).toBeLessThanOrEqual(limit);
    changes.push(...page);
    next = String(body.next);
    more = body.more === true;
  }
  return { next: next ?? '', changes };
}

const told = (changes: readonly StockChange[]) =>
  changes.map(({ key, after }) => `${key.productId}=${after.present}`);
const ofProduct = (changes: readonly StockChange[], id: number) =>
  told(changes).filter((one) => one.startsWith(`${id}=`));

describe('changes', () => {
  it('none is passed over and none comes twice, while several partitions are written at once', async () => {
    const writers: FeedName[] = ['stocks', 'other', 'fbw', 'fbs'];
    const RECORDS = 25;
    let pages = 0;
    let writing = writers.length;
    const write = async (feed: FeedName, product: number) => {
      for (let turn = 1; turn <= RECORDS; turn += 1) {
        // Several changes of one raw record: a page may end between two of them.
        const changes = Array.from(
          { length: 1 + (turn % 4) },
          (_, more): Change => [`${product + 10 * more}:fbs:${more}`, turn === 1 ? null : turn - 1, turn],
        );
        await api.lab.apply(feed, changes, { [product]: {} });
      }
      writing -= 1;
    };
    const done = Promise.all(writers.map((feed, index) => write(feed, index + 1)));
    const read: StockChange[] = [];
    let cursor: string | null = null;
    for (let isOver = false; !isOver; ) {
      isOver = writing === 0;
      const { next, changes } = await follow(cursor, 1 + (pages % 7));
      read.push(...changes);
      cursor = next;
      pages += 1;
    }
    await done;
    const rows = await api.lab.db.query('SELECT product_id, seq FROM ledger');
    expect(read).toHaveLength(rows.length);
    expect(new Set(read.map(({ seq }) => seq)).size).toBe(rows.length);
    for (let product = 1; product <= writers.length; product += 1) {
      const expected = Array.from({ length: RECORDS }, (_, turn) => `${product}=${turn + 1}`);
      expect(ofProduct(read, product)).toEqual(expected);
    }
    expect(pages).toBeGreaterThan(1);
    // All over again, in one sweep and in crumbs.
    expect(told((await follow(null, 1000)).changes).sort()).toEqual(told(read).sort());
    expect(told((await follow(null, 3)).changes).sort()).toEqual(told(read).sort());
  });

  it('every partition has its turn, whichever one is full', async () => {
    const { next } = await follow(null, 1000);
    for (let turn = 0; turn < 6; turn += 1) {
      await api.lab.apply('stocks', [['1:fbo:', turn === 0 ? null : turn, turn + 1]], {});
    }
    await api.lab.apply('fbs', [['77:fbs:1', null, 1]], {});
    const seen: string[] = [];
    let cursor = next;
    for (let page = 0; page < 5; page += 1) {
      const { body } = await api.get(`/changes?limit=1&cursor=${cursor}`);
      seen.push(...told(body.changes as StockChange[]));
      cursor = String(body.next);
    }
    expect(seen).toContain('77=1');
  });

  it('start=newest begins with what comes from now on', async () => {
    const { body } = await api.get('/changes?start=newest');
    expect([body.changes, body.more]).toEqual([[], false]);
    await api.lab.apply('fbw', [['9:fbw:1', null, 4]], {});
    const { changes, next } = await follow(String(body.next), 10);
    expect(told(changes)).toEqual(['9=4']);
    expect(changes[0]).toMatchObject({
      op: 'c',
      before: null,
      key: { source: 'wildberries', account: 'sid-1' },
    });
    const again = await api.get(`/changes?cursor=${next}`);
    expect(again.body).toEqual({ changes: [], more: false, next });
    const known = await api.get(`/changes?cursor=${next}`, { 'if-none-match': String(again.headers.etag) });
    expect([known.status, known.body]).toEqual([304, {}]);
  });

  it('a cursor that is old, or knows more than the database, is told apart from a broken one', async () => {
    const { next } = await follow(null, 1000);
    api.now += 31 * DAY;
    const old = await api.get(`/changes?cursor=${next}`);
    expect([old.status, old.body.code]).toEqual([410, 'cursor-expired']);
    api.now -= 31 * DAY;
    expect((await api.get(`/changes?cursor=${next}`)).status).toBe(200);
    const marks = await api.lab.db.query('SELECT partition_no, next_offset FROM checkpoints');
    await api.lab.db.execute('UPDATE checkpoints SET next_offset = next_offset - 1 WHERE partition_no = 0');
    expect((await api.get(`/changes?cursor=${next}`)).body.code).toBe('cursor-expired');
    for (const mark of marks) {
      await api.lab.db.execute('UPDATE checkpoints SET next_offset = ? WHERE partition_no = ?', [
        mark.next_offset,
        mark.partition_no,
      ]);
    }
    for (const cursor of [next.slice(0, -2), `${next}AA`, 'A', '%00', `${next}=`, next.replace(/.$/, '*')]) {
      const broken = await api.get(`/changes?cursor=${encodeURIComponent(cursor)}`);
      expect([broken.status, broken.body.code], cursor).toEqual([400, 'broken-cursor']);
    }
  });

  it('what was deleted behind a cursor is noticed', async () => {
    const { body } = await api.get('/changes?limit=4');
    const next = String(body.next);
    expect((await api.get(`/changes?cursor=${next}`)).status).toBe(200);
    const kept = await api.lab.db.query('SELECT * FROM ledger WHERE partition_no = 0');
    await api.lab.db.execute('DELETE FROM ledger WHERE partition_no = 0 AND record_offset < 10');
    const gone = await api.get(`/changes?cursor=${next}`);
    expect([gone.status, gone.body.code]).toEqual([410, 'cursor-expired']);
    expect(kept.length).toBeGreaterThan(10);
  });

  it('goes on in the next life of the topic, after all of the one before', async () => {
    const { next } = await follow(null, 1000);
    await api.lab.apply('stocks', [['500:fbo:', null, 1]], {});
    await api.lab.nextLife();
    await api.lab.apply('stocks', [['500:fbo:', 1, 2]], {});
    await api.lab.apply('fbs', [['500:fbs:1', null, 3]], {});
    const { changes } = await follow(next, 1);
    expect(told(changes).sort()).toEqual(['500=1', '500=2', '500=3']);
    expect(told(changes).indexOf('500=1')).toBeLessThan(told(changes).indexOf('500=2'));
  });
});
