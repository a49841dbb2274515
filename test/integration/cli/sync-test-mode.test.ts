import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFeedRegistry } from '../../../src/store/feed-registry.js';
import { Lab } from './lab.js';

/** Nothing listens there: whoever needs Kafka fails. */
const NO_KAFKA = { KAFKA_BROKERS: '127.0.0.1:9' };

describe('sync --test-mode', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start('cli_test_mode', { ozonProducts: 40, wbProducts: 40 });
  });
  afterAll(() => lab.close());

  /** Runs the work and holds that nothing but the limits' buckets was written. */
  async function writingNothing<T>(work: () => Promise<T>): Promise<T> {
    const before = await lab.everything();
    const result = await work();
    expect(await lab.everything()).toEqual(before);
    return result;
  }

  const rehearse = (args: readonly string[] = [], env = {}) =>
    writingNothing(() => lab.run(['sync', '--test-mode', ...args], { ...NO_KAFKA, ...env }));

  it('shows what a first run would bring, and needs no Kafka', async () => {
    const { code, stdout, stderr } = await rehearse();
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const rows = lab.truth('ozon').length;
    expect(stdout).toMatch(/^Source +What +Outcome +Rows +New +Changed +Closed\n/);
    expect(stdout).toMatch(new RegExp(`^Ozon +stock +would be applied +40 +${rows} +0 +0$`, 'm'));
    expect(stdout).toMatch(/^Wildberries +cards +would be applied /m);
    expect(stdout).toContain(`Ozon. Changes of stock: the first 20 of ${rows}:\n`);
    expect(stdout).toMatch(/^ {2}\S.* \(\d+\), fb[os]: – → \d+, new$/m);
    expect(stdout).toMatch(/nothing was written, neither to Kafka nor to the tables\.\n$/);
    const buckets = await lab.db.query('SELECT bucket FROM rate_limits');
    expect(buckets.length).toBeGreaterThan(2);
  });

  it('shows nothing to change where nothing has changed', async () => {
    expect(await lab.run(['sync'])).toMatchObject({ code: 0 });
    const { code, stdout } = await rehearse();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Total +\d+ +0 +0 +0$/m);
    expect(stdout).toContain('No stock would change.');
  });

  it('foretells what the run after it does, in every feed', async () => {
    const { world } = lab.simulator;
    const [sold = '', gone = ''] = world.productIds('ozon');
    world.setStock('ozon', sold, { present: 9, reserved: 2 });
    expect(await lab.run(['sync'])).toMatchObject({ code: 0 });
    world.setStock('ozon', sold, { present: 4, reserved: 1 });
    world.vanish('ozon', gone);
    world.addProduct('ozon');
    const [size = ''] = world.productIds('wildberries');
    world.soldOut('wildberries', size);
    const foretold = JSON.parse((await rehearse(['--json', '--full-resync'])).stdout);
    expect(foretold).toMatchObject({ testMode: true, exitCode: 0, error: null });
    expect(foretold.sources[0].changes).toContainEqual(
      expect.objectContaining({ op: 'd', productId: gone, after: expect.objectContaining({ available: 0 }) }),
    );

    const done = JSON.parse((await lab.run(['sync', '--full-resync', '--json'])).stdout);
    const stock = ({ feed }: { feed: string }) => !/:(product-list|cards)$/.test(feed);
    for (const [index, { feeds }] of foretold.sources.entries()) {
      const sum = (name: string) =>
        feeds
          .filter(stock)
          .reduce((total: number, one: Record<string, number>) => total + (one[name] ?? 0), 0);
      expect({ created: sum('created'), updated: sum('updated'), closed: sum('closed') }).toEqual(
        done.sources[index].changes,
      );
      expect(feeds.map(({ feed, rows }: { feed: string; rows: number }) => ({ feed, rows }))).toEqual(
        done.sources[index].snapshots.map(({ feed, rows }: { feed: string; rows: number }) => ({
          feed,
          rows,
        })),
      );
    }
    world.restore('ozon');
  });

  it('says what would be held back, and what would not with --accept-absences', async () => {
    lab.simulator.world.collapse('ozon', 0.2);
    const few = { ABSENCE_MIN: '5' };
    const held = await rehearse(['--source=ozon'], few);
    expect(held.code).toBe(4);
    expect(held.stdout).toMatch(/^Ozon +stock +would be held /m);
    expect(held.stderr).toMatch(/^Error: ozon.*suspiciously many products/m);
    const accepted = await rehearse(['--source=ozon', '--full-resync', '--accept-absences'], few);
    expect(accepted).toMatchObject({ code: 0, stdout: expect.stringContaining('would be applied') });
    lab.simulator.world.restore('ozon');
  });

  it('shows what can be read where something cannot', async () => {
    const { code, stdout, stderr } = await rehearse([], { OZON_API_KEY: 'wrong-key-04c1d2' });
    expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringMatching(/^Error: ozon: /m) });
    expect(stdout).toMatch(/^Ozon +stock +failed /m);
    expect(stdout).toMatch(/^Wildberries +WB warehouses +would be applied /m);
  });

  it('stands in nobody’s way, and nobody in its', async () => {
    const feed = {
      source: 'ozon' as const,
      account: lab.simulator.credentials.ozonClientId,
      endpoint: 'product-stocks',
    };
    const registry = createFeedRegistry(lab.db);
    const { feedId } = await registry.register(feed, 12);
    await registry.lease(feedId, 'another run', 60);
    expect(await rehearse(['--source=ozon'])).toMatchObject({ code: 0 });
    await registry.release(feedId, 'another run');
  });
});
