import { type DescribedSetting, describeConfig } from '../../config/describe.js';
import { formatEnvValue } from '../../config/dotenv.js';
import type { LoadedConfig } from '../../config/load.js';
import type { Source } from '../../config/resolve.js';
import { MASK } from '../domain/secret.js';
import { EXIT } from '../errors.js';
import type { CommandContext } from './context.js';
import type { Words } from './words.js';

/** Comments begin in this column, unless the value is longer. */
const COLUMN = 61;

/** `inventory-sync config print`: every setting as it is in force, where it comes from, secrets masked. */
export async function configPrint(
  options: Record<string, unknown>,
  context: CommandContext,
): Promise<number> {
  const loaded = await context.settings();
  const settings = describeConfig(loaded);
  if (options.json === true) context.printJson(documentOf(loaded, settings));
  else context.print(settingsText(loaded, settings, context.words));
  return EXIT.ok;
}

function documentOf({ envFile, lookedAt, warnings }: LoadedConfig, settings: readonly DescribedSetting[]) {
  return {
    envFile,
    lookedAt,
    warnings,
    settings: settings.map(({ name, value, source, doc }) => ({ name, value, source, doc })),
  };
}

/** In the form of `.env`, so that lines may be copied into one. */
function settingsText(
  { envFile, lookedAt }: LoadedConfig,
  settings: readonly DescribedSetting[],
  words: Words,
): string {
  const lines = [`# .env: ${envFile ?? words.config.noEnvFile(lookedAt)}`];
  let group = '';
  for (const setting of settings) {
    const [own = ''] = setting.path.split('.');
    // `locale` and its neighbours stand in no group.
    const here = setting.path.includes('.') ? own : '';
    if (here !== group || lines.length === 1) lines.push('');
    group = here;
    lines.push(`${assignment(setting).padEnd(COLUMN)} # ${origin(setting.source, words)}`);
  }
  return `${lines.join('\n')}\n`;
}

function assignment({ name, value }: DescribedSetting): string {
  return `${name}=${value === MASK ? MASK : formatEnvValue(asText(value))}`;
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.join(',');
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([name, path]) => `${name}=${String(path)}`)
    .join(',');
}

function origin({ origin: from, file, line, secretFile }: Source, { config }: Words): string {
  const place = from === 'file' ? `${file ?? ''}:${line ?? 0}` : config.origins[from];
  return secretFile === undefined ? place : `${place} → ${secretFile}`;
}
