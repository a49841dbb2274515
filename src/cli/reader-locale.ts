import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findInstallFolder, readEnvFile } from '../../config/env-file.js';
import { type Locale, localeOf } from './words.js';

/** The reader's language while there are no settings, or none that hold: LOCALE in the environment, else in `.env`. */
export function localeBeforeSettings(envFile: string | undefined): Locale {
  const given = process.env.LOCALE?.trim() ?? '';
  const cwd = process.cwd();
  const installFolder = findInstallFolder();
  const places =
    envFile === undefined ? [join(cwd, '.env'), join(installFolder, '.env')] : [resolve(envFile)];
  // A pipe can be read once only, and that is for the settings.
  const isPipe = places.some((path) => isOther(path));
  if (given !== '' || isPipe) return localeOf(given);
  return localeOf(readEnvFile({ envFile, cwd, installFolder }).entries.get('LOCALE')?.value);
}

function isOther(path: string): boolean {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat !== undefined && !stat.isFile() && !stat.isDirectory();
  } catch {
    return false; // There or not, it cannot be read either.
  }
}
