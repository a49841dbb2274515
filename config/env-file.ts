import { type EnvEntry, parseEnv } from './dotenv.js';
import { type EnvFilePlaces, envPlace, envText } from './env-place.js';
import { envFileModeWarning } from './file-mode.js';
import { isUnknownInFile, nearestName } from './names.js';

/** The settings file that counts, and what is to be said about it. */
export interface EnvFile {
  /** The file that was read; null where none was found. */
  readonly path: string | null;
  /** Every place that was looked at, in order, the one found being the last. */
  readonly lookedAt: readonly string[];
  readonly entries: ReadonlyMap<string, EnvEntry>;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** The system's short word for why a file cannot be read (ENOENT, EACCES …). */
export function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
}

/** "; did you mean DB_HOST?", or nothing. */
export function suggestion(name: string): string {
  const near = nearestName(name);
  return near === undefined ? '' : `; did you mean ${near}?`;
}

/** The end of a wrapped key (`c2VjcmV0==`) reads like an assignment, so only what looks like a name is shown. */
function shownName(name: string): string {
  return /^[A-Z][A-Z0-9_]*$/u.test(name) || nearestName(name) !== undefined ? name : 'the name before =';
}

function readPlace(path: string, lookedAt: readonly string[]): EnvFile {
  const nothing: EnvFile = { path, lookedAt, entries: new Map(), problems: [], warnings: [] };
  let text: string | undefined;
  let warnings: string[];
  try {
    text = envText(path);
    warnings = envFileModeWarning(path);
  } catch (error) {
    return { ...nothing, problems: [`${path}: cannot be read (${reasonOf(error)})`] };
  }
  if (text === undefined) return { ...nothing, problems: [`${path}: is UTF-16; save it as UTF-8`] };
  const parsed = parseEnv(text);
  const repeated = parsed.repeated.map(
    ({ name, line, firstLine }) =>
      `${path}: ${name} is given in line ${firstLine} and again in line ${line}; the last counts`,
  );
  const malformed = parsed.problems.map(({ line, what }) => `${path}, line ${line}: ${what}`);
  const notUtf8 = [...parsed.entries]
    .filter(([, { value }]) => value.includes('\uFFFD'))
    .map(([name, { line }]) => `${path}, line ${line}: ${name} is not in UTF-8; save the file as UTF-8`);
  const unknown = [...parsed.entries]
    .filter(([name]) => isUnknownInFile(name))
    .map(
      ([name, { line }]) => `${path}, line ${line}: ${shownName(name)} is not a setting${suggestion(name)}`,
    );
  return {
    path,
    lookedAt,
    entries: parsed.entries,
    problems: [...malformed, ...notUtf8, ...unknown],
    warnings: [...warnings, ...repeated],
  };
}

/** Reads the first `.env` of: `--env-file`, the working folder, the install folder. Never throws. */
export function readEnvFile(places: EnvFilePlaces): EnvFile {
  const { path, lookedAt } = envPlace(places);
  if (path !== null) return readPlace(path, lookedAt);
  return { path, lookedAt, entries: new Map(), problems: [], warnings: [] };
}
