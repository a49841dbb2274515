import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cron } from 'croner';
import { describe, expect, it } from 'vitest';
import { kafkaUnit, mysqlUnit } from '../../../../src/cli/schedule/print/engine-units.js';
import type { Place } from '../../../../src/cli/schedule/print/place.js';
import { systemdUnits } from '../../../../src/cli/schedule/print/systemd.js';
import type { Unit } from '../../../../src/cli/schedule/print/units.js';
import { cronPattern, jobsOf, onCalendar, PROFILES } from '../../../../src/cli/schedule/table.js';
import { OddInstallation, toolPath } from './printed.js';

const systemdAnalyze = toolPath('systemd-analyze');
const options = { workers: 2, jitterSeconds: 30, profile: null, engines: [] };

function engines(place: Place): Unit[] {
  const [kafka, mysql] = ['kafka', 'mysql'].map((name) => join(place.installFolder, name)) as [
    string,
    string,
  ];
  for (const folder of [kafka, mysql]) mkdirSync(folder, { recursive: true });
  return [
    kafkaUnit(place, { words: ['/bin/true', '-cp', `${kafka}/*`, 'kafka.Kafka'], variables: [] }, kafka),
    mysqlUnit(
      place,
      {
        words: ['/bin/true', `--datadir=${mysql}`, `--socket=${mysql}/mysql.sock`],
        variables: [`LD_LIBRARY_PATH=${mysql}/lib`],
      },
      mysql,
    ),
  ];
}

/** Section → key → values. A line that systemd would not understand throws. */
function read({ name, text }: Unit): Record<string, Record<string, string[]>> {
  const sections: Record<string, Record<string, string[]>> = {};
  let current: Record<string, string[]> | undefined;
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const section = /^\[([A-Z]\w+)\]$/.exec(line)?.[1];
    const [, key, value = ''] = /^([A-Z]\w+)=(.*)$/.exec(line) ?? [];
    if (section !== undefined) current = sections[section] = {};
    else if (key !== undefined && current !== undefined) current[key] = [...(current[key] ?? []), value];
    else throw new Error(`${name}: ${line}`);
  }
  return sections;
}

/** The words of a command line as systemd takes it apart. */
function words(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain = '']) =>
    (quoted?.replace(/\\(.)/g, '$1') ?? plain).replaceAll('%%', '%').replaceAll('$$', () => '$'),
  );
}

