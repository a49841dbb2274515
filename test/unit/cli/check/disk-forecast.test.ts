import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../config/load.js';
import type { Broker } from '../../../../src/broker/broker.js';
import { databaseForecast, sizeText, topicForecast } from '../../../../src/cli/check/disk-forecast.js';
import type { LogRecord } from '../../../../src/ports/log-records.js';

// Here is no `.env` of a developer's.
const config = (env: Record<string, string> = {}) =>
  loadConfig({ env: { LOCALE: 'en', ...env }, cwd: import.meta.dirname, installFolder: import.meta.dirname })
    .config;

const USE = { bytes: 3 * 1024 * 1024, changeBytes: 200, perDay: { changes: 10_000, rows: 50_000 } };

/** A broker whose raw topic holds these pages in one partition. */
function brokerWith(pages: readonly Buffer[]): Broker {
  return {
    partitionCount: async () => 2,
    range: async (_: string, partition: number) => ({ start: 0, end: partition === 1 ? pages.length : 0 }),
    read: async (_: string, [part]: { from: number; end: number }[], found: (record: LogRecord) => void) => {
      for (const value of pages.slice(part?.from, part?.end)) found({ value } as LogRecord);
    },
  } as unknown as Broker;
}

describe('the forecast of disk', () => {
  it.each([
    [0, '0 KB'],
    [1, '0.1 KB'],
    [10 * 1024, '10 KB'],
    [1.5 * 1024 ** 3, '1.5 GB'],
    [5_000 * 1024 ** 4, '5,000 TB'],
  ])('%i bytes are %s', (bytes, text) => {
    expect(sizeText(bytes, 'en')).toBe(text);
  });

  it('of the ledger: changes a day, days, bytes each', () => {
    expect(databaseForecast(USE, config())).toBe(
      'takes 3 MB; at the present rate the ledger of changes will take about 763 MB in 400 days',
    );
    expect(databaseForecast({ ...USE, perDay: null }, config())).toBe('takes 3 MB');
  });

  it('of the raw topic: by the weight of its rows, packed as they are', async () => {
    const page = Buffer.from(
      JSON.stringify({ rows: Array.from({ length: 100 }, (_, id) => ({ id, text: 'x'.repeat(90) })) }),
    );
    const pages = Array.from({ length: 3 }, () => page);
    const perRow = gzipSync(Buffer.concat(pages)).length / 300;
    expect(await topicForecast(brokerWith(pages), USE, config())).toContain(
      `about ${sizeText(perRow * 50_000 * 14, 'en')} in 14 days`,
    );
    const plain = config({ KAFKA_COMPRESSION: 'none', RAW_RETENTION_DAYS: '2' });
    expect(await topicForecast(brokerWith(pages), USE, plain)).toContain(
      `about ${sizeText((page.length / 100) * 50_000 * 2, 'en')} in 2 days`,
    );
  });

  it('says nothing where there is nothing to go by', async () => {
    expect(await topicForecast(brokerWith([]), USE, config())).toBeNull();
    expect(await topicForecast(brokerWith([Buffer.from('no JSON')]), USE, config())).toBeNull();
    expect(await topicForecast(brokerWith([]), { ...USE, perDay: null }, config())).toBeNull();
  });
});
