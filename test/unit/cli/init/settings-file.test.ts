import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { targetAt, writeSettings } from '../../../../src/cli/init/settings-file.js';

let folder: string;
let path: string;
let umask: number;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'settings-file-')));
  path = join(folder, '.env');
  umask = process.umask(0o027);
});
afterEach(() => {
  process.umask(umask);
  rmSync(folder, { recursive: true });
});

const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);
const text = (file: string) => readFileSync(file, 'utf8');

it('writes a new file that its owner alone can read, and leaves nothing else', () => {
  process.umask(0o777);
  const target = targetAt(path, 'en');
  expect(target).toEqual({ path, exists: false });
  expect(writeSettings(target, 'A=1\n', 'en')).toBeNull();
  expect({ mode: mode(path), text: text(path) }).toEqual({ mode: '600', text: 'A=1\n' });
  expect(readdirSync(folder)).toEqual(['.env']);
});

it('keeps each former file, also readable by its owner alone, and tells what was in it', () => {
  writeFileSync(path, 'B=2\nC=\nD="x y" # z\nnonsense\n', { mode: 0o644 });
  const first = writeSettings(targetAt(path, 'en'), 'A=1\n', 'en');
  expect(first).toEqual({ backup: `${path}.bak`, names: ['B', 'D'] });
  expect(writeSettings(targetAt(path, 'en'), 'A=2\n', 'en')?.backup).toBe(`${path}.bak.2`);
  expect([text(path), text(`${path}.bak.2`), text(`${path}.bak`)]).toEqual([
    'A=2\n',
    'A=1\n',
    'B=2\nC=\nD="x y" # z\nnonsense\n',
  ]);
  expect([path, `${path}.bak`, `${path}.bak.2`].map(mode)).toEqual(['600', '600', '600']);
  expect(readdirSync(folder)).toHaveLength(3);
});

it('does not replace a file that came to be since it looked', () => {
  const target = targetAt(path, 'en');
  writeFileSync(path, 'B=2\n');
  expect(() => writeSettings(target, 'A=1\n', 'en')).toThrow(expect.objectContaining({ code: 'USAGE' }));
  expect(readdirSync(folder)).toEqual(['.env']);
  expect(text(path)).toBe('B=2\n');
});

it('writes where a link leads, and the link stays', () => {
  mkdirSync(join(folder, 'elsewhere'));
  writeFileSync(join(folder, 'elsewhere', 'real.env'), 'B=2\n');
  symlinkSync(join('elsewhere', 'real.env'), path);
  const target = targetAt(path, 'en');
  expect(target.path).toBe(join(folder, 'elsewhere', 'real.env'));
  writeSettings(target, 'A=1\n', 'en');
  expect([text(path), text(`${target.path}.bak`)]).toEqual(['A=1\n', 'B=2\n']);
  expect(existsSync(`${path}.bak`)).toBe(false);
});

it.each([
  ['a folder that is not there', 'no/such/.env', /no\/such cannot be written to \(ENOENT\)/],
  ['a folder', '.', /is no regular file/],
  ['a device', '/dev/null', /is no regular file/],
  ['a file in place of a folder', 'plain/.env', /\((ENOTDIR|ENOENT)\)/],
])('refuses %s before anything is asked', (_, given, message) => {
  writeFileSync(join(folder, 'plain'), '');
  const place = given.startsWith('/') ? given : join(folder, given);
  expect(() => targetAt(place, 'en')).toThrow(message);
  expect(readdirSync(folder)).toEqual(['plain']);
});

it('says why it cannot write, and leaves what was there', () => {
  const long = join(folder, 'x'.repeat(250));
  writeFileSync(long, 'B=2\n');
  // The name is just short enough for itself, and too long with anything behind it.
  expect(() => writeSettings(targetAt(long, 'en'), 'A=1\n', 'en')).toThrow(/ENAMETOOLONG/);
  expect(text(long)).toBe('B=2\n');
});
