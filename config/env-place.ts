import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export interface EnvFilePlaces {
  /** As given by `--env-file`: then it must exist, and no other place is looked at. */
  readonly envFile?: string | undefined;
  readonly cwd: string;
  readonly installFolder: string;
}

/** Where the settings file is; `path` is null where none was found. */
export interface EnvPlace {
  readonly path: string | null;
  /** Every place that was looked at, in order, the one found being the last. */
  readonly lookedAt: readonly string[];
}

/** The folder of the nearest package.json above this module: the same from the sources and from `dist`. */
export function findInstallFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** The first of: `--env-file`, there or not; `.env` of the working folder, of the install folder. Never throws. */
export function envPlace({ envFile, cwd, installFolder }: EnvFilePlaces): EnvPlace {
  if (envFile !== undefined) {
    const path = resolve(cwd, envFile);
    return { path, lookedAt: [path] };
  }
  const lookedAt: string[] = [];
  for (const folder of new Set([resolve(cwd), resolve(installFolder)])) {
    const path = join(folder, '.env');
    lookedAt.push(path);
    if (isThere(path)) return { path, lookedAt };
  }
  return { path: null, lookedAt };
}

/** The text of a settings file; undefined where it is UTF-16. @throws what the system says of a file that cannot be read */
export function envText(path: string): string | undefined {
  const bytes = readFileSync(path);
  const wide = bytes.length >= 2 && (bytes.readUInt16BE(0) === 0xfffe || bytes.readUInt16BE(0) === 0xfeff);
  return wide ? undefined : bytes.toString('utf8');
}

/** A folder called `.env` (of Python, say) is no settings file. */
function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
  } catch {
    return true; // There or not, we may not look: reading it will say so.
  }
}
