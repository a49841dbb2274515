import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { groupOf } from '../../../src/events/topics.js';
import { Lab, type Running } from './lab.js';

const launcher = join(import.meta.dirname, '..', '..', '..', 'dist', 'src', 'cli', 'index.js');

describe('a command whose output nobody reads any more', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start('cli_unread', { ozonProducts: 5, wbProducts: 5 });
  });
  afterAll(() => lab.close());

  /** As `… 2>&1 | head -n 0` does. */
  function unread(run: Running): Running {
    run.child.stdout?.destroy();
    run.child.stderr?.destroy();
    return run;
  }

  it('sync does its work to the end, and its result counts', async () => {
    expect(await unread(lab.start(['sync'])).ended).toMatchObject({ code: 0 });
    expect(await lab.levels('ozon')).toEqual(lab.truth('ozon'));
    expect((await lab.runs()).map(({ status }) => status)).toEqual(['success', 'success']);
    const refused = unread(lab.start(['sync'], { OZON_API_KEY: 'another-key-of-ours' }));
    expect(await refused.ended).toMatchObject({ code: 3 });
  });

  it('a worker works on', async () => {
    const worker = unread(lab.start(['worker']));
    const members = async () => (await lab.broker.group(groupOf(lab.prefix, 'mailer'))).members;
    await vi.waitFor(async () => expect(await members()).toBe(1), { timeout: 20_000, interval: 100 });
    const synced = await lab.run(['sync', '--json']);
    expect(synced.code).toBe(0);
    expect(JSON.parse(synced.stdout)).toMatchObject({ appliedBy: 'worker' });
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toMatchObject({ code: 0 });
  });

  it('what prints ends as it would, but not where its output is lost on a full disk', () => {
    const through = (tail: string) =>
      spawnSync('/bin/sh', ['-c', `"$0" "$@" ${tail}`, process.execPath, launcher, 'config', 'print'], {
        cwd: lab.folder,
        encoding: 'utf8',
      });
    const next = /^Дальше: [^\n]+\n$/;
    expect(through('| head -n 1')).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(next) as string,
    });
    expect(through('> /dev/full')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^Ошибка: не удалось вывести результат: на диске нет места \(ENOSPC.*\)\nЧто делать: Освободите место/m,
      ) as string,
    });
  });
});
