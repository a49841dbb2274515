import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { MASK } from '../src/domain/secret.js';
import { type EnvFile, reasonOf, suggestion } from './env-file.js';
import { secretFileModeWarning } from './file-mode.js';
import { FORMATS } from './formats.js';
import { isUnknownInEnvironment } from './names.js';
import { SETTINGS, type SettingPath } from './schema.js';
import { looksSecret } from './secret-looks.js';
import type { NamedSetting } from './setting.js';

/** Where a value comes from. */
export interface Source {
  readonly origin: 'environment' | 'file' | 'default';
  /** The `.env` and its line, for `file` only. */
  readonly file?: string;
  readonly line?: number;
  /** The file a secret was read from, where it was given as `NAME_FILE`. */
  readonly secretFile?: string;
}

/** Text of one setting as found, before it is read as a value. */
export interface Given {
  readonly text: string;
  readonly source: Source;
}

export interface Resolved {
  readonly given: ReadonlyMap<SettingPath, Given>;
  /** Settings that were given, but not in a form that can be used. */
  readonly refused: ReadonlySet<SettingPath>;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** One of the two places that settings come from; the process environment stands before `.env`. */
interface Layer {
  /** What relative paths in this layer are relative to. */
  readonly folder: string;
  get(name: string): string | undefined;
  sourceOf(name: string): Source;
}

class Refused extends Error {}

function describeSource({ origin, file, line, secretFile }: Source): string {
  const place = origin === 'file' ? `${file}, line ${line}` : origin;
  return secretFile === undefined ? place : `${place}, read from ${secretFile}`;
}

function layersOf(env: Environment, file: EnvFile, cwd: string): readonly Layer[] {
  const environment: Layer = {
    folder: cwd,
    get: (name) => env[name],
    sourceOf: () => ({ origin: 'environment' }),
  };
  if (file.path === null) return [environment];
  const path = file.path;
  const dotenv: Layer = {
    folder: dirname(path),
    get: (name) => file.entries.get(name)?.value,
    sourceOf: (name) => ({ origin: 'file', file: path, line: file.entries.get(name)?.line ?? 0 }),
  };
  return [environment, dotenv];
}

/** An empty value means "not set"; blanks around a value count only in a secret. */
function read(layer: Layer, name: string, verbatim: boolean): string | undefined {
  const text = verbatim ? layer.get(name) : layer.get(name)?.trim();
  return text === '' ? undefined : text;
}

/** A path as it may be shown. Some will put the secret itself there: a bare word that is no file stays hidden. */
function shownPath(layer: Layer, path: string): string {
  const absolute = resolve(layer.folder, path);
  const folder = dirname(absolute);
  const isPath = isAbsolute(path) || path.startsWith('.') || (folder !== layer.folder && existsSync(folder));
  return isPath || existsSync(absolute) ? absolute : `the file it names below ${layer.folder}`;
}

function readSecretFile(layer: Layer, name: string, path: string): Given {
  const secretFile = resolve(layer.folder, path);
  const source: Source = { ...layer.sourceOf(name), secretFile };
  let text: string;
  try {
    text = readFileSync(secretFile, 'utf8')
      .replace(/^\uFEFF/u, '')
      .replace(/[\r\n]+$/u, '');
  } catch (error) {
    throw new Refused(`${name}: ${shownPath(layer, path)} cannot be read (${reasonOf(error)})`);
  }
  if (text === '') throw new Refused(`${name}: ${secretFile} is empty`);
  return { text, source };
}

function findIn(layer: Layer, { env, sensitive }: NamedSetting): Given | undefined {
  const text = read(layer, env, sensitive);
  const path = sensitive ? read(layer, `${env}_FILE`, false) : undefined;
  if (text !== undefined && path !== undefined) {
    const place = describeSource(layer.sourceOf(env));
    throw new Refused(`${env} and ${env}_FILE are both given (${place}): keep one of them`);
  }
  if (path !== undefined) return readSecretFile(layer, `${env}_FILE`, path);
  return text === undefined ? undefined : { text, source: layer.sourceOf(env) };
}

function checkReadable(layer: Layer, { env }: NamedSetting, path: string): void {
  try {
    accessSync(resolve(layer.folder, path), constants.R_OK);
  } catch (error) {
    throw new Refused(`${env}: ${shownPath(layer, path)} cannot be read (${reasonOf(error)})`);
  }
}

/** The value as it may be shown: never a secret, nor one that slipped into another name, nor endless text. */
function shown(text: string, secrets: readonly string[]): string {
  const isSecret = secrets.some((secret) => text.includes(secret));
  if (isSecret || looksSecret(text)) return 'its value is not shown';
  // Addresses carry keys behind their question mark.
  const open = text.replace(/(?<=[?#]).+$/su, '…');
  return `got ${JSON.stringify(open.length > 80 ? `${open.slice(0, 80)}…` : open)}`;
}

function checkForm(setting: NamedSetting, { text, source }: Given, secrets: readonly string[]): void {
  const format = FORMATS[setting.format];
  if (format.fits(format.read(text) ?? text, setting)) return;
  const value = setting.sensitive ? 'its value is not shown' : shown(text, secrets);
  throw new Refused(
    `${setting.env}: expected ${format.expected(setting)}; ${value} (${describeSource(source)})`,
  );
}

function findSetting(
  layers: readonly Layer[],
  setting: NamedSetting,
  secrets: readonly string[],
): Given | undefined {
  for (const layer of layers) {
    const given = findIn(layer, setting);
    if (given === undefined) continue;
    checkForm(setting, given, secrets);
    if (setting.format !== 'readable-file' && setting.format !== 'folder') return given;
    if (setting.format === 'readable-file') checkReadable(layer, setting, given.text);
    return { ...given, text: resolve(layer.folder, given.text) };
  }
  return undefined;
}

/** Every secret there is in any layer, to keep it out of what is said about other settings. */
function allSecrets(layers: readonly Layer[]): readonly string[] {
  const texts = SETTINGS.filter(({ sensitive }) => sensitive).flatMap((setting) =>
    layers.map((layer) => {
      try {
        return findIn(layer, setting)?.text;
      } catch {
        return layer.get(setting.env);
      }
    }),
  );
  return texts.filter((text) => text !== undefined && text !== '') as string[];
}

/** The last word: even a path or a name may turn out to be a secret. Very short ones would mask half the sentence. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter(({ length }) => length >= 4)
    .reduce((rest, secret) => rest.replaceAll(secret, () => MASK), text);
}

/** Files with one secret each: those of `NAME_FILE`, and the key of our certificate. */
function modeWarnings({ path }: NamedSetting, { text, source }: Given): string[] {
  const file = path === 'kafka.sslKey' ? text : source.secretFile;
  try {
    return file === undefined ? [] : secretFileModeWarning(file);
  } catch {
    return []; // Gone since it was read.
  }
}

/** Puts the layers over each other and checks each value's form. Every problem found is listed; none throws. */
export function resolveSettings(env: Environment, file: EnvFile, cwd: string): Resolved {
  const layers = layersOf(env, file, cwd);
  const secrets = allSecrets(layers);
  const given = new Map<SettingPath, Given>();
  const refused = new Set<SettingPath>();
  const warnings = new Set<string>();
  const problems = Object.keys(env)
    .filter((name) => env[name] !== undefined && env[name] !== '' && isUnknownInEnvironment(name))
    .map((name) => `${name}: not a setting (environment)${suggestion(name)}`);
  for (const setting of SETTINGS) {
    try {
      const found = findSetting(layers, setting, secrets);
      if (found === undefined) continue;
      given.set(setting.path, found);
      for (const warning of modeWarnings(setting, found)) warnings.add(warning);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refused.add(setting.path);
      problems.push(error.message);
    }
  }
  const clean = (text: string) => withoutSecrets(text, secrets);
  return { given, refused, problems: problems.map(clean), warnings: [...warnings].map(clean) };
}
