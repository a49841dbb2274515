import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../../config/load.js';
import { enginesStatus, enginesUp, enginesWipe, type RunningEngines } from '../../../engines/engines.js';
import { killKafka } from '../../../engines/kafka.js';
import { killMysql } from '../../../engines/mysql.js';
import { portAnswers } from '../../../engines/ports.js';
import { engineUnits } from '../../../src/cli/schedule/print/engine-units.js';
import { placeOf } from '../../../src/cli/schedule/print/place.js';
import type { Unit } from '../../../src/cli/schedule/print/units.js';
import { scratchFolder } from '../../support/engines.js';

// A pair of its own: what is killed here must not be what other tests stand on.
const dir = scratchFolder('own engines');
const started: ChildProcess[] = [];
let engines: RunningEngines;

beforeAll(async () => {
  engines = await enginesUp({ dir });
});
afterAll(async () => {
  for (const child of started) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  await enginesWipe({ dir });
});

/** The words of the unit's lines with this key, as systemd takes them apart. */
function words({ text }: Unit, key: string): string[][] {
  return [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, line = '']) =>
    [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain = '']) =>
      (quoted?.replace(/\\(.)/g, '$1') ?? plain).replaceAll('%%', '%').replaceAll('$$', () => '$'),
    ),
  );
}

/** As systemd would: what comes before, then the command, with nothing in the environment but the unit's own. */
function boot(unit: Unit): void {
  const env = Object.fromEntries(
    words(unit, 'Environment').flatMap((all) =>
      all.map((word) => word.split(/=(.*)/s).slice(0, 2) as [string, string]),
    ),
  );
  for (const [program = '', ...args] of words(unit, 'ExecStartPre'))
    expect(spawnSync(program, args, { env }).status).toBe(0);
  const [[program = '', ...args] = []] = words(unit, 'ExecStart');
  started.push(spawn(program, args, { env, cwd: '/', stdio: 'ignore' }));
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 100));
}

/** Its port is open some time before MySQL serves: until then it closes the connections it has taken. */
async function mysqlServes(): Promise<boolean> {
  const { host, port, adminUser: user, adminPassword: password } = engines.mysql;
  try {
    const connection = await createConnection({ host, port, user, password });
    await connection.query('SELECT 1');
    await connection.end();
    return true;
  } catch {
    return false;
  }
}

it('the units of our own engines bring both back after a power cut, and are refused while they are down', async () => {
  const loaded = loadConfig({ env: {}, cwd: dir, installFolder: dir });
  const place = placeOf(loaded, 'Europe/Moscow', undefined);
  const units = await engineUnits(place, dir);
  expect(units.map(({ name }) => name)).toEqual([
    'inventory-sync-kafka.service',
    'inventory-sync-mysql.service',
  ]);
  await Promise.all([killKafka(dir), killMysql(dir)]);
  await expect(engineUnits(place, dir)).rejects.toMatchObject({
    code: 'USAGE',
    remedy: `start it first: inventory-sync engines up --dir ${dir}`,
  });

  for (const unit of units) boot(unit);
  const port = Number(engines.kafka.brokers.split(':')[1]);
  await until(() => portAnswers(port));
  await until(mysqlServes);
  // And they are known for what they are: `engines status` and `engines down` find them.
  expect((await enginesStatus({ dir })).map(({ state }) => state)).toEqual(['up', 'up']);
});
