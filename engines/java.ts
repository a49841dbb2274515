import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { AppError } from '../src/errors.js';
import { runCommand } from './commands.js';
import { enginesHome } from './paths.js';
import { readState, writeState } from './state.js';

/** Kafka 4 runs on Java 17 and newer. */
const LEAST_JAVA = 17;

const memory = (): string => join(enginesHome(), 'java.json');

/** The path of a Java that is new enough, or undefined. The answer is remembered: asking costs a JVM start. */
export async function findJava(): Promise<string | undefined> {
  const known = readState<{ path: string }>(memory());
  if (known !== undefined && existsSync(known.path)) return known.path;
  for (const path of candidates()) {
    const { code, output } = await runCommand(path, ['-version']);
    if (code === 0 && majorVersion(output) >= LEAST_JAVA) {
      writeState(memory(), { path });
      return path;
    }
  }
  return undefined;
}

/** Like {@link findJava}, but its absence is an error: for use after the set-up. */
export async function requireJava(): Promise<string> {
  const path = await findJava();
  if (path === undefined) {
    throw new AppError('ENGINE_FAILED', `Java ${LEAST_JAVA} or newer is missing`, {
      remedy: 'npm run setup',
    });
  }
  return path;
}

function candidates(): string[] {
  const folders: string[] = [];
  if (process.env.JAVA_HOME !== undefined) folders.push(join(process.env.JAVA_HOME, 'bin'));
  folders.push(...(process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''));
  const installed = '/usr/lib/jvm';
  if (existsSync(installed)) {
    folders.push(...readdirSync(installed).map((name) => join(installed, name, 'bin')));
  }
  return [...new Set(folders.map((folder) => join(folder, 'java')))].filter((path) => existsSync(path));
}

/** `openjdk version "17.0.15"`, and `java version "1.8.0_392"` of the days before 9. */
function majorVersion(output: string): number {
  const match = /version "(?:1\.)?(\d+)/.exec(output);
  return match === null ? 0 : Number(match[1]);
}
