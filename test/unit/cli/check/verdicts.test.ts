import { describe, expect, it } from 'vitest';
import type { TopicStanding } from '../../../../src/broker/topics.js';
import { BROKER_SETTINGS, judgeBroker } from '../../../../src/cli/check/broker.js';
import { attempt, documentOf, type Finding, linesOf, statusOf } from '../../../../src/cli/check/finding.js';
import { surplusOf } from '../../../../src/cli/check/rights.js';
import { type GroupsSeen, judgeAges, judgeGroups } from '../../../../src/cli/check/running.js';
import { judgeTopics } from '../../../../src/cli/check/topics.js';
import { judgeVersions, type Versions } from '../../../../src/cli/check/versions.js';
import { AppError } from '../../../../src/errors.js';
import { MIGRATIONS } from '../../../../src/store/migrations.js';

const problems = (finding: Finding) =>
  'unused' in finding ? [] : (finding.problems ?? []).map(({ level, what }) => `${level}: ${what}`);
const details = (finding: Finding) => ('unused' in finding ? [finding.unused] : finding.details);

describe('the rights of the run-time user', () => {
  it.each([
    [
      ['GRANT USAGE ON *.* TO `u`@`%`', 'GRANT SELECT, INSERT, UPDATE, DELETE ON `shop\\_db`.* TO `u`@`%`'],
      [],
    ],
    [
      [
        "GRANT USAGE ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19'",
        'GRANT ALL PRIVILEGES ON `shop`.* TO `u`@`%`',
      ],
      ['ALL PRIVILEGES'],
    ],
    [
      ['GRANT SUPER, RELOAD ON *.* TO `u`@`%` WITH GRANT OPTION', 'GRANT BACKUP_ADMIN ON *.* TO `u`@`%`'],
      ['SUPER', 'RELOAD', 'GRANT OPTION', 'BACKUP_ADMIN'],
    ],
    [['GRANT SELECT (a, b), INSERT (a) ON `shop`.`t` TO `u`@`%`', 'GRANT `writer`@`%` TO `u`@`%`'], []],
  ])('%j are more than is needed by %j', (grants, rights) => {
    expect(surplusOf(grants).rights).toEqual(rights);
  });

  it('may be on all databases', () => {
    expect(surplusOf(['GRANT SELECT, INSERT ON *.* TO `u`@`%`']).isEverywhere).toBe(true);
    expect(surplusOf(['GRANT USAGE ON *.* TO `u`@`%`']).isEverywhere).toBe(false);
  });
});

describe('versions', () => {
  const executed = new Set(MIGRATIONS.map((Migration) => new Migration().name));
  const usual: Versions = {
    ...{ node: '24.1.0', database: '8.0.15', executed },
    kafka: { brokers: 1, version: null },
  };
  const verdict = (change: Partial<Versions>) => problems(judgeVersions({ ...usual, ...change }, 'en'));

  it('are told', () => {
    const [line, tables] = details(judgeVersions(usual, 'en'));
    expect(line).toMatch(
      /^inventory-sync \S+, Node 24\.1\.0, MySQL 8\.0\.15, Kafka \(1 broker, version not told\)$/,
    );
    expect(tables).toBe('the tables are as new as the program');
  });

  it.each([
    [{ database: '11.4.5-MariaDB-log' }, 0],
    [{ database: '5.5.5-10.11.6-MariaDB' }, 0],
    [{ database: '10.5.1-MariaDB' }, 1],
    [{ database: '8.0.14' }, 1],
    [{ database: '8.4.0' }, 0],
    [{ database: '9.1.0' }, 0],
    [{ database: '5.7.44-log' }, 1],
    [{ node: '20.19.0' }, 0],
    [{ node: '20.18.9' }, 1],
    [{ database: null, executed: null, kafka: null }, 0],
  ])('%j are pointed at %d times', (change, count) => {
    expect(verdict(change)).toHaveLength(count);
  });

  it('of the tables may be older than the program, or newer', () => {
    const [first = ''] = executed;
    const older = judgeVersions({ ...usual, executed: new Set([...executed].slice(1)) }, 'en');
    expect(details(older)).toContain('migrations still to run: 1 (inventory-sync migrate)');
    const newer = verdict({ executed: new Set([...executed, 'Teleport1999999999999']) });
    expect(newer).toEqual([expect.stringMatching(/^warning: .*newer than this program.*Teleport/)]);
    expect(newer.join()).not.toContain(first);
  });
});

