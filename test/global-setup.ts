import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { enginesDown, enginesUp, type RunningEngines } from '../engines/engines.js';
import { tryLock } from '../engines/lock.js';
import { enginesHome } from '../engines/paths.js';

declare module 'vitest' {
  export interface ProvidedContext {
    engines: RunningEngines;
    /** A folder of this run. It is removed at the end, together with every process that runs on data in it. */
    scratch: string;
  }
}

/**
 * One Kafka and one MySQL for the whole test run, in a folder of their own on ports of their own; both vanish with it.
 *
 * For a quick loop while developing, start a pair once (`npm run engines -- up`) and name its folder:
 * `TEST_ENGINES_DIR=.engines/dev npx vitest run --project integration <file>`. Such a pair is used and left alone;
 * tests make databases and topics of their own in it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweepAbandoned();
  const scratch = join(enginesHome(), `${FOLDER_PREFIX}${randomBytes(4).toString('hex')}`);
  const owner = await tryLock(scratch);
  mkdirSync(scratch);
  const clear = (): void => {
    // Interrupted in the middle of a test: its worker must not start another engine behind our back.
    for (const pid of children()) kill(pid);
    clearFolder(scratch);
  };
  const quit = (signal: NodeJS.Signals): void => process.exit(signal === 'SIGTERM' ? 143 : 129);
  process.once('exit', clear).once('SIGTERM', quit).once('SIGHUP', quit);

  const named = process.env.TEST_ENGINES_DIR ?? '';
  const onProgress = (line: string): void => console.log(line);
  const dir = named === '' ? join(scratch, 'shared') : resolve(named);
  project.provide('engines', await enginesUp({ dir, onProgress }));
  project.provide('scratch', scratch);

  return async () => {
    if (named === '') await enginesDown({ dir });
    clearFolder(scratch);
    owner?.release();
    process.off('exit', clear).off('SIGTERM', quit).off('SIGHUP', quit);
  };
}

const FOLDER_PREFIX = 'test-';

/** A run that was itself killed leaves its engines behind. Nobody holds their lock any more: they are ours to clear. */
async function sweepAbandoned(): Promise<void> {
  for (const name of readdirSync(enginesHome())) {
    if (!name.startsWith(FOLDER_PREFIX)) continue;
    const folder = join(enginesHome(), name);
    const lock = await tryLock(folder);
    if (lock === undefined) continue;
    clearFolder(folder);
    lock.release();
  }
}

/** Without waiting for anything, since it must also do in the last moment of an interrupted run. */
function clearFolder(folder: string): void {
  for (const pid of processesWithin(folder)) kill(pid);
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

/** Engines whose command line names a path in this folder: only a run's own processes can. */
function processesWithin(folder: string): number[] {
  const isInside = (arg: string): boolean => arg.replace(/^--datadir=/, '').startsWith(`${folder}/`);
  return processes((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').some(isInside));
}

function children(): number[] {
  return processes((pid) => {
    const [, parent] = / [A-Z] (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return Number(parent) === process.pid;
  });
}

function processes(matches: (pid: number) => boolean): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
    .filter((pid) => {
      try {
        return matches(pid);
      } catch {
        // It ended while we looked.
        return false;
      }
    });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended before us.
  }
}
