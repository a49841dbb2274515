import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CommandContext } from '../../../src/cli/context.js';
import { dlqDrop, dlqList, dlqRedrive, dlqShow } from '../../../src/cli/dlq.js';
import { AppError, exitCodeOf } from '../../../src/errors.js';
import { TOPICS } from '../../../src/events/topics.js';
import { normaliserOf } from '../../../src/marketplaces/normalisers.js';
import type { NormaliserOf } from '../../../src/ports/marketplace.js';
import { createFeedHealth } from '../../../src/store/feed-health.js';
import { createFeedRegistry } from '../../../src/store/feed-registry.js';
import { scratchFolder, testEngines } from '../../support/engines.js';
import { expectExactlyOnce } from '../../support/exactly-once.js';
import { formatFeed, Pipeline, wbFeed, wbRow } from '../../support/pipeline.js';

type Options = Record<string, unknown>;
type Command = (options: Options, context: CommandContext) => Promise<number>;
interface Listed {
  readonly id: string;
  readonly message: string;
  readonly group: string;
  readonly topic: string;
  readonly offset: number;
  readonly fate: { readonly fate: string; readonly by: string; readonly place: string | null } | null;
}

/** A program that takes 7 pieces for an impossible figure. */
const older: NormaliserOf = (source, endpoint) => {
  const normaliser = normaliserOf(source, endpoint);
  if (normaliser?.kind !== 'stock') return normaliser;
  return {
    kind: 'stock',
    read: (row, query) => {
      if ((row as { quantity?: unknown }).quantity === 7) throw new AppError('RECORD_INVALID', 'seven');
      return normaliser.read(row, query);
    },
  };
};

