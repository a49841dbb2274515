import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../src/errors.js';

/** Reads a small JSON file of ours; undefined when it is not there. */
export function readState<T extends object>(path: string): T | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new AppError('ENGINE_FAILED', `${path} is damaged`, {
      cause,
      remedy: 'Start afresh with `npm run engines -- down --wipe`.',
    });
  }
}

/** Writes it so that a crash leaves either the old or the new text, readable by this user alone: it may hold a password. */
export function writeState(path: string, state: object): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.new`;
  writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}
