import type { LoadedConfig } from '../../../config/load.js';
import { requireSettings } from '../../../config/require.js';
import type { Source } from '../../domain/stock-key.js';
import { openOzon } from './open-ozon.js';
import { openWildberries } from './open-wildberries.js';
import type { OpenSource, SourceParts } from './opened-source.js';

/** @throws CONFIG_INVALID naming what the source lacks in settings, before anything is opened */
export function requireSource(loaded: LoadedConfig, source: Source): void {
  if (source === 'ozon') requireSettings(loaded, ['ozon.clientId', 'ozon.apiKey']);
  else requireSettings(loaded, ['wildberries.apiKey']);
}

/** @throws CONFIG_INVALID; API_CREDENTIALS where the key cannot be one */
export function openSource(loaded: LoadedConfig, source: Source, parts: SourceParts): OpenSource {
  return source === 'ozon' ? openOzon(loaded, parts) : openWildberries(loaded, parts);
}
