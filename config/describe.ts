import { MASK, type Secret } from '../src/domain/secret.js';
import type { LoadedConfig } from './load.js';
import type { Source } from './resolve.js';
import { type Config, SETTINGS, type SettingPath } from './schema.js';
import { shownUrl } from './secret-url.js';
import type { ValueAt } from './setting.js';

/** One setting as it may be printed. */
export interface DescribedSetting {
  readonly name: string;
  readonly path: SettingPath;
  /** Masked where it is a secret, of a secret address all but its host; null where it is not set. */
  readonly value: unknown;
  readonly source: Source;
  readonly doc: string;
}

/** The value at a dotted path. */
export function valueAt<P extends SettingPath>(config: Config, path: P): ValueAt<Config, P> {
  let node: unknown = config;
  for (const key of path.split('.')) node = (node as Readonly<Record<string, unknown>>)[key];
  return node as ValueAt<Config, P>;
}

/** Every setting with its resolved value, secrets masked, and where it came from, in the order of `.env.example`. */
export function describeConfig({ config, sources }: LoadedConfig): readonly DescribedSetting[] {
  return SETTINGS.map(({ path, env, format, sensitive, doc }) => {
    const found: unknown = valueAt(config, path);
    const isMasked = sensitive && found !== null;
    const masked = () => (format === 'secret-url' ? shownUrl((found as Secret).reveal()) : MASK);
    return { name: env, path, value: isMasked ? masked() : found, source: sources[path], doc };
  });
}
