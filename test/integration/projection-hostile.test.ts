import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CommittedRecord, readCommitted } from '../../engines/conforming-reader.js';
import { createProjectorApp } from '../../src/consumers/projector.js';
import { readDeadLetter } from '../../src/events/dead-letter.js';
import { TOPICS } from '../../src/events/topics.js';
import { normaliserOf } from '../../src/marketplaces/normalisers.js';
import { createFeedRegistry } from '../../src/store/feed-registry.js';
import { createProjectionStore } from '../../src/store/projection-store.js';
import { testEngines } from '../support/engines.js';
import { expectExactlyOnce } from '../support/exactly-once.js';
import { formatFeed, ozonFeed, ozonItem, Pipeline, wbFeed, wbRow } from '../support/pipeline.js';

/** The most pieces that a row may claim. */
const MOST = 10_000_000_000;
const TIME = '2026-11-22T10:00:00.000Z';

describe('what may come, however strange', () => {
  let pipe: Pipeline;
  beforeAll(async () => {
    pipe = await Pipeline.start('hostile');
    await pipe.worker({ stateRows: 0 });
  });
  afterAll(() => pipe?.close());

  const committed = (topic: (typeof TOPICS)[keyof typeof TOPICS]): Promise<CommittedRecord[]> =>
    readCommitted({ brokers: testEngines().kafka.brokers, topic: pipe.topic(topic) });

  test('extreme ids, figures and articles arrive as they are, also when they are published from the ledger', async () => {
    const articles = [
      "Robert'); DROP TABLE levels;--",
      'back\\slash "quote"',
      'ё🧺\u0000\u001f',
      ' ',
      '',
      '1e400',
      '%_',
    ];
    const items = articles.map((offer_id, index) => ({
      ...ozonItem(index + 1, ['fbo', index, 0], ['rfbs', MOST, 0]),
      offer_id,
    }));
    const long = { ...ozonItem('9223372036854775807', ['fbs', 0, MOST]), offer_id: '🧺'.repeat(400) };
    const halves = { ...ozonItem('9007199254740993', ['fbp', 1, 1]), offer_id: 'a\ud800' };
    // Quoted ids and bare ones, and figures no double could tell apart.
    const bare = JSON.stringify(ozonItem(1, ['fbo', 5, 0])).replace(
      '"product_id":1',
      '"product_id":9007199254740995',
    );
    const first = await pipe.publish(ozonFeed(), [
      [...items, long],
      [halves, bare],
    ]);
    expect(await pipe.outcome(first)).toMatchObject({
      status: 'applied',
      counts: { created: 17, invalid: 0 },
    });
    const warehouses = ['-9223372036854775808', '9223372036854775807', '-999999', '0'];
    const rows = warehouses.map((id) =>
      JSON.stringify(wbRow(5, 1, MOST, MOST, MOST)).replace('"warehouseId":1', `"warehouseId":${id}`),
    );
    expect(await pipe.outcome(await pipe.publish(wbFeed(), [rows]))).toMatchObject({ status: 'applied' });
    const again = await pipe.publish(ozonFeed(), [
      [...items, long],
      [halves, bare],
    ]);
    expect(await pipe.outcome(again)).toMatchObject({ counts: { created: 0, updated: 0, closed: 0 } });

    const folded = await expectExactlyOnce(pipe);
    expect(folded.size).toBe(21);
    expect(folded.get('wildberries:a1b2:5:fbw:-9223372036854775808')).toMatchObject({
      available: MOST,
      inWayToClient: MOST,
    });
    expect(folded.get('ozon:100500:9223372036854775807:fbs:')).toMatchObject({
      reserved: MOST,
      available: 0,
    });
    expect(folded.has('ozon:100500:9007199254740995:fbo:')).toBe(true);
    expect(await owedBytes()).toEqual(await publishedBytes());
    expect(pipe.logs).toEqual([]);
  });

  test('records that nobody should have written end as dead letters, and everything else goes on', async () => {
    const feed = formatFeed(ozonFeed());
    const { partition } = await createFeedRegistry(pipe.db).register(ozonFeed(), 12);
    const event = (fields: object) => JSON.stringify({ feed, snapshotId: 's', ...fields });
    const started = {
      type: 'snapshot-started',
      ...{ source: 'ozon', account: '100500', endpoint: 'product-stocks', startedAt: TIME },
      scope: { schemes: ['fbo'] },
      limits: { absenceLimit: 1, absenceMin: 0 },
      acceptAbsences: true,
    };
    const bad: [key: string, value: string][] = [
      [feed, ''],
      [feed, '{"type":"page-chunk"'],
      [feed, `{"a":"${'\\"'.repeat(300_000)}1234567890123456789`],
      [feed, event({ ...started, snapshotId: 'снимок' })],
      [feed, event({ ...started, startedAt: '9999-12-31T23:59:59-05:00' })],
      [
        feed,
        event({
          type: 'page-chunk',
          fetchedAt: '0000-01-01T00:00:00Z',
          page: 1,
          chunk: 1,
          chunks: 1,
          rows: [],
        }),
      ],
      [feed, event({ type: 'feed-retired', feed: 'ozon:other:product-stocks', retiredAt: TIME, reason: '' })],
      ['', event(started)],
      ['ozon:тест:product-stocks', '{'],
      [`ozon:${'1'.repeat(100)}:product-stocks`, '{'],
      [`ozon:1:${'x'.repeat(180)}`, '{'],
      ['ozon:1:product-stocks:склад', '{'],
      ["ozon:1';DROP TABLE feeds;--:x", '{'],
      [
        'ozon:1:moon-stocks',
        event({
          feed: 'ozon:1:moon-stocks',
          type: 'page-chunk',
          fetchedAt: TIME,
          page: 1,
          chunk: 1,
          chunks: 1,
          rows: [1],
        }),
      ],
    ];
    await pipe.raw.append(
      partition,
      bad.map(([key, value]) => ({ key, value, headers: {} })),
    );
    const after = await pipe.outcome(
      await pipe.publish(ozonFeed(), [[ozonItem(1, ['fbo', 3, 0])]], { acceptAbsences: true }),
    );
    expect(after).toMatchObject({ status: 'applied' });
    const letters = await committed(TOPICS.deadLetters);
    expect(letters.map((letter) => [letter.key, letter.value])).toEqual(expect.arrayContaining(bad));
    expect(letters).toHaveLength(bad.length);
    await expectExactlyOnce(pipe);
    expect(pipe.logs).toEqual([]);
  });

  test('every kind of record that cannot be read has one letter with all that it was, and its neighbours land', async () => {
    const feed = wbFeed('neighbours');
    const key = formatFeed(feed);
    const { partition } = await createFeedRegistry(pipe.db).register(feed, 12);
    const topic = pipe.topic(TOPICS.rawSnapshots);
    const known = (await committed(TOPICS.deadLetters)).length;
    const chunk = (page: number, rows: unknown[], fields: object = {}) =>
      JSON.stringify({
        ...{ type: 'page-chunk', feed: key, snapshotId: 'n', fetchedAt: TIME, page, chunk: 1, chunks: 1 },
        ...fields,
        rows,
      });
    const started = JSON.stringify({
      ...{ type: 'snapshot-started', feed: key, snapshotId: 'n', startedAt: TIME, acceptAbsences: false },
      ...{ source: 'wildberries', account: 'neighbours', endpoint: 'wb-warehouses' },
      scope: { schemes: ['fbw'] },
      limits: { absenceLimit: 1, absenceMin: 0 },
    });
    const type = (name: string) => ({ ce_type: `inventory.raw.${name}`, mark: 'м' });
    const page = type('page-chunk.v1');
    // No JSON has it, but a program may write it.
    const nan = chunk(2, [wbRow(2, 507, 1)]).replace('"quantity":1', '"quantity":NaN');
    const bad: [key: string | null, value: Buffer | string | null, headers: Record<string, string>][] = [
      [key, null, page],
      [key, 'x'.repeat(1_000_000), page],
      [key, Buffer.from([0xff, 0xfe, 0x00]), page],
      [key, '<html>503</html>', page],
      [key, nan, page],
      [key, chunk(3, [wbRow(3, 507, 1)]), type('page-chunk.v2')],
      [key, chunk(4, [wbRow(4, 507, 1)]), type('no-such-thing.v1')],
      [key, chunk(5, [wbRow(5, 507, 1)], { page: 'five' }), {}],
      [null, chunk(6, [wbRow(6, 507, 1)]), page],
      ['no feed', chunk(7, [wbRow(7, 507, 1)]), page],
      ['wildberries:others:wb-warehouses', chunk(8, [wbRow(8, 507, 1)]), page],
      [key, chunk(9, [wbRow(9, 507, 1), { ...wbRow(10, 507, 1), quantity: 2 ** 60 }]), page],
    ];
    const writer = pipe.broker.recordWriter();
    const write = (value: Buffer | string | null, headers: Record<string, string>, as: string | null = key) =>
      writer.write({
        ...{ topic, partition, key: as, headers },
        value: typeof value === 'string' ? Buffer.from(value) : value,
      });
    await write(started, type('snapshot-started.v1'));
    const offsets: number[] = [];
    for (const [as, value, headers] of bad) {
      offsets.push(await write(value, headers, as));
      await write(chunk(100 + offsets.length, [wbRow(1000 + offsets.length, 507, 1)]), page);
    }
    const completed = { type: 'snapshot-completed', feed: key, snapshotId: 'n', completedAt: TIME };
    const totals = { pages: 2 * bad.length, rows: 2 * bad.length + 1 };
    await write(JSON.stringify({ ...completed, ...totals }), type('snapshot-completed.v1'));
    await writer.close();
    expect(await pipe.outcome('n')).toMatchObject({ status: 'incomplete' });

    const letters = (await committed(TOPICS.deadLetters)).filter(
      ({ headers }) => headers['dlq-partition'] === String(partition) && headers['dlq-topic'] === topic,
    );
    const mine = letters
      .filter(({ headers }) => offsets.includes(Number(headers['dlq-offset'])))
      .sort((a, b) => Number(a.headers['dlq-offset']) - Number(b.headers['dlq-offset']));
    expect(mine.map(({ headers }) => Number(headers['dlq-offset']))).toEqual(offsets);
    expect(await committed(TOPICS.deadLetters)).toHaveLength(known + bad.length);
    for (const [index, [as, value, headers]] of bad.entries()) {
      const letter = readDeadLetter({
        key: mine[index]?.key ?? null,
        value: Buffer.from(mine[index]?.value ?? ''),
        headers: mine[index]?.headers ?? {},
      });
      const whole = typeof value === 'string' ? Buffer.from(value) : value;
      expect(letter?.record).toMatchObject({ key: as, headers, topic, partition, offset: offsets[index] });
      expect(letter?.record.value).toEqual(whole);
    }
    const rows = await pipe.db.query(
      "SELECT product_id FROM stock_levels WHERE account = 'neighbours' AND closed = 0",
    );
    const landed = bad.map((_, index) => 1001 + index);
    expect(rows.map((row) => Number(row.product_id)).sort((a, b) => a - b)).toEqual([9, ...landed]);
    await expectExactlyOnce(pipe);
    expect(pipe.logs).toEqual([]);
  });

  async function publishedBytes(): Promise<string[]> {
    const records = await committed(TOPICS.stockChanges);
    return records.map(({ key, value, headers }) => JSON.stringify([key, value, sorted(headers)])).sort();
  }

  /** What would go out if nothing had ever been published: all of it from the ledger. */
  async function owedBytes(): Promise<string[]> {
    const app = createProjectorApp({
      prefix: pipe.prefix,
      store: createProjectionStore(pipe.db),
      normaliserOf,
      stateRows: 0,
    });
    const checkpoints = await pipe.db.query(
      'SELECT c.*, i.life FROM checkpoints c JOIN incarnations i ON i.incarnation_id = c.incarnation_id WHERE consumer_group = ?',
      [app.group],
    );
    const owed = await Promise.all(
      checkpoints.map((row) => {
        const [incarnation, life, partition, checkpoint] = [
          row.incarnation_id,
          row.life,
          row.partition_no,
          row.next_offset,
        ].map(Number) as [number, number, number, number];
        const place = { topic: app.topic, incarnation, life, partition, checkpoint, logStart: 0 };
        return app.owedFromLedger(place, 0, checkpoint);
      }),
    );
    return owed
      .flat()
      .map(({ key, value, headers }) => JSON.stringify([key, value, sorted(headers)]))
      .sort();
  }
});

const sorted = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
