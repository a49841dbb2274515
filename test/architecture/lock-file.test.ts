import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly os?: string[];
  readonly optionalDependencies?: Record<string, string>;
}

const file = join(import.meta.dirname, '..', '..', 'package-lock.json');
const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, LockedPackage> };

test('the lock file names no download addresses', () => {
  const named = Object.entries(packages).filter(([, entry]) => entry.resolved !== undefined);
  expect(named.map(([path]) => path)).toEqual([]);
});

test('the lock file knows the packages of every platform', () => {
  // npm leaves out what its package source does not offer, and then refuses its own file: "Missing … from lock file".
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !placesSeenFrom(path, name).some((place) => packages[place]?.version !== undefined))
      .map((name) => `${path} → ${name}`),
  );
  expect(missing).toEqual([]);
});

/** Where Node would look for a package: beside the one that asks, then outwards. */
function placesSeenFrom(path: string, name: string): string[] {
  const places = [`node_modules/${name}`];
  for (
    let folder = path;
    folder !== '';
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))
  ) {
    places.push(`${folder}/node_modules/${name}`);
  }
  return places;
}
