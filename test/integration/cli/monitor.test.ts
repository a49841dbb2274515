import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { formatEnvValue } from '../../../config/dotenv.js';
import { TOPICS, topicOf } from '../../../src/events/topics.js';
import { type Finished, Lab } from './lab.js';

/** What the parts of a health check came to. */
interface Health {
  readonly status: string;
  readonly exitCode: number;
  readonly parts: readonly {
    readonly name: string;
    readonly status: string;
    readonly problems: readonly { readonly what: string; readonly remedy?: string }[];
    readonly [more: string]: unknown;
  }[];
}

const health = ({ stdout }: Finished) => JSON.parse(stdout) as Health;
const part = (seen: Finished, name: string) => health(seen).parts.find((one) => one.name === name);
const TINY = { MAX_SYNC_AGE_HOURS: '0.01' };

describe('monitor', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start('cli_monitor', { ozonProducts: 40, wbProducts: 40 });
  });
  afterAll(() => lab.close());

  const openAlerts = () =>
    lab.db.query(
      "SELECT fingerprint, rule, muted_until, acknowledged_at FROM alerts WHERE state = 'open' ORDER BY fingerprint",
    );
  const rulesOpen = async () => (await openAlerts()).map(({ rule }) => String(rule));
  /** As if the feeds of stock had last been confirmed that long ago. */
  const age = (hours: number) =>
    lab.db.execute('UPDATE feeds SET watermark_at = NOW(3) - INTERVAL ? HOUR', [hours]);

  it('takes exactly one mode, and only what goes with it', async () => {
    for (const args of [
      [],
      ['--health-check', '--alerts'],
      ['--alerts', '--since', 'P1D'],
      ['--mute', 'x'],
      ['--weekly-report', '--since', '30 days'],
      ['--detect-anomalies', '--since', 'P1M'],
    ]) {
      const refused = await lab.run(['monitor', ...args]);
      expect({ args, code: refused.code, stdout: refused.stdout }).toEqual({ args, code: 2, stdout: '' });
    }
  });

  it('is degraded before the first sync, and says what to do', async () => {
    const { code, stdout, stderr } = await lab.run(['monitor', '--health-check']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^✓ Database\n/);
    expect(stdout).toContain(
      '✗ Ozon: nothing has been read yet\n    Remedy: run `inventory-sync sync --source=ozon`',
    );
    expect(stdout).toContain('✓ Mail\n');
    expect(await rulesOpen()).toEqual(['source-stale', 'source-stale']);
    expect(await lab.run(['monitor', '--check-last-sync'])).toMatchObject({ code: 2 });
  });

  it('is fine after a sync, which has resolved what the look had raised', async () => {
    expect(await lab.run(['sync'])).toMatchObject({ code: 0 });
    const seen = await lab.run(['monitor', '--health-check', '--json']);
    expect(health(seen).parts.filter(({ status }) => !['ok', 'unused'].includes(status))).toEqual([]);
    expect(seen).toMatchObject({ code: 0 });
    expect(health(seen)).toMatchObject({ status: 'fine', exitCode: 0 });
    expect(part(seen, 'ozon')).toMatchObject({ keyDaysLeft: 89, keyExpiresAt: expect.stringMatching(/Z$/) });
    expect(part(seen, 'wildberries')).toMatchObject({ keyDaysLeft: expect.any(Number) });
    expect(part(seen, 'kafka')).toMatchObject({ lag: { records: 0, oldestAt: null } });
    expect(await rulesOpen()).toEqual([]);
    const last = await lab.run(['monitor', '--check-last-sync']);
    expect(last).toMatchObject({ code: 0, stderr: '' });
    expect(last.stdout).toMatch(/^Source +Data +Last complete read +Age\n✓ Ozon +stock /);
  });

  it('asks Ozon for the key once a day, and a new key at once', async () => {
    const asked = () => lab.simulator.requests().filter(({ path }) => path === '/v1/roles').length;
    const before = asked();
    expect(before).toBe(1);
    await lab.run(['monitor', '--health-check']);
    expect(asked()).toBe(before);
    const refused = await lab.run(['monitor', '--health-check', '--json'], {
      OZON_API_KEY: 'another-key-of-ours',
    });
    expect(asked()).toBe(before + 1);
    expect(part(refused, 'ozon')).toMatchObject({
      status: 'degraded',
      problems: [
        { what: expect.stringContaining('Ozon does not know this key'), remedy: expect.any(String) },
      ],
    });
  });

  it('raises alerts about data that is too old, mails them, and resolves them', async () => {
    await age(9);
    const mails = lab.sink.messages().length;
    const late = await lab.run(['monitor', '--health-check', '--json']);
    expect(late.code).toBe(1);
    expect(part(late, 'ozon')).toMatchObject({
      status: 'degraded',
      problems: [
        {
          what: expect.stringMatching(/^stock: data of .*, 9 h old, 8 h are allowed$/),
          remedy: expect.stringContaining('sync'),
        },
      ],
    });
    expect(part(late, 'alerts')).toMatchObject({ status: 'degraded' });
    expect(await rulesOpen()).toEqual(['source-stale', 'source-stale', 'source-stale']);
    const [mail] = lab.sink.messages().slice(mails);
    expect(mail?.text).toContain('nothing was updated for 9 h');
    // The same look once more in the same hour is no news.
    await lab.run(['monitor', '--health-check']);
    expect(lab.sink.messages()).toHaveLength(mails + 1);
    await age(1);
    expect(await lab.run(['monitor', '--health-check'])).toMatchObject({ code: 0 });
    expect(await rulesOpen()).toEqual([]);
    expect(lab.sink.messages()).toHaveLength(mails + 2);
  });

  it('measures against MAX_SYNC_AGE_HOURS; a catalogue may be older by CATALOGUE_HOURS', async () => {
    const { code, stdout } = await lab.run(['monitor', '--check-last-sync', '--json'], TINY);
    expect(code).toBe(1);
    const sources = (JSON.parse(stdout) as { sources: { feeds: { feed: string; stale: boolean }[] }[] })
      .sources;
    const stale = sources.flatMap(({ feeds }) => feeds).filter((feed) => feed.stale);
    expect(stale.map(({ feed }) => feed.split(':').at(-1)).sort()).toEqual([
      'fbs-stocks',
      'product-stocks',
      'wb-warehouses',
    ]);
  });

  it('mutes, acknowledges, and shows what was done', async () => {
    await age(9);
    await lab.run(['monitor', '--health-check']);
    const [first, second] = await openAlerts();
    const mute = ['monitor', '--mute', String(first?.fingerprint), '--for', '2h'];
    const muted = await lab.run(mute);
    expect(muted).toMatchObject({ code: 0, stdout: expect.stringContaining('muted until') });
    const [row] = await lab.db.query(
      'SELECT TIMESTAMPDIFF(SECOND, NOW(3), muted_until) AS s FROM alerts WHERE fingerprint = ?',
      [first?.fingerprint],
    );
    expect(Number(row?.s)).toBeGreaterThan(7000);
    await lab.run(['monitor', '--acknowledge', String(second?.fingerprint)]);
    const listed = await lab.run(['monitor', '--alerts', '--json']);
    const { open, alerts } = JSON.parse(listed.stdout) as {
      open: number;
      alerts: { fingerprint: string; mutedUntil: string | null; acknowledgedAt: string | null }[];
    };
    expect(open).toBe(3);
    const of = (fingerprint: unknown) => alerts.find((one) => one.fingerprint === fingerprint);
    expect(of(first?.fingerprint)).toMatchObject({
      mutedUntil: expect.stringMatching(/Z$/),
      acknowledgedAt: null,
    });
    expect(of(second?.fingerprint)).toMatchObject({
      mutedUntil: null,
      acknowledgedAt: expect.stringMatching(/Z$/),
    });
    // Only the third is a problem still.
    const look = await lab.run(['monitor', '--health-check', '--json']);
    expect(part(look, 'alerts')).toMatchObject({ critical: [expect.any(String)], open: 3 });
    await lab.run(['monitor', '--unmute', String(first?.fingerprint)]);
    expect(await openAlerts()).toContainEqual(
      expect.objectContaining({ muted_until: null, fingerprint: first?.fingerprint }),
    );
    const unknown = await lab.run(['monitor', '--mute', 'no-such', '--for', '2h']);
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('--alerts') });
    await age(0);
    await lab.run(['monitor', '--health-check']);
    expect(await rulesOpen()).toEqual([]);
  });

  it('sets and removes the threshold of a product', async () => {
    const [product] = await lab.db.query(
      'SELECT offer_id FROM products WHERE offer_id IS NOT NULL ORDER BY offer_id LIMIT 1',
    );
    const article = String(product?.offer_id);
    const settings = () => lab.db.query('SELECT low_stock FROM product_settings WHERE low_stock IS NOT NULL');
    expect(await lab.run(['monitor', '--low-stock', `${article}=7`])).toMatchObject({ code: 0 });
    expect((await settings()).map((row) => Number(row.low_stock))).toContain(7);
    expect(await lab.run(['monitor', '--low-stock', `${article}=`])).toMatchObject({ code: 0 });
    expect(await settings()).toEqual([]);
    expect(await lab.run(['monitor', '--low-stock', 'no such article=7'])).toMatchObject({ code: 2 });
    expect(await lab.run(['monitor', '--low-stock', article])).toMatchObject({ code: 2 });
  });

  it('finds a product that sold out, in hindsight and without writing', async () => {
    const [product = ''] = lab.simulator.world.productIds('ozon');
    lab.simulator.world.setStock('ozon', product, { present: 12, reserved: 0 });
    await lab.run(['sync', '--source=ozon']);
    lab.simulator.world.soldOut('ozon', product);
    await lab.run(['sync', '--source=ozon']);
    const before = await lab.everything();
    const { code, stdout } = await lab.run(['monitor', '--detect-anomalies', '--since', 'PT12H', '--json']);
    expect(code).toBe(0);
    expect(await lab.everything()).toEqual(before);
    const { rules } = JSON.parse(stdout) as {
      rules: { rule: string; raised: number; newest: { product: object; evidence: object }[] }[];
    };
    const [ranOut] = rules.filter(({ rule }) => rule === 'ran-out');
    expect(ranOut).toMatchObject({ raised: 1 });
    expect(ranOut?.newest[0]).toMatchObject({
      product: { productId: product },
      evidence: { before: 12, after: 0 },
    });
    const low = await lab.run(['monitor', '--detect-anomalies'], { LOCALE: 'ru' });
    expect(low.stdout).toMatch(/ran-out +1 +\d+ /);
    expect(low.stdout).toContain('\nПоследние:\n- ');
  });

  it('mails a report with a chart and a table, and prints it', async () => {
    const mails = lab.sink.messages().length;
    const sent = await lab.run(['monitor', '--weekly-report'], { LOCALE: 'ru' });
    expect(sent).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('owner@example.test'),
      stderr: '',
    });
    const [mail, ...others] = lab.sink.messages().slice(mails);
    expect(others).toEqual([]);
    expect(mail?.subject).toMatch(/^Остатки с .* по .*: Ozon .* → .*, Wildberries/);
    expect(mail?.text).toContain('Не было в наличии: 1');
    const { attachments } = await simpleParser(mail?.raw ?? '');
    const csv = attachments.find(({ filename }) => filename?.endsWith('.csv'));
    const lines = csv?.content.toString('utf8').trimEnd().split('\r\n') ?? [];
    expect(lines[0]).toMatch(/^\uFEFFМаркетплейс;Кабинет;Артикул;/);
    const [products] = await lab.db.query('SELECT COUNT(*) AS n FROM inventory_data');
    expect(lines).toHaveLength(1 + Number(products?.n));
    const png = attachments.find(({ contentType }) => contentType === 'image/png');
    expect(png?.content.subarray(1, 4).toString()).toBe('PNG');
    expect(mail?.html).toContain('data:image/png');
    const printed = await lab.run(['monitor', '--weekly-report', '--print', '--since', 'P1D']);
    expect(printed).toMatchObject({ code: 0, stdout: expect.stringContaining('Out of stock: 1\n') });
    expect(lab.sink.messages()).toHaveLength(mails + 1);
  });

  it('prints the report where nobody is to be mailed to, says so once, and is no failure of the schedule', async () => {
    const mails = lab.sink.messages().length;
    const noServer = await lab.run(['monitor', '--weekly-report'], {
      ...{ SMTP_HOST: undefined, SMTP_USER: undefined, SMTP_PASSWORD: undefined },
    });
    expect(noServer).toMatchObject({ code: 0, stdout: expect.stringContaining('Out of stock: ') });
    expect(noServer.stderr).toMatch(
      /^Warning: the report was not mailed but printed: SMTP_HOST not set\. .*\n$/,
    );
    const nobody = await lab.run(['monitor', '--weekly-report', '--json'], {
      ALERT_EMAIL: undefined,
      LOCALE: 'ru',
    });
    expect(nobody).toMatchObject({ code: 0, stderr: expect.stringMatching(/не задано ALERT_EMAIL\. .*\n$/) });
    expect(JSON.parse(nobody.stdout)).toMatchObject({ mailed: false, answer: null });
    expect(lab.sink.messages()).toHaveLength(mails);
  });

  it('is down without Kafka, and without the database', async () => {
    const noKafka = await lab.run(['monitor', '--health-check', '--json'], { KAFKA_BROKERS: '127.0.0.1:9' });
    expect(noKafka.code).toBe(2);
    expect(health(noKafka)).toMatchObject({ status: 'down', exitCode: 2 });
    expect(part(noKafka, 'kafka')).toMatchObject({
      status: 'down',
      problems: [{ what: expect.stringContaining('127.0.0.1:9'), remedy: expect.any(String) }],
    });
    expect(part(noKafka, 'ozon')).toMatchObject({ status: 'ok' });
    const noDatabase = await lab.run(['monitor', '--health-check'], { DB_PORT: '9' });
    expect(noDatabase).toMatchObject({ code: 2, stdout: expect.stringMatching(/^✗ Database: /) });
    expect(await lab.run(['monitor', '--check-last-sync'], { DB_PORT: '9' })).toMatchObject({ code: 2 });
  });

  it('tells of reads that nobody applies', async () => {
    expect(await lab.run(['sync', '--source=ozon', '--no-wait'])).toMatchObject({ code: 0 });
    const seen = await lab.run(['monitor', '--health-check', '--json']);
    const kafka = part(seen, 'kafka') as unknown as { lag: { records: number; oldestAt: string } };
    expect(kafka.lag.records).toBeGreaterThan(0);
    expect(Math.abs(Date.now() - Date.parse(kafka.lag.oldestAt))).toBeLessThan(60_000);
  });

  it('tells of records that could not be read, and raises an alert about them', async () => {
    await lab.run(['sync', '--source=ozon']);
    await lab.db.execute(
      `INSERT INTO outbox (incarnation_id, partition_no, record_offset, idx, topic, record_key, value, headers)
       VALUES (999, 0, 1, 0, ?, 'wildberries:shop:wb-warehouses', '{}', '{}')`,
      [TOPICS.deadLetters],
    );
    const seen = await lab.run(['monitor', '--health-check', '--json']);
    expect(seen.code).toBe(1);
    expect(part(seen, 'dead-letters')).toMatchObject({ status: 'degraded', count: 1 });
    const { wbSid } = lab.simulator.credentials;
    expect((await openAlerts()).map(({ fingerprint }) => fingerprint)).toContain(
      `dead-letters:pipeline:wildberries:${wbSid}`,
    );
    await lab.db.execute('DELETE FROM outbox WHERE incarnation_id = 999');
    await lab.run(['monitor', '--health-check']);
    expect(await rulesOpen()).not.toContain('dead-letters');
  });

  it('leaves the rules to a worker where one runs', async () => {
    const worker = lab.start(['worker']);
    await worker.says('worker ready');
    await age(9);
    const seen = await lab.run(['monitor', '--health-check', '--json']);
    expect(part(seen, 'kafka')).toMatchObject({ members: { projector: 1, anomaly: 1, mailer: 1 } });
    const stale = async () => (await rulesOpen()).filter((rule) => rule === 'source-stale').length;
    await vi.waitFor(async () => expect(await stale()).toBe(3), { timeout: 20_000 });
    await age(0);
    await lab.run(['monitor', '--health-check']);
    await vi.waitFor(async () => expect(await stale()).toBe(0), { timeout: 20_000 });
    worker.child.kill('SIGTERM');
    await worker.ended;
  });

  it('writes what it saw of a feed where the projector writes of that feed', async () => {
    const places = new Map<string, Set<number>>();
    const types = new Set<string>();
    const topic = topicOf(lab.prefix, TOPICS.syncEvents);
    const member = lab.broker.member(`${lab.prefix}.look`, topic);
    const ends = await lab.broker.ends([topic]);
    const left = new Map(Object.entries(ends).map(([place, end]) => [Number(place.split('/').at(-1)), end]));
    await new Promise<void>((resolve, reject) => {
      const reached = (partition: number, offset: number) => {
        if (offset >= (left.get(partition) ?? 0)) left.delete(partition);
        if ([...left.values()].every((end) => end === 0)) resolve();
      };
      const joined = (partitions: readonly number[]) => {
        for (const partition of partitions) member.resumeAt(partition, 0);
      };
      const batch: Parameters<typeof member.start>[0]['batch'] = async ({
        partition,
        records,
        endOffset,
      }) => {
        for (const { key, value } of records) {
          places.set(String(key), (places.get(String(key)) ?? new Set()).add(partition));
          types.add((JSON.parse(String(value)) as { type: string }).type);
        }
        reached(partition, endOffset);
        return true;
      };
      member.start({ joined, batch, skipped: reached, crashed: reject }).catch(reject);
    });
    await member.stop();
    expect([...types]).toEqual(
      expect.arrayContaining(['source-observed', 'pipeline-observed', 'snapshot-applied']),
    );
    expect([...places].filter(([, partitions]) => partitions.size > 1)).toEqual([]);
    expect(places.size).toBeGreaterThan(3);
  });

  it('works from cron, with nothing in the environment', async () => {
    const { PATH: _notOurs, ...settings } = lab.env;
    const file = join(lab.folder, 'shop.env');
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${formatEnvValue(value ?? '')}`);
    writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
    const launcher = join(import.meta.dirname, '..', '..', '..', 'dist', 'src', 'cli', 'index.js');
    const args = [
      '-i',
      process.execPath,
      launcher,
      '--env-file',
      file,
      'monitor',
      '--check-last-sync',
      '--json',
    ];
    const child = spawn('/usr/bin/env', args, { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    child.stdout.on('data', (data: Buffer) => void (stdout += data.toString()));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, document: JSON.parse(stdout) as unknown }).toMatchObject({
      code: 0,
      document: { status: 'fine' },
    });
  });
});
