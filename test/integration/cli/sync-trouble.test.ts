import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCommitted } from '../../../engines/conforming-reader.js';
import { type Feed, formatFeed } from '../../../src/domain/feed.js';
import { EVENT_TYPES, envelope } from '../../../src/events/envelope.js';
import { TOPICS, topicOf } from '../../../src/events/topics.js';
import { createFeedRegistry } from '../../../src/store/feed-registry.js';
import { testEngines } from '../../support/engines.js';
import { Lab } from './lab.js';

describe('sync in trouble', () => {
  let lab: Lab;
  let feed: Feed;
  beforeAll(async () => {
    lab = await Lab.start('cli_trouble', { ozonProducts: 30, wbProducts: 30 });
    feed = { source: 'ozon', account: lab.simulator.credentials.ozonClientId, endpoint: 'product-stocks' };
  });
  afterAll(() => lab.close());

  const rawTopic = () => topicOf(lab.prefix, TOPICS.rawSnapshots);
  const registered = () => createFeedRegistry(lab.db).register(feed, 12);

  it('closes the row of a run that died', async () => {
    await lab.db.execute(
      "INSERT INTO sync_logs (run_id, source, account, status) VALUES ('dead', 'ozon', ?, 'running')",
      [feed.account],
    );
    expect(await lab.run(['sync'])).toMatchObject({ code: 0 });
    const [dead] = await lab.db.query("SELECT status, finished_at FROM sync_logs WHERE run_id = 'dead'");
    expect(dead).toEqual({ status: 'failed', finished_at: expect.any(Date) });
  });

  it('goes on past broken JSON in the raw topic: one dead letter, and the neighbours land', async () => {
    const { partition } = await registered();
    const raw = lab.broker.rawProducer(rawTopic());
    await raw.connect();
    const headers = envelope({
      id: 'planted/1',
      type: EVENT_TYPES.pageChunk,
      prefix: lab.prefix,
      time: new Date().toISOString(),
    });
    await raw.append(partition, [{ key: formatFeed(feed), value: '{"type":"page-chunk", broken', headers }]);
    await raw.close();
    lab.simulator.world.advance(2);
    expect(await lab.run(['sync'])).toMatchObject({ code: 0 });
    expect(await lab.levels('ozon')).toEqual(lab.truth('ozon'));
    const letters = await readCommitted({
      brokers: testEngines().kafka.brokers,
      topic: topicOf(lab.prefix, TOPICS.deadLetters),
    });
    expect(letters).toEqual([expect.objectContaining({ value: '{"type":"page-chunk", broken' })]);
  });

  it('keeps out of another run’s way, and says who that is', async () => {
    const { feedId } = await registered();
    const registry = createFeedRegistry(lab.db);
    expect(await registry.lease(feedId, 'sync 4711@shop 4be0c9a2', 60)).toBe(true);
    const { code, stderr } = await lab.run(['sync', '--source=ozon']);
    expect({ code, stderr }).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('"sync 4711@shop 4be0c9a2" is reading it'),
    });
    const both = await lab.run(['sync', '--json']);
    expect(both.code).toBe(3);
    expect(JSON.parse(both.stdout)).toMatchObject({
      sources: [{ error: { code: 'RUN_BUSY' } }, { status: 'success' }],
    });
    await registry.release(feedId, 'sync 4711@shop 4be0c9a2');
  });

  it('lets one of two runs go on; stopped in mid-read by Ctrl-C, that one leaves everything in order', async () => {
    const hang = lab.simulator.faults.inject({ kind: 'hang', match: 'ozon' });
    const first = lab.start(['sync', '--source=ozon']);
    await expect.poll(() => hang.hits(), { timeout: 20_000, interval: 20 }).toBe(1);
    expect(await lab.leases()).toEqual([formatFeed(feed)]);
    const second = await lab.run(['sync', '--source=ozon']);
    expect(second.code).toBe(5);
    expect(second.stderr).toContain(`"sync ${first.child.pid}@`);

    first.child.kill('SIGINT');
    const { code, stderr } = await first.ended;
    expect({ code, stderr }).toMatchObject({ code: 130, stderr: expect.stringContaining('SIGINT') });
    expect(await lab.leases()).toEqual([]);
    // The second run began later, and its row is as closed as the first one's.
    const [busy, stopped] = await lab.runs();
    expect(busy).toMatchObject({ source: 'ozon', status: 'failed', error_code: 'RUN_BUSY' });
    expect(stopped).toMatchObject({
      source: 'ozon',
      status: 'failed',
      error: expect.stringContaining('SIGINT'),
      finished_at: expect.any(Date),
    });
    expect(await lab.run(['sync', '--source=ozon'])).toMatchObject({ code: 0 });
    const statuses = await lab.db.query('SELECT status FROM snapshots');
    expect(statuses.map(({ status }) => status)).toContain('failed');
    expect(statuses.map(({ status }) => status)).not.toContain('abandoned');
  });

  it('leaves at once at the second Ctrl-C', async () => {
    const hang = lab.simulator.faults.inject({ kind: 'hang', match: 'ozon' });
    const running = lab.start(['sync', '--source=ozon']);
    await expect.poll(() => hang.hits(), { timeout: 20_000, interval: 20 }).toBe(1);
    running.child.kill('SIGINT');
    await running.says('Stopping');
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130 });
  });

  it('says that Kafka is away, in the table too, and reads nothing', async () => {
    const asked = lab.simulator.requests().length;
    const { code, stderr } = await lab.run(['sync'], { KAFKA_BROKERS: '127.0.0.1:9' });
    expect(code).toBe(1);
    expect(stderr.match(/^Error: .*$/gm)).toEqual([expect.stringContaining('127.0.0.1:9')]);
    expect(stderr).toMatch(/^Remedy: check KAFKA_BROKERS/m);
    expect(lab.simulator.requests()).toHaveLength(asked);
    expect((await lab.runs()).slice(0, 2)).toMatchObject([
      { source: 'wildberries', status: 'failed', error_code: 'KAFKA_UNAVAILABLE' },
      { source: 'ozon', status: 'failed', error_code: 'KAFKA_UNAVAILABLE' },
    ]);
  });
});
