import { expect, it } from 'vitest';
import { closeRow } from '../../../../src/cli/sync/close-row.js';
import { outcomeOf } from '../../../../src/cli/sync/outcome.js';
import { AppError } from '../../../../src/errors.js';
import type { SyncLog } from '../../../../src/ports/sync-log.js';

const feed = { source: 'ozon', account: '1', endpoint: 'product-stocks' } as const;
const counts = { pages: 1, rowsRead: 9, created: 1, updated: 2, closed: 3, invalid: 0 };
const applied = { status: 'applied', reason: null, life: 1, partition: 0, lastOffset: 5, counts } as const;
const advice = {
  ru: { what: 'Ozon не знает этого ключа', remedy: 'создайте новый' },
  en: { what: 'Ozon does not know this key', remedy: 'make a new one' },
};
const error = new AppError('API_CREDENTIALS', 'Ozon POST /v3/product/list answered 404', {
  advice,
  facts: { requestId: 'r-7' },
});
const outcome = outcomeOf({
  source: 'ozon',
  account: '1',
  results: [
    { feed, rows: 9, snapshotId: 's', outcome: applied },
    { feed: { ...feed, endpoint: 'product-list' }, rows: 4, error },
  ],
  ended: [applied],
  patience: { startedAt: 0, waitMs: 0 },
  now: 1,
});

function noting(finish: SyncLog['finish']) {
  const said: unknown[] = [];
  const unused = () => Promise.reject(new Error('not to be called'));
  const say = (fields: object, text: string) => said.push([fields, text]);
  const logger = { trace: say, debug: say, info: say, warn: say, error: say, fatal: say };
  return { said, logger, syncLog: { closeDead: unused, begin: unused, progress: unused, finish } };
}

it('a run’s row says everything about it, the trouble in the reader’s language with the exact words behind', async () => {
  const rows: unknown[] = [];
  const { logger, syncLog } = noting(async (id, row) => {
    rows.push([id, row]);
  });
  await closeRow(syncLog, '17', outcome, { locale: 'ru', logger });
  expect(rows).toEqual([
    [
      '17',
      {
        ...{ status: 'partial', records: 9, changed: 6, absent: 3, errorCode: 'API_CREDENTIALS' },
        error: 'Ozon не знает этого ключа (Ozon POST /v3/product/list answered 404)',
        requestId: 'r-7',
      },
    ],
  ]);
});

it('a row that cannot be closed fails no run', async () => {
  const { said, logger, syncLog } = noting(() => Promise.reject(new Error('gone')));
  await closeRow(syncLog, '17', outcome, { locale: 'ru', logger });
  expect(said).toEqual([[{ source: 'ozon' }, expect.stringContaining('gone')]]);
});
