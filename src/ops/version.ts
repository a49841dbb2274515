import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Of the nearest package.json above, the same from the sources and from `dist`; empty where there is none. */
export function programVersion(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const text = readFileSync(join(folder, 'package.json'), 'utf8');
      const { name, version } = JSON.parse(text) as Readonly<Record<string, string>>;
      if (name === 'inventory-sync') return version ?? '';
    } catch {
      // Not this folder.
    }
  }
  return '';
}
