import { spawn } from 'node:child_process';

export interface CommandResult {
  /** Exit code; -1 when the program does not exist or was killed. */
  readonly code: number;
  /** Standard output and standard error as they came, colours removed. */
  readonly output: string;
}

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** Runs a program to its end without a shell and without a terminal. Never throws: a missing program is code -1. */
export function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((done) => {
    const child = spawn(program, [...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: options.env ?? process.env,
    });
    const parts: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.stderr.on('data', (part: Buffer) => parts.push(part));
    const output = () => withoutColours(Buffer.concat(parts).toString('utf8'));
    child.on('error', (error) => done({ code: -1, output: `${output()}${error.message}` }));
    child.on('close', (code) => done({ code: code ?? -1, output: output() }));
  });
}

/** The last lines of a text that say something, for an error message. */
export function lastLines(text: string, count = 12): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n');
}

function withoutColours(text: string): string {
  const esc = String.fromCharCode(27);
  return text
    .split(esc)
    .map((part, index) => (index === 0 ? part : part.replace(/^\[[0-9;]*m/, '')))
    .join('');
}