describe('topics', () => {
  const topic: TopicStanding = {
    ...{ topic: 'inventory.stock-changes.v1', name: 'stock-changes.v1', isThere: true },
    ...{ partitions: 12, expectedPartitions: 12, differences: [], maxBytes: 1_048_588 },
    ...{ replicas: 3, inSync: 3, minInSync: 2 },
  };
  const verdict = (change: Partial<TopicStanding>, brokers = 3) =>
    problems(judgeTopics([{ ...topic, ...change }], brokers, 'en'));
  const policy = (name: string) => ({ differences: [{ name, value: 'compact', was: 'delete' }] });

  it.each([
    [{}, []],
    [{ isThere: false }, ['error: missing: inventory.stock-changes.v1']],
    [{ partitions: 24 }, [expect.stringMatching(/^error: .* has 24 partitions, 12 were expected/)]],
    [{ partitions: 24, name: 'raw-snapshots.v1' as const }, []],
    [policy('cleanup.policy'), [expect.stringMatching(/^error: .*cleanup\.policy is delete, compact/)]],
    [policy('min.compaction.lag.ms'), [expect.stringMatching(/^warning: .*min\.compaction\.lag\.ms/)]],
    [{ inSync: 1 }, [expect.stringMatching(/^error: .*takes no writes: 1 copies/)]],
    [{ inSync: 2 }, [expect.stringMatching(/^warning: .*only 2 of 3/)]],
    [{ maxBytes: 500_000 }, [expect.stringMatching(/^error: .*500000 bytes at most/)]],
    [
      { replicas: 1, inSync: 1, minInSync: 1 },
      [expect.stringMatching(/^warning: there are 3 brokers, and topics with a single copy/)],
    ],
  ])('that are %j: %j', (change, found) => {
    expect(verdict(change)).toEqual(found);
  });

  it('with one copy are right where there is one broker', () => {
    expect(verdict({ replicas: 1, inSync: 1, minInSync: 1 }, 1)).toEqual([]);
  });
});

describe("the brokers' settings", () => {
  const usual = {
    'transaction.max.timeout.ms': '900000',
    'group.max.session.timeout.ms': '1800000',
    'group.min.session.timeout.ms': '6000',
    'transaction.state.log.min.isr': '1',
    'message.max.bytes': '1048588',
  };
  const verdict = (change: Record<string, string>, session = 30_000) =>
    judgeBroker([{ nodeId: 1, values: new Map(Object.entries({ ...usual, ...change })) }], session, 'en');

  it('are told where they do', () => {
    expect(problems(verdict({}))).toEqual([]);
    expect(details(verdict({})).join()).toContain('message.max.bytes=1048588');
    expect(BROKER_SETTINGS).toEqual(expect.arrayContaining(Object.keys(usual)));
  });

  it.each([
    [{ 'transaction.max.timeout.ms': '60000' }, 30_000, 'transaction.max.timeout.ms is 60000, ≥ 300000'],
    [{ 'group.max.session.timeout.ms': '10000' }, 30_000, 'group.max.session.timeout.ms is 10000, ≥ 30000'],
    [{}, 5_000, 'group.min.session.timeout.ms is 6000, ≤ 5000'],
    [{ 'transaction.state.log.min.isr': '2' }, 30_000, 'transaction.state.log.min.isr is 2, ≤ 1'],
  ])('%j with a session of %d ms: %s', (change, session, what) => {
    expect(problems(verdict(change as Record<string, string>, session))).toEqual([
      expect.stringContaining(`error: broker 1: ${what}`),
    ]);
  });

  it('may be kept secret', () => {
    expect(judgeBroker([], 30_000, 'en')).toEqual({ unused: expect.any(String) });
  });
});

