import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CommanderError } from 'commander';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { commandLine } from '../../../src/cli/command-line.js';

const calls: [string, Record<string, unknown>][] = [];
const run = (...args: string[]) =>
  commandLine(async (name, _load, options) => {
    calls.push([name, options]);
  }).parseAsync(args, { from: 'user' });

beforeEach(() => {
  calls.length = 0;
});

describe('the command line', () => {
  it('hands over what was asked for', async () => {
    await run('sync', '--source=wb', '--full-resync', '--accept-absences', '--no-wait', '--json');
    await run('--env-file', 'a.env', 'sync', '--test-mode');
    await run('worker', '--only', 'mailer', '--env-file', 'b.env');
    await run('simulator', '--port', '8080', '--products', '5', '--seed', '3');
    await run('engines', 'down', '--wipe', '--dir', 'data');
    await run('topics', 'adopt', '--execute');
    expect(calls).toEqual([
      ['sync', { source: 'wb', fullResync: true, acceptAbsences: true, wait: false, json: true }],
      ['sync', { source: 'all', wait: true, testMode: true, envFile: 'a.env' }],
      ['worker', { only: 'mailer', envFile: 'b.env' }],
      ['simulator', { port: 8080, products: 5, seed: 3 }],
      ['engines-down', { wipe: true, dir: 'data' }],
      ['topics-adopt', { execute: true }],
    ]);
  });

  it.each([
    [
      ['snyc'],
      'commander.unknownCommand',
      /нет такой команды.*unknown command 'snyc' \(Did you mean sync\?\)/,
    ],
    [
      ['sync', '--sorce', 'all'],
      'commander.unknownOption',
      /нет такого параметра.*unknown option '--sorce' \(Did you mean --source\?\)/,
    ],
    [['sync', '--source=amazon'], 'commander.invalidArgument', /Allowed choices are all, ozon, wb/],
    [['sync', 'ozon'], 'commander.excessArguments', /too many arguments/],
    [['simulator', '--port', '80.5'], 'commander.invalidArgument', /whole number from 0 to 65535/],
    [['topics', 'delete'], 'commander.unknownCommand', /unknown command 'delete'/],
  ])('refuses %o with a hint', async (args, code, hint) => {
    const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await expect(run(...args)).rejects.toMatchObject({ code, constructor: CommanderError });
    expect(told.mock.calls.map(([text]) => text).join('')).toMatch(hint);
    told.mockRestore();
    expect(calls).toEqual([]);
  });

  it('does not repeat a key or token that was given to it', async () => {
    const key = '3f2b0c1d-9f3a-4d0e-8a11-5b6c7d8e9f00';
    const token = `eyJhbGciOiJFUzI1NiJ9.${'a1B2'.repeat(10)}.c2lnbmF0dXJl`;
    vi.stubEnv('DASHBOARD_TOKEN', 'plain-words');
    const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    for (const args of [['sync', `--source=${token}`], ['sync', `--ozon-key=${key}`], ['plain-words']])
      await expect(run(...args)).rejects.toBeInstanceOf(CommanderError);
    const text = told.mock.calls.map(([part]) => part).join('');
    told.mockRestore();
    vi.unstubAllEnvs();
    expect(text).toMatch(/argument '\*\*\*' is invalid.*unknown option '--ozon-key=\*\*\*'/s);
    expect(text).not.toMatch(/a1B2|3f2b0c1d|plain-words|c2lnbm/);
  });

  it('loads nothing but commander and itself before a command runs', () => {
    const packages = new Set<string>();
    const seen = new Set<string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      const statements = readFileSync(file, 'utf8').matchAll(/^import (?!type )[^;]*?from '([^']+)';/gms);
      for (const [, from = ''] of statements) {
        if (from.startsWith('.')) visit(join(dirname(file), from.replace(/\.js$/, '.ts')));
        else if (!from.startsWith('node:')) packages.add(from);
      }
    };
    visit(join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'index.ts'));
    expect([...packages]).toEqual(['commander']);
    expect([...seen].some((file) => file.endsWith('reader-locale.ts'))).toBe(true);
    expect([...seen].filter((file) => /schema|context|error-text/.test(file))).toEqual([]);
  });
});
