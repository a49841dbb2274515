import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MarkFile } from '../../../../src/cli/schedule/mark-file.js';

let folder: string;
const logger = { debug() {}, info() {}, error() {}, warn: vi.fn() };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'marks-'));
  logger.warn.mockClear();
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

it('keeps what has run, in a folder that it makes', () => {
  const inner = join(folder, 'a', 'b');
  new MarkFile(inner, logger).write({ sync: 5, health: 7 });
  expect(new MarkFile(inner, logger).read()).toEqual({ sync: 5, health: 7 });
  expect(readdirSync(inner)).toEqual(['schedule.json']);
  expect(logger.warn).not.toHaveBeenCalled();
});

it('knows nothing at first, and without a folder', () => {
  expect(new MarkFile(folder, logger).read()).toEqual({});
  const none = new MarkFile(null, logger);
  none.write({ sync: 5 });
  expect(none.read()).toEqual({});
  expect(logger.warn).not.toHaveBeenCalled();
});

it.each(['', '{"sync":', 'null', '[]', '{"sync":"soon","health":1e300}'])('is not misled by %j', (text) => {
  writeFileSync(join(folder, 'schedule.json'), text);
  expect(new MarkFile(folder, logger).read()).toEqual({});
});

it('says once that it cannot write, and goes on', () => {
  writeFileSync(join(folder, 'file'), '');
  const broken = new MarkFile(join(folder, 'file', 'x'), logger);
  broken.write({ sync: 1 });
  broken.write({ sync: 2 });
  expect(logger.warn).toHaveBeenCalledTimes(1);
});
