import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LogDestination, logDestination } from '../../../src/ops/log-destination.js';
import { createLogger } from '../../../src/ops/logger.js';

let root: string;
let opened: LogDestination[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'inventory-sync-log-'));
  opened = [];
});
afterEach(() => {
  for (const destination of opened) destination.close();
  rmSync(root, { recursive: true, force: true });
});

const open = (path: string | null, command = 'sync') => {
  const destination = logDestination({ path, command });
  opened.push(destination);
  return destination;
};

describe('logDestination', () => {
  it('appends to one file per command below a folder it makes', () => {
    const folder = join(root, 'var', 'log');
    open(folder).write('1\n');
    open(folder).write('2\n');
    open(folder, 'worker').write('3\n');
    expect(readFileSync(join(folder, 'sync.log'), 'utf8')).toBe('1\n2\n');
    expect(readFileSync(join(folder, 'worker.log'), 'utf8')).toBe('3\n');
    expect(statSync(join(folder, 'sync.log')).mode & 0o027).toBe(0);
  });

  it('never leaves the folder, whatever the command is called', () => {
    expect(open(root, '../../etc/x').file).toBe(join(root, '-etc-x.log'));
  });

  it('opens the file anew on SIGHUP', () => {
    const destination = open(root);
    destination.write('before\n');
    renameSync(join(root, 'sync.log'), join(root, 'sync.log.1'));
    process.emit('SIGHUP');
    destination.write('after\n');
    expect(readFileSync(join(root, 'sync.log.1'), 'utf8')).toBe('before\n');
    expect(readFileSync(join(root, 'sync.log'), 'utf8')).toBe('after\n');
  });

  it('gives the signal back when closed', () => {
    const before = process.listenerCount('SIGHUP');
    const destination = logDestination({ path: root, command: 'sync' });
    expect(process.listenerCount('SIGHUP')).toBe(before + 1);
    destination.close();
    expect(process.listenerCount('SIGHUP')).toBe(before);
  });

  it.each<[string, () => string, string]>([
    ['the folder is a file', () => join(root, 'taken'), 'EEXIST'],
    ['the folder is to be below a file', () => join(root, 'taken', 'logs'), 'ENOTDIR'],
    ['the folder cannot be made', () => '/proc/nowhere/logs', 'ENOENT'],
    ['the log is a folder', () => join(root, 'occupied'), 'EISDIR'],
  ])('goes to stderr where %s, and says so once', (_trouble, path, code) => {
    writeFileSync(join(root, 'taken'), '');
    mkdirSync(join(root, 'occupied', 'sync.log'), { recursive: true });
    const destination = open(path());
    expect(destination.file).toBeNull();
    const lines: string[] = [];
    const spied = { ...destination, write: (line: string) => void lines.push(line) };
    for (const name of ['first', 'second'])
      createLogger({ level: 'info', name, secrets: [], destination: spied });
    expect(lines).toHaveLength(1);
    const { level, msg } = JSON.parse(lines[0] ?? '') as Record<string, string>;
    expect(level).toBe('warn');
    expect(msg).toContain(`LOG_FILE_PATH: cannot write ${join(path(), 'sync.log')} (${code}`);
    expect(msg).toMatch(/; the log goes to stderr$/u);
  });

  it('survives the signal of log rotation where the file cannot be written, and gives it back', () => {
    const before = process.listenerCount('SIGHUP');
    const destination = logDestination({ path: '/proc/nowhere', command: 'sync' });
    expect(process.listenerCount('SIGHUP')).toBe(before + 1);
    destination.close();
    expect(process.listenerCount('SIGHUP')).toBe(before);
  });

  it('says once on stderr that a full disk takes no lines, and goes on', () => {
    symlinkSync('/dev/full', join(root, 'sync.log'));
    const said: string[] = [];
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    try {
      const destination = open(root);
      for (let line = 0; line < 3; line += 1) destination.write(`${line}\n`);
      expect(said).toEqual([
        expect.stringMatching(/^inventory-sync: cannot write the log .+sync\.log: ENOSPC/u),
      ]);
      rmSync(join(root, 'sync.log'));
      process.emit('SIGHUP');
      destination.write('3\n');
      expect(readFileSync(join(root, 'sync.log'), 'utf8')).toBe('0\n1\n2\n3\n');
    } finally {
      spy.mockRestore();
    }
  });

  it('is stderr without a path, with nothing to say', () => {
    const destination = open(null);
    expect([destination.file, destination.takeNotice()]).toEqual([null, undefined]);
  });
});
