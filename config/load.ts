import { resolve } from 'node:path';
import convict from 'convict';
import { Secret } from '../src/domain/secret.js';
import { AppError } from '../src/errors.js';
import { type EnvFile, readEnvFile } from './env-file.js';
import { findInstallFolder } from './env-place.js';
import { FORMATS, type Limits } from './formats.js';
import { type Environment, type Given, resolveSettings, type Source } from './resolve.js';
import { contradictions } from './rules.js';
import { type Config, SETTINGS, type SettingPath, schema } from './schema.js';
import { secretParts } from './secret-url.js';

export interface LoadOptions {
  /** Path given by `--env-file`; relative to `cwd`. */
  readonly envFile?: string | undefined;
  /** The process environment by default. */
  readonly env?: Environment;
  /** The working folder by default. */
  readonly cwd?: string;
  /** The folder of our package.json by default. */
  readonly installFolder?: string;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Sentences for the reader; nothing that stops the program. */
  readonly warnings: readonly string[];
  /** Where each value comes from. */
  readonly sources: Readonly<Record<SettingPath, Source>>;
  /** The `.env` that was read, null if none was found. */
  readonly envFile: string | null;
  /** Where a `.env` was looked for. */
  readonly lookedAt: readonly string[];
  /** Every secret of the configuration, for the redaction of logs. */
  readonly secrets: readonly Secret[];
}

for (const [name, format] of Object.entries(FORMATS)) {
  convict.addFormat({
    name,
    // What cannot be read stays text, and is then refused by `validate`.
    coerce: (text: string) => format.read(text) ?? text,
    validate: (value: unknown, setting: convict.SchemaObj) => {
      const limits = setting as Limits;
      if (!format.fits(value, limits)) throw new Error(`expected ${format.expected(limits)}`);
    },
  });
}

function refuse(problems: readonly string[], file: EnvFile): never {
  const head = problems.length === 1 ? 'A setting is wrong' : `${problems.length} settings are wrong`;
  const place = file.path ?? 'the environment';
  throw new AppError('CONFIG_INVALID', `${head}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`, {
    remedy: `Correct ${place === 'the environment' ? place : `${place} or the environment`}; .env.example explains every name.`,
    facts: { problems: problems.length },
  });
}

type Pairs = readonly (readonly [string, string])[];

/** Turns secrets into {@link Secret}s and freezes the tree. */
function seal(tree: Record<string, unknown>, prefix: string, secrets: Secret[]): Record<string, unknown> {
  const sealed = Object.entries(tree).map(([key, value]): [string, unknown] => {
    const path = prefix + key;
    const setting = SETTINGS.find((candidate) => candidate.path === path);
    if (setting === undefined) return [key, seal(value as Record<string, unknown>, `${path}.`, secrets)];
    if (setting.format === 'paths') return [key, Object.freeze(Object.fromEntries(value as Pairs))];
    if (Array.isArray(value)) return [key, Object.freeze([...value])];
    if (!setting.sensitive || value === null) return [key, value];
    const text = String(value);
    const secret = new Secret(text);
    secrets.push(secret);
    if (setting.format === 'secret-url') secrets.push(...secretParts(text).map((part) => new Secret(part)));
    return [key, secret];
  });
  return Object.freeze(Object.fromEntries(sealed));
}

/** Mail comes from the account it is sent with, unless told otherwise; some accounts are no addresses. */
function withSender(given: ReadonlyMap<SettingPath, Given>): ReadonlyMap<SettingPath, Given> {
  const user = given.get('smtp.user');
  if (given.has('smtp.from') || user === undefined || !FORMATS.mailbox.fits(user.text, {})) return given;
  return new Map([...given, ['smtp.from', user]]);
}

function build(given: ReadonlyMap<SettingPath, Given>, secrets: Secret[]): Config {
  const env: Record<string, string> = {};
  for (const { path, env: name } of SETTINGS) {
    const found = given.get(path);
    if (found !== undefined) env[name] = found.text;
  }
  const instance = convict<unknown>(schema, { env, args: [] }).validate({ allowed: 'strict' });
  return seal(instance.getProperties() as Record<string, unknown>, '', secrets) as unknown as Config;
}

/**
 * Reads the configuration: process environment over `.env` over defaults.
 *
 * @throws AppError CONFIG_INVALID naming every wrong setting at once, never with a secret in it.
 */
export function loadConfig(options: LoadOptions = {}): LoadedConfig {
  const cwd = resolve(options.cwd ?? process.cwd());
  const installFolder = options.installFolder ?? findInstallFolder();
  const file = readEnvFile({ envFile: options.envFile, cwd, installFolder });
  const resolved = resolveSettings(options.env ?? process.env, file, cwd);
  const problems = [...file.problems, ...resolved.problems, ...contradictions(resolved)];
  if (problems.length > 0) refuse(problems, file);

  const given = withSender(resolved.given);
  const secrets: Secret[] = [];
  const config = build(given, secrets);
  const origin = (path: SettingPath): Source => given.get(path)?.source ?? { origin: 'default' };
  const sources = Object.fromEntries(SETTINGS.map(({ path }) => [path, origin(path)]));
  return {
    config,
    warnings: [...file.warnings, ...resolved.warnings],
    sources: sources as Record<SettingPath, Source>,
    envFile: file.path,
    lookedAt: file.lookedAt,
    secrets,
  };
}
