import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOPICS } from '../../src/events/topics.js';
import type { LogRecord } from '../../src/ports/log-records.js';
import { testEngines } from '../support/engines.js';
import { createRandom } from '../support/random.js';
import { ozon, RawPartition } from '../support/raw-log.js';
import { rawPartition } from '../support/raw-plans.js';
import { type CheckReport, check } from './checker/check.js';
import type { SeenRecord } from './checker/console-consumer.js';
import type { CheckerSettings } from './checker/settings.js';
import { catalogueStory } from './checker/trial/catalogue-stories.js';
import { TrialInstallation } from './checker/trial/installation.js';
import { Planting } from './checker/trial/planting.js';
import { RecordedKafka } from './checker/trial/recorded-kafka.js';

const SEED = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);
const STORIES = 24;
const PARTITIONS = 12;

/** The same story about other accounts. */
function ofAccount(record: LogRecord, number: number): LogRecord {
  const renamed = (text: string) =>
    text.replaceAll('100500', `${100500 + number}`).replaceAll('a1-b2', `a1-b2-${number}`);
  const { key, value } = record;
  const text = value?.toString() ?? '';
  const isText = value !== null && Buffer.from(text).equals(value);
  return {
    ...record,
    key: key === null ? null : renamed(key),
    value: isText ? Buffer.from(renamed(text)) : value,
  };
}

/** What each plant needs: stock that moves, sells out and is refused, and a read with a hole. */
function sureStory(): readonly LogRecord[] {
  const feed = { source: 'ozon', account: '7', endpoint: 'product-stocks' } as const;
  const log = new RawPartition();
  const pages = (figure: number) => [[1, 2, 3, 4].map((id) => ozon(id, ['fbo', figure], ['fbs', id]))];
  log.whole(feed, pages(10)).at(0);
  log.wait(60_000).whole(feed, pages(5)).at(0);
  const wanting = log.wait(60_000).start(feed);
  log.chunk(feed, wanting, 1, [ozon(1, ['fbo', 4])]);
  log.complete(feed, wanting, { pages: 1, rows: 2 });
  log.wait(60_000).bytes('ozon:7:product-stocks', 'no JSON');
  log.whole(feed, [[ozon(1, ['fbo', 0]), ozon(2, ['fbo', 6]), ozon(3, ['fbo', 6])]]).at(0);
  log.wait(60_000).whole(feed, [[]]).at(0);
  return log.records;
}