describe.each(PROFILES)('units of %s', (profile) => {
  const jobs = jobsOf(profile);

  it('are complete: every unit that is named is there, every path exists, every command is whole', () => {
    using odd = new OddInstallation();
    const own = engines(odd.place);
    const units = systemdUnits(jobs, odd.place, { ...options, engines: own });
    const names = units.map(({ name }) => name);
    const expected: string[][] = [];
    for (const one of units) {
      const { Unit = {}, Service, Install, Timer } = read(one);
      expect(Unit.Description).toHaveLength(1);
      const named = ['Wants', 'Requires', 'PartOf', 'Conflicts'].flatMap((key) => Unit[key] ?? []).join(' ');
      for (const other of named.split(' ').filter((word) => word.startsWith('inventory-sync')))
        expect(names).toContain(other.replace(/@\d+/, '@'));
      expect(one.name.endsWith('.service')).toBe(Service !== undefined);
      expect(one.name.endsWith('.timer')).toBe(Timer !== undefined);
      expect(one.name.endsWith('.target')).toBe(Install !== undefined);
      if (Service === undefined) continue;
      const command = words(Service.ExecStart?.[0] ?? '');
      expect(existsSync(command[0] ?? '')).toBe(true);
      expect(existsSync((Service.WorkingDirectory?.[0] ?? '').replaceAll('%%', '%'))).toBe(true);
      if (command[0] !== odd.place.node) continue;
      expect(command.slice(1, 4)).toEqual([odd.place.launcher, '--env-file', odd.place.envFile]);
      expected.push(command.slice(4));
      expect(Unit.Requires).toEqual([own.map(({ name }) => name).join(' ')]);
      for (const { name } of own) expect(Unit.After?.join(' ')).toContain(name);
    }
    expect(expected).toEqual([['worker'], ['schedule'], ...jobs.map(({ args }) => args)]);
  });

  it.skipIf(systemdAnalyze === undefined)(
    'satisfy systemd-analyze verify (skipped where it is not installed)',
    () => {
      using odd = new OddInstallation();
      // Without its own units; then with them.
      for (const own of [[], engines(odd.place)]) {
        const folder = mkdtempSync(join(tmpdir(), 'units-'));
        const units = systemdUnits(jobs, odd.place, { ...options, engines: own });
        for (const { name, text } of units) writeFileSync(join(folder, name), text);
        const { status, stdout, stderr } = spawnSync(
          systemdAnalyze ?? '',
          ['verify', '--man=no', '--recursive-errors=yes', ...units.map(({ name }) => join(folder, name))],
          { encoding: 'utf8' },
        );
        const ours = (stdout + stderr)
          .split('\n')
          .filter((line) => line.includes('inventory-sync') || line.includes(folder));
        expect({ status, ours }).toEqual({ status: 0, ours: [] });
        rmSync(folder, { recursive: true });
      }
    },
    120_000,
  );

  it.skipIf(systemdAnalyze === undefined)(
    'mean the same moments to systemd and to cron (skipped without systemd)',
    () => {
      const after = new Date();
      for (const time of jobs.flatMap(({ times }) => times)) {
        const { stdout, status } = spawnSync(
          systemdAnalyze ?? '',
          ['calendar', '--iterations=3', onCalendar(time, 'Europe/Moscow')],
          { encoding: 'utf8', env: { ...process.env, TZ: 'UTC', LANG: 'C.UTF-8' } },
        );
        expect(status).toBe(0);
        const moments = [
          ...stdout.matchAll(/(?:Next elapse|Iter\. #\d|\(in UTC\)): \w{3} (\S+ \S+) UTC/g),
        ].map(([, moment = '']) => Date.parse(`${moment.replace(' ', 'T')}Z`));
        const runs = new Cron(cronPattern(time), { timezone: 'Europe/Moscow' }).nextRuns(3, after);
        expect(new Set(moments)).toEqual(new Set(runs.map((run) => run.getTime())));
      }
    },
  );
});

it.each([
  [9460, 2, ['METRICS_PORT=946%i']],
  [9460, 10, ['METRICS_PORT=0']],
  [9461, 2, ['METRICS_PORT=0']],
  [0, 2, undefined],
  [null, 2, undefined],
])('no two processes listen on METRICS_PORT %s: %s workers', (metricsPort, workers, expected) => {
  using odd = new OddInstallation();
  const units = systemdUnits(jobsOf('default'), odd.place, { ...options, workers, metricsPort });
  const worker = units.find(({ name }) => name === 'inventory-sync-worker@.service');
  expect(worker && read(worker).Service?.Environment).toEqual(expected);
});

it('own logs, kept state and a profile go into the units', () => {
  using odd = new OddInstallation();
  const usual = { ...odd.place, logFolder: '/var/log/inventory_sync' };
  const service = (place: Place, more = {}) => {
    const found = systemdUnits(jobsOf('default'), place, { ...options, ...more }).find(
      ({ name }) => name === 'inventory-sync-scheduler.service',
    );
    return found === undefined ? undefined : read(found).Service;
  };
  expect(service(usual)).toMatchObject({ LogsDirectory: ['inventory_sync'], KillMode: ['mixed'] });
  expect(service(usual)).toHaveProperty('ExecReload');
  const silent = { ...usual, ownLogs: false };
  expect(service(silent)).toMatchObject({
    StateDirectory: ['inventory-sync'],
    Environment: ['SCHEDULE_STATE_PATH=/var/lib/inventory-sync'],
  });
  // Without a log file a worker does not know SIGHUP, and would end.
  expect(service(silent)).not.toHaveProperty('ExecReload');
  expect(words(service(usual, { profile: 'split' })?.ExecStart?.[0] ?? '').slice(-3)).toEqual([
    'schedule',
    '--profile',
    'split',
  ]);
  expect(service({ ...usual, logFolder: '/srv/my logs' })).toMatchObject({
    ReadWritePaths: ['-"/srv/my logs"'],
  });
});
