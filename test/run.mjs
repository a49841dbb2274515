// What `npm test` runs: set-up, the checks of the source, all tests. Everything is run even when something fails, so
// that one run shows all there is to mend. The last line is `N passed, N failed`, with `, N skipped` if any were.
// Arguments go to vitest: `npm test -- --project unit`.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const work = mkdtempSync(join(tmpdir(), 'inventory-sync-tests-'));
const report = join(work, 'vitest.json');
const count = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
/** Tests that want a tool which this machine does not have say so in their names. */
const skipped = [];
let current;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // The running step clears up after itself first: it may have started servers.
    if (current === undefined) process.exit(1);
    current.once('close', () => process.exit(1));
    current.kill(signal);
  });
}
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

await check('set-up', ['engines/bootstrap.mjs', '--build']);
await check('engines', ['dist/engines/setup.js']);
await check('lint (biome)', [
  'node_modules/@biomejs/biome/bin/biome',
  ...['check', '--max-diagnostics=50', process.stdout.isTTY ? '--colors=force' : '--colors=off', '.'],
]);
await check('lint (eslint)', ['node_modules/eslint/bin/eslint.js', '.']);
await check('types', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']);
await check('import rules', [
  'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
  ...['--config', '.dependency-cruiser.cjs', 'src', 'config', 'migrations', 'engines'],
]);
await check('dead code', ['node_modules/knip/bin/knip.js']);
await tests();
conclude();

/** One check of the source or the set-up: counts as one test. */
async function check(name, args) {
  const started = Date.now();
  console.log(`\n── ${name}`);
  const code = await node(args);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  if (code === 0) {
    count.passed += 1;
    console.log(`✓ ${name} (${seconds} s)`);
  } else {
    fail(name, `ended with code ${code} after ${seconds} s`);
  }
}

async function tests() {
  console.log('\n── tests');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await node(['node_modules/vitest/vitest.mjs', ...args, ...process.argv.slice(2)]);
  if (!existsSync(report)) {
    fail('tests', `vitest ended with code ${code} and left no report`);
    return;
  }
  const failedBefore = count.failed;
  const all = readResults();
  if (all.length === 0) fail('tests', 'no test ran');
  // Errors outside any test, and a failed global set-up or tear-down.
  if (code !== 0 && count.failed === failedBefore) fail('tests', `vitest ended with code ${code}`);
  showSlowest(all);
}

function readResults() {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const ran = [];
  for (const file of testResults) {
    const name = file.name.replace(`${root}/`, '');
    let failedHere = 0;
    for (const test of file.assertionResults) {
      if (test.status === 'passed') count.passed += 1;
      else if (test.status !== 'failed') {
        count.skipped += 1;
        skipped.push(`${name}: ${test.fullName}`);
      } else {
        failedHere += 1;
        fail(name, test.fullName);
      }
      if (test.status === 'passed' || test.status === 'failed') ran.push({ name, test });
    }
    // It could not be loaded, or a hook failed: no test in it says so.
    if (file.status === 'failed' && failedHere === 0)
      fail(name, file.message?.split('\n')[0] || 'failed as a whole');
  }
  return ran;
}

function showSlowest(all) {
  const slowest = all.sort((a, b) => (b.test.duration ?? 0) - (a.test.duration ?? 0)).slice(0, 5);
  if (slowest.length > 0) console.log('\nSlowest tests:');
  for (const { name, test } of slowest) {
    console.log(`  ${((test.duration ?? 0) / 1000).toFixed(1)} s  ${name} › ${test.fullName}`);
  }
}

function conclude() {
  if (failures.length > 0) console.log(`\nFailed:\n${failures.map((line) => `  ✗ ${line}`).join('\n')}`);
  if (skipped.length > 0) console.log(`\nSkipped:\n${skipped.map((line) => `  – ${line}`).join('\n')}`);
  const rest = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
  console.log(`\n${count.passed} passed, ${count.failed} failed${rest}`);
  process.exitCode = count.failed > 0 ? 1 : 0;
}

function fail(name, reason) {
  count.failed += 1;
  failures.push(`${name}: ${reason}`);
  console.log(`✗ ${name}: ${reason}`);
}

function node(args) {
  return new Promise((done) => {
    current = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    current.on('error', () => done(-1));
    current.on('close', (code, signal) => {
      current = undefined;
      done(code ?? signal);
    });
  });
}