describe(`the checker and a real pipeline (seed ${SEED})`, () => {
  let trial: TrialInstallation;
  let planting: Planting;
  let settings: CheckerSettings;
  let kafka: RecordedKafka;
  const topic = (name: (typeof TOPICS)[keyof typeof TOPICS]) => trial.pipe.topic(name);

  beforeAll(async () => {
    trial = await TrialInstallation.start('checker');
    planting = await Planting.open(trial);
    const stories = fc.sample(rawPartition, { numRuns: STORIES, seed: SEED });
    await trial.append(3, sureStory());
    for (const [number, { records }] of stories.entries()) {
      const tell = (partition: number, story: readonly LogRecord[]) =>
        trial.append(
          partition % PARTITIONS,
          story.map((record) => ofAccount(record, number)),
        );
      await tell(number, records);
      await tell(number + 5, catalogueStory(createRandom(SEED + number)));
      if (number % 12 === 11) await trial.drain();
    }
    await trial.drain();
    settings = { ...(await trial.settings()), seed: SEED };
  }, 300_000);
  afterAll(async () => {
    await planting?.close();
    await trial?.close();
  });

  it('finds nothing where random stories went through', async () => {
    const report = await check(settings);
    expect(report.differences).toEqual([]);
    expect(report).toMatchObject({ ok: true, seed: SEED });
    expect(report.figures.expectedChanges).toBeGreaterThan(100);
    expect(report.figures.alertsExpected).toBeGreaterThan(10);
    expect(report.figures.mails).toBeGreaterThan(0);
    kafka = await RecordedKafka.of(
      testEngines().kafka.brokers,
      Object.values(TOPICS).map(topic),
      ['projector', 'anomaly', 'mailer'].map((name) => `${settings.prefix}.${name}`),
    );
  }, 300_000);

  const kinds = (report: CheckReport) => Object.keys(report.counts);
  const inKafka = async (
    name: (typeof TOPICS)[keyof typeof TOPICS],
    lie: (records: readonly SeenRecord[]) => readonly SeenRecord[],
  ) => kinds(await check(settings, kafka.with(topic(name), lie)));
  const inTables = (tables: readonly string[], ...lie: readonly string[]) =>
    planting.inTables(tables, lie, async () => kinds(await check(settings, kafka)));
  const inFile = async (file: string | undefined, lie: (lines: readonly string[]) => readonly string[]) => {
    const copy = planting.inFile(file ?? '', lie);
    const which = file === settings.mails ? { mails: copy } : { observed: copy };
    return check({ ...settings, ...which }, kafka);
  };

  it('finds nothing in a recording of the same', async () => {
    expect((await check(settings, kafka)).differences).toEqual([]);
  });

  it.each([
    ['a change lost from the ledger', "DELETE FROM ledger WHERE op = 'u' LIMIT 1", 'change-lost-from-ledger'],
    [
      'another reason',
      "UPDATE ledger SET reason = 'moved' WHERE reason = 'absent' LIMIT 1",
      'change-differs-in-ledger',
    ],
    [
      'another figure',
      'UPDATE ledger SET after_reserved = after_reserved + 1 LIMIT 1',
      'change-differs-in-ledger',
    ],
    [
      'a version that goes back',
      'UPDATE ledger SET seq = 1 WHERE seq = 2 LIMIT 1',
      'ledger-version-went-back',
    ],
    [
      'a change nobody made',
      'UPDATE ledger SET record_offset = record_offset + 100000 LIMIT 1',
      'change-that-nothing-explains',
    ],
  ])('ledger: %s', async (_, lie, kind) => {
    expect(await inTables(['ledger'], lie)).toContain(kind);
  });

  it('ledger and levels: a product closed by a read with a hole', async () => {
    const {
      first_offset: first,
      last_offset: last,
      partition_no: partition,
    } = await planting.row(
      "SELECT s.* FROM snapshots s JOIN feeds f ON f.feed_id = s.feed_id WHERE s.status = 'incomplete' AND f.feed = 'ozon:7:product-stocks'",
    );
    const { feed_id: feed, seq } = await planting.row(
      "SELECT l.* FROM levels l JOIN feeds f ON f.feed_id = l.feed_id WHERE f.feed = 'ozon:7:product-stocks' AND product_id = 2 AND scheme = 'fbo'",
    );
    const zeroes = '0, 0, 0, 0, 0';
    const found = await inTables(
      ['ledger', 'levels'],
      `INSERT INTO ledger SELECT incarnation_id, partition_no, ${String(last)}, 70, feed_id, product_id, scheme,
         warehouse_id, 'd', 'absent', ${zeroes}, ${zeroes}, ${Number(seq) + 1}, ${String(first)}, observed_at, NULL, NULL
         FROM ledger WHERE feed_id = ${String(feed)} AND partition_no = ${String(partition)} AND product_id = 2
          AND scheme = 'fbo' LIMIT 1`,
      `UPDATE levels SET available = 0, present = 0, closed = 1 WHERE feed_id = ${String(feed)} AND product_id = 2 AND scheme = 'fbo'`,
    );
    expect(found).toContain('closed-without-a-complete-snapshot');
    expect(found).toContain('level-wrong');
  });

  it.each([
    [
      'a wrong zero',
      'levels',
      'UPDATE levels SET available = 0, present = 0 WHERE available > 0 LIMIT 1',
      'level-wrong',
    ],
    ['a lost row', 'levels', 'DELETE FROM levels WHERE closed = 0 LIMIT 1', 'level-missing'],
    [
      'an older version',
      'levels',
      'UPDATE levels SET seq = seq - 1 WHERE seq > 1 LIMIT 1',
      'level-version-wrong',
    ],
    [
      'a row of nowhere',
      'levels',
      'UPDATE levels SET product_id = 99999 LIMIT 1',
      'level-that-nothing-explains',
    ],
    [
      'a snapshot without its end',
      'snapshots',
      "UPDATE snapshots SET status = 'open', last_offset = NULL WHERE status = 'applied' LIMIT 1",
      'snapshot-without-its-end',
    ],
    [
      'a snapshot that is not there',
      'snapshots',
      "DELETE FROM snapshots WHERE status = 'failed' LIMIT 1",
      'snapshot-lost',
    ],
    [
      'a watermark',
      'feeds',
      'UPDATE feeds SET watermark_at = watermark_at + INTERVAL 1 SECOND WHERE watermark_at IS NOT NULL LIMIT 1',
      'watermark-wrong',
    ],
    [
      'a product removed',
      'products',
      'UPDATE products SET removed_at = NOW(3) WHERE removed_at IS NULL AND name IS NOT NULL LIMIT 1',
      'product-removed-wrongly',
    ],
    [
      'a product that stayed',
      'products',
      'UPDATE products SET removed_at = NULL WHERE removed_at IS NOT NULL',
      'product-not-removed',
    ],
    [
      'a name',
      'products',
      "UPDATE products SET name = 'another' WHERE name IS NOT NULL LIMIT 1",
      'product-name-wrong',
    ],
    [
      'an alert never told',
      'alerts',
      "UPDATE alerts SET state = 'open' WHERE state = 'resolved' LIMIT 1",
      'alert-table-wrong',
    ],
    [
      'an alert nobody enters',
      'alert_deliveries',
      'DELETE FROM alert_deliveries LIMIT 1',
      'alert-without-delivery',
    ],
    [
      'a checkpoint that lags',
      'checkpoints',
      "UPDATE checkpoints SET next_offset = next_offset - 1 WHERE consumer_group LIKE '%projector' AND next_offset > 0 LIMIT 1",
      'offset-beyond-checkpoint',
    ],
    [
      'an event that differs',
      'outbox',
      "UPDATE outbox SET value = CONCAT(value, ' ') LIMIT 1",
      'event-published-otherwise',
    ],
  ])('tables: %s', async (_, table, lie, kind) => {
    expect(await inTables([table], lie)).toContain(kind);
  });

  it('after a replay: changes of its own are no difference, a wrong zero is', async () => {
    const replayed = { ...settings, replayed: true };
    expect((await check(replayed, kafka)).differences).toEqual([]);
    const zero = 'UPDATE levels SET available = 0, present = 0 WHERE available > 0 LIMIT 1';
    const lied = await planting.inTables(['levels'], [zero], () => check(replayed, kafka));
    expect(kinds(lied)).toEqual(expect.arrayContaining(['level-wrong', 'level-is-not-the-folded-ledger']));
  });

  it('topics: a change lost, doubled, altered', async () => {
    const { stockChanges } = TOPICS;
    expect(await inKafka(stockChanges, (all) => all.slice(1))).toContain('never-published');
    const twice = (all: readonly SeenRecord[]) => [...all, { ...(all[0] as SeenRecord), offset: 1_000_000 }];
    expect(await inKafka(stockChanges, twice)).toContain('published-twice');
    const altered = ([first, ...rest]: readonly SeenRecord[]) => [
      {
        ...(first as SeenRecord),
        value: Buffer.from(String(first?.value).replace(/"reserved":/, '$&1')),
      },
      ...rest,
    ];
    expect(await inKafka(stockChanges, altered)).toContain('published-otherwise');
  });

  it('topics: two changes of a key in the wrong order', async () => {
    const found = await inKafka(TOPICS.stockChanges, swapped);
    expect(found).toContain('topic-version-skipped');
    expect(found).toContain('topic-version-went-back');
  });

  it('topics: alerts, dead letters and sync events lost and doubled', async () => {
    const last = (all: readonly SeenRecord[]) => all.slice(0, -1);
    const twice = (all: readonly SeenRecord[]) => [...all, { ...(all[0] as SeenRecord), offset: 1_000_000 }];
    const ofRawAlerts = (all: readonly SeenRecord[]) =>
      all.filter(({ key }) => String(key) !== 'feed-held:ozon:7:product-stocks');
    expect(await inKafka(TOPICS.alerts, ofRawAlerts)).toContain('alert-missing');
    expect(await inKafka(TOPICS.alerts, twice)).toContain('alert-twice');
    expect(await inKafka(TOPICS.deadLetters, last)).toContain('dead-letter-missing');
    expect(await inKafka(TOPICS.deadLetters, twice)).toContain('dead-letter-twice');
    expect(await inKafka(TOPICS.syncEvents, (all) => all.filter((_, at) => at !== 1))).toContain(
      'event-never-published',
    );
    expect(await inKafka(TOPICS.syncEvents, twice)).toContain('event-published-twice');
  });

  it('topics: a raw record that was never worked off', async () => {
    const found = await inKafka(TOPICS.rawSnapshots, (all) => {
      const besides = ({ partition, offset }: SeenRecord, step: number) =>
        all.some((one) => one.partition === partition && one.offset === offset + step);
      const at = all.findIndex(
        (one) => String(one.value).includes('"type":"page-chunk"') && besides(one, -1) && besides(one, 1),
      );
      return all.filter((_, index) => index !== at);
    });
    expect(found).toContain('raw-log-has-a-hole');
  });

  it('a live reader that missed one, saw one twice, or in another order', async () => {
    const { observed } = settings;
    const kindsOf = async (lie: (lines: readonly string[]) => readonly string[]) =>
      kinds(await inFile(observed, lie));
    expect(await kindsOf((lines) => lines.slice(1))).toContain('never-observed');
    expect(await kindsOf((lines) => [...lines, lines[0] ?? ''])).toContain('observed-twice');
    expect(await kindsOf((lines) => lines.toReversed())).toContain('observed-version-skipped');
    const aborted = (lines: readonly string[]) =>
      lines.map((line, at) => (at === 2 ? line.replace(/("ce_id":"[^"]*)"/, '$19"') : line));
    expect(await kindsOf(aborted)).toContain('observed-without-a-change');
  });

  it('a mail missing, a mail doubled, unless its answer was lost', async () => {
    const { mails } = settings;
    expect(kinds(await inFile(mails, (lines) => lines.slice(1)))).toContain('mail-missing');
    const twice = planting.inFile(mails ?? '', (lines) => [...lines, lines[0] ?? '']);
    expect(kinds(await check({ ...settings, mails: twice }, kafka))).toEqual(['mail-twice']);
    const { messageId } = JSON.parse(planting.lines(twice)[0] ?? '{}') as { messageId: string };
    expect(kinds(await check({ ...settings, mails: twice, lostAnswers: [messageId] }, kafka))).toEqual([]);
    const empty = (lines: readonly string[]) =>
      lines.map((line) => JSON.stringify({ ...(JSON.parse(line) as object), text: 'all is well' }));
    expect(kinds(await inFile(mails, empty))).toContain('mail-without-its-alert');
  });

  it('a group’s offset beyond the checkpoint', async () => {
    const place = `${settings.prefix}.projector ${topic(TOPICS.rawSnapshots)} 3`;
    const report = await check(settings, kafka.withOffset(place, 1_000_000));
    expect(report.differences).toEqual([
      { kind: 'offset-beyond-checkpoint', where: place, expected: expect.any(Number), actual: 1_000_000 },
    ]);
  });

  it('a secret in a mail, in a record, in a table', async () => {
    const secrets = ['hunter-2-planted'];
    const leaked = 'answered 401 for hunter-2-planted';
    const clean = await check({ ...settings, secrets }, kafka);
    expect(clean.differences).toEqual([]);
    const mails = planting.inFile(settings.mails ?? '', (lines) =>
      lines.map((line, at) => (at === 0 ? line.replace('"text":"', `"text":"${leaked} `) : line)),
    );
    const inMail = await check({ ...settings, mails, secrets }, kafka);
    expect(inMail.counts).toEqual({ 'secret-leaked': 1 });
    expect(JSON.stringify(inMail)).not.toContain('hunter');
    const header = (all: readonly SeenRecord[]) =>
      all.map((record, at) =>
        at === 5
          ? {
              ...record,
              headers: { ...record.headers, note: Buffer.from(secrets[0] ?? '').toString('base64') },
            }
          : record,
      );
    expect(
      kinds(await check({ ...settings, secrets }, kafka.with(topic(TOPICS.syncEvents), header))),
    ).toEqual(['secret-leaked']);
    const inTable = await planting.inTables(
      ['snapshots'],
      [`UPDATE snapshots SET reason = '${leaked}' WHERE status = 'failed' LIMIT 1`],
      () => check({ ...settings, secrets }, kafka),
    );
    expect(inTable.counts).toEqual({ 'secret-leaked': 1 });
  });
});

/** The first two changes of some key change places. */
function swapped(all: readonly SeenRecord[]): readonly SeenRecord[] {
  const first = all.findIndex(
    (record, at) => all.findIndex((one, later) => later > at && String(one.key) === String(record.key)) > 0,
  );
  const second = all.findIndex((one, at) => at > first && String(one.key) === String(all[first]?.key));
  return all.map((record, at) => {
    const other = all[at === first ? second : at === second ? first : at] ?? record;
    return { ...other, offset: record.offset };
  });
}
