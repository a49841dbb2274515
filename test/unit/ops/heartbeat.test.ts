import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Heartbeat } from '../../../src/ops/heartbeat.js';

let folder: string;
const logger = { debug() {}, info() {}, error() {}, warn: vi.fn() };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heartbeat-'));
  logger.warn.mockClear();
});
afterEach(() => rmSync(folder, { recursive: true }));

it('writes its time into a file of the command, in a folder that it makes', () => {
  const inner = join(folder, 'a', 'b');
  const heart = new Heartbeat(inner, 'worker', logger);
  for (let beat = 0; beat < 2; beat += 1) heart.beat();
  expect(readdirSync(inner)).toEqual(['worker.alive']);
  expect(Date.parse(readFileSync(join(inner, 'worker.alive'), 'utf8').trim())).toBeLessThanOrEqual(
    Date.now(),
  );
});

it('says once that it cannot write, and does nothing where no folder is set', () => {
  const file = join(folder, 'no folder');
  writeFileSync(file, '');
  const heart = new Heartbeat(file, 'worker', logger);
  for (let beat = 0; beat < 3; beat += 1) heart.beat();
  expect(logger.warn).toHaveBeenCalledTimes(1);
  new Heartbeat(null, 'worker', logger).beat();
  expect(readdirSync(folder)).toEqual(['no folder']);
});
