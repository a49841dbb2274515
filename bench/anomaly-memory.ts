import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { enginesDown, enginesUp } from '../engines/engines.js';
import { dataFolder, enginesHome } from '../engines/paths.js';
import { Database } from '../src/store/database.js';
import { migrate } from '../src/store/migrate.js';
import { plantHistory } from './anomaly-memory/history.js';

/**
 * How much memory the rules over products take: one snapshot in which all products have changed, each with four
 * weeks of history, judged by the anomaly consumer; and a look back over thirty days of a long ledger. Both in
 * processes whose heap is limited, so that what is held by the product and not by the piece ends in a crash.
 */
const { values } = parseArgs({
  options: {
    products: { type: 'string', default: '100000' },
    /** Share of the products in which something happened in every hour of four weeks; the rest moves once a day. */
    busy: { type: 'string', default: '0.1' },
    /** Rows of the ledger besides those of the one big snapshot. */
    ledger: { type: 'string', default: '300000' },
    heap: { type: 'string', default: '256' },
    dir: { type: 'string', default: join(enginesHome(), `bench-${randomUUID().slice(0, 8)}`) },
  },
});
const dir = dataFolder(values.dir);
const here = fileURLToPath(new URL('.', import.meta.url));
try {
  const { mysql } = await enginesUp({
    dir,
    kafka: false,
    mysqlArgs: ['--innodb-buffer-pool-size=1G', '--skip-log-bin', '--innodb-flush-log-at-trx-commit=0'],
    onProgress: (line) => console.error(line),
  });
  const login = { host: mysql.host, port: mysql.port, user: mysql.adminUser };
  const password = { reveal: () => mysql.adminPassword };
  const database = `memory_${randomUUID().slice(0, 8)}`;
  await migrate({ admin: { ...login, password }, database });
  const db = await Database.open({ ...login, password, name: database, poolSize: 4, idleSeconds: 60 });
  const size = {
    products: Number(values.products),
    busy: Number(values.busy),
    ledger: Number(values.ledger),
  };
  console.error(`planting ${JSON.stringify(size)}`);
  const planted = await plantHistory(db, size);
  await db.close();
  const env = {
    DB_HOST: mysql.host,
    DB_PORT: String(mysql.port),
    DB_USER: mysql.adminUser,
    DB_PASSWORD: mysql.adminPassword,
    DB_NAME: database,
  };
  run('one snapshot', 'anomaly-memory/judge.ts', [JSON.stringify(planted)], env);
  run('look back', '../src/cli/index.ts', ['monitor', '--detect-anomalies', '--since', 'P30D'], env);
} finally {
  await enginesDown({ dir });
  rmSync(dir, { recursive: true, force: true });
}

function run(name: string, script: string, args: readonly string[], env: NodeJS.ProcessEnv): void {
  const started = performance.now();
  const meter = join(here, 'anomaly-memory/meter.ts');
  const limit = `--max-old-space-size=${values.heap}`;
  const node = [limit, '--import', 'tsx', '--import', meter, join(here, script), ...args];
  // Without settings of a shell, a container or a folder: only the database.
  const { status, stderr } = spawnSync(process.execPath, node, {
    encoding: 'utf8',
    stdio: ['ignore', 'inherit', 'pipe'],
    env: { PATH: process.env.PATH, ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  const last = stderr.trimEnd().split('\n').slice(-3).join('\n  ');
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${name}: ${status === 0 ? 'done' : 'FAILED'} in ${seconds} s, heap of ${values.heap} MB\n  ${last}`,
  );
}
