import { afterAll, beforeAll, expect, it } from 'vitest';
import { TOPICS } from '../../src/events/topics.js';
import { testEngines } from '../support/engines.js';
import { ozon, RawPartition, wb } from '../support/raw-log.js';
import { check } from './checker/check.js';
import { TrialInstallation } from './checker/trial/installation.js';
import { Planting } from './checker/trial/planting.js';
import { RecordedKafka } from './checker/trial/recorded-kafka.js';

let trial: TrialInstallation;
beforeAll(async () => {
  trial = await TrialInstallation.start('checkercut');
});
afterAll(() => trial?.close());

const OZON = { source: 'ozon', account: '7', endpoint: 'product-stocks' } as const;
const WB = { source: 'wildberries', account: 'w', endpoint: 'wb-warehouses' } as const;

it('where the log no longer begins at its beginning the checker goes on from the ledger', async () => {
  const first = new RawPartition();
  first.whole(OZON, [[1, 2, 3, 4, 5].map((id) => ozon(id, ['fbo', 10 + id], ['fbs', id]))]);
  first.whole(WB, [[wb(1, 507, 3), wb(2, 507, 4), wb(2, 117, 5)]]);
  const cut = first.records.length;
  const second = new RawPartition();
  second.wait(3_600_000);
  // Its snapshot would be called as the first one was.
  second.start(OZON);
  second.whole(OZON, [[1, 2, 3, 4].map((id) => ozon(id, ['fbo', 11 + id]))]);
  second.whole(WB, [[wb(1, 507, 3), wb(2, -999999, 9)]]);
  second.whole(OZON, [[]]);
  await trial.append(4, first.records);
  await trial.append(5, first.records.map(elsewhere));
  await trial.drain();
  await trial.forget(TOPICS.rawSnapshots, 4, cut);
  await trial.append(4, second.records);
  await trial.append(5, second.records.map(elsewhere));
  await trial.drain();

  const settings = await trial.settings();
  const report = await check(settings);
  expect(report.differences).toEqual([]);
  expect(report.figures).toMatchObject({ beheadedFeeds: 2, feeds: 4 });

  const planting = await Planting.open(trial);
  const kafka = await RecordedKafka.of(
    testEngines().kafka.brokers,
    Object.values(TOPICS).map((name) => trial.pipe.topic(name)),
    [`${settings.prefix}.projector`],
  );
  for (const [table, lie, kind] of [
    [
      'levels',
      'UPDATE levels SET available = 0, present = 0 WHERE feed_id = (SELECT feed_id FROM feeds WHERE feed = "ozon:7:product-stocks") AND available > 0 LIMIT 1',
      'level-wrong',
    ],
    ['ledger', "DELETE FROM ledger WHERE op = 'd' AND partition_no = 4 LIMIT 1", 'change-lost-from-ledger'],
  ] as const) {
    const lied = await planting.inTables([table], [lie], () => check(settings, kafka));
    expect(Object.keys(lied.counts)).toContain(kind);
  }
  await planting.close();
}, 300_000);

function elsewhere<T extends { readonly key: string | null; readonly value: Buffer | null }>(record: T): T {
  const renamed = (text: string) => text.replaceAll('ozon:7:', 'ozon:8:').replaceAll(':w:', ':v:');
  const value = renamed(String(record.value))
    .replaceAll('"account":"7"', '"account":"8"')
    .replaceAll('"account":"w"', '"account":"v"');
  return { ...record, key: renamed(record.key ?? ''), value: Buffer.from(value) };
}
