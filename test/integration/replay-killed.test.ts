import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProjectorProcessPlan } from '../chaos/projector-process.js';
import { testEngines } from '../support/engines.js';
import { expectExactlyOnce } from '../support/exactly-once.js';
import { ozonFeed, ozonItem, Pipeline, wbFeed, wbRow } from '../support/pipeline.js';
import { type Beside, startCommand, startScript } from '../support/processes.js';
import { createRandom } from '../support/random.js';
import { buggy, TestReplay } from '../support/replaying.js';

const SEED = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);
const PRODUCTS = Array.from({ length: 1_500 }, (_, index) => index + 1);
const HALF = buggy((item) => ({
  ...item,
  rows: item.rows.map((row) => ({ ...row, level: { ...row.level, available: 0 } })),
}));

let pipe: Pipeline;
const children = new Set<Beside>();
beforeEach(async () => {
  pipe = await Pipeline.start('replaykill');
});
afterEach(async () => {
  for (const child of children) await child.kill();
  children.clear();
  await pipe.close();
});

function kept(child: Beside): Beside {
  children.add(child);
  return child;
}

async function spoilt(rounds: number): Promise<void> {
  const wrong = await pipe.worker({ normaliserOf: HALF });
  let last = '';
  for (let round = 1; round <= rounds; round += 1) {
    await pipe.publish(wbFeed(), [PRODUCTS.map((id) => wbRow(id, 507, id + round))], { batchSize: 200 });
    last = await pipe.publish(ozonFeed(), [PRODUCTS.map((id) => ozonItem(id, ['fbo', id + round, 0]))]);
  }
  await pipe.outcome(last, 60_000);
  await pipe.stopWorker(wrong);
}

async function expectMended(rounds: number): Promise<void> {
  const rows = await pipe.db.query('SELECT product_id, available FROM stock_levels WHERE closed = 0');
  expect(rows).toHaveLength(PRODUCTS.length * 2);
  expect(rows.filter((row) => Number(row.available) !== Number(row.product_id) + rounds)).toEqual([]);
  await expectExactlyOnce(pipe);
}

describe(`a replay that is killed (seed ${SEED})`, () => {
  it('at random moments goes on with --resume, or is given up with --discard, and leaves nothing behind', async () => {
    const rounds = 4;
    await spoilt(rounds);
    await pipe.worker();
    const random = createRandom(SEED);
    const told: string[] = [];
    // Given up in the middle.
    const first = kept(startCommand(pipe, 'replay', '--from-beginning', '--execute'));
    await first.says(/Replay 1: \d+ records/);
    await delay(random.int(0, 800));
    await first.kill();
    expect((await kept(startCommand(pipe, 'replay', '--discard', '1')).ended).code).toBe(0);
    const [left] = await pipe.db.query('SELECT COUNT(*) AS n FROM levels WHERE generation > 0');
    expect(Number(left?.n)).toBe(0);

    const second = kept(startCommand(pipe, 'replay', '--from-beginning', '--execute'));
    await second.says(/Replay 2: \d+ records/);
    await delay(random.int(0, 600));
    await second.kill();
    for (let times = 0; times < 2; times += 1) {
      const again = kept(startCommand(pipe, 'replay', '--resume', '2', '--execute'));
      await again.says(/goes on|is done/);
      await delay(random.int(0, 1_200));
      told.push((await again.kill()).stderr);
    }
    const last = await kept(startCommand(pipe, 'replay', '--resume', '2', '--execute', '--json')).ended;
    // The one before may have been killed when all was done.
    if (last.code !== 0) expect(last.stderr, told.join('\n')).toContain('replay 2 is done');
    await expectMended(rounds);
  }, 300_000);
});

describe('the owner that is killed at the exchange', () => {
  const launch = (kill?: ProjectorProcessPlan['kill']): Beside => {
    const { host, port, database: name, user, password } = pipe.database;
    const plan: ProjectorProcessPlan = {
      ...{ brokers: testEngines().kafka.brokers, prefix: pipe.prefix, sessionTimeoutMs: 6_000 },
      ...{ stateRows: 1_000_000, db: { host, port, name, user, password }, kill },
    };
    return kept(startScript('test/chaos/projector-process.ts', JSON.stringify(plan)));
  };

  it('before COMMIT does it again from its beginning, after COMMIT never again', async () => {
    await spoilt(2);
    const replay = (await new TestReplay(pipe).begin()).go({ patienceMs: 120_000 });
    const killedAt = async (point: 'folded' | 'written' | 'committed') => {
      const child = launch({ point, times: 1 });
      const ended = await Promise.race([child.ended, replay.then(() => null)]);
      if (ended === null) await child.kill();
      return ended?.signal ?? null;
    };
    for (const point of ['folded', 'written', 'committed'] as const)
      expect(await killedAt(point), point).toBe('SIGKILL');
    // Both feeds may have been exchanged by the one that died: then there is nothing to commit any more.
    await killedAt('committed');
    launch();
    expect((await replay).map(({ outcome, changedRows }) => [outcome, changedRows])).toEqual([
      ['swapped', PRODUCTS.length],
      ['swapped', PRODUCTS.length],
    ]);
    await expectMended(2);
  }, 300_000);
});
