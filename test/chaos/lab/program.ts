import { type CommandResult, runCommand } from '../../../engines/commands.js';
import type { Installation } from './installation.js';

const MAIN = new URL('../../../src/cli/index.ts', import.meta.url).pathname;

/** Runs `inventory-sync …` with the installation's settings to its end. */
export function runProgram(installation: Installation, args: readonly string[]): Promise<CommandResult> {
  const full = ['--import', 'tsx', MAIN, '--env-file', installation.envFile, ...args];
  return runCommand(process.execPath, full, { env: installation.env() });
}
