import { expect, test } from 'vitest';
import { credentialsRefused } from '../../../../src/domain/anomaly/credentials-refused.js';
import { applied, FEED, failed, observed } from './snapshots.js';

const said = (...[subject]: Parameters<typeof credentialsRefused>) =>
  credentialsRefused(subject).map(({ state, fingerprint }) => `${state} ${fingerprint}`);

test('a key that the marketplace refuses, and one that is not even tried, are one incident', () => {
  const raised = [`raised credentials-refused:${FEED}`];
  expect(said(failed({ code: 'API_CREDENTIALS', message: 'HTTP 403' }))).toEqual(raised);
  expect(said(observed({ keyRefused: 'WB_API_KEY lacks the category Analytics' }))).toEqual(raised);
  expect(said(applied())).toEqual([`resolved credentials-refused:${FEED}`]);
});

test('other failures and other looks are none of its business', () => {
  expect(said(failed())).toEqual([]);
  expect(said(observed({ lastSyncAt: null, keyExpiresAt: 0 }))).toEqual([]);
});

test('says which setting, what to do, and why', () => {
  const wb = { feed: 'wildberries:a-b:wb-warehouses', source: 'wildberries', account: 'a-b' } as const;
  const [finding] = credentialsRefused(observed({ ...wb, keyRefused: 'WB_API_KEY lacks\nAnalytics' }));
  expect(finding).toMatchObject({
    severity: 'critical',
    evidence: { reason: 'WB_API_KEY lacks Analytics' },
    text: {
      ru: 'Wildberries: токен не годится, остатки не читаются (выгрузка wb-warehouses). Создайте в личном кабинете новый с нужными правами, впишите его в WB_API_KEY и выполните «inventory-sync check». Причина: WB_API_KEY lacks Analytics',
      en: "Wildberries: the token is no good, stock is not read (feed wb-warehouses). Create a new one with the rights it needs in the seller's account, set WB_API_KEY and run “inventory-sync check”. Cause: WB_API_KEY lacks Analytics",
    },
  });
});
