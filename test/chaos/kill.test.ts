import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Feed } from '../../src/domain/feed.js';
import { groupOf, TOPICS } from '../../src/events/topics.js';
import { testEngines } from '../support/engines.js';
import { expectExactlyOnce } from '../support/exactly-once.js';
import { ozonFeed, ozonItem, Pipeline, wbFeed, wbRow } from '../support/pipeline.js';
import { createRandom } from '../support/random.js';
import type { ProjectorProcessPlan } from './projector-process.js';

const SESSION_MS = 2_000;
const SEED = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);
const FEEDS: readonly Feed[] = [ozonFeed('1001'), ozonFeed('1002'), wbFeed('s1'), wbFeed('s2')];
const PRODUCTS = 40;

/** The last complete snapshot of each feed: what the tables must say in the end, whoever died meanwhile. */
class Shop {
  readonly truth = new Map<string, Map<string, number>>();
  private readonly random = createRandom(SEED);
  readonly snapshots: string[] = [];

  constructor(private readonly pipe: Pipeline) {}

  async publishRound(): Promise<void> {
    for (const feed of FEEDS) {
      const rows = feed.source === 'ozon' ? this.ozon() : this.wildberries();
      const truth = new Map<string, number>();
      for (const [key, available] of rows.levels)
        truth.set(`${feed.source}:${feed.account}:${key}`, available);
      this.truth.set(feed.account, truth);
      const pages = [rows.items.slice(0, 15), rows.items.slice(15, 30), rows.items.slice(30)];
      this.snapshots.push(await this.pipe.publish(feed, pages, { absenceMin: 1000, batchSize: 10 }));
    }
  }

  private ozon() {
    const levels = new Map<string, number>();
    const items = this.products().map((id) => {
      const fbo = this.random.int(0, 20);
      const fbs = this.random.int(0, 5);
      levels.set(`${id}:fbo:`, fbo).set(`${id}:fbs:`, fbs);
      return ozonItem(id, ['fbo', fbo, 0], ['fbs', fbs, 0]);
    });
    return { items, levels };
  }

  private wildberries() {
    const levels = new Map<string, number>();
    const merged = this.random.int(0, 3) === 0;
    const items = this.products().flatMap((id) =>
      (merged ? [-999999] : [507, 117]).map((warehouse) => {
        const quantity = this.random.int(0, 9);
        levels.set(`${id}:fbw:${warehouse}`, quantity);
        return wbRow(id, warehouse, quantity);
      }),
    );
    return { items, levels };
  }

  /** Nearly all of them: some vanish, some come back. */
  private products(): number[] {
    return Array.from({ length: PRODUCTS }, (_, index) => index + 1).filter(() => this.random.int(0, 19) > 0);
  }

  expected(): Map<string, number> {
    return new Map([...this.truth.values()].flatMap((levels) => [...levels]));
  }
}

describe(`workers killed with SIGKILL (seed ${SEED})`, () => {
  let pipe: Pipeline;
  let shop: Shop;
  const children = new Set<ChildProcess>();
  /** By which signal a child ended; asked for after it may have died long ago. */
  const exits = new Map<ChildProcess, Promise<NodeJS.Signals | null>>();

  beforeAll(async () => {
    pipe = await Pipeline.start('kill');
    shop = new Shop(pipe);
  });
  afterEach(async () => {
    await Promise.all([...children].map(end));
  });
  afterAll(() => pipe.close());

  function launch(kill?: ProjectorProcessPlan['kill'], stateRows = 1_000_000): ChildProcess {
    const { host, port, database: name, user, password } = pipe.database;
    const plan: ProjectorProcessPlan = {
      brokers: testEngines().kafka.brokers,
      prefix: pipe.prefix,
      sessionTimeoutMs: SESSION_MS,
      stateRows,
      db: { host, port, name, user, password },
      kill,
    };
    const script = new URL('./projector-process.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify(plan)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) =>
      pipe.logs.push(line),
    );
    children.add(child);
    exits.set(
      child,
      new Promise((resolve) => {
        child.once('exit', (_, signal) => {
          children.delete(child);
          resolve(signal);
        });
      }),
    );
    return child;
  }

  async function end(child: ChildProcess): Promise<void> {
    child.kill('SIGKILL');
    await exits.get(child);
  }

  async function publishUntilDead(child: ChildProcess): Promise<void> {
    do await shop.publishRound();
    while (await Promise.race([exits.get(child)?.then(() => false), delay(3_000, true)]));
  }

  async function settle(): Promise<void> {
    const last = launch();
    for (const id of shop.snapshots.slice(-FEEDS.length)) await pipe.outcome(id, 60_000);
    await end(last);
  }

  async function expectTruth(): Promise<void> {
    const folded = await expectExactlyOnce(pipe);
    const open = new Map([...folded].map(([key, level]) => [key, level.available]));
    for (const [key, available] of shop.expected()) {
      expect(open.get(key), key).toBe(available);
      open.delete(key);
    }
    expect(
      [...open].filter(([, available]) => available !== 0),
      'keys that are no longer reported',
    ).toEqual([]);
  }

  it('at each point between the steps of a batch: nothing lost, nothing published twice', async () => {
    const points = ['folded', 'written', 'committed', 'published'] as const;
    for (const [index, point] of points.entries()) {
      const child = launch({ point, times: 2 + index * 3 }, index % 2 === 0 ? 1_000_000 : 0);
      await publishUntilDead(child);
      expect(await exits.get(child), `${point}: ${pipe.logs.slice(-5).join('\n')}`).toBe('SIGKILL');
    }
    await settle();
    await expectTruth();
  }, 180_000);

  it('at random moments', async () => {
    const random = createRandom(SEED + 1);
    for (let round = 0; round < 10; round += 1) {
      const child = launch();
      await once(child.stdout as NodeJS.ReadableStream, 'data');
      const publishing = shop.publishRound();
      await delay(random.int(0, SESSION_MS + 1_200));
      await end(child);
      await publishing;
    }
    await settle();
    await expectTruth();
  }, 300_000);

  it('and the group’s offsets deleted or reset between database commit and publication', async () => {
    const group = groupOf(pipe.prefix, 'projector');
    const topic = pipe.topic(TOPICS.rawSnapshots);
    for (const [index, point] of (['committed', 'published', 'committed', 'published'] as const).entries()) {
      const child = launch({ point, times: 1 + index });
      await publishUntilDead(child);
      expect(await exits.get(child), pipe.logs.slice(-5).join('\n')).toBe('SIGKILL');
      while ((await pipe.broker.group(group)).members > 0) await delay(100);
      await pipe.broker.ask('losing the offsets', async (admin) => {
        if (index < 2) await admin.deleteGroups([group]);
        else await admin.resetOffsets({ groupId: group, topic, earliest: true });
      });
    }
    await settle();
    await expectTruth();
  }, 180_000);

  it('two workers share the feeds, and one takes over when the other dies', async () => {
    const first = launch();
    const second = launch();
    await Promise.all([first, second].map((child) => once(child.stdout as NodeJS.ReadableStream, 'data')));
    await shop.publishRound();
    for (const id of shop.snapshots.slice(-FEEDS.length)) await pipe.outcome(id, 60_000);
    const owners = await pipe.db.query('SELECT COUNT(DISTINCT owner_token) AS n FROM checkpoints');
    expect(Number(owners[0]?.n)).toBeGreaterThan(1);
    await shop.publishRound();
    await end(first);
    for (const id of shop.snapshots.slice(-FEEDS.length)) await pipe.outcome(id, 60_000);
    await end(second);
    await expectTruth();
  }, 120_000);
});
