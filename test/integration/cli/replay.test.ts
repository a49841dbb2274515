import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOPICS } from '../../../src/events/topics.js';
import { ozonFeed, ozonItem, Pipeline, wbFeed, wbRow } from '../../support/pipeline.js';
import { startCommand } from '../../support/processes.js';
import { buggy } from '../../support/replaying.js';

const NOTHING = buggy((item) => ({ ...item, rows: [] }));
const IDS = [1, 2, 3, 4, 5];

let pipe: Pipeline;
beforeAll(async () => {
  pipe = await Pipeline.start('replaycli');
});
afterAll(() => pipe.close());

const replay = (...args: readonly string[]) => startCommand(pipe, 'replay', ...args).ended;

describe('inventory-sync replay', () => {
  let snapshot: string;
  let between: string;
  beforeAll(async () => {
    const wrong = await pipe.worker({ normaliserOf: NOTHING });
    await pipe.outcome(await pipe.publish(wbFeed(), [IDS.map((id) => wbRow(id, 507, id))]));
    await pipe.outcome(await pipe.publish(ozonFeed(), [IDS.map((id) => ozonItem(id, ['fbo', id, 0]))]));
    // The next record's time must lie behind this one's.
    await new Promise((resolve) => setTimeout(resolve, 5));
    between = new Date().toISOString();
    snapshot = await pipe.publish(ozonFeed(), [IDS.map((id) => ozonItem(id, ['fbo', id, 0]))]);
    await pipe.outcome(snapshot);
    await pipe.stopWorker(wrong);
  });

  it('shows what would be read, and changes nothing', async () => {
    const told = await replay('--from-beginning');
    expect(told, told.stderr).toMatchObject({ code: 0 });
    expect(told.stdout).toMatch(/Partition +Since +Offsets +Records +Feeds/);
    expect(told.stdout).toMatch(/0–2 +3 +1/);
    expect(told.stdout).toMatch(/ozon:100500:product-stocks +2 +10\n/);
    expect(told.stderr).toContain(
      'Nothing was changed. To do this, run: inventory-sync replay --from-beginning --execute',
    );
    const json = await replay('--to-datetime', between, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      partitions: expect.arrayContaining([expect.objectContaining({ records: 3 })]),
      feeds: [
        { feed: 'ozon:100500:product-stocks', snapshots: 1, rows: 5, keepsLiveRows: false },
        { feed: 'wildberries:a1b2:wb-warehouses', snapshots: 0, rows: 0, keepsLiveRows: true },
      ],
    });
    const kept = await replay('--to-datetime', between);
    expect(kept.stdout).toContain(
      'Keep their live rows, as no complete snapshot of them lies in it: wildberries:a1b2',
    );
    expect(await pipe.db.query('SELECT * FROM replays')).toEqual([]);
  }, 60_000);

  it.each([
    [['--from-beginning', '--by-duration', 'P1D'], 'only one of'],
    [['--snapshot', 'no-such'], 'there is no snapshot no-such'],
    [['--from-beginning', '--feed', 'ozon:1:no-such'], 'there is no feed ozon:1:no-such'],
    [['--resume', '7', '--execute'], 'replay 7 does not exist'],
  ])(
    '%j is refused',
    async (args, message) => {
      const told = await replay(...args);
      expect(told.stderr).toContain(message);
      expect(told.code).toBe(2);
    },
    30_000,
  );

  it('exchanges the rows itself where no worker lives, and says what became of each feed', async () => {
    const told = await replay('--snapshot', snapshot, '--execute', '--json');
    expect(told, told.stderr).toMatchObject({ code: 0 });
    expect(told.stderr).toContain('No worker is running');
    expect(JSON.parse(told.stdout)).toMatchObject({
      ...{ generation: 1, status: 'done' },
      feeds: [{ feed: 'ozon:100500:product-stocks', outcome: 'swapped', changedRows: 5 }],
    });
    const second = await replay('--from-beginning', '--source', 'wb', '--execute');
    expect(second.stdout).toMatch(/wildberries:a1b2:wb-warehouses +exchanged +5/);
    const [row] = await pipe.db.query('SELECT SUM(available) AS n FROM stock_levels');
    expect(Number(row?.n)).toBe(30);
  }, 90_000);

  it('asked for more than the log holds says since when it can', async () => {
    const topic = pipe.topic(TOPICS.rawSnapshots);
    const [row] = await pipe.db.query("SELECT partition_no FROM feeds WHERE feed LIKE 'ozon%'");
    const partition = Number(row?.partition_no);
    await pipe.broker.ask('deleting records', (admin) =>
      admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: '3' }] }),
    );
    const told = await replay('--by-duration', 'P7D');
    expect(told.code).toBe(2);
    expect(told.stderr).toMatch(/lies before what the log still holds: it begins at \d{4}-\d\d-\d\dT/);
    const since = /--to-datetime (\S+)/.exec(told.stderr)?.[1] ?? '';
    expect((await replay('--to-datetime', since)).code).toBe(0);
  }, 60_000);
});

