import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { createConnection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readCommitted } from '../../engines/conforming-reader.js';
import {
  enginesDown,
  enginesStatus,
  enginesUp,
  enginesWipe,
  type RunningEngines,
} from '../../engines/engines.js';
import { killKafka, startKafka } from '../../engines/kafka.js';
import { killMysql, startMysql, stopMysql } from '../../engines/mysql.js';
import { freshDatabase, freshTopicPrefix, scratchFolder, testEngines } from '../support/engines.js';

// A pair of its own: what is stopped and killed here must not be what other tests stand on.
const dir = scratchFolder('own');
let engines: RunningEngines;

beforeAll(async () => {
  engines = await enginesUp({ dir });
});

afterAll(async () => {
  await enginesWipe({ dir });
});

const kafka = (): Kafka => new Kafka({ brokers: [engines.kafka.brokers], logLevel: logLevel.NOTHING });

const sql = (statement: string): Promise<unknown> =>
  query(
    { ...engines.mysql, user: engines.mysql.adminUser, password: engines.mysql.adminPassword },
    statement,
  );

interface Login {
  host: string;
  port: number;
  user: string;
  password: string;
  database?: string;
}

async function query({ host, port, user, password, database }: Login, statement: string): Promise<unknown> {
  const login = { host, port, user, password };
  const connection = await createConnection(database === undefined ? login : { ...login, database });
  try {
    const [rows] = await connection.query(statement);
    return rows;
  } finally {
    await connection.end();
  }
}

