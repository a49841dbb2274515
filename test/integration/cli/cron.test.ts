import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatEnvValue } from '../../../config/dotenv.js';
import { scratchFolder } from '../../support/engines.js';
import { type Finished, Lab } from './lab.js';

const root = join(import.meta.dirname, '..', '..', '..');

describe('from cron, with nothing in the environment at all', () => {
  let lab: Lab;
  let install: string;
  let elsewhere: string;
  beforeAll(async () => {
    lab = await Lab.start('cli_cron', { ozonProducts: 5, wbProducts: 5 });
    install = installation();
    elsewhere = scratchFolder('cron-elsewhere');
  });
  afterAll(() => lab.close());

  /** An install folder of the test's own, whose `.env` is the test's to write. */
  function installation(): string {
    const folder = scratchFolder('cron-install');
    cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
    cpSync(join(root, 'package.json'), join(folder, 'package.json'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    writeSettings(join(folder, '.env'));
    return folder;
  }

  function writeSettings(path: string): void {
    const { PATH: _notOurs, ...settings } = lab.env;
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${formatEnvValue(value ?? '')}`);
    writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  }

  /** `env -i`: no HOME, no PATH, no TERM, no LANG; no standard input and no terminal. */
  function run(launcher: string, ...args: string[]): Promise<Finished> {
    return new Promise((resolve, reject) => {
      const child = spawn('/usr/bin/env', ['-i', process.execPath, launcher, ...args], {
        cwd: elsewhere,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const text = { stdout: '', stderr: '' };
      child.stdout.on('data', (part: Buffer) => void (text.stdout += part.toString()));
      child.stderr.on('data', (part: Buffer) => void (text.stderr += part.toString()));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, ...text }));
    });
  }

  const launcherOf = (folder: string) => join(folder, 'dist', 'src', 'cli', 'index.js');

  it('finds the .env of the install folder, also behind a link, and syncs', async () => {
    const link = join(elsewhere, 'inventory-sync');
    symlinkSync(launcherOf(install), link);
    const { code, stdout, stderr } = await run(link, 'sync');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout + stderr).not.toMatch(/\u001B|\r/);
    const runs = await lab.runs();
    expect(runs.map(({ source, status }) => `${source} ${status}`).sort()).toEqual([
      'ozon success',
      'wildberries success',
    ]);
    expect(await lab.levels('ozon')).toEqual(lab.truth('ozon'));
  });

  it('checks, and prints the settings with their sources', async () => {
    const checked = await run(launcherOf(install), 'check');
    expect(checked).toMatchObject({ code: 0, stderr: expect.stringMatching(/^Next: [^\n]+\n$/) });
    expect(checked.stdout.match(/^✓ .* connection successful$/gm)).toHaveLength(5);
    const printed = await run(launcherOf(install), 'config', 'print', '--json');
    expect(printed).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(printed.stdout)).toMatchObject({ envFile: join(install, '.env'), warnings: [] });
  });

  it('reads the file that --env-file names instead, relative to the working folder', async () => {
    mkdirSync(join(elsewhere, 'settings'));
    writeSettings(join(elsewhere, 'settings', 'shop.env'));
    const printed = await run(
      launcherOf(install),
      '--env-file',
      'settings/shop.env',
      'config',
      'print',
      '--json',
    );
    expect(JSON.parse(printed.stdout)).toMatchObject({ envFile: join(elsewhere, 'settings', 'shop.env') });
  });

  it('says in Russian and with code 2 what is not set where there is no .env at all', async () => {
    const bare = scratchFolder('cron-bare');
    cpSync(join(install, 'dist'), join(bare, 'dist'), { recursive: true });
    cpSync(join(install, 'package.json'), join(bare, 'package.json'));
    symlinkSync(join(root, 'node_modules'), join(bare, 'node_modules'));
    const { code, stderr } = await run(launcherOf(bare), 'sync');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Ошибка: .*OZON_CLIENT_ID/);
    expect(stderr).toContain(`${join(elsewhere, '.env')} and ${join(bare, '.env')}`);
    expect(stderr).toMatch(/\nЧто делать: /);
  });
});
