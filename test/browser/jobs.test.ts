import { createServer } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab, type Running } from '../integration/cli/lab.js';
import { testEngines } from '../support/engines.js';
import { openChromium, signIn, type WatchedPage, watchedPage } from './chromium.js';
import { Gate } from './gate.js';
import { TOKEN } from './lab.js';

const PRODUCTS = 30;

/** The command as people start it, over marketplaces that are read by the real `sync`. */
describe('the dashboard command', () => {
  let lab: Lab;
  let browser: Browser;
  let url: string;
  let one: WatchedPage;
  beforeAll(async () => {
    lab = await Lab.start('browser_jobs', { ozonProducts: PRODUCTS, wbProducts: PRODUCTS });
    [url] = await serve();
    browser = await openChromium();
    one = await watchedPage(browser, url);
    await signIn(one.page);
    await one.page.waitForURL(`${url}/`);
  });
  afterAll(async () => {
    await one?.close();
    await browser?.close();
    await lab?.close();
  });

  async function serve(env: Record<string, string> = {}): Promise<[string, Running]> {
    const port = await freePort();
    const command = lab.start(['dashboard'], {
      ...{ DASHBOARD_PORT: String(port), DASHBOARD_TOKEN: TOKEN, LOCALE: 'ru' },
      ...env,
    });
    await command.says('Дашборд открыт');
    return [`http://127.0.0.1:${port}`, command];
  }

  it('shows what a sync brings on the pages that are open', { timeout: 120_000 }, async () => {
    const { page } = one;
    await page.goto('/products?source=ozon');
    await page.locator('#part-products', { hasText: 'Ничего не нашлось' }).waitFor();
    const second = await watchedPage(browser, url);
    await second.page.goto('/');
    expect(await lab.run(['sync', '--source=all'])).toMatchObject({ code: 0 });
    await page.locator('#found', { hasText: String(PRODUCTS) }).waitFor();
    await second.page.getByText('Wildberries').first().waitFor();
    const [product = ''] = lab.simulator.world.productIds('ozon');
    lab.simulator.world.setStock('ozon', product, { present: 7654, reserved: 0 });
    await page.goto(`/product/ozon/${lab.simulator.credentials.ozonClientId}/${product}`);
    expect(await page.locator('#part-figures').innerText()).not.toContain('7 654');
    expect(await lab.run(['sync', '--source=ozon'])).toMatchObject({ code: 0 });
    await page.locator('#part-figures', { hasText: '7 654' }).waitFor();
    expect([...one.complaints, ...second.complaints]).toEqual([]);
    await second.close();
  });

  it('lists a record that could not be read, and sends it back', { timeout: 120_000 }, async () => {
    const { page, complaints } = one;
    await page.goto('/pipeline');
    await page.locator('#part-groups [id^=group-]').first().waitFor();
    await page.locator('#part-letters', { hasText: 'Нечитаемых записей нет' }).waitFor();
    lab.simulator.faults.inject({ kind: 'wrong-shape', shape: 'negative', match: 'ozon' });
    expect(await lab.run(['sync', '--source=ozon'])).toMatchObject({ code: 3 });
    const letters = page.locator('#part-letters');
    await letters.locator('tbody tr', { hasText: 'row 1 of 30' }).waitFor();
    page.on('dialog', (dialog) => void dialog.accept());
    await letters.locator('tbody button').click();
    // A bad figure stays a bad figure: the command says so, and there is another letter.
    await letters.locator('.note', { hasText: 'Готово' }).waitFor({ timeout: 60_000 });
    expect(await letters.locator('.note').innerText()).toContain('Возвращено 1 из 1');
    await letters.locator('tbody tr', { hasText: 'возвращена' }).waitFor();
    const [fate] = await lab.db.query('SELECT fate FROM dead_letter_fates');
    expect(fate).toEqual({ fate: 'redriven' });
    expect(complaints).toEqual([]);
  });

  it('tries a replay, which changes nothing', { timeout: 120_000 }, async () => {
    const { page, complaints } = one;
    await page.goto('/pipeline');
    const before = await lab.levels('ozon');
    await page.locator('#replay-hours').fill('48');
    await page.locator('#replay-try').click();
    const told = page.locator('#part-replay .note');
    await told.getByText('Ничего не изменено').waitFor();
    await told.getByText('Готово').waitFor();
    await page.goto('/pipeline?lang=en');
    await page.locator('#replay-try').click();
    await told.getByText('Nothing was changed').waitFor();
    await told.getByText('Done').waitFor();
    await page.goto('/pipeline?lang=ru');
    expect(await lab.levels('ozon')).toEqual(before);
    expect(await lab.db.query('SELECT * FROM replays')).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('says that Kafka is away, shows all else at once, and asks again by itself', {
    timeout: 120_000,
  }, async () => {
    const [host = '', port] = testEngines().kafka.brokers.split(':');
    const gate = await Gate.to(host, Number(port));
    gate.shut();
    const [other, command] = await serve({ KAFKA_BROKERS: `127.0.0.1:${gate.port}` });
    const { page, complaints, close } = await watchedPage(browser, other);
    expect((await page.goto('/pipeline'))?.status()).toBe(200);
    await page.locator('#part-snapshots tbody tr').first().waitFor();
    await page.locator('#part-groups', { hasText: 'Kafka не отвечает' }).waitFor();
    await page.locator('#part-letters', { hasText: 'Kafka не отвечает' }).waitFor();
    expect(await page.locator('#trouble').isVisible()).toBe(false);
    gate.open();
    await page.locator('#part-groups [id^=group-]').first().waitFor();
    await page.locator('#part-letters tbody tr').first().waitFor({ timeout: 60_000 });
    await page.locator('#part-groups', { hasText: 'Kafka не отвечает' }).waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await close();
    command.child.kill('SIGTERM');
    expect((await command.ended).code).toBe(0);
    await gate.close();
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
