import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError, messageOf } from '../src/errors.js';
import { lastLines } from './commands.js';

/** How one long-lived engine process is started, found again and recognised. */
export interface EngineProcess {
  /** For people: "Kafka", "MySQL". */
  readonly name: string;
  readonly pidFile: string;
  readonly logFile: string;
  /** One whole command line argument that names a path in our data folder: nobody else's process carries it. */
  readonly marker: string;
}

const POLL_MS = 50;
/** A cold disk, two busy cores and a recovery after a crash fit into this. */
const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 30_000;

/**
 * The pid of the engine if it lives. The pid file is only a hint: a number may have gone to another program since,
 * and a start cut short may have left none. The command line in /proc decides.
 */
export function findLive(engine: EngineProcess): number | undefined {
  const noted = notedPid(engine.pidFile);
  if (noted !== undefined && carriesMarker(noted, engine.marker)) return noted;
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (Number.isInteger(pid) && carriesMarker(pid, engine.marker)) return pid;
  }
  return undefined;
}

/** Starts the engine on its own, so that it outlives this process, and waits until it serves. */
export async function startDetached(
  engine: EngineProcess,
  command: { program: string; args: readonly string[]; env?: NodeJS.ProcessEnv },
  isReady: () => Promise<boolean>,
): Promise<void> {
  if (existsSync(engine.logFile)) renameSync(engine.logFile, `${engine.logFile}.1`);
  const log = openSync(engine.logFile, 'w');
  let child: ChildProcess;
  try {
    child = spawn(command.program, [...command.args], {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...plainEnvironment(), ...command.env },
      cwd: '/',
    });
  } finally {
    closeSync(log);
  }
  const failure = new Promise<Error>((told) => child.on('error', told));
  child.unref();
  if (child.pid === undefined) throw startFailure(engine, messageOf(await failure));
  writeFileSync(engine.pidFile, `${child.pid}\n`);
  await untilReady(engine, child.pid, isReady);
}

/** Asks the engine to end (SIGTERM), insists after half a minute (SIGKILL). Resolves false if it did not run. */
export async function stopProcess(engine: EngineProcess): Promise<boolean> {
  const pid = findLive(engine);
  if (pid === undefined) return false;
  signal(pid, 'SIGTERM');
  if (!(await untilGone(pid, engine.marker, STOP_TIMEOUT_MS))) await killProcess(engine);
  rmSync(engine.pidFile, { force: true });
  return true;
}

/** Ends the engine as a power cut would. Resolves false if it did not run. */
export async function killProcess(engine: EngineProcess): Promise<boolean> {
  const pid = findLive(engine);
  if (pid === undefined) return false;
  signal(pid, 'SIGKILL');
  if (!(await untilGone(pid, engine.marker, STOP_TIMEOUT_MS))) {
    throw new AppError('ENGINE_FAILED', `${engine.name} (process ${pid}) does not end, not even by SIGKILL`, {
      remedy: 'Look at the disk: a process that cannot be killed waits for it.',
    });
  }
  rmSync(engine.pidFile, { force: true });
  return true;
}

async function untilReady(
  engine: EngineProcess,
  pid: number,
  isReady: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (await isReady()) return;
    if (!carriesMarker(pid, engine.marker)) throw startFailure(engine, 'it ended during its start');
    await delay(POLL_MS);
  }
  await killProcess(engine);
  throw startFailure(engine, `it did not serve within ${START_TIMEOUT_MS / 1_000} s`);
}

function startFailure(engine: EngineProcess, reason: string): AppError {
  const log = existsSync(engine.logFile) ? readFileSync(engine.logFile, 'utf8') : '';
  const lines = lastLines(log);
  const shown = lines === '' ? '' : `\nThe end of its log:\n${lines}`;
  return new AppError('ENGINE_FAILED', `${engine.name} did not start: ${reason}${shown}`, {
    remedy: `Read ${engine.logFile}; \`npm run engines -- down --wipe\` starts over with empty data.`,
  });
}

async function untilGone(pid: number, marker: string, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (carriesMarker(pid, marker)) {
    if (Date.now() >= deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

function notedPid(pidFile: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8').trim());
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** A process that has ended but was not collected yet (a zombie) has an empty command line: it counts as gone. */
function carriesMarker(pid: number, marker: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(marker);
  } catch {
    return false;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw new AppError('ENGINE_FAILED', `process ${pid} may not be signalled: ${messageOf(error)}`, {
        cause: error,
        remedy: 'It belongs to another user: stop it as that user.',
      });
    }
  }
}

/** Engines get no variable that they do not need: ours may hold tokens and passwords. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const kept: NodeJS.ProcessEnv = {};
  for (const name of ['PATH', 'HOME', 'TZ', 'TMPDIR', 'JAVA_HOME']) {
    if (process.env[name] !== undefined) kept[name] = process.env[name];
  }
  return { ...kept, LANG: 'C.UTF-8' };
}
