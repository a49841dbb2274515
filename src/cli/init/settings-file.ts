import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseEnv } from '../../../config/dotenv.js';
import { reasonOf } from '../../../config/env-file.js';
import { AppError, isAppError } from '../../errors.js';
import type { Locale } from '../words.js';
import { INIT_WORDS } from './languages.js';

const OWNER_ALONE = 0o600;

/** Where the settings go. */
export interface Target {
  /** Absolute; where the given path is a link, what it leads to. */
  readonly path: string;
  readonly exists: boolean;
}

/**
 * Looks before anything is asked whether the file could be written there.
 *
 * @throws AppError USAGE where a folder, device or pipe is in the way, or the folder does not take files
 */
export function targetAt(given: string, locale: Locale): Target {
  const words = INIT_WORDS[locale];
  const asked = resolve(given);
  let exists: boolean;
  let path = asked;
  try {
    exists = lstatSync(asked, { throwIfNoEntry: false }) !== undefined;
    if (exists) path = realpathSync(asked);
    accessSync(dirname(path), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw notWritable(dirname(asked), error, locale);
  }
  if (exists && !lstatSync(path).isFile()) {
    throw new AppError('USAGE', words.noFile(path), { remedy: words.noFolderRemedy });
  }
  return { path, exists };
}

/** @throws AppError USAGE: the file is there, and nobody has said that it may be replaced */
export function refuseExisting({ path }: Target, locale: Locale): never {
  throw new AppError('USAGE', INIT_WORDS[locale].exists(path), { remedy: INIT_WORDS[locale].existsRemedy });
}

/** What was replaced. */
export interface Replaced {
  readonly backup: string;
  /** Names that had a value there. */
  readonly names: readonly string[];
}

/**
 * Writes the file at once or not at all, readable by its owner alone. One that came to be since {@link targetAt} looked
 * is not replaced.
 *
 * @returns what was replaced; null where nothing was there
 * @throws AppError USAGE with the system's reason
 */
export function writeSettings(target: Target, text: string, locale: Locale): Replaced | null {
  try {
    return replaceWhole(target, text, locale);
  } catch (error) {
    if (isAppError(error)) throw error;
    throw notWritable(dirname(target.path), error, locale);
  }
}

function notWritable(folder: string, error: unknown, locale: Locale): AppError {
  const { noFolder, noFolderRemedy } = INIT_WORDS[locale];
  return new AppError('USAGE', noFolder(folder, reasonOf(error)), { remedy: noFolderRemedy, cause: error });
}

function replaceWhole(target: Target, text: string, locale: Locale): Replaced | null {
  const { path, exists } = target;
  const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  if (isThere && !exists) refuseExisting(target, locale);
  const replaced = isThere ? keepCopy(path) : null;
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  writeWhole(draft, text);
  try {
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
  return replaced;
}

function keepCopy(path: string): Replaced {
  const former = readFileSync(path);
  const names = [...parseEnv(former.toString('utf8')).entries].flatMap(([name, { value }]) =>
    value === '' ? [] : [name],
  );
  for (let count = 1; ; count += 1) {
    const backup = count === 1 ? `${path}.bak` : `${path}.bak.${count}`;
    try {
      writeWhole(backup, former);
      return { backup, names };
    } catch (error) {
      // An earlier copy is somebody's last one: it stays.
      if (reasonOf(error) !== 'EEXIST') throw error;
    }
  }
}

/** A new file, on the disk before this returns; none where that fails. @throws EEXIST where one has its name */
function writeWhole(path: string, content: string | Buffer): void {
  const file = openSync(path, 'wx', OWNER_ALONE);
  try {
    fchmodSync(file, OWNER_ALONE);
    writeFileSync(file, content);
    fsyncSync(file);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** The new name too must outlast a power cut; not every file system lets folders be synced. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // The file is complete; only when it got its name is less certain.
  }
}
