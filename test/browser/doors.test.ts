import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LiveHub } from '../../src/dashboard/live/hub.js';
import { ozonFeed } from '../support/pipeline.js';
import { barriers } from './axe.js';
import { openChromium, watchedPage } from './chromium.js';
import { DashboardLab, TOKEN } from './lab.js';
import { HOSTILE_ID, ozonShop } from './seed.js';

const MB = 1024 * 1024;

describe('the doors of the dashboard', () => {
  let lab: DashboardLab;
  let browser: Browser;
  let url: string;
  let hub: LiveHub;
  beforeAll(async () => {
    lab = await DashboardLab.start('doors');
    // However long a crowd takes on a machine that has other things to do.
    url = await lab.open({ patienceMs: 600_000 });
    const [server] = lab.servers;
    if (server === undefined) throw new Error('no server');
    hub = server.hub;
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await lab?.close();
  });

  /** A read in which one product has so many pieces. */
  async function stock(product: number, present: number): Promise<void> {
    const shop = ozonShop(5).map((item) =>
      item.product_id === product
        ? { ...item, stocks: [{ type: 'fbo', present, reserved: 0, sku: 1 }] }
        : item,
    );
    await lab.pipe.outcome(await lab.pipe.publish(ozonFeed(), [shop]));
  }

  it('stand open to more tabs than a browser has lines, and those that are seen again catch up', {
    timeout: 120_000,
  }, async () => {
    const { page, complaints, close } = await watchedPage(browser, url);
    const tabs = [page];
    while (tabs.length < 9) tabs.push(await page.context().newPage());
    for (const tab of tabs) {
      await tab.goto('/product/ozon/100500/41');
      await live(tab);
      await see(tab, false);
    }
    await expect.poll(() => hub.readers, { timeout: 30_000 }).toBe(0);
    await stock(41, 5432);
    expect(await page.locator('#part-figures').innerText()).not.toContain('5 432');
    await see(page, true);
    await page.locator('#part-figures', { hasText: '5 432' }).waitFor();
    expect(hub.readers).toBe(1);
    expect(complaints).toEqual([]);
    await close();
  });

  it('keep hostile names as text that come with a part sent anew', { timeout: 120_000 }, async () => {
    const watched = [];
    for (const path of ['/products?q=onerror', '/products?view=articles&q=onerror', '/anomalies'])
      watched.push({ path, ...(await watchedPage(browser, url)) });
    const hostileAlert = 'hostile:ozon:100500:product-stocks';
    for (const { path, page } of watched) {
      await page.goto(path);
      await live(page);
      await page.evaluate('globalThis.isStill = true');
    }
    await stock(HOSTILE_ID, 6543);
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/x-www-form-urlencoded' };
    const acknowledged = await fetch(`${url}/do/acknowledge`, {
      ...{ method: 'POST', redirect: 'manual', headers },
      body: `fingerprint=${hostileAlert}`,
    });
    expect(acknowledged.status).toBe(303);
    for (const { path, page, complaints, close } of watched) {
      const row = page.locator('main tr', { hasText: 'onerror' });
      await row
        .filter({ hasText: path === '/anomalies' ? 'принято' : '6 543' })
        .first()
        .waitFor();
      expect(await row.first().innerText()).toContain('<script>window.hacked=1</script>');
      expect([path, await page.locator('img, main script').count()]).toEqual([path, 0]);
      expect(await page.evaluate('[globalThis.isStill, globalThis.hacked]')).toEqual([true, undefined]);
      expect(complaints).toEqual([]);
      await close();
    }
  });

  for (const locale of ['ru', 'en'])
    for (const colorScheme of ['light', 'dark'] as const)
      it(`are accessible where they are shut: ${locale}, ${colorScheme}`, async () => {
        const { page, close } = await watchedPage(browser, url, { colorScheme, bypassCSP: true });
        for (const [path, status] of [
          ['/sign-in', 200],
          ['/nowhere', 404],
          ['/%zz', 400],
        ] as const) {
          const answer = await page.goto(`${path}?lang=${locale}`);
          expect(answer?.status()).toBe(status);
          expect(await page.getAttribute('html', 'lang')).toBe(locale);
          expect(await barriers(page)).toEqual([]);
        }
        await page.goto(`/sign-in?lang=${locale}`);
        await page.locator('input[name=token]').fill(`wrong-${locale}-${colorScheme}`);
        await page.locator('button.main').click();
        await page.locator('#refused').waitFor();
        expect(await barriers(page)).toEqual([]);
        await close();
      });

  it('serve two hundred clients with as many views, and forget them', { timeout: 600_000 }, async () => {
    await crowd(0);
    const before = heap();
    for (let round = 1; round <= 4; round += 1) await crowd(round);
    expect((heap() - before) / MB).toBeLessThan(4);
  });

  /** Two hundred at once: each loads a page of its own and follows it until the first part comes. */
  async function crowd(round: number): Promise<void> {
    const clients = Array.from({ length: 200 }, async (_, index) => {
      const path = pathOf(round, index);
      const page = await fetch(url + path);
      const text = await page.text();
      const leave = new AbortController();
      const stream = await fetch(`${url}/live?page=${encodeURIComponent(path)}`, { signal: leave.signal });
      let heard = '';
      for await (const chunk of stream.body ?? []) {
        heard += Buffer.from(chunk).toString();
        if (heard.includes('event: part')) break;
      }
      leave.abort();
      return [path, page.status, text.endsWith('</html>'), stream.status, heard.includes('"database":"up"')];
    });
    for (const [path, ...answer] of await Promise.all(clients))
      expect([path, ...answer]).toEqual([path, 200, true, 200, true]);
    await expect.poll(() => hub.readers, { timeout: 30_000 }).toBe(0);
  }
});

function pathOf(round: number, index: number): string {
  const mark = round * 200 + index;
  const paths = [
    `/products?sort=available&from=${mark}`,
    `/products?q=ART&from=${mark}`,
    `/products?view=articles&from=${mark}`,
    `/product/ozon/100500/${(index % 70) + 1}?mark=${mark}`,
    `/anomalies?mark=${mark}`,
  ];
  return paths[index % paths.length] ?? '/';
}

/** Bytes that are in use once all that is not has been let go. */
function heap(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

async function live(page: Page): Promise<void> {
  await page.locator('#live[data-state=live]').waitFor();
}

/** As the browser tells a page that its tab is left, or come back to. */
async function see(page: Page, isSeen: boolean): Promise<void> {
  await page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, value: ${!isSeen} });
    document.dispatchEvent(new Event('visibilitychange'));`);
}
