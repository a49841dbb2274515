import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../config/schema.js';
import { commandLine } from '../../src/cli/command-line.js';
import { EXIT, isAppError } from '../../src/errors.js';

// What the documents name must be there: files, scripts, commands with their options, settings.
const root = join(import.meta.dirname, '..', '..');
const documents = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
].sort();
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found = '']) => found);
const scripts = Object.keys(
  (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts,
);

it('there are documents to look at', () => {
  expect(documents).toEqual(
    expect.arrayContaining([
      'ARCHITECTURE.md',
      'CHANGELOG.md',
      'README.md',
      'README.ru.md',
      'docs/adr/README.md',
    ]),
  );
});

describe.each(documents)('%s', (name) => {
  const text = read(name);

  it('links to files that are there', () => {
    const links = all(text, /\]\((?!https?:)([^)#\s]+)[^)]*\)/g);
    expect(links.filter((link) => !existsSync(join(root, dirname(name), link)))).toEqual([]);
  });

  it('names files that are there', () => {
    const folders = 'src|test|config|engines|migrations|bench|scripts|docs|dist';
    const paths = all(text, new RegExp(`\`((?:${folders})/[^\`\\s]*)\``, 'g'));
    const files = all(text, /`((?:[A-Za-z-]+\.(?:md|yml|json|cjs)|Dockerfile|\.env\.example))`/g);
    const named = [...paths, ...files].filter((path) => !/[<*…]|^dist\//.test(path));
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('names npm scripts that are there', () => {
    const named = all(text, /npm run (?:--?\w+ )*([a-z][\w-]*)/g);
    expect(named.filter((script) => !scripts.includes(script))).toEqual([]);
  });

  it('names commands and options that are there', () => {
    const fenced = all(text, /```sh\n([\s\S]*?)```/g).join('');
    const said = [
      ...all(text, /`inventory-sync ([^`]+)`/g),
      ...all(fenced, /^inventory-sync ([^\n#]+)/gm),
      ...all(text, /dist\/src\/cli\/index\.js ([^`\n#]+)/g),
      ...all(text, /npm run (?:--silent )?((?:engines|demo) -- [^`\n#]+)/g).map((line) =>
        line.replace('--', ''),
      ),
    ];
    expect(said.flatMap(unknownIn)).toEqual([]);
  });

  it('names settings that are there', () => {
    // `NO_COLOR` is everybody's (no-color.org).
    const known = ['NO_COLOR', ...SETTINGS.flatMap(({ env }) => [env, `${env}_FILE`])];
    const named = all(text, /`((?:[A-Z]{2,}_)+[A-Z]+)(?:=[^`]*)?`/g).filter(
      (one) =>
        !one.startsWith('TEST_') && !isAppError(Object.assign(new Error(), { name: 'AppError', code: one })),
    );
    expect(named.filter((one) => !known.includes(one))).toEqual([]);
    const groups = all(text, /`([A-Z]+(?:_[A-Z]+)*)_?…`/g);
    expect(groups.filter((one) => !known.some((env) => env.startsWith(one)))).toEqual([]);
  });
});

describe('the two READMEs', () => {
  const [english, russian] = ['README.md', 'README.ru.md'].map((name) => read(name));
  const outline = (text = '') =>
    text
      .replace(/```[\s\S]*?```/g, (block) => `\`\`\`${/^```(\w*)/.exec(block)?.[1] ?? ''}`)
      .split('\n')
      .flatMap((line) => /^(#+ |\||```\w*|- )/.exec(line)?.[1] ?? []);

  it('have the same headings, tables, lists and examples', () => {
    expect(outline(russian)).toEqual(outline(english));
  });

  it.each([
    ['README.md', english],
    ['README.ru.md', russian],
  ])('%s explains every exit code', (_, text = '') => {
    const explained = all(text, /^\| ([\d, ]+) \|/gm).flatMap((codes) => codes.split(', ').map(Number));
    expect(explained).toEqual([...new Set([...Object.values(EXIT), 130, 143])].sort((a, b) => a - b));
  });

  it('name the same settings', () => {
    const named = (text = '') => [...new Set(all(text, /`((?:[A-Z]+_)+(?:[A-Z]+|…))/g))].sort();
    expect(named(russian)).toEqual(named(english));
  });
});

/** What of a command line nobody knows: the first wrong command, and every wrong option. */
function unknownIn(line: string): string[] {
  let command: Command = commandLine(async () => undefined);
  const lineage = [command];
  const unknown: string[] = [];
  for (const word of line.trim().split(/[\s,;:.]+(?=$)|\s+/)) {
    const option = /^(--?[a-z][a-z-]*)/.exec(word)?.[1];
    if (option !== undefined) {
      const known = lineage.some((one) =>
        one.options.some(({ long, short }) => long === option || short === option),
      );
      if (!known && option !== '--help') unknown.push(`${option} in: ${line}`);
      continue;
    }
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) {
      if (command.commands.length > 0) unknown.push(`${word} in: ${line}`);
      continue;
    }
    command = next;
    lineage.push(next);
  }
  return unknown;
}
