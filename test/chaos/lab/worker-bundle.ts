import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const HERE = import.meta.dirname;
/** Inside the project, where its packages are found. */
const FOLDER = join(HERE, '..', '..', '..', 'node_modules', '.cache', 'inventory-sync');

/**
 * The worker with its failpoints as one file of JavaScript: dozens of workers are started in a run, and each one would
 * compile all of the sources for itself. Gone when this process ends.
 */
export async function bundleWorker(): Promise<string> {
  mkdirSync(FOLDER, { recursive: true });
  const outfile = join(FOLDER, `worker-${process.pid}.mjs`);
  const common = {
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  } as const;
  await build({ ...common, entryPoints: [join(HERE, 'worker-entry.ts')], outfile });
  process.once('exit', () => rmSync(outfile, { force: true }));
  return outfile;
}
