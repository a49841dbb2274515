import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '../src/errors.js';

/** Versions of what `kafka/pom.xml` and `mysql/pom.xml` bring. */
export const KAFKA_VERSION = '4.3.1';
export const MYSQL_VERSION = '8.0.15';

/** The folder with the pom files: a sibling of this file in the sources, but not in `dist/`. */
export function pomFile(engine: 'kafka' | 'mysql'): string {
  return join(packageRoot(), 'engines', engine, 'pom.xml');
}

/** Where the downloaded programs live; `INVENTORY_SYNC_ENGINES_DIR` moves it, for example to a bigger disk. */
export function enginesHome(): string {
  const named = process.env.INVENTORY_SYNC_ENGINES_DIR;
  return canonicalFolder(named === undefined || named === '' ? join(packageRoot(), '.engines') : named);
}

/** The folder of one pair of running engines: data, logs, ports, password. By default `dev` in the engines' home. */
export function dataFolder(dir: string | undefined): string {
  return canonicalFolder(dir ?? join(enginesHome(), 'dev'));
}

export const kafkaJars = (): string => join(enginesHome(), 'kafka', 'lib');
export const mysqlHome = (): string => join(enginesHome(), 'mysql', 'dist');
/** Shared libraries that the system lacks and that nobody may install for want of root. */
export const extraLibraries = (): string => join(enginesHome(), 'lib');

/**
 * A folder under its one true name. A live process is recognised by the path on its command line, so the same
 * folder reached through a symbolic link must spell the same.
 */
function canonicalFolder(path: string): string {
  const absolute = resolve(path);
  try {
    mkdirSync(absolute, { recursive: true });
    return realpathSync(absolute);
  } catch (cause) {
    throw new AppError('ENGINE_FAILED', `the folder ${absolute} cannot be used`, {
      cause,
      remedy: 'Name a writable folder in INVENTORY_SYNC_ENGINES_DIR.',
    });
  }
}

function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'engines', 'kafka', 'pom.xml'))) {
    const parent = dirname(folder);
    if (parent === folder) {
      throw new AppError(
        'ENGINE_FAILED',
        'the installation is incomplete: engines/kafka/pom.xml is missing',
        {
          remedy: 'Clone or install inventory-sync again.',
        },
      );
    }
    folder = parent;
  }
  return folder;
}
