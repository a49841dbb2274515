import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChromium, signIn, watchedPage } from './chromium.js';
import { DashboardLab } from './lab.js';

const PICTURES = [
  { name: 'now', path: '/', locale: 'en', colorScheme: 'light', width: 1120 },
  { name: 'now-dark', path: '/', locale: 'ru', colorScheme: 'dark', width: 1120 },
  { name: 'now-phone', path: '/', locale: 'ru', colorScheme: 'light', width: 400 },
  {
    name: 'products',
    path: '/products?sort=available&down=1',
    locale: 'ru',
    colorScheme: 'light',
    width: 1120,
  },
  { name: 'articles', path: '/products?view=articles', locale: 'en', colorScheme: 'light', width: 1120 },
  {
    name: 'product',
    path: '/product/ozon/100500/2?span=week',
    locale: 'ru',
    colorScheme: 'light',
    width: 1120,
  },
  { name: 'anomalies', path: '/anomalies', locale: 'ru', colorScheme: 'light', width: 1120 },
  { name: 'pipeline', path: '/pipeline', locale: 'en', colorScheme: 'light', width: 1120 },
] as const;

/** As a worker's group stands in the raw topic while it catches up. */
const GROUP = {
  group: 'inventory.projector',
  topic: 'inventory.raw-snapshots.v1',
  members: 2,
  partitions: [1842, 977, 1310, 0, 0, 0].map((end, partition) => ({
    ...{ partition, end, committed: end - (partition === 1 ? 6 : 0), records: partition === 1 ? 6 : 0 },
    owner: `inventory-sync@10.0.0.${partition % 2 === 0 ? 4 : 5}`,
  })),
};

/** What the seed has for tests of safety would only puzzle readers. */
async function withoutMischief({ pipe: { db } }: DashboardLab): Promise<void> {
  await db.execute(
    "UPDATE products SET offer_id = 'ART-009', name = 'Рюкзак городской № 9' WHERE product_id = 9",
  );
  await db.execute("DELETE FROM alerts WHERE fingerprint LIKE 'hostile%'");
  await db.execute(
    "UPDATE sync_logs SET error = 'POST /v4/product/info/stocks: 502 Bad Gateway' WHERE error IS NOT NULL",
  );
}

/** `DASHBOARD_PICTURES=docs/img npx vitest run --project integration test/browser/pictures.test.ts` draws them. */
const folder = process.env.DASHBOARD_PICTURES ?? '';

describe.runIf(folder !== '')('pictures', () => {
  let lab: DashboardLab;
  let browser: Browser;
  beforeAll(async () => {
    lab = await DashboardLab.start('pictures');
    await withoutMischief(lab);
    browser = await openChromium();
    await mkdir(folder, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    await lab?.close();
  });

  it('of every page', { timeout: 300_000 }, async () => {
    const url = await lab.open({ desks: { lag: { groups: async () => [GROUP] } } });
    for (const { name, path, locale, colorScheme, width } of PICTURES) {
      const viewport = { width, height: width > 500 ? 760 : 820 };
      const { page, complaints, close } = await watchedPage(browser, url, { colorScheme, viewport });
      await signIn(page);
      await page.goto(`/?lang=${locale}`);
      await page.goto(path);
      await page.locator('#live[data-state=live]').waitFor();
      await writeFile(join(folder, `dashboard-${name}.png`), await page.screenshot());
      expect(complaints).toEqual([]);
      await close();
    }
  });
});
