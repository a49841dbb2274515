import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CommittedRecord, readCommitted } from '../../engines/conforming-reader.js';
import { createProjectorApp } from '../../src/consumers/projector.js';
import { TOPICS } from '../../src/events/topics.js';
import { normaliserOf } from '../../src/marketplaces/normalisers.js';
import { createFeedRegistry } from '../../src/store/feed-registry.js';
import { createProjectionStore } from '../../src/store/projection-store.js';
import { testEngines } from '../support/engines.js';
import { expectExactlyOnce } from '../support/exactly-once.js';
import { formatFeed, ozonFeed, ozonItem, Pipeline, wbFeed, wbRow } from '../support/pipeline.js';

const MOST = Number.MAX_SAFE_INTEGER;
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
