import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { enginesUp, enginesWipe } from '../engines/engines.js';
import { kafkaStatus } from '../engines/kafka.js';
import { tryLock } from '../engines/lock.js';
import { mysqlStatus } from '../engines/mysql.js';
import { enginesHome } from '../engines/paths.js';
import type { TestEngines } from './support/engines.js';

declare module 'vitest' {
  export interface ProvidedContext {
    engines: TestEngines;
  }
}

/**
 * One Kafka and one MySQL for the whole test run, in a folder of their own on ports of their own; both vanish with it.
 *
 * For a quick loop while developing, start a pair once (`npm run engines -- up`) and name its folder:
 * `TEST_ENGINES_DIR=.engines/dev npx vitest run --project integration <file>`. Such a pair is used and left alone;
 * tests make databases and topics of their own in it.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const onProgress = (line: string): void => console.log(line);
  const named = process.env.TEST_ENGINES_DIR;
  if (named !== undefined && named !== '') {
    provide(project, await enginesUp({ dir: resolve(named), onProgress }));
    return undefined;
  }

  await sweepAbandoned();
  const dir = join(enginesHome(), `${FOLDER_PREFIX}${randomBytes(4).toString('hex')}`);
  const owner = await tryLock(dir);
  const clearNow = (): void => clearWithoutWaiting(dir);
  const quit = (signal: NodeJS.Signals): void => process.exit(signal === 'SIGTERM' ? 143 : 129);
  process.once('exit', clearNow).once('SIGTERM', quit).once('SIGHUP', quit);
  provide(project, await enginesUp({ dir, onProgress }));

  return async () => {
    await enginesWipe({ dir });
    rmSync(dir, { recursive: true, force: true });
    owner?.release();
    process.off('exit', clearNow).off('SIGTERM', quit).off('SIGHUP', quit);
  };
}

const FOLDER_PREFIX = 'test-';

function provide(project: TestProject, engines: TestEngines): void {
  project.provide('engines', engines);
}

/** For the last moment of an interrupted run, when nothing can be awaited any more. */
function clearWithoutWaiting(dir: string): void {
  if (!existsSync(dir)) return;
  for (const { pid } of [kafkaStatus(dir), mysqlStatus(dir)]) {
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }
  rmSync(dir, { recursive: true, force: true, maxRetries: 10 });
}

/** A run that was itself killed leaves its engines behind. Nobody holds their lock any more: they are ours to clear. */
async function sweepAbandoned(): Promise<void> {
  for (const name of readdirSync(enginesHome())) {
    if (!name.startsWith(FOLDER_PREFIX)) continue;
    const dir = join(enginesHome(), name);
    const lock = await tryLock(dir);
    if (lock === undefined) continue;
    await enginesWipe({ dir });
    rmSync(dir, { recursive: true, force: true });
    lock.release();
  }
}
