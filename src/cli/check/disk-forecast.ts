import { gzipSync } from 'node:zlib';
import type { Config } from '../../../config/schema.js';
import type { Broker } from '../../broker/broker.js';
import { TOPICS, topicOf } from '../../events/topics.js';
import type { DiskUse } from '../../store/disk-use.js';
import type { Locale } from '../words.js';

/** Records that are weighed: some pages of the busiest partition, the newest ones. */
const SAMPLE = 30;
const UNITS = { ru: ['КБ', 'МБ', 'ГБ', 'ТБ'], en: ['KB', 'MB', 'GB', 'TB'] } as const;

/** «120 МБ»: two places at most, for people who plan a disk. */
export function sizeText(bytes: number, locale: Locale): string {
  let [value, unit] = [bytes / 1024, 0];
  while (value >= 1024 && unit < UNITS[locale].length - 1) {
    value /= 1024;
    unit += 1;
  }
  const shown = value < 10 ? Math.ceil(value * 10) / 10 : Math.ceil(value);
  return `${shown.toLocaleString(locale === 'ru' ? 'ru' : 'en-GB')} ${UNITS[locale][unit]}`;
}

/** What the ledger will take when it is as long as the settings let it be, beside what there is. */
export function databaseForecast(use: DiskUse, { retention, locale }: Config): string {
  const now = sizeText(use.bytes, locale);
  if (use.perDay === null) return locale === 'ru' ? `занято ${now}` : `takes ${now}`;
  const days = retention.ledgerDays;
  const ledger = sizeText(use.perDay.changes * days * use.changeBytes, locale);
  return locale === 'ru'
    ? `занято ${now}; журнал изменений при нынешнем темпе займёт за ${days} дн. около ${ledger}`
    : `takes ${now}; at the present rate the ledger of changes will take about ${ledger} in ${days} days`;
}

/** What the raw topic will take, by the weight of some records of it; null where there is nothing to go by. */
export async function topicForecast(broker: Broker, use: DiskUse, config: Config): Promise<string | null> {
  const { kafka, retention, locale } = config;
  if (use.perDay === null) return null;
  const weight = await bytesPerRow(
    broker,
    topicOf(kafka.topicPrefix, TOPICS.rawSnapshots),
    kafka.compression,
  );
  if (weight === null) return null;
  const size = sizeText(weight * use.perDay.rows * retention.rawDays, locale);
  return locale === 'ru'
    ? `сырые ответы при нынешнем темпе займут за ${retention.rawDays} дн. около ${size} на каждой копии`
    : `at the present rate raw answers will take about ${size} in ${retention.rawDays} days, each copy`;
}

async function bytesPerRow(
  broker: Broker,
  topic: string,
  compression: Config['kafka']['compression'],
): Promise<number | null> {
  const partitions = Array.from({ length: await broker.partitionCount(topic) }, (_, partition) => partition);
  const ranges = await Promise.all(
    partitions.map(async (partition) => ({ partition, ...(await broker.range(topic, partition)) })),
  );
  const busiest = ranges.sort((a, b) => b.end - b.start - (a.end - a.start))[0];
  if (busiest === undefined || busiest.end === busiest.start) return null;
  const { partition, start, end } = busiest;
  const values: Buffer[] = [];
  let rows = 0;
  await broker.read(topic, [{ partition, from: Math.max(start, end - SAMPLE), end }], ({ value }) => {
    if (value === null) return;
    values.push(value);
    rows += rowsIn(value);
  });
  if (rows === 0) return null;
  const all = Buffer.concat(values);
  return (compression === 'gzip' ? gzipSync(all).length : all.length) / rows;
}

function rowsIn(value: Buffer): number {
  try {
    const { rows } = JSON.parse(value.toString()) as { rows?: unknown };
    return Array.isArray(rows) ? rows.length : 0;
  } catch {
    return 0;
  }
}