describe('inventory-sync replay --reset-group', () => {
  const group = 'downstream';
  const offsets = async () => {
    const [found] = await pipe.broker.ask('reading offsets', (admin) =>
      admin.fetchOffsets({ groupId: group, topics: [pipe.topic(TOPICS.stockChanges)] }),
    );
    const sorted = found?.partitions.toSorted((a, b) => a.partition - b.partition) ?? [];
    return sorted.map(({ offset }) => Number(offset));
  };

  it('sets the offsets of a group that is not ours, in the words of kafka-consumer-groups', async () => {
    const plan = await replay('--reset-group', group, '--to-latest');
    expect(plan.stdout).toMatch(/^GROUP +TOPIC +PARTITION +NEW-OFFSET\n/);
    expect(plan.stderr).toContain('Nothing was changed');
    expect(Math.max(...(await offsets()))).toBe(-1);
    await replay('--reset-group', group, '--to-latest', '--execute');
    const latest = await offsets();
    expect(latest.some((offset) => offset > 0)).toBe(true);
    await replay('--reset-group', group, '--shift-by', '-1', '--execute');
    expect(await offsets()).toEqual(latest.map((offset) => Math.max(0, offset - 1)));
    // Some partitions alone, and where it is now.
    await replay('--reset-group', group, '--topic', 'stock-changes:0,2', '--to-earliest', '--execute');
    const some = latest.map((offset, partition) =>
      partition % 2 === 0 && partition < 3 ? 0 : Math.max(0, offset - 1),
    );
    expect(await offsets()).toEqual(some);
    const now = await replay('--reset-group', group, '--to-current', '--dry-run', '--json');
    const current = JSON.parse(now.stdout) as { offsets: { offset: number }[] };
    expect(current.offsets.map(({ offset }) => offset)).toEqual(some);
    expect(
      (await replay('--reset-group', group, '--topic', 'stock-changes:99', '--to-earliest')).stderr,
    ).toContain('has no partition 99');
    expect((await replay('--from-beginning', '--dry-run', '--execute')).code).toBe(2);
    await replay('--reset-group', group, '--to-earliest', '--execute');
    expect(await offsets()).toEqual(latest.map(() => 0));
    const json = await replay('--reset-group', group, '--to-offset', '999999', '--json');
    const document = JSON.parse(json.stdout) as { offsets: { partition: number; offset: number }[] };
    expect(document.offsets.map(({ offset }) => offset)).toEqual(latest);
  }, 90_000);

  it('refuses groups of ours, and groups with live members', async () => {
    const ours = await replay('--reset-group', `${pipe.prefix}.projector`, '--to-earliest', '--execute');
    expect(ours).toMatchObject({ code: 2 });
    expect(ours.stderr).toMatch(/replay --from-beginning.*topics adopt/s);
    const member = pipe.broker.member('busy', pipe.topic(TOPICS.stockChanges));
    let joined = () => {};
    const isIn = new Promise<void>((resolve) => {
      joined = resolve;
    });
    await member.start({
      joined,
      batch: async () => false,
      skipped: () => undefined,
      crashed: () => undefined,
    });
    await isIn;
    const busy = await replay('--reset-group', 'busy', '--to-earliest', '--execute');
    await member.stop();
    expect(busy.code).toBe(2);
    expect(busy.stderr).toContain('has 1 live members');
  }, 60_000);
});