async function createTopic(topic: string, numPartitions = 1): Promise<void> {
  const admin = kafka().admin();
  await admin.connect();
  try {
    await admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
}

async function append(topic: string, ...values: string[]): Promise<void> {
  const producer = kafka().producer();
  await producer.connect();
  try {
    await producer.send({ topic, messages: values.map((value) => ({ key: 'k', value })) });
  } finally {
    await producer.disconnect();
  }
}

async function committedValues(topic: string): Promise<Array<string | null>> {
  return (await readCommitted({ brokers: engines.kafka.brokers, topic })).map((record) => record.value);
}

async function pids(): Promise<Array<number | undefined>> {
  return (await enginesStatus({ dir })).map((status) => status.pid);
}

describe('life of the engines', () => {
  test('a second start finds the running pair and leaves it as it is', async () => {
    const before = await pids();
    expect(before.every((pid) => pid !== undefined)).toBe(true);
    expect(await enginesUp({ dir })).toEqual(engines);
    expect(await pids()).toEqual(before);
  });

  test('a stop in order keeps the data and the ports', async () => {
    await createTopic('kept');
    await append('kept', 'one', 'two');
    await sql('CREATE DATABASE kept');
    await sql('CREATE TABLE kept.t (id INT PRIMARY KEY)');
    await sql('INSERT INTO kept.t VALUES (1), (2)');

    const lines: string[] = [];
    await enginesDown({ dir, onProgress: (line) => lines.push(line) });
    expect(lines.sort()).toEqual(['Kafka: stopped', 'MySQL: stopped']);
    expect((await enginesStatus({ dir })).map(({ state, pid }) => ({ state, pid }))).toEqual([
      { state: 'down', pid: undefined },
      { state: 'down', pid: undefined },
    ]);

    expect(await enginesUp({ dir })).toEqual(engines);
    expect(await committedValues('kept')).toEqual(['one', 'two']);
    expect(await sql('SELECT id FROM kept.t ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
  });

  test('a kill keeps what was acknowledged, and the ports', async () => {
    await createTopic('crashed');
    await append('crashed', 'acknowledged');
    await sql('CREATE DATABASE crashed');
    await sql('CREATE TABLE crashed.t (id INT PRIMARY KEY)');
    await sql('INSERT INTO crashed.t VALUES (7)');

    expect(await Promise.all([killKafka(dir), killMysql(dir)])).toEqual([true, true]);
    expect(await pids()).toEqual([undefined, undefined]);

    expect(await startKafka(dir)).toEqual(engines.kafka);
    expect(await startMysql(dir)).toEqual(engines.mysql);
    expect(await committedValues('crashed')).toEqual(['acknowledged']);
    expect(await sql('SELECT id FROM crashed.t')).toEqual([{ id: 7 }]);
  });

  test('ports that another program took meanwhile are given up, the data are not', async () => {
    await createTopic('moved');
    await append('moved', 'before');
    await enginesDown({ dir });
    const takers = await Promise.all([
      listen(Number(engines.kafka.brokers.split(':')[1])),
      listen(engines.mysql.port),
    ]);
    try {
      const former = engines;
      engines = await enginesUp({ dir });
      expect(engines.kafka.brokers).not.toBe(former.kafka.brokers);
      expect(engines.mysql.port).not.toBe(former.mysql.port);
      expect(await committedValues('moved')).toEqual(['before']);
      await append('moved', 'after');
      expect(await committedValues('moved')).toEqual(['before', 'after']);
      expect(await sql('SELECT id FROM kept.t ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
    } finally {
      for (const taker of takers) taker.close();
    }
  });

  test('the password and nothing else opens MySQL, and only this user may read it', async () => {
    const { host, port } = engines.mysql;
    await expect(createConnection({ host, port, user: 'root', password: '' })).rejects.toThrow(/denied/i);
    expect(statSync(join(dir, 'mysql', 'state.json')).mode & 0o077).toBe(0);
    expect(existsSync(join(dir, 'mysql', 'first-start.sql'))).toBe(false);
  });
});

describe('processes of others', () => {
  let stranger: ChildProcess | undefined;

  afterEach(() => {
    stranger?.kill('SIGKILL');
    stranger = undefined;
  });

  test('a pid file that names another program harms neither it nor us', async () => {
    stranger = spawn('sleep', ['1000'], { stdio: 'ignore' });
    const [, ours] = await pids();
    writeFileSync(join(dir, 'mysql', 'mysql.pid'), `${stranger.pid}\n`);

    expect(await pids()).toContain(ours);
    expect(await stopMysql(dir)).toBe(true);
    expect(await stopMysql(dir)).toBe(false);
    writeFileSync(join(dir, 'mysql', 'mysql.pid'), `${stranger.pid}\n`);
    expect(await killMysql(dir)).toBe(false);

    expect(readFileSync(`/proc/${stranger.pid}/cmdline`, 'utf8')).toBe('sleep\x001000\x00');
    expect(await startMysql(dir)).toEqual(engines.mysql);
  });
});

describe('a start that fails', () => {
  test('says why in the words of the log, and leaves no process', async () => {
    const broken = scratchFolder('broken');
    try {
      const start = enginesUp({ dir: broken, kafka: false, mysqlArgs: ['--no-such-setting=1'] });
      await expect(start).rejects.toMatchObject({
        code: 'ENGINE_FAILED',
        message: expect.stringContaining('no-such-setting') as string,
      });
      expect((await enginesStatus({ dir: broken })).map((status) => status.state)).toEqual([
        'never started',
        'down',
      ]);
      // What was remembered of the failed start does not stick.
      const mended = await enginesUp({ dir: broken, kafka: false, mysqlArgs: [] });
      expect(mended.kafka.brokers).toBe('');
    } finally {
      await enginesWipe({ dir: broken });
      expect(existsSync(join(broken, 'mysql'))).toBe(false);
    }
  });
});

describe('the conforming reader', () => {
  test('gives every committed record byte for byte, and no aborted one', async () => {
    const topic = 'judged';
    await createTopic(topic, 3);
    const awkward = 'tab\t line\n NUL\0 quote" back\\slash comma, colon: Привет NO_HEADERS null';
    const producer = kafka().producer({
      transactionalId: 'judged',
      maxInFlightRequests: 1,
      idempotent: true,
    });
    await producer.connect();
    const sendAndEnd = async (
      end: 'commit' | 'abort',
      partition: number,
      value: string | null,
      key: string | null,
    ) => {
      const transaction = await producer.transaction();
      const headers = { ce_id: 'a,b:c', note: awkward };
      await transaction.send({ topic, messages: [{ partition, key, value, headers }] });
      await transaction[end]();
    };
    try {
      await sendAndEnd('commit', 0, awkward, awkward);
      await sendAndEnd('abort', 0, 'never', 'never');
      await sendAndEnd('commit', 0, null, 'tombstone');
      await sendAndEnd('commit', 1, '', null);
      await sendAndEnd('abort', 1, 'never', 'last of all');
    } finally {
      await producer.disconnect();
    }

    const records = await readCommitted({ brokers: engines.kafka.brokers, topic });
    const headers = { ce_id: 'a,b:c', note: awkward };
    const timestamp = expect.any(Number) as number;
    expect(records).toEqual([
      { partition: 0, offset: 0, key: awkward, value: awkward, headers, timestamp },
      { partition: 0, offset: 4, key: 'tombstone', value: null, headers, timestamp },
      { partition: 1, offset: 0, key: null, value: '', headers, timestamp },
    ]);
    expect(Math.abs(Date.now() - (records[0]?.timestamp ?? 0))).toBeLessThan(600_000);
  });

  test('an empty topic is an empty list, a missing one an error', async () => {
    await createTopic('empty', 2);
    expect(await readCommitted({ brokers: engines.kafka.brokers, topic: 'empty' })).toEqual([]);
    const missing = readCommitted({ brokers: engines.kafka.brokers, topic: 'nowhere', timeoutMs: 6_000 });
    await expect(missing).rejects.toMatchObject({ code: 'TIMED_OUT' });
  });

  test('a transaction left open ends the read at its first record', async () => {
    const topic = 'half-open';
    await createTopic(topic);
    await append(topic, 'plain');
    const producer = kafka().producer({
      transactionalId: 'half-open',
      maxInFlightRequests: 1,
      idempotent: true,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ key: 'k', value: 'open' }] });
    await append(topic, 'behind it');
    expect(await committedValues(topic)).toEqual(['plain']);
    await transaction.commit();
    expect(await committedValues(topic)).toEqual(['plain', 'open', 'behind it']);
    await producer.disconnect();
  });
});

describe('what other tests stand on', () => {
  test('a fresh database: its administrator may do all in it, its run-time user only read and write rows', async () => {
    const fresh = await freshDatabase('rights');
    const other = await freshDatabase('rights');
    try {
      const { host, port, database } = fresh;
      const admin = { host, port, database, user: fresh.adminUser, password: fresh.adminPassword };
      const user = { host, port, database, user: fresh.user, password: fresh.password };
      await query(admin, 'CREATE TABLE t (id INT PRIMARY KEY)');
      await query(admin, 'CREATE SQL SECURITY INVOKER VIEW v AS SELECT id FROM t');
      await query(user, 'INSERT INTO t VALUES (1), (2)');
      await query(user, 'UPDATE t SET id = 3 WHERE id = 2');
      await query(user, 'DELETE FROM t WHERE id = 1');
      expect(await query(user, 'SELECT id FROM v')).toEqual([{ id: 3 }]);
      for (const forbidden of [
        'CREATE TABLE u (id INT)',
        'DROP TABLE t',
        'ALTER TABLE t ADD c INT',
        'TRUNCATE t',
      ]) {
        await expect(query(user, forbidden)).rejects.toThrow(/denied/);
      }
      for (const someone of [user, admin]) {
        await expect(query({ ...someone, database: other.database }, 'SELECT 1')).rejects.toThrow(/denied/);
      }
      await fresh.drop();
      await fresh.drop();
      await expect(query(user, 'SELECT 1')).rejects.toThrow(/denied/);
    } finally {
      await Promise.all([fresh.drop(), other.drop()]);
    }
  });

  test('the shared pair serves, and prefixes never repeat', async () => {
    expect(freshTopicPrefix()).not.toBe(freshTopicPrefix());
    const { kafka: shared } = testEngines();
    const admin = new Kafka({ brokers: [shared.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      expect((await admin.describeCluster()).brokers).toHaveLength(1);
    } finally {
      await admin.disconnect();
    }
  });
});

function listen(port: number): Promise<{ close(): void }> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.on('error', fail);
    server.listen({ host: '127.0.0.1', port }, () => done(server));
  });
}
