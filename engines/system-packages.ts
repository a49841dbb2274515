import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../src/errors.js';
import { lastLines, runCommand } from './commands.js';
import { enginesHome, extraLibraries } from './paths.js';

/** What mysqld links to and a bare Debian may lack, and the packages that bring it, in the order to try. */
const PACKAGES: Record<string, readonly string[]> = {
  // Ubuntu 24.04 calls the package libaio1t64 and the file libaio.so.1t64. Known from its package list, not tried.
  'libaio.so.1': ['libaio1', 'libaio1t64'],
  'libnuma.so.1': ['libnuma1'],
};

export const isRoot = (): boolean => process.getuid?.() === 0;

/** Names of the shared libraries that the loader does not find for this program. */
export async function missingLibraries(program: string): Promise<string[]> {
  const env = { ...process.env, LD_LIBRARY_PATH: extraLibraries() };
  const { output } = await runCommand('ldd', [program], { env });
  return [...output.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1] ?? '');
}

/** Installs them as root; otherwise unpacks their packages into the engines' own folder, which needs no right at all. */
export async function supplyLibraries(
  program: string,
  missing: readonly string[],
  onProgress: ((line: string) => void) | undefined,
): Promise<void> {
  for (const library of missing) {
    const names = PACKAGES[library];
    if (names === undefined) throw cannotSupply([library]);
    onProgress?.(`MySQL: adding ${library}`);
    await supplyOne(library, names);
  }
  const still = await missingLibraries(program);
  if (still.length > 0) throw cannotSupply(still);
}

/**
 * Installs Debian packages; refreshes the package lists only if it does not go without.
 * @throws AppError ENGINE_FAILED with the end of apt's own words
 */
export async function aptInstall(packages: readonly string[]): Promise<void> {
  const install = ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '--no-install-recommends', ...packages];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  if ((await runCommand('apt-get', install, { env })).code === 0) return;
  await runCommand('apt-get', ['-o', 'DPkg::Lock::Timeout=300', 'update'], { env });
  const { code, output } = await runCommand('apt-get', install, { env });
  if (code !== 0) {
    throw new AppError(
      'ENGINE_FAILED',
      `${packages.join(', ')} could not be installed:\n${lastLines(output, 6)}`,
      {
        remedy: `Check the network, then: apt-get update && apt-get install -y ${packages.join(' ')}`,
      },
    );
  }
}

async function supplyOne(library: string, packages: readonly string[]): Promise<void> {
  for (const name of packages) {
    if (isRoot()) {
      const known = await runCommand('apt-cache', ['show', name]);
      const last = name === packages.at(-1);
      if (known.code !== 0 && !last) continue;
      await aptInstall([name]);
      // libaio1t64 installs another file name, which the link below mends.
      if (name === packages[0]) return;
    }
    if (await unpackLibrary(library, name)) return;
  }
}

/**
 * The library that makes a process believe in another time, for tests; null where it cannot be had. Never installed:
 * unpacked beside the engines.
 */
export async function fakeTimeLibrary(): Promise<string | null> {
  const path = join(extraLibraries(), 'faketime', 'libfaketime.so.1');
  if (existsSync(path)) return path;
  return (await unpackPackage('libfaketime')) && existsSync(path) ? path : null;
}

/** Fetches a package without installing it and keeps its libraries, under the name that the program asks for. */
async function unpackLibrary(library: string, name: string): Promise<boolean> {
  return (await unpackPackage(name)) && linkUnder(library);
}

async function unpackPackage(name: string): Promise<boolean> {
  const work = mkdtempSync(join(enginesHome(), 'unpack-'));
  try {
    if ((await runCommand('apt-get', ['download', name], { cwd: work })).code !== 0) return false;
    const archive = readdirSync(work).find((file) => file.endsWith('.deb'));
    if (archive === undefined) return false;
    if ((await runCommand('dpkg', ['-x', archive, 'root'], { cwd: work })).code !== 0) return false;
    mkdirSync(extraLibraries(), { recursive: true });
    for (const folder of ['lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu']) {
      const source = join(work, 'root', folder);
      if (existsSync(source)) {
        cpSync(source, extraLibraries(), { recursive: true, verbatimSymlinks: true });
      }
    }
    return true;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function linkUnder(library: string): boolean {
  const folder = extraLibraries();
  const wanted = join(folder, library);
  if (existsSync(wanted)) return true;
  const renamed = readdirSync(folder).find((file) => file.startsWith(library));
  if (renamed === undefined) return false;
  rmSync(wanted, { force: true });
  symlinkSync(renamed, wanted);
  return true;
}

function cannotSupply(libraries: readonly string[]): AppError {
  const packages = libraries.map((library) => PACKAGES[library]?.[0] ?? library);
  return new AppError('ENGINE_FAILED', `mysqld needs ${libraries.join(', ')}, which this system lacks`, {
    remedy: asRoot(packages),
  });
}

/** The line to type for who may become root; a machine's package lists may be empty, so they are fetched first. */
export function asRoot(packages: readonly string[]): string {
  return `sudo apt-get update && sudo apt-get install -y ${packages.join(' ')}`;
}
