import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { tryLock, withLock } from '../../../engines/lock.js';

let number = 0;
const freshName = (): string => `lock test ${process.pid} ${number++}`;

test('work under one name never overlaps, and all of it gets its turn', async () => {
  const name = freshName();
  let inside = 0;
  let most = 0;
  const work = async (result: number): Promise<number> => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise(setImmediate);
    inside -= 1;
    return result;
  };
  const results = await Promise.all([1, 2, 3, 4, 5].map((n) => withLock(name, undefined, () => work(n))));
  expect(results).toEqual([1, 2, 3, 4, 5]);
  expect(most).toBe(1);
});

test('a failure gives the lock back and comes through', async () => {
  const name = freshName();
  await expect(withLock(name, undefined, () => Promise.reject(new Error('broken')))).rejects.toThrow(
    'broken',
  );
  expect(await withLock(name, undefined, () => Promise.resolve('free again'))).toBe('free again');
});

test('who waits is told so once; another name waits for nobody', async () => {
  const name = freshName();
  const held = await tryLock(name);
  expect(held).toBeDefined();
  expect(await tryLock(name)).toBeUndefined();
  expect(await withLock(freshName(), undefined, () => Promise.resolve('other'))).toBe('other');

  let told = 0;
  const waiting = withLock(
    name,
    () => {
      told += 1;
      held?.release();
    },
    () => Promise.resolve('mine'),
  );
  expect(await waiting).toBe('mine');
  expect(told).toBe(1);
});

test('the lock of a process that is killed is free', async () => {
  const name = freshName();
  const lock = JSON.stringify(new URL('../../../engines/lock.ts', import.meta.url).href);
  const script = `const { tryLock } = await import(${lock});
    const held = await tryLock(${JSON.stringify(name)});
    setInterval(() => {}, 1000);
    console.log(held === undefined ? 'busy' : 'held');`;
  const holder = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [said] = (await once(holder.stdout, 'data')) as [Buffer];
    expect(said.toString().trim()).toBe('held');
    expect(await tryLock(name)).toBeUndefined();
  } finally {
    holder.kill('SIGKILL');
  }
  expect(await withLock(name, undefined, () => Promise.resolve('free'))).toBe('free');
});