describe('groups', () => {
  const names = ['projector', 'anomaly', 'mailer'] as const;
  const seen = (
    members: readonly number[],
    change: Partial<GroupsSeen['partitions'][number]> = {},
  ): GroupsSeen => ({
    members: Object.fromEntries(names.map((name, index) => [`inv.${name}`, members[index] ?? 0])),
    states: Object.fromEntries(names.map((name) => [`inv.${name}`, 'Stable'])),
    partitions: [
      {
        group: 'inv.projector',
        topic: 't',
        partition: 7,
        committed: 5,
        start: 0,
        end: 9,
        records: 4,
        ...change,
      },
    ],
  });

  it('stand in one line', () => {
    const finding = judgeGroups(seen([2, 2, 2]), 'inv', 'en');
    expect(details(finding)).toEqual([
      'projector: stable, 2 members, 4 waiting; anomaly: stable, 2 members, 0 waiting; mailer: stable, 2 members, 0 waiting',
    ]);
    expect(problems(finding)).toEqual([]);
  });

  it('without any worker are no trouble, without some are', () => {
    expect(problems(judgeGroups(seen([0, 0, 0]), 'inv', 'en'))).toEqual([]);
    expect(details(judgeGroups(seen([0, 0, 0]), 'inv', 'en'))[1]).toContain('no worker runs');
    expect(problems(judgeGroups(seen([1, 1, 0]), 'inv', 'en'))).toEqual([
      'warning: nobody works for: mailer',
    ]);
  });

  it.each([{ committed: 12 }, { committed: 2, start: 3 }])('whose marks are %j fail', (change) => {
    expect(problems(judgeGroups(seen([1, 1, 1], change), 'inv', 'en'))).toEqual([
      expect.stringMatching(/^error: inv\.projector: .*\(partitions 7\)$/),
    ]);
  });
});

describe('the age of the stock', () => {
  const now = Date.parse('2026-11-23T06:00:00Z');
  const config = {
    ...{ alerts: { maxSyncAgeHours: 8 }, sync: { catalogueHours: 24 }, heartbeatPath: null, locale: 'en' },
  } as unknown as Parameters<typeof judgeAges>[1]['config'];
  const feed = (hours: number | null, endpoint = 'product-stocks') => ({
    ...({ feed: `ozon:1:${endpoint}`, source: 'ozon', account: '1', endpoint, partition: 0 } as const),
    ...{ completeAt: hours === null ? null : now - hours * 3_600_000, failures: 0, held: 0 },
  });

  it.each([
    [[], 'no stock has been read yet', 0],
    [[feed(null)], 'no stock has been read yet', 0],
    [[feed(1), feed(30, 'product-list')], 'Ozon: last complete read 1 h ago', 0],
    [[feed(1), feed(9, 'fbs-stocks')], undefined, 1],
  ])('%# is judged by the oldest feed of stock', (feeds, told, count) => {
    const judged = judgeAges(feeds, { config, now });
    expect([judged.details[0], judged.problems.length]).toEqual([told, count]);
  });
});

describe('a finding', () => {
  const look = (finding: Finding, isConnection = false) =>
    attempt({ id: 'clock', name: 'Clock', isConnection, run: async () => finding });
  const late = { level: 'warning', what: 'late', remedy: 'wind it' } as const;
  const broken = { level: 'error', what: 'broken', remedy: 'mend it' } as const;

  it('names the gravest first, each with its remedy', async () => {
    const checked = await look({ details: ['ticks'], problems: [late, broken] });
    expect(statusOf(checked)).toBe('failed');
    expect(linesOf(checked, 'en')).toBe(
      '✗ Clock: broken\n    Remedy: mend it\n    late\n    Remedy: wind it\n    ticks\n',
    );
    expect(documentOf(checked, 'en')).toMatchObject({ id: 'clock', status: 'failed', details: ['ticks'] });
  });

  it('of a connection says that it is there, whatever else there is', async () => {
    const checked = await look({ details: [], problems: [late] }, true);
    expect(linesOf(checked, 'en')).toBe('✓ Clock connection successful\n    ! late\n    Remedy: wind it\n');
  });

  it('names in every line what it is about, where lines stand alone', async () => {
    const checked = await look({ details: ['ticks'], problems: [late] });
    expect(linesOf(checked, 'en', true)).toBe('! Clock: late\nClock: Remedy: wind it\nClock: ticks\n');
  });

  it('may be that the look itself failed', async () => {
    const error = new AppError('DB_UNAVAILABLE', 'database: gone', { remedy: 'start it' });
    const checked = await attempt({ id: 'x', name: 'X', run: () => Promise.reject(error) });
    expect(statusOf(checked)).toBe('failed');
    expect(linesOf(checked, 'en')).toBe('✗ X: gone\n    Remedy: start it\n');
    expect(documentOf(checked, 'en')).toMatchObject({ problems: [{ level: 'error', remedy: 'start it' }] });
  });
});
