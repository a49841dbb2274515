import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { MONITOR_WORDS } from '../../../src/cli/monitor/words.js';
import { scratchFolder } from '../../support/engines.js';

const script = join(import.meta.dirname, '..', '..', '..', 'ops', 'check_inventory_sync.sh');

describe('check_inventory_sync.sh', () => {
  let folder: string;
  beforeEach(() => {
    folder = scratchFolder('check-script');
    mkdirSync(join(folder, 'bin'));
  });

  /** A program on the PATH that says this much and ends like that. */
  function stub(output: string, code: number, path = join(folder, 'bin', 'inventory-sync')): void {
    writeFileSync(join(folder, 'output'), output);
    writeFileSync(
      path,
      `#!/bin/sh\nprintf '%s\\n' "$*" > '${folder}/asked'\ncat '${folder}/output'\nexit ${code}\n`,
    );
    chmodSync(path, 0o755);
  }

  function run(args: readonly string[] = [], env: Record<string, string> = {}, program = script) {
    const environment = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, ...env };
    const assignments = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const { status, stdout, stderr } = spawnSync(
      '/usr/bin/env',
      ['-i', ...assignments, '/bin/sh', program, ...args],
      { cwd: '/', encoding: 'utf8' },
    );
    return { status, stdout, stderr };
  }

  const asked = () => spawnSync('cat', [join(folder, 'asked')], { encoding: 'utf8' }).stdout.trim();

  it('says on one line that all is well', () => {
    stub('✓ Database\n✓ Kafka\n  ✓ Ozon\n', 0);
    expect(run()).toEqual({ status: 0, stdout: 'inventory-sync OK: 3 checks passed\n', stderr: '' });
    expect(asked()).toBe('monitor --health-check');
  });

  it('says on one line what is wrong', () => {
    stub('✓ Database\n✗ Kafka: no answer from 127.0.0.1:9092\n    start it\n✗ Ozon: 9 h old; too old\n', 2);
    expect(run()).toEqual({
      status: 2,
      stdout: 'inventory-sync DOWN: Kafka: no answer from 127.0.0.1:9092; Ozon: 9 h old; too old\n',
      stderr: '',
    });
    stub('✗ Workers: none\n', 1);
    expect(run()).toMatchObject({ status: 1, stdout: 'inventory-sync DEGRADED: Workers: none\n' });
  });

  it('hands on the settings file, also one with blanks in its path', () => {
    const settings = join(folder, 'my settings.env');
    writeFileSync(settings, '');
    stub('✓ Database\n', 0);
    expect(run([settings]).status).toBe(0);
    expect(asked()).toBe(`--env-file ${settings} monitor --health-check`);
    expect(run([join(folder, 'none.env')])).toMatchObject({
      status: 3,
      stdout: expect.stringContaining('cannot read'),
    });
    expect(run(['a', 'b']).status).toBe(3);
  });

  it('takes the program that INVENTORY_SYNC names', () => {
    const other = join(folder, 'other program');
    stub('✓ Database\n', 0, other);
    expect(run([], { INVENTORY_SYNC: other })).toMatchObject({ status: 0 });
  });

  it('finds the program that it came with, and says so where there is none', () => {
    const install = join(folder, 'my install');
    mkdirSync(join(install, 'dist', 'src', 'cli'), { recursive: true });
    mkdirSync(join(install, 'ops'));
    const copy = join(install, 'ops', 'check_inventory_sync.sh');
    cpSync(script, copy);
    // Node itself is not where cron looks.
    writeFileSync(join(folder, 'bin', 'node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, {
      mode: 0o755,
    });
    expect(run([], {}, copy)).toMatchObject({ status: 3, stdout: expect.stringContaining('is not found') });
    writeFileSync(
      join(install, 'dist', 'src', 'cli', 'index.js'),
      "console.log('✗ ' + process.argv.slice(2).join(' ')); process.exit(1);",
    );
    expect(run([], {}, copy)).toMatchObject({
      status: 1,
      stdout: 'inventory-sync DEGRADED: monitor --health-check\n',
    });
  });

  it.each(['ru', 'en'] as const)(
    'keeps to a verdict in %s that was said before the time was up',
    (locale) => {
      const { fine, degraded, down } = MONITOR_WORDS[locale].verdict;
      const program = join(folder, 'bin', 'inventory-sync');
      const slow = (output: string): void => {
        stub(output, 0);
        writeFileSync(program, `#!/bin/sh\ncat '${folder}/output'\nexec sleep 600\n`);
      };
      const limited = () => run([], { CHECK_TIMEOUT: '2' });
      slow(`✓ Database\n✓ Kafka\n${fine}\n`);
      expect(limited()).toMatchObject({ status: 0, stdout: 'inventory-sync OK: 2 checks passed\n' });
      slow(`✓ Database\n✗ Mail: slow\n${degraded}\n`);
      expect(limited()).toMatchObject({ status: 1, stdout: 'inventory-sync DEGRADED: Mail: slow\n' });
      slow(`✗ Kafka: away\n${down}\n`);
      expect(limited()).toMatchObject({ status: 2, stdout: 'inventory-sync DOWN: Kafka: away\n' });
    },
  );

  it('neither waits for ever nor takes a crash for an answer', () => {
    stub('', 0);
    writeFileSync(join(folder, 'bin', 'inventory-sync'), '#!/bin/sh\nexec sleep 600\n');
    expect(run([], { CHECK_TIMEOUT: '0.2' })).toMatchObject({
      status: 2,
      stdout: 'inventory-sync DOWN: no answer in 0.2 s\n',
    });
    stub('Error: out of memory\n\n', 134);
    expect(run()).toMatchObject({
      status: 3,
      stdout: 'inventory-sync UNKNOWN: exit code 134: Error: out of memory\n',
    });
  });
});
