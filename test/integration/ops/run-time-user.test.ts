import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { scratchFolder, testEngines } from '../../support/engines.js';

const script = join(import.meta.dirname, '..', '..', '..', 'ops', 'docker', 'run-time-user.sh');

it('the script for the MySQL image makes a user who may read and write rows, and nothing else', async () => {
  const folder = scratchFolder('run-time-user');
  // In the place of the image's client: keeps what it is told, for a real server to be told below.
  writeFileSync(join(folder, 'mysql'), `#!/bin/sh\ncat > '${folder}/told.sql'\n`);
  chmodSync(join(folder, 'mysql'), 0o755);
  const name = `run_time_${process.pid}`;
  const password = "it's a \\ word";
  const database = `inv_script_${process.pid}`;
  const { status, stderr } = spawnSync('/bin/sh', [script], {
    encoding: 'utf8',
    env: {
      PATH: `${folder}:/usr/bin:/bin`,
      MYSQL_ROOT_PASSWORD: 'root word',
      MYSQL_DATABASE: database,
      RUN_TIME_USER: name,
      RUN_TIME_PASSWORD: password,
    },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const sql = readFileSync(join(folder, 'told.sql'), 'utf8');
  const { host, port, adminUser, adminPassword } = testEngines().mysql;
  const admin = await createConnection({
    host,
    port,
    user: adminUser,
    password: adminPassword,
    multipleStatements: true,
  });
  try {
    await admin.query(`CREATE DATABASE ${database}; CREATE TABLE ${database}.t (id INT PRIMARY KEY); ${sql}`);
    const user = await createConnection({ host, port, user: name, password, database });
    try {
      await user.query('INSERT INTO t VALUES (1)');
      await user.query('UPDATE t SET id = 2');
      expect((await user.query('SELECT id FROM t'))[0]).toEqual([{ id: 2 }]);
      await expect(user.query('CREATE TABLE other (id INT)')).rejects.toThrow(/denied/);
      await expect(user.query('DROP TABLE t')).rejects.toThrow(/denied/);
    } finally {
      await user.end();
    }
  } finally {
    await admin.query(`DROP DATABASE IF EXISTS ${database}; DROP USER IF EXISTS '${name}'@'%'`);
    await admin.end();
  }
});
