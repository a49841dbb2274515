import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from '../../config/dotenv.js';
import { envPlace, envText, findInstallFolder } from '../../config/env-place.js';
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
  const { path } = envPlace({ envFile, cwd, installFolder });
  return localeOf(path === null ? undefined : localeIn(path));
}

/** All else in the file is judged with the settings: to load what does that would slow every `--help` down. */
function localeIn(path: string): string | undefined {
  try {
    return parseEnv(envText(path) ?? '').entries.get('LOCALE')?.value;
  } catch {
    return undefined; // Whoever asks for the settings is told why it cannot be read.
  }
}

function isOther(path: string): boolean {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat !== undefined && !stat.isFile() && !stat.isDirectory();
  } catch {
    return false; // There or not, it cannot be read either.
  }
}
