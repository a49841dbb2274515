import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { messageOf } from '../errors.js';

/** Lines wait in memory while a disk is full; beyond this many bytes new ones are dropped. */
const MAX_WAITING = 1_048_576;
/** The owner writes, the group may read. */
const MODE = 0o640;

/** Where log lines go. Every write is done when `write` returns, so nothing is lost at a sudden end. */
export interface LogDestination {
  write(line: string): void;
  /** The path of the log file, or null for stderr. */
  readonly file: string | null;
  /** What is to be said about this destination; once, then undefined. */
  takeNotice(): string | undefined;
  /** Gives back the signal handler and the file. stderr stays open. */
  close(): void;
}

export interface LogDestinationOptions {
  /** The folder of LOG_FILE_PATH; null for stderr. */
  readonly path: string | null;
  /** The command that runs: its lines go to `<path>/<command>.log`. */
  readonly command: string;
}

type Stream = ReturnType<typeof pino.destination>;

function onStderr(notice?: string): LogDestination {
  const stream = pino.destination({ fd: 2, sync: true });
  stream.on('error', () => undefined); // With stderr gone there is nobody left to tell.
  let left = notice;
  // Log rotation, set up for the file that cannot be written, must not end us.
  if (notice !== undefined) process.on('SIGHUP', ignore);
  return {
    write: (line) => void stream.write(line),
    file: null,
    takeNotice: () => {
      const taken = left;
      left = undefined;
      return taken;
    },
    close: () => void process.off('SIGHUP', ignore),
  };
}

function ignore(): void {
  // There is no file to open anew.
}

/** A log that cannot be written must not end the work: it is said on stderr, once per trouble. */
function tellTrouble(stream: Stream, file: string): (error: unknown) => void {
  let told = false;
  stream.on('write', () => {
    told = false;
  });
  const tell = (error: unknown): void => {
    if (told) return;
    told = true;
    process.stderr.write(`inventory-sync: cannot write the log ${file}: ${messageOf(error)}\n`);
  };
  stream.on('error', tell);
  return tell;
}

function onFile(stream: Stream, file: string): LogDestination {
  const tell = tellTrouble(stream, file);
  const reopen = (): void => {
    try {
      stream.reopen();
    } catch (error) {
      tell(error);
    }
  };
  process.on('SIGHUP', reopen);
  return {
    write: (line) => void stream.write(line),
    file,
    takeNotice: () => undefined,
    close: () => {
      process.off('SIGHUP', reopen);
      stream.end();
    },
  };
}

/** Node's own `recursive` never comes back where the system says again and again that the parent is not there. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another command may have made it in the meantime.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}

/**
 * Opens the log of one command: `<path>/<command>.log`, appended to and opened anew on SIGHUP (log rotation
 * moves the file and sends that signal). Without a path, or where it cannot be written, the log goes to stderr.
 */
export function logDestination({ path, command }: LogDestinationOptions): LogDestination {
  if (path === null) return onStderr();
  const file = join(path, `${command.replace(/[^a-z0-9-]+/giu, '-')}.log`);
  try {
    makeFolder(path);
    // pino would learn only later that the file cannot be opened, and keep the lines.
    closeSync(openSync(file, 'a', MODE));
    return onFile(pino.destination({ dest: file, sync: true, mode: MODE, maxLength: MAX_WAITING }), file);
  } catch (error) {
    return onStderr(`LOG_FILE_PATH: cannot write ${file} (${messageOf(error)}); the log goes to stderr`);
  }
}
