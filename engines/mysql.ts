import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { AppError } from '../src/errors.js';
import { lastLines, runCommand } from './commands.js';
import { withLock } from './lock.js';
import { dataFolder, extraLibraries, MYSQL_VERSION, mysqlHome } from './paths.js';
import { freePorts, portComesFree } from './ports.js';
import { type EngineProcess, findLive, killProcess, startDetached, stopProcess } from './processes.js';
import { readState, writeState } from './state.js';
import type { EngineStatus } from './status.js';

export interface MysqlOptions {
  /** Arguments after ours, so they win: `--innodb-buffer-pool-size=1G`. Remembered for later starts of this folder. */
  readonly args?: string[];
  readonly onProgress?: (line: string) => void;
}

export interface MysqlAddress {
  readonly host: string;
  readonly port: number;
  readonly adminUser: string;
  readonly adminPassword: string;
}

interface MysqlState {
  port: number;
  adminPassword: string;
  args: string[];
}

/**
 * Starts the server of this folder, or finds it running; the data and, where still free, the port of last time are
 * kept. Options of a server that already runs are not changed.
 */
export async function startMysql(dir?: string, options: MysqlOptions = {}): Promise<MysqlAddress> {
  const files = filesOf(dir);
  return withLock(files.folder, undefined, async () => {
    const running = findLive(files.process);
    const known = readState<MysqlState>(files.state);
    if (running !== undefined && known !== undefined) return addressOf(known);
    mkdirSync(files.folder, { recursive: true });
    const state = await settledState(known, options.args);
    writeState(files.state, state);
    await initialise(files, state, options.onProgress);
    // Nobody serves from this folder, as was seen above: a socket that a crash left would only be in the way.
    mkdirSync(files.socketFolder, { recursive: true, mode: 0o700 });
    for (const name of [files.socket, `${files.socket}.lock`]) rmSync(name, { force: true });
    options.onProgress?.(`MySQL ${MYSQL_VERSION}: starting on 127.0.0.1:${state.port}`);
    const args = [...commonArgs(files, files.data), ...serverArgs(files, state)];
    const command = { program: mysqld(), args, env: libraryPath() };
    await startDetached(files.process, command, () => serves(state));
    return addressOf(state);
  });
}

/** Ends the server in order. Resolves false if it did not run. */
export async function stopMysql(dir?: string): Promise<boolean> {
  const files = filesOf(dir);
  return withLock(files.folder, undefined, () => stopProcess(files.process));
}

/** Ends the server by SIGKILL, for fault tests. Resolves false if it did not run. */
export async function killMysql(dir?: string): Promise<boolean> {
  const files = filesOf(dir);
  return withLock(files.folder, undefined, () => killProcess(files.process));
}

export function mysqlStatus(dir?: string): EngineStatus {
  const files = filesOf(dir);
  const state = readState<MysqlState>(files.state);
  const pid = findLive(files.process);
  return {
    name: 'MySQL',
    state: pid !== undefined ? 'up' : state === undefined ? 'never started' : 'down',
    dir: files.folder,
    version: MYSQL_VERSION,
    ...(pid === undefined ? {} : { pid }),
    ...(state === undefined ? {} : { address: `127.0.0.1:${state.port}` }),
  };
}

interface MysqlFiles {
  folder: string;
  data: string;
  state: string;
  socketFolder: string;
  socket: string;
  process: EngineProcess;
}

/** The kernel cuts a socket's path off after 107 bytes; a deep data folder gets a short one elsewhere. */
const LONGEST_SOCKET_PATH = 100;

function filesOf(dir: string | undefined): MysqlFiles {
  const folder = join(dataFolder(dir), 'mysql');
  const data = join(folder, 'data');
  const near = join(folder, 'mysql.sock');
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  const socketFolder =
    Buffer.byteLength(near) <= LONGEST_SOCKET_PATH ? folder : join(tmpdir(), `inventory-sync-${digest}`);
  return {
    folder,
    data,
    state: join(folder, 'state.json'),
    socketFolder,
    socket: join(socketFolder, 'mysql.sock'),
    process: {
      name: 'MySQL',
      pidFile: join(folder, 'mysql.pid'),
      logFile: join(folder, 'mysql.log'),
      marker: `--datadir=${data}`,
    },
  };
}

async function settledState(known: MysqlState | undefined, args: string[] | undefined): Promise<MysqlState> {
  const kept = args ?? known?.args ?? [];
  if (known !== undefined && (await portComesFree(known.port))) return { ...known, args: kept };
  const [port = 0] = await freePorts(1);
  return { port, adminPassword: known?.adminPassword ?? randomBytes(18).toString('base64url'), args: kept };
}

/**
 * Makes the system tables beside their final place and moves them there when complete, so that an interrupted first
 * start leaves nothing half-made. The administrator's password is set before the server ever listens.
 */
async function initialise(
  files: MysqlFiles,
  state: MysqlState,
  onProgress: MysqlOptions['onProgress'],
): Promise<void> {
  if (existsSync(files.data)) return;
  onProgress?.('MySQL: preparing an empty data folder');
  const draft = `${files.data}.new`;
  const script = join(files.folder, 'first-start.sql');
  rmSync(draft, { recursive: true, force: true });
  writeFileSync(script, `ALTER USER 'root'@'localhost' IDENTIFIED BY '${state.adminPassword}';\n`, {
    mode: 0o600,
  });
  const args = [...commonArgs(files, draft), '--initialize-insecure', `--init-file=${script}`];
  const { code, output } = await runCommand(mysqld(), args, { env: { ...process.env, ...libraryPath() } });
  rmSync(script, { force: true });
  if (code !== 0) {
    rmSync(draft, { recursive: true, force: true });
    throw new AppError('ENGINE_FAILED', `MySQL's data folder could not be prepared:\n${lastLines(output)}`, {
      remedy: 'Is there room on the disk? `npm run engines -- down --wipe` starts over with empty data.',
    });
  }
  renameSync(draft, files.data);
}

const mysqld = (): string => join(mysqlHome(), 'bin', 'mysqld');

function libraryPath(): NodeJS.ProcessEnv {
  return existsSync(extraLibraries()) ? { LD_LIBRARY_PATH: extraLibraries() } : {};
}

function commonArgs(files: MysqlFiles, data: string): string[] {
  const home = mysqlHome();
  return [
    '--no-defaults',
    `--basedir=${home}`,
    `--lc-messages-dir=${join(home, 'share')}`,
    `--datadir=${data}`,
    `--socket=${files.socket}`,
    '--character-set-server=utf8mb4',
    // mysqld refuses to serve as root unless told so.
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
  ];
}

function serverArgs(files: MysqlFiles, state: MysqlState): string[] {
  return [
    '--bind-address=127.0.0.1',
    `--port=${state.port}`,
    `--pid-file=${join(files.folder, 'mysqld.own.pid')}`,
    '--mysqlx=OFF',
    '--disable-log-bin',
    '--max-connections=300',
    '--innodb-buffer-pool-size=256M',
    '--innodb-flush-log-at-trx-commit=1',
    ...state.args,
  ];
}

function addressOf(state: MysqlState): MysqlAddress {
  return { host: '127.0.0.1', port: state.port, adminUser: 'root', adminPassword: state.adminPassword };
}

async function serves(state: MysqlState): Promise<boolean> {
  const { host, port, adminUser, adminPassword } = addressOf(state);
  try {
    const connection = await createConnection({ host, port, user: adminUser, password: adminPassword });
    try {
      await connection.query('SELECT 1');
      return true;
    } finally {
      await connection.end();
    }
  } catch {
    return false;
  }
}
