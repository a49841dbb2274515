import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { logrotate } from '../../../../src/cli/schedule/print/logrotate.js';
import { OddInstallation, toolPath } from './printed.js';

const rotator = toolPath('logrotate');

/** Says when it is ready and when it was told to open its log anew. */
const LISTENER = `
process.on('SIGHUP', () => { console.log('HUP'); process.exit(); });
console.log('ready');
setInterval(() => undefined, 1000);
`;

function says(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve) => {
    child.stdout?.on('data', (part: Buffer) => part.toString().includes(text) && resolve());
  });
}

describe('the file for logrotate', () => {
  it('has balanced braces, an absolute pattern, and never cuts a file that is written to', () => {
    using odd = new OddInstallation();
    const text = logrotate(odd.place);
    expect(text).toMatch(/^"\/.*\/\*\.log" \{$/m);
    expect(text.match(/\{$/gm)).toHaveLength(1);
    expect(text.match(/^\}$/gm)).toHaveLength(1);
    expect(text).not.toContain('copytruncate');
    expect(text).toMatch(/postrotate\n.*\n {4}endscript/);
  });

  it('signals nobody where LOG_FILE_PATH is not set: they would end', () => {
    using odd = new OddInstallation();
    expect(logrotate({ ...odd.place, ownLogs: false })).not.toContain('postrotate');
  });

  it.skipIf(toolPath('pkill') === undefined)(
    'its signal reaches long-lived commands of this installation, and no others',
    async () => {
      using odd = new OddInstallation(LISTENER);
      const settings = join(odd.root, 'worker schedule', '.env');
      mkdirSync(join(odd.root, 'worker schedule'));
      writeFileSync(settings, '');
      const script = /postrotate\n(.*)\n/.exec(logrotate(odd.place))?.[1] ?? '';
      const start = (...args: string[]) =>
        spawn(process.execPath, [odd.place.launcher, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
      const told = [
        start('--env-file', odd.place.envFile ?? '', 'schedule'),
        start('worker', '--only', 'mailer'),
      ];
      const spared = [start('--env-file', settings, 'sync', '--source=all')];
      await Promise.all([...told, ...spared].map((child) => says(child, 'ready')));
      const reopened = Promise.all(told.map((child) => says(child, 'HUP')));
      expect(spawnSync('/bin/sh', ['-c', script]).status).toBe(0);
      await reopened;
      for (const child of spared) {
        expect([child.exitCode, child.signalCode]).toEqual([null, null]);
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
    },
  );

  it.skipIf(rotator === undefined)(
    'satisfies logrotate, which rotates by it (skipped where it is not installed)',
    () => {
      using odd = new OddInstallation();
      const config = join(odd.root, 'inventory-sync');
      // A quotation mark in a path is more than logrotate's own syntax can say.
      const place = { ...odd.place, logFolder: join(odd.root, 'my logs 100 %') };
      mkdirSync(place.logFolder);
      writeFileSync(join(place.logFolder, 'sync.log'), 'a line\n');
      writeFileSync(config, logrotate(place));
      chmodSync(config, 0o644);
      const run = (...args: string[]) =>
        spawnSync(rotator ?? '', [...args, '-s', join(odd.root, 'state'), config], {
          encoding: 'utf8',
          env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
        });
      const tried = run('-d');
      expect({ status: tried.status, errors: tried.stderr.match(/error.*/g) }).toEqual({
        status: 0,
        errors: null,
      });
      if (process.getuid?.() !== 0) return;
      expect(run('-f')).toMatchObject({ status: 0, stderr: '' });
      expect(readdirSync(place.logFolder)).toEqual(['sync.log', expect.stringMatching(/^sync\.log-\d{8}$/)]);
    },
  );
});
