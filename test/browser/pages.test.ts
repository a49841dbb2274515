import { readFile } from 'node:fs/promises';
import { strFromU8, unzipSync } from 'fflate';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barriers } from './axe.js';
import { openChromium, signIn, watchedPage } from './chromium.js';
import { DashboardLab } from './lab.js';
import { HOSTILE, HOSTILE_ID, PRODUCTS } from './seed.js';

const PAGES = {
  '/': { ru: 'Сейчас', en: 'Now' },
  '/products': { ru: 'Товары', en: 'Products' },
  '/products?view=articles': { ru: 'Товары', en: 'Products' },
  '/product/ozon/100500/2': { ru: 'ART-002', en: 'ART-002' },
  '/anomalies': { ru: 'Отклонения', en: 'Anomalies' },
  '/pipeline': { ru: 'Конвейер', en: 'Pipeline' },
} as const;

describe('pages', () => {
  let lab: DashboardLab;
  let browser: Browser;
  let url: string;
  beforeAll(async () => {
    lab = await DashboardLab.start('pages');
    url = await lab.open();
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await lab?.close();
  });

  for (const [locale, colorScheme] of [
    ['ru', 'light'],
    ['en', 'dark'],
  ] as const) {
    it(`are whole, quiet and accessible: ${locale}, ${colorScheme}`, { timeout: 180_000 }, async () => {
      const { page, complaints, close } = await watchedPage(browser, url, { colorScheme, bypassCSP: true });
      await signIn(page);
      await page.goto(`/?lang=${locale}`);
      for (const [path, title] of Object.entries(PAGES)) {
        await page.goto(path);
        expect(await page.locator('h1').innerText()).toBe(title[locale]);
        expect(await page.getAttribute('html', 'lang')).toBe(locale);
        await page.locator('#live[data-state=live]').waitFor();
        expect(await barriers(page)).toEqual([]);
      }
      expect(complaints).toEqual([]);
      await close();
    });
  }

  it('say how things stand: figures, the error with its remedy, the next run', async () => {
    const { page, close } = await watchedPage(browser, url);
    await page.goto('/');
    const text = await page.locator('main').innerText();
    expect(text).toContain('502 Bad Gateway <i>nginx</i>');
    expect(text).toContain('Что делать: Маркетплейс не отвечал');
    expect(text).toContain('по расписанию');
    const tile = await page.locator('.tiles dd').first().innerText();
    expect(tile).toMatch(new RegExp(`^${PRODUCTS + 40}`));
    const reserved = page.locator('#part-sources td[data-label="В резерве"]');
    const all = Array.from({ length: PRODUCTS }, (_, index) => (index + 1) % 4).reduce((a, b) => a + b);
    expect((await reserved.allInnerTexts()).map(Number)).toEqual([all - 3, 0]);
    await close();
  });

  it('fit a phone: nothing is wider than the screen', async () => {
    const { page, close } = await watchedPage(browser, url, {
      viewport: { width: 360, height: 740 },
      isMobile: true,
    });
    for (const path of Object.keys(PAGES)) {
      await page.goto(path);
      const width = await page.evaluate('document.documentElement.scrollWidth');
      expect([path, width]).toEqual([path, 360]);
    }
    await close();
  });

  it('work by keyboard: the first stop leads to the content, "/" to the search', async () => {
    const { page, close } = await watchedPage(browser, url);
    await page.goto('/products');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.getAttribute("href")')).toBe('#main');
    await page.keyboard.press('/');
    expect(await page.evaluate('document.activeElement.type')).toBe('search');
    await close();
  });

  it('work without scripts', async () => {
    const { page, close } = await watchedPage(browser, url, { javaScriptEnabled: false });
    await page.goto('/products');
    await page.getByRole('searchbox').fill('ART-007');
    await page.getByRole('button', { name: 'Найти' }).click();
    await page
      .getByRole('row', { name: /ART-007/ })
      .first()
      .waitFor();
    await close();
  });

  it('keep hostile names as text', async () => {
    const { page, complaints, close } = await watchedPage(browser, url);
    await lab.pipe.db.execute("UPDATE snapshots SET reason = ? WHERE status = 'failed'", [HOSTILE]);
    await lab.pipe.db.execute(
      `INSERT INTO levels (generation, feed_id, product_id, scheme, warehouse_id, present, reserved, available,
         in_way_to_client, in_way_from_client, seq, closed, opened_in)
       SELECT 0, feed_id, ${HOSTILE_ID}, 'fbs', '"><script>hacked=1//', 0, 0, 0, 0, 0, 1, 0, 0 FROM feeds
        WHERE endpoint = 'product-stocks'`,
    );
    for (const path of [
      '/',
      '/products?q=onerror',
      '/products?view=articles&q=onerror',
      `/product/ozon/100500/${HOSTILE_ID}`,
      '/anomalies',
      '/pipeline?snapshots=bad',
      '/products?q="><script>window.hacked=1</script>',
    ]) {
      await page.goto(path);
      await page.locator('#live[data-state=live]').waitFor();
      expect(await page.evaluate('globalThis.hacked')).toBeUndefined();
      expect([path, await page.locator('img, main script').count()]).toEqual([path, 0]);
    }
    await page.goto('/products?q=onerror');
    expect(await page.locator('tbody tr').count()).toBe(1);
    expect(await page.locator('tbody').innerText()).toContain('<script>window.hacked=1</script>');
    expect(complaints).toEqual([]);
    await close();
  });

  it.each([
    ['an article', 'art-06', 10],
    ['a name, in any case', 'РЮКЗАК № 24', 2],
    ['a barcode', '4600000000012', 2],
    ['a SKU', '700012', 1],
  ])('find products by %s', async (_, text, count) => {
    const { page, complaints, close } = await watchedPage(browser, url);
    await page.goto('/products');
    await page.getByRole('searchbox').fill(text);
    await page.keyboard.press('Enter');
    await page.waitForURL(/[?&]q=/);
    await page.locator('#found', { hasText: String(count) }).waitFor();
    expect(await page.locator('#part-products tbody tr').count()).toBe(Math.min(count, 50));
    expect(complaints).toEqual([]);
    await close();
  });

  it('sort and filter by a click', async () => {
    const { page, close } = await watchedPage(browser, url);
    await page.goto('/products?source=ozon');
    await page.getByRole('link', { name: /: доступно/i }).click();
    await page.waitForURL(/sort=available&down=1/);
    const figures = (await page.locator('td[data-label="Доступно"]').allInnerTexts()).map(Number);
    expect(figures.length).toBeGreaterThan(20);
    expect(figures).toEqual([...figures].sort((a, b) => b - a));
    await page.getByRole('link', { name: 'Закончились' }).click();
    await page.waitForURL(/only=out/);
    expect(await page.locator('tbody th').allInnerTexts()).toEqual(['ART-003']);
    await close();
  });

  it('show in a list in which warehouses a product is', async () => {
    const { page, complaints, close } = await watchedPage(browser, url);
    await page.goto('/products?source=wildberries&q=ART-005');
    const places = page.locator('tbody details');
    await places.getByText('Складов: 1').click();
    expect(await places.innerText()).toMatch(/117986: \d+$/);
    expect(complaints).toEqual([]);
    await close();
  });

  it('take no harm from addresses that make no sense', async () => {
    for (const [path, status] of [
      ['/products?from=-1&sort=drop&only=x&down=2&source=none', 200],
      ['/products?from=999999999', 200],
      ['/products?from=1e9&q=%00%ff', 200],
      ['/product/ozon/100500/2?before=1.2&span=year', 200],
      ['/product/ozon/100500/2?before=9999999999999.999999999999999.999999999', 200],
      ['/product/ozon/100500/two', 404],
      ['/product/ozon/100500/99999999999999999999', 404],
      ['/product/amazon/1/2', 404],
      ["/product/ozon/100500'--/2", 404],
      ['/product/ozon/%E0%A4%A/2', 400],
      ['/anomalies?state=lost', 200],
      ['/pipeline?snapshots=none', 200],
    ] as const) {
      const answer = await fetch(`${url}${path}`);
      expect([path, answer.status]).toEqual([path, status]);
    }
  });

  it('are downloaded as they are listed: both tables opened, and compared', async () => {
    const { page, complaints, close } = await watchedPage(browser, url);
    await page.goto('/products?q=Чайник&source=ozon&sort=available&down=1');
    const listed = await page
      .locator('#part-products tbody tr')
      .evaluateAll((rows) =>
        rows.map((row) => [
          row.querySelector('th')?.innerText,
          row.querySelector('[data-label="Доступно"]')?.textContent?.replace(/\D/g, ''),
        ]),
      );
    expect(listed.length).toBeGreaterThan(5);
    const csv = (await saved(page, 'CSV')).toString('utf8');
    expect(csv.slice(0, 1)).toBe('\ufeff');
    const lines = csv
      .slice(1)
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split(';'));
    const sheet = sheetOf(await saved(page, 'XLSX'));
    for (const table of [lines, sheet]) {
      const [heads = [], ...rows] = table;
      const [article, available] = ['Артикул', 'Доступно, шт.'].map((head) => heads.indexOf(head));
      expect(rows.map((row) => [row[article ?? -1], row[available ?? -1]])).toEqual(listed);
    }
    expect(complaints).toEqual([]);
    await close();
  });

  it('draw the chart of a product, and list its changes with the raw record', async () => {
    const { page, complaints, close } = await watchedPage(browser, url);
    await page.goto('/product/ozon/100500/2?span=week');
    await page.locator('.chart canvas').waitFor();
    const colours = (await page.evaluate(`(() => {
      const canvas = document.querySelector('.chart canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const seen = new Map();
      for (let at = 0; at < data.length; at += 4)
        if (data[at + 3] === 255) { const key = data.slice(at, at + 3).join(); seen.set(key, (seen.get(key) ?? 0) + 1); }
      return Object.fromEntries(seen);
    })()`)) as Record<string, number>;
    // The line in the accent's colour, and the mark of the read that failed.
    expect(colours['10,106,116']).toBeGreaterThan(200);
    expect(colours['179,38,30']).toBeGreaterThan(20);
    const changes = page.locator('#part-changes');
    expect(await changes.locator('tbody tr').count()).toBeGreaterThan(2);
    expect(await changes.locator('code').first().innerText()).toMatch(/raw-snapshots\.v1\/\d+\/\d+$/);
    expect(await page.locator('.chart').getAttribute('aria-label')).toContain('доступно от');
    expect(complaints).toEqual([]);
    await close();
  });
});

async function saved(page: Page, name: string): Promise<Buffer> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name, exact: true }).click(),
  ]);
  return readFile(await download.path());
}

/** The texts of the cells, row by row. */
function sheetOf(file: Buffer): string[][] {
  const sheet = unzipSync(file)['xl/worksheets/sheet1.xml'];
  if (sheet === undefined) throw new Error('no sheet');
  return [...strFromU8(sheet).matchAll(/<row\b.*?<\/row>/gs)].map(([row]) =>
    [...row.matchAll(/<c\b[^>]*?(?:\/>|>(.*?)<\/c>)/gs)].map(([, cell = '']) => cell.replace(/<[^>]*>/g, '')),
  );
}
