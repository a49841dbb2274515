import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cron } from 'croner';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crontab } from '../../../../src/cli/schedule/print/crontab.js';
import { jobsOf, PROFILES } from '../../../../src/cli/schedule/table.js';
import { OddInstallation } from './printed.js';

/** What cron makes of a line: the time, and what it hands to the shell (a bare % would end that). */
function cronLine(line: string): { pattern: string; command: string } {
  const [, pattern = '', rest = ''] = /^((?:\S+ ){5})(.*)$/.exec(line) ?? [];
  const [command = ''] = rest.split(/(?<!\\)%/);
  return { pattern: pattern.trim(), command: command.replaceAll('\\%', '%') };
}

describe.each(PROFILES)('crontab of %s', (profile) => {
  let odd: OddInstallation;
  beforeEach(() => {
    odd = new OddInstallation(
      'console.log(JSON.stringify({ args: process.argv.slice(2), env: process.env, cwd: process.cwd() }));',
    );
  });
  afterEach(() => odd[Symbol.dispose]());

  const jobs = jobsOf(profile);
  const linesOf = (text: string) => text.split('\n').filter((line) => /^[\d*]/.test(line));

  it('has lines of comments, assignments and jobs only, each with a time that a parser understands', () => {
    const text = crontab(jobs, odd.place, 30);
    for (const line of text.split('\n'))
      expect(line).toMatch(
        /^$|^#|^(?:SHELL|CRON_TZ)=|^[\d*][\d*,/-]* [\d*][\d*,/-]* \* \* [\d*-]+ (?:sleep [^;]+; )?\//,
      );
    const lines = linesOf(text);
    expect(lines).toHaveLength(jobs.flatMap(({ times }) => times).length);
    for (const line of lines) {
      const pattern = new Cron(cronLine(line).pattern, { mode: '5-part', timezone: 'Europe/Moscow' });
      expect(pattern.nextRun()).toBeInstanceOf(Date);
    }
  });

  it('runs under cron: no environment, another folder, paths that a shell would misread', () => {
    const home = odd.root;
    for (const line of linesOf(crontab(jobs, odd.place, 1))) {
      const { command } = cronLine(line);
      const environment = [`HOME=${home}`, 'LOGNAME=x', 'SHELL=/bin/sh', 'PATH=/usr/bin:/bin'];
      const { status, stdout, stderr } = spawnSync(
        '/usr/bin/env',
        ['-i', ...environment, '/bin/sh', '-c', command],
        {
          cwd: home,
          encoding: 'utf8',
        },
      );
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
    }
    const saidIn = (name: string): { args: string[] }[] =>
      readFileSync(join(odd.place.logFolder, name), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { args: string[] });
    const expected = (file: string) =>
      jobs
        .filter(({ logFile }) => logFile === file)
        .flatMap(({ args, times }) => times.map(() => ['--env-file', odd.place.envFile, ...args]));
    for (const file of ['sync.log', 'monitor.log'])
      expect(saidIn(file).map(({ args }) => args)).toEqual(expected(file));
  });

  it('puts off what asks the marketplaces by some seconds, each time by others', () => {
    const lines = linesOf(crontab(jobs, odd.place, 1800));
    const [waiting, others] = [
      lines.filter((line) => line.includes(' sleep ')),
      lines.filter((line) => !line.includes(' sleep ')),
    ];
    expect(waiting.every((line) => line.includes(' sync '))).toBe(true);
    expect(others.some((line) => line.includes(' sync '))).toBe(false);
    const wait = /sleep ([^;]+);/.exec(cronLine(waiting[0] ?? '').command)?.[1] ?? '';
    const seconds = Array.from({ length: 20 }, () =>
      Number(spawnSync('/usr/bin/env', ['-i', '/bin/sh', '-c', `echo ${wait}`], { encoding: 'utf8' }).stdout),
    );
    for (const one of seconds) expect(Number.isInteger(one) && one >= 0 && one <= 1800).toBe(true);
    expect(new Set(seconds).size).toBeGreaterThan(5);
    expect(linesOf(crontab(jobs, odd.place, 0)).join()).not.toContain('sleep');
  });

  it('says in which zone the hours are meant, and sets it only where the machine has another', () => {
    expect(crontab(jobs, odd.place, 30)).toContain('\nCRON_TZ=Europe/Moscow\n');
    expect(crontab(jobs, { ...odd.place, systemZone: 'Europe/Moscow' }, 30)).not.toContain('CRON_TZ=');
  });
});

it('the crontab of high-load never starts two reads at one moment', () => {
  const [full, ...others] = jobsOf('high-load').filter(({ args }) => args[0] === 'sync');
  expect(full?.times).toEqual([{ minute: 0, hours: [2], days: { first: 0, last: 0 } }]);
  const sundays = others.flatMap(({ times }) =>
    times.filter(({ days }) => days === null || days.first === 0),
  );
  expect(sundays.flatMap(({ hours }) => hours)).not.toContain(2);
});
