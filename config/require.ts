import { AppError } from '../src/errors.js';
import { valueAt } from './describe.js';
import type { LoadedConfig } from './load.js';
import { type Config, SETTINGS, type SettingPath } from './schema.js';
import type { ValueAt } from './setting.js';

function isMissing(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function placesOf({ envFile, lookedAt }: LoadedConfig): string {
  return envFile === null
    ? `no .env was found (looked for ${lookedAt.join(' and ')})`
    : `${envFile} was read`;
}

/**
 * The named settings, each of them set.
 *
 * @throws AppError CONFIG_INVALID with every missing name and where they were looked for.
 */
export function requireSettings<const P extends SettingPath>(
  loaded: LoadedConfig,
  paths: readonly P[],
): { readonly [K in P]: NonNullable<ValueAt<Config, K>> } {
  const missing = paths.filter((path) => isMissing(valueAt(loaded.config, path)));
  if (missing.length > 0) {
    const names = missing.map((path) => {
      const setting = SETTINGS.find((candidate) => candidate.path === path);
      return setting?.sensitive === true ? `${setting.env} (or ${setting.env}_FILE)` : (setting?.env ?? path);
    });
    throw new AppError('CONFIG_INVALID', `Not set: ${names.join(', ')}; ${placesOf(loaded)}.`, {
      remedy: `Set ${missing.length === 1 ? 'it' : 'them'} in ${loaded.envFile ?? loaded.lookedAt[0] ?? '.env'} or in the environment.`,
    });
  }
  const entries = paths.map((path): [P, unknown] => [path, valueAt(loaded.config, path)]);
  return Object.fromEntries(entries) as { [K in P]: NonNullable<ValueAt<Config, K>> };
}