describe('dlq', () => {
  let pipe: Pipeline;
  let envFile: string;
  const feed = wbFeed();

  beforeAll(async () => {
    pipe = await Pipeline.start('dlq');
    const { host, port, database, user, password } = pipe.database;
    const settings = {
      LOCALE: 'en',
      KAFKA_BROKERS: testEngines().kafka.brokers,
      KAFKA_TOPIC_PREFIX: pipe.prefix,
      KAFKA_SESSION_TIMEOUT: '6',
      ...{ DB_HOST: host, DB_PORT: port, DB_NAME: database, DB_USER: user, DB_PASSWORD: password },
    };
    envFile = join(scratchFolder('dlq'), '.env');
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(envFile, lines.join(''), { mode: 0o600 });
  });
  afterAll(() => pipe?.close());

  async function run(command: Command, options: Options = {}) {
    const [out, err]: [Buffer[], string[]] = [[], []];
    const context = new CommandContext({
      command: 'dlq',
      envFile,
      stdout: { write: (text) => out.push(Buffer.from(text)) },
      stderr: { write: (text) => err.push(String(text)) },
    });
    try {
      const code = await command(options, context).catch((error: unknown) => {
        err.push(String(error));
        return exitCodeOf(error);
      });
      const bytes = Buffer.concat(out);
      return { code, bytes, stdout: bytes.toString(), stderr: err.join('') };
    } finally {
      context.dispose();
    }
  }

  async function listed(all = false): Promise<Listed[]> {
    const { stdout } = await run(dlqList, { json: true, all });
    return (JSON.parse(stdout) as { deadLetters: Listed[] }).deadLetters;
  }

  const rawEnd = async () =>
    Object.values(await pipe.broker.ends([pipe.topic(TOPICS.rawSnapshots)])).reduce((sum, end) => sum + end);
  const stock = async () => {
    const rows = await pipe.db.query('SELECT * FROM stock_levels WHERE closed = 0 ORDER BY product_id');
    return rows.map((row) => `${row.product_id}: ${row.available}`);
  };
  /** Folded by the older program, which is gone afterwards. */
  async function byOlder(...pages: (readonly unknown[])[]) {
    const worker = await pipe.worker({ normaliserOf: older });
    const outcome = await pipe.outcome(await pipe.publish(feed, pages, { acceptAbsences: true }));
    await pipe.stopWorker(worker);
    return outcome;
  }

  test('lists, shows, and redrives a page that completes its snapshot; twice does nothing new', async () => {
    expect(await run(dlqList)).toMatchObject({ code: 0, stdout: '', stderr: 'There are no dead letters.\n' });
    expect(await byOlder([wbRow(1, 507, 5), wbRow(2, 507, 5), wbRow(3, 507, 5)])).toMatchObject({
      status: 'applied',
    });
    const spoilt = await byOlder([wbRow(1, 507, 6)], [wbRow(2, 507, 7), wbRow(4, 507, 7), wbRow(5, 507, 1)]);
    expect(spoilt).toMatchObject({ status: 'incomplete', reason: '2 row(s) could not be read' });

    const [letter, ...more] = await listed();
    expect(more).toEqual([]);
    expect(letter).toMatchObject({
      message: '2 of 3 rows cannot be read: row 1 of 3: seven; row 2 of 3: seven',
      group: `${pipe.prefix}.projector`,
      fate: null,
    });
    const id = letter?.id ?? '';
    expect(id).toMatch(/^[0-9a-f]{12}$/);
    const list = await run(dlqList);
    expect(list.stdout).toContain(`${id}  `);
    expect(list.stdout).toContain('RECORD_INVALID: 2 of 3 rows cannot be read');
    const shown = await run(dlqShow, { id: id.slice(0, 6) });
    for (const part of ['seven', formatFeed(feed), 'ce_type: inventory.raw.page-chunk.v1', '"chrtId":4'])
      expect(shown.stdout).toContain(part);
    expect(JSON.parse((await run(dlqShow, { id, raw: true })).stdout)).toMatchObject({ page: 2 });
    const health = createFeedHealth(pipe.db);
    expect(await health.deadLetters()).toEqual([{ key: formatFeed(feed), count: 1 }]);

    const done = await run(dlqRedrive, { ids: [id.slice(0, 4)] });
    expect(done).toMatchObject({
      code: 0,
      stdout: `${id}: read; its snapshot is complete now, and applied\n`,
    });
    expect(done.stderr).toContain('No worker runs');
    expect(await stock()).toEqual(['1: 6', '2: 7', '4: 7', '5: 1']);
    await expectExactlyOnce(pipe);
    expect(await listed()).toEqual([]);
    expect(await listed(true)).toMatchObject([{ id, fate: { fate: 'redriven' } }]);
    expect(await health.deadLetters()).toEqual([]);

    const end = await rawEnd();
    const twice = await run(dlqRedrive, { ids: [id] });
    expect(twice.code).toBe(0);
    expect(twice.stdout).toMatch(/redriven already .*, nothing done/);
    expect(await rawEnd()).toBe(end);
  });

  test('what newer snapshots cover is not sent back, and can be dropped', async () => {
    await byOlder([wbRow(1, 507, 7)]);
    await byOlder([wbRow(1, 507, 8)]);
    const [letter] = await listed();
    const id = letter?.id ?? '';
    const end = await rawEnd();
    const refused = await run(dlqRedrive, { ids: [id] });
    expect(refused.code).toBe(1);
    expect(refused.stdout).toBe(
      `${id}: newer snapshots cover it: it would change nothing; not redriven; to drop it: inventory-sync dlq drop ${id} --yes\n`,
    );
    const all = await run(dlqRedrive, { all: true });
    expect(all).toMatchObject({ code: 0, stdout: '' });
    expect(all.stderr).toContain('Not redriven, for they would change nothing any more: 1.');
    expect(await rawEnd()).toBe(end);
    expect(await listed()).toMatchObject([{ id, fate: null }]);

    const forced = await run(dlqRedrive, { ids: [id], force: true });
    expect(forced).toMatchObject({ code: 1, stdout: `${id}: counts no more: a newer snapshot has begun\n` });
    expect(await stock()).toEqual(['1: 8']);

    await byOlder([wbRow(1, 507, 7)]);
    const [other] = await listed();
    const kept = await run(dlqDrop, { ids: [other?.id] });
    expect(kept.code).toBe(2);
    expect(await listed()).toHaveLength(1);
    const gone = await run(dlqDrop, { ids: [other?.id], yes: true });
    expect(gone).toMatchObject({ code: 0, stdout: `${other?.id}: dropped\n` });
    expect(await listed()).toEqual([]);
    expect(await createFeedHealth(pipe.db).deadLetters()).toEqual([]);
  });

  test('records of every consumer go back to where they lay, and what dies again has a letter of its own', async () => {
    const bytes = Buffer.from([0x7b, 0xff, 0x00, 0x0a]);
    const { partition } = await createFeedRegistry(pipe.db).register(feed, 12);
    const writer = pipe.broker.recordWriter();
    const headers = { ce_type: 'inventory.raw.page-chunk.v1', mark: 'м' };
    await writer.write({
      ...{ topic: pipe.topic(TOPICS.rawSnapshots), partition, key: formatFeed(feed) },
      ...{ value: bytes, headers },
    });
    const rubbish = { partition: 1, key: 'k', value: Buffer.from('{'), headers: {} };
    for (const name of [TOPICS.syncEvents, TOPICS.alerts])
      await writer.write({ ...rubbish, topic: pipe.topic(name) });
    await writer.write({
      ...{ topic: pipe.topic(TOPICS.rawSnapshots), partition, key: null },
      ...{ value: null, headers: {} },
    });
    await writer.close();
    // Whoever has something to redrive reads what is there first: an unrelated letter gives the occasion.
    await byOlder([wbRow(1, 507, 7)]);
    const [occasion] = (await listed()).filter(({ message }) => message.includes('seven'));
    expect(await run(dlqRedrive, { ids: [occasion?.id] })).toMatchObject({ code: 0 });

    const letters = await listed();
    expect(letters.map(({ group }) => group.split('.').at(-1)).sort()).toEqual([
      'anomaly',
      'mailer',
      'projector',
      'projector',
    ]);
    const raw = letters.find(
      ({ group, message }) => group.endsWith('projector') && message.includes('UTF-8'),
    );
    expect((await run(dlqShow, { id: raw?.id })).stdout).toContain('00000000  7b ff 00 0a');
    expect((await run(dlqShow, { id: raw?.id, raw: true })).bytes).toEqual(bytes);

    const ids = letters.map(({ id }) => id);
    const again = await run(dlqRedrive, { ids, force: true, maxRate: 50 });
    expect(again.code).toBe(1);
    expect(again.stdout.match(/could not be read again, put aside as [0-9a-f]{12}\n/g)).toHaveLength(4);
    const now = await listed();
    expect(now).toHaveLength(4);
    for (const { id, topic, group } of now) {
      const before = letters.find((one) => one.group === group && one.topic === topic);
      expect(before).toBeDefined();
      expect(ids).not.toContain(id);
      expect((await run(dlqShow, { id })).stdout).toContain(`redriven-from: ${topic}/`);
    }
    const reborn = now.find(({ message }) => message.includes('UTF-8'));
    expect((await run(dlqShow, { id: reborn?.id, raw: true })).bytes).toEqual(bytes);
    expect((await run(dlqShow, { id: reborn?.id })).stdout).toContain('mark: м');
    await expectExactlyOnce(pipe);
  });

  test('says what is asked wrongly', async () => {
    expect((await run(dlqRedrive)).code).toBe(2);
    expect((await run(dlqRedrive, { ids: ['abcd'], all: true })).code).toBe(2);
    expect((await run(dlqShow, { id: 'zzzz' })).stderr).toContain('there is no dead letter zzzz');
    expect((await run(dlqShow, { id: '000' })).code).toBe(2);
  });
});
