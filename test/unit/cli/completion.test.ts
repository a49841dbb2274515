import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../../src/cli/command-line.js';
import { nodesOf } from '../../../src/cli/completion/nodes.js';
import { completion } from '../../../src/cli/completion.js';
import { CommandContext } from '../../../src/cli/context.js';

const program = commandLine(async () => undefined);
const SHELLS = ['bash', 'zsh', 'fish'] as const;

async function scriptFor(shell: string): Promise<string> {
  let printed = '';
  const stdout = { write: (text: string | Uint8Array) => (printed += Buffer.from(text).toString()) };
  const code = await completion(program)({ shell }, new CommandContext({ command: 'completion', stdout }));
  expect(code).toBe(0);
  return printed;
}

const isThere = (shell: string) => spawnSync(shell, ['-c', 'exit 0']).status === 0;

/** Commander's own view of the tree, walked anew. */
function everyCommand(command: Command, path: string[] = []): { path: string[]; flags: string[] }[] {
  const flags = command.options.flatMap(({ long }) => (long == null ? [] : [long]));
  return [{ path, flags }, ...command.commands.flatMap((one) => everyCommand(one, [...path, one.name()]))];
}

describe('the tree of commands', () => {
  it('is known whole: each command with its own options and the global ones', () => {
    const nodes = new Map(nodesOf(program, 'en').map((node) => [node.path.join(' '), node]));
    const all = everyCommand(program);
    expect([...nodes.keys()]).toEqual(all.map(({ path }) => path.join(' ')));
    for (const { path, flags } of all) {
      const known = nodes.get(path.join(' '))?.options.flatMap((option) => option.flags) ?? [];
      expect(known).toEqual(expect.arrayContaining([...flags, '--env-file', '--help']));
      expect(new Set(known).size).toBe(known.length);
    }
  });

  it.each(SHELLS)('is in the script for %s, every word of it', async (shell) => {
    const script = await scriptFor(shell);
    for (const { path, flags } of everyCommand(program)) {
      expect(script).toContain(` ${path.join(' ')}`);
      for (const flag of flags) expect(script).toContain(shell === 'fish' ? ` -l ${flag.slice(2)} ` : flag);
    }
  });
});

/** The line so far, and what is offered for its last word. */
const CASES: [line: string[], offered: string[]][] = [
  [['eng'], ['engines']],
  [
    ['topics', ''],
    ['adopt', 'create', 'help'],
  ],
  [['dlq', 'redr'], ['redrive']],
  [['sync', '--test'], ['--test-mode']],
  [
    ['sync', '--source', ''],
    ['all', 'ozon', 'wb', 'wildberries'],
  ],
  [
    ['sync', '--json', '--source', 'w'],
    ['wb', 'wildberries'],
  ],
  [['monitor', '--weekly-report', '--pri'], ['--print']],
  [['schedule', '--print', 's'], ['systemd']],
  [['test-channel', 'm'], ['max']],
  [['completion', 'z'], ['zsh']],
  [['init', '--on-failure', 'k'], ['keep']],
  [
    ['check', '--env-file', 'set'],
    ['set of mine.env', 'settings'],
  ],
  [
    ['--env-file', 'set'],
    ['set of mine.env', 'settings'],
  ],
  [
    ['init', '--out', 'set'],
    ['set of mine.env', 'settings'],
  ],
  [['schedule', '--out', 'set'], ['settings']],
  [['init', '--db-host', ''], []],
  [['--env-file', 'x.env', 'engines', 'st'], ['status']],
];

describe('completing for real', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'completion-'));
    mkdirSync(join(folder, 'settings'));
    writeFileSync(join(folder, 'set of mine.env'), '');
    for (const shell of SHELLS) writeFileSync(join(folder, `.script.${shell}`), await scriptFor(shell));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What a shell's own completion prints, one offer a line. */
  const offers = (shell: string, program: string, words: readonly string[]): string[] => {
    // Nobody's own set-up takes part.
    const env = { PATH: process.env.PATH, HOME: folder, LC_ALL: 'C.UTF-8' };
    const { status, stdout, stderr } = spawnSync(shell, ['-c', program, shell, ...words], {
      ...{ cwd: folder, env },
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.split('\n').filter((line) => line !== '');
    return lines.map((line) => line.replace(/\t.*$/, '').replace(/\/$/, '')).sort();
  };

  const inBash = (words: readonly string[]) =>
    offers(
      'bash',
      'source .script.bash; COMP_WORDS=(inventory-sync "$@"); COMP_CWORD=$#; ' +
        '_inventory_sync; for one in "${COMPREPLY[@]}"; do echo "$one"; done',
      words,
    );

  it.each(CASES)('bash: %j', (line, offered) => {
    expect(inBash(line)).toEqual(offered);
  });

  it('bash: a value behind an equals sign, which bash makes three words of', () => {
    expect(inBash(['sync', '--source', '=', 'oz'])).toEqual(['ozon']);
    expect(inBash(['sync', '--source', '='])).toEqual(['all', 'ozon', 'wb', 'wildberries']);
  });

  // Completion builtins work in the line editor alone: stand-ins print what they are handed.
  const ZSH = `
    compdef() { : }; compset() { cur=\${cur#*=} }
    compadd() { shift; local one; for one in "$@"; do [[ $one == \${last#--*=}* ]] && print -r -- "$one"; done; return 0 }
    _files() { local one; for one in *(N\${1+/}); do [[ $one == $last* ]] && print -r -- "$one"; done; return 0 }
    _describe() {
      local one; for one in "\${(@P)@[-1]}"; do [[ $one == $last* ]] && print -r -- "\${one%%:*}"; done; return 0
    }
    source ./.script.zsh; words=(inventory-sync "$@"); CURRENT=$#words; last=$words[-1]; _inventory_sync`;

  it.skipIf(!isThere('zsh'))('zsh does the same (needs zsh)', () => {
    for (const [line, offered] of CASES) expect(offers('zsh', ZSH, line), line.join(' ')).toEqual(offered);
    expect(offers('zsh', ZSH, ['sync', '--source=oz'])).toEqual(['ozon']);
  });

  it.skipIf(!isThere('fish'))('fish does the same (needs fish)', () => {
    const inFish = (line: string) =>
      offers('fish', `source .script.fish; complete -C 'inventory-sync ${line}'`, []);
    for (const [line, offered] of CASES) expect(inFish(line.join(' ')), line.join(' ')).toEqual(offered);
    expect(inFish('sync --source=oz')).toEqual(['--source=ozon']);
  });
});
