// Runs before anything is installed, on a fresh machine with nothing but Node: no import from outside Node itself.
//   node engines/bootstrap.mjs           installs the packages if they are missing or out of date
//   node engines/bootstrap.mjs --build   and compiles what has changed since the last time
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LEAST_NODE = [20, 19];
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const inRoot = (...parts) => join(root, ...parts);

refuseOldNode();
await alone(() => {
  installPackages();
  if (process.argv.includes('--build')) compile();
});

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return;
  console.error(
    `inventory-sync needs Node ${LEAST_NODE.join('.')} or newer; this is Node ${process.versions.node}.`,
  );
  console.error(
    'Install a newer one, for example Node 24 from https://nodejs.org, and run the same command again.',
  );
  process.exit(2);
}

// ---- packages ----

function installPackages() {
  const lock = readFileSync(inRoot('package-lock.json'), 'utf8');
  const wanted = createHash('sha256').update(`${process.platform} ${process.arch} ${lock}`).digest('hex');
  const stamp = inRoot('node_modules', '.inventory-sync-installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  if (!isInstalled(JSON.parse(lock))) {
    console.log('Installing packages (npm ci)');
    run(...npm(), 'ci', '--no-audit', '--no-fund', '--loglevel=error');
  }
  writeFileSync(stamp, wanted);
}

/** Whether npm's own record of what it put into node_modules agrees with the lock file. */
function isInstalled(lock) {
  const record = inRoot('node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(lock.packages).every(
    ([path, entry]) =>
      path === '' || entry.optional || entry.devOptional || installed[path]?.version === entry.version,
  );
}

/** The npm that runs this script, if one does: there may be several on the machine. */
function npm() {
  const path = process.env.npm_execpath;
  return path?.endsWith('.js') || path?.endsWith('.cjs') ? [process.execPath, path] : ['npm'];
}

// ---- compiling ----

/** Compiling takes seconds even when nothing has changed; looking at the files' times takes milliseconds. */
function compile() {
  const stamp = inRoot('dist', '.sources.json');
  const before = existsSync(stamp) ? JSON.parse(readFileSync(stamp, 'utf8')) : {};
  const now = sources();
  if (JSON.stringify(before) === JSON.stringify(now)) return;
  // A source that is gone would live on as its compiled file.
  if (Object.keys(before).some((path) => !(path in now)))
    rmSync(inRoot('dist'), { recursive: true, force: true });
  console.log('Compiling');
  mkdirSync(inRoot('dist'), { recursive: true });
  rmSync(stamp, { force: true });
  const tsc = inRoot('node_modules', 'typescript', 'bin', 'tsc');
  // The record of incremental builds lies in dist/: whoever deletes dist/ deletes both.
  const info = inRoot('dist', '.tsbuildinfo');
  run(process.execPath, tsc, '-p', inRoot('tsconfig.build.json'), '--incremental', '--tsBuildInfoFile', info);
  writeFileSync(stamp, JSON.stringify(now));
}

function sources() {
  const found = {};
  const note = (path) => {
    const { size, mtimeMs } = statSync(inRoot(path));
    found[path] = `${size} ${mtimeMs}`;
  };
  for (const folder of ['src', 'config', 'migrations', 'engines', 'bench']) {
    if (!existsSync(inRoot(folder))) continue;
    const files = readdirSync(inRoot(folder), { recursive: true, encoding: 'utf8' }).sort();
    for (const file of files) if (/\.(ts|json)$/.test(file)) note(join(folder, file));
  }
  for (const file of ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json']) note(file);
  return found;
}

// ---- helpers ----

/** Runs a program in the project's folder; on failure shows what it said and ends with code 1. */
function run(program, ...args) {
  const result = spawnSync(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  if (result.status === 0) return;
  const said = [result.stdout, result.stderr, result.error?.message]
    .filter(Boolean)
    .join('\n')
    .trim()
    .split('\n');
  console.error(said.slice(0, 40).join('\n'));
  if (said.length > 40) console.error(`… and ${said.length - 40} lines more`);
  console.error(`Failed: ${[program, ...args].join(' ')}`);
  process.exit(1);
}

/**
 * Two first starts at once would install into the same folder. The lock is a socket name in Linux' abstract
 * namespace, which goes when its holder goes; elsewhere there is none.
 */
async function alone(work) {
  if (process.platform !== 'linux') return work();
  const name = `\0inventory-sync-${createHash('sha256').update(`${root} bootstrap`).digest('hex').slice(0, 32)}`;
  const hold = () =>
    new Promise((done, fail) => {
      const server = createServer((socket) => socket.on('error', () => {}));
      server.on('error', (error) => (error.code === 'EADDRINUSE' ? done(false) : fail(error)));
      server.listen(name, () => done(server.unref()));
    });
  const untilReleased = () =>
    new Promise((done) => {
      const socket = connect(name);
      socket.on('error', () => {}).on('close', done);
      socket.resume();
    });
  while (!(await hold())) await untilReleased();
  work();
  // The work blocks this process: those who wait are let go by its end.
  process.exit(0);
}
