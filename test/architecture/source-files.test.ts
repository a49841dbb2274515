import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const NOT_OURS = new Set(['.git', 'node_modules', 'dist', '.engines', 'coverage', '.env']);

interface SourceFile {
  readonly path: string;
  readonly lines: string[];
}

function readFolder(folder: string): SourceFile[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !NOT_OURS.has(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return readFolder(path);
      if (!entry.isFile()) return [];
      const text = readFileSync(path, 'utf8');
      return text.includes('\0') ? [] : [{ path: relative(root, path), lines: text.split('\n') }];
    });
}

const files = readFolder(root);
const code = files.filter(({ path }) =>
  /^(src|config|engines|migrations|bench|test)\/.*\.(ts|mjs)$/.test(path),
);

/** `path:line  text` of every line that matches. */
function linesWith(pattern: RegExp, among: SourceFile[] = files): string[] {
  return among.flatMap(({ path, lines }) =>
    lines.flatMap((line, index) =>
      pattern.test(line) ? [`${path}:${index + 1}  ${line.trim().slice(0, 120)}`] : [],
    ),
  );
}

test('the files are found', () => {
  expect(code.map(({ path }) => path)).toContain('src/errors.ts');
  expect(files.map(({ path }) => path)).toContain('package.json');
});

test('no source file is longer than 400 lines', () => {
  const long = code
    .filter(({ lines }) => lines.length > 401)
    .map(({ path, lines }) => `${path}: ${lines.length - 1}`);
  expect(long).toEqual([]);
});

test('no barrels: one place exports a name, and everybody imports it from there', () => {
  expect(linesWith(/^export \* from/, code)).toEqual([]);
  const indexes = code.map(({ path }) => path).filter((path) => /(^|\/)index\.ts$/.test(path));
  expect(indexes.filter((path) => path !== 'src/cli/index.ts')).toEqual([]);
});

describe('nothing in the project belongs to one machine', () => {
  test('no path into somebody’s home or working folder', () => {
    expect(
      linesWith(/(?<![\w.])\/(?:home|Users)\/[a-z_][\w.-]*\/|(?<![\w.])\/(?:root|work)\/[\w.-]/),
    ).toEqual([]);
  });

  test('no package registry by its host name', () => {
    const hosts =
      /(?<![\w-])registry\.[a-z\d-]+\.(?:org|com|net|io|ru|dev)\b|npmjs\.(?:org|com)|repo\d?\.maven|maven\.org|[a]rtifactory|[v]erdaccio|[n]exus\b/i;
    expect(linesWith(hosts)).toEqual([]);
  });
});
