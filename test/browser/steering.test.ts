import { connect } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobProgress, LetterLine, PipelineDesks } from '../../src/dashboard/pipeline/contract.js';
import { AppError } from '../../src/errors.js';
import { ozonFeed } from '../support/pipeline.js';
import { openChromium, signIn, watchedPage } from './chromium.js';
import { DashboardLab, TOKEN } from './lab.js';
import { ozonShop } from './seed.js';

const LETTER: LetterLine = {
  id: 'abcdef012345',
  diedAt: Date.UTC(2026, 0, 2),
  topic: 'inventory.raw-snapshots.v1',
  partition: 4,
  offset: 77,
  stage: 'decode',
  why: 'broken JSON: <b>',
  fate: null,
};

/** Desks as the commands will be: letters that can be redriven, a broker that can be away. */
class FakeDesks implements PipelineDesks {
  redriven: readonly string[] | 'all' | null = null;
  job: JobProgress | null = null;
  asked: object | null = null;
  isAway = false;

  readonly lag = {
    groups: async () => {
      if (this.isAway) throw new AppError('KAFKA_UNAVAILABLE', 'no broker');
      const partition = { partition: 0, committed: 10, end: 14, records: 4, owner: 'worker@host' };
      return [
        {
          group: 'inventory.projector',
          topic: 'inventory.raw-snapshots.v1',
          members: 1,
          partitions: [partition],
        },
      ];
    },
  };
  readonly letters = {
    list: async () => [this.redriven === null ? LETTER : { ...LETTER, fate: 'redriven' }],
    redrive: async (which: readonly string[] | 'all') => {
      this.redriven = which;
      this.job = { done: 1, of: 3, leftMs: null, isOver: false, lines: [] };
    },
    progress: () => this.job,
  };
  readonly replay = {
    begin: async (ask: object, begun: object) => {
      this.asked = { ...ask, ...begun };
    },
    progress: (): JobProgress | null =>
      this.asked === null
        ? null
        : { done: 5, of: 5, leftMs: null, isOver: true, lines: ['3 rows would change'] },
  };
}

describe('the dashboard at work', () => {
  let lab: DashboardLab;
  let browser: Browser;
  let url: string;
  const desks = new FakeDesks();
  beforeAll(async () => {
    lab = await DashboardLab.start('steering');
    url = await lab.open({ desks });
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await lab?.close();
  });

  it('refuses a wrong token, accepts the right one, and forgets it again', async () => {
    const { page, close } = await watchedPage(browser, url);
    await signIn(page, 'wrong');
    expect(await page.locator('#refused').innerText()).toContain('Токен не подошёл');
    await page.goto('/anomalies');
    expect(await page.locator('button[id^=mute-]').count()).toBe(0);
    await signIn(page);
    await page.waitForURL(`${url}/`);
    const [cookie] = (await page.context().cookies()).filter(({ name }) => name.startsWith('inventory'));
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    await page.getByRole('button', { name: 'Выйти' }).click();
    await page.goto('/anomalies');
    expect(await page.locator('button[id^=mute-]').count()).toBe(0);
    await close();
  });

  it('mutes an alert, and lists it among the muted', async () => {
    const { page, complaints, close } = await watchedPage(browser, url);
    await signIn(page);
    await page.goto('/anomalies');
    const row = page.getByRole('row', { name: /ART-003/ });
    await row.getByRole('combobox').selectOption('7d');
    await row.getByRole('button', { name: /Не уведомлять/ }).click();
    await page.getByText('Уведомления отключены.').waitFor();
    expect(await row.count()).toBe(0);
    const [muted] = await lab.pipe.db.query<{ ms: string }>(
      "SELECT TIMESTAMPDIFF(HOUR, NOW(3), muted_until) AS ms FROM alerts WHERE fingerprint LIKE 'ran-out:3%'",
    );
    expect(Number(muted?.ms)).toBe(167);
    await page.goto('/anomalies?state=muted');
    await row.getByRole('button', { name: /Снова уведомлять/ }).click();
    await page.goto('/anomalies');
    await row.getByRole('button', { name: /Принять/ }).click();
    await row.getByText('принято').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('sets the threshold of a product, and shows who is low by it', async () => {
    const { page, close } = await watchedPage(browser, url);
    await signIn(page);
    await page.goto('/product/ozon/100500/60');
    await page.getByRole('spinbutton').fill('999');
    await page.getByRole('button', { name: 'Сохранить' }).click();
    await page.getByText('Порог сохранён.', { exact: true }).waitFor();
    expect(await page.getByRole('spinbutton').inputValue()).toBe('999');
    await page.goto('/products?only=low&q=ART-060');
    await page
      .getByRole('row', { name: /ART-060/ })
      .getByText('мало')
      .waitFor();
    await close();
  });

  it('shows a change on the open page by itself', { timeout: 90_000 }, async () => {
    const { page, complaints, close } = await watchedPage(browser, url);
    await page.goto('/product/ozon/100500/40?span=day');
    await page.locator('#live[data-state=live]').waitFor();
    const before = Number((await page.locator('.tiles dd').first().innerText()).replace(/\D/g, ''));
    const shop = ozonShop(5).map((item) =>
      item.product_id === 40
        ? { ...item, stocks: [{ type: 'fbo', present: 4321, reserved: 0, sku: 1 }] }
        : item,
    );
    await lab.pipe.outcome(await lab.pipe.publish(ozonFeed(), [shop]));
    await page.locator('#part-figures', { hasText: '4 321' }).waitFor();
    expect(before).not.toBe(4321);
    await page.locator('#part-changes tbody', { hasText: '→ 4 321' }).waitFor();
    await page.locator('.chart canvas').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('redrives dead letters with progress, and tries a replay', async () => {
    const { page, complaints, close } = await watchedPage(browser, url);
    await signIn(page);
    await page.goto('/pipeline');
    await page.getByText('broken JSON: <b>').waitFor();
    page.on('dialog', (dialog) => void dialog.accept());
    await page.locator('#redrive-abcdef012345').click();
    await page.getByText('Возвращено 1 из 3').waitFor();
    expect(desks.redriven).toEqual(['abcdef012345']);
    desks.job = { done: 3, of: 3, leftMs: null, isOver: true, lines: [] };
    await page.getByText('Возвращено 3 из 3').waitFor();
    await page.locator('#replay-hours').fill('48');
    await page.locator('#replay-try').click();
    await page.getByText('3 rows would change').waitFor();
    expect(await page.locator('#part-replay .note').innerText()).not.toContain('Возвращено');
    expect(desks.asked).toEqual({ hours: 48, isDryRun: true, locale: 'ru' });
    expect(complaints).toEqual([]);
    await close();
  });

  it('says that Kafka is away, and shows what the database holds', async () => {
    const { page, close } = await watchedPage(browser, url);
    await page.goto('/pipeline');
    await page.getByText('worker@host').waitFor();
    desks.isAway = true;
    await page.getByText('Kafka не отвечает').waitFor();
    desks.isAway = false;
    await page.getByText('worker@host').waitFor();
    await close();
  });

  it('says that the database is gone, and comes back by itself', { timeout: 120_000 }, async () => {
    const open = await watchedPage(browser, url);
    await open.page.goto('/');
    await open.page.locator('#live[data-state=live]').waitFor();
    lab.gate.shut();
    await open.page.locator('#trouble', { hasText: 'База данных не отвечает' }).waitFor();
    expect(await open.page.locator('.tiles dd').count()).toBeGreaterThan(3);
    const late = await watchedPage(browser, url);
    expect((await late.page.goto('/anomalies'))?.status()).toBe(503);
    expect(await late.page.locator('main').innerText()).toContain('inventory-sync check');
    expect((await late.page.goto('/products?source=wildberries'))?.status()).toBe(200);
    expect(await late.page.locator('tbody tr').count()).toBe(40);
    expect(await late.page.locator('tbody details').count()).toBe(0);
    await late.page.goto('/anomalies');
    lab.gate.open();
    await open.page.locator('#live[data-state=live]').waitFor();
    expect(await open.page.locator('#trouble').isVisible()).toBe(false);
    await late.page.getByRole('heading', { name: 'Отклонения' }).waitFor();
    await open.close();
    await late.close();
  });

  it('takes no orders from elsewhere, nor without the token', async () => {
    const post = (path: string, headers: Record<string, string>, body = '') =>
      fetch(`${url}${path}`, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body,
      });
    const entered = await post('/sign-in', { origin: url }, `token=${TOKEN}`);
    const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(entered.status).toBe(303);
    const order = 'fingerprint=hostile:ozon:100500:product-stocks';
    expect((await post('/do/acknowledge', { cookie, origin: 'http://evil.example' }, order)).status).toBe(
      403,
    );
    expect((await post('/do/acknowledge', { cookie }, order)).status).toBe(403);
    expect((await post('/do/acknowledge', { origin: url }, order)).status).toBe(401);
    const done = await post('/do/acknowledge', { cookie, origin: url }, `${order}&to=//evil.example`);
    expect([done.status, done.headers.get('location')]).toEqual([303, '/?done=acknowledged']);
    expect((await post('/do/acknowledge', { cookie, origin: url }, 'fingerprint=none')).status).toBe(400);
  });

  it('serves two hundred readers of a page with a handful of renderings', async () => {
    const [server] = lab.servers;
    if (server === undefined) throw new Error('no server');
    const before = server.renders.made;
    const leave = new AbortController();
    const first = async (): Promise<string> => {
      const answer = await fetch(`${url}/live?page=/`, { signal: leave.signal });
      let text = '';
      for await (const chunk of answer.body ?? []) {
        text += Buffer.from(chunk).toString();
        if (text.includes('event: part')) break;
      }
      return text;
    };
    const readers = await Promise.all(Array.from({ length: 200 }, first));
    for (const text of readers) expect(text).toContain('event: state');
    expect(server.renders.made - before).toBeLessThan(25);
    leave.abort();
  });

  it('hangs up on a reader who never reads, and keeps the others', { timeout: 120_000 }, async () => {
    const talkative = new FakeDesks();
    const other = new URL(await lab.open({ desks: talkative }));
    const hub = lab.servers.at(-1)?.hub;
    const deaf = connect(Number(other.port), other.hostname);
    deaf.on('error', () => undefined);
    deaf.pause();
    deaf.write(`GET /live?page=/pipeline HTTP/1.1\r\nhost: ${other.host}\r\n\r\n`);
    await expect.poll(() => hub?.readers).toBe(1);
    const leave = new AbortController();
    const good = (await fetch(new URL('/live?page=/pipeline', other), { signal: leave.signal })).body;
    if (good === null) throw new Error('no stream');
    const heard = async (mark: string) => {
      let tail = '';
      for await (const chunk of good.values({ preventCancel: true })) {
        tail = tail.slice(-mark.length) + Buffer.from(chunk).toString();
        if (tail.includes(mark)) return;
      }
      throw new Error(`the stream ended before ${mark}`);
    };
    // What the system itself holds for a reader is some megabytes; behind them the hub's own measure begins.
    let rounds = 0;
    for (; rounds < 100 && hub?.readers !== 1; rounds += 1) {
      const lines = ['x'.repeat(300_000), `round-${rounds}.`];
      talkative.job = { done: rounds, of: 100, leftMs: null, isOver: false, lines };
      await heard(`round-${rounds}.`);
    }
    expect(rounds).toBeGreaterThan(1);
    expect(hub?.readers).toBe(1);
    leave.abort();
    deaf.destroy();
  });

  it('hears five wrong tokens a minute, and says when to come again', async () => {
    const other = await lab.open();
    const { page, close } = await watchedPage(browser, other);
    for (let round = 0; round < 5; round += 1) {
      await signIn(page, `wrong-${round}`);
      await page.locator('#refused', { hasText: 'Токен не подошёл' }).waitFor();
    }
    await signIn(page);
    expect(await page.locator('#refused').innerText()).toMatch(/\d+ с/);
    expect(new URL(page.url()).pathname).toBe('/sign-in');
    const answer = await fetch(`${other}/sign-in`, {
      method: 'POST',
      headers: { origin: other, 'content-type': 'application/x-www-form-urlencoded' },
      body: `token=${TOKEN}`,
    });
    expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([429, true]);
    await close();
  });

  it('says the same of safety with every answer', async () => {
    for (const path of ['/', '/nowhere', '/product/ozon/100500/999999', '/assets/x/page.js', '/sign-in']) {
      const { headers } = await fetch(`${url}${path}`);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('lets nobody read from another address without the token', async () => {
    const other = await lab.open({ host: '0.0.0.0' });
    const { page, close } = await watchedPage(browser, other);
    await page.goto('/products?q=ART');
    expect(new URL(page.url()).pathname).toBe('/sign-in');
    expect((await fetch(`${other}/products.csv`, { redirect: 'manual' })).status).toBe(303);
    expect((await fetch(`${other}/live?page=/`)).status).toBe(401);
    await page.locator('input[name=token]').fill(TOKEN);
    await page.locator('button.main').click();
    await page.waitForURL(`${other}/products?q=ART`);
    await close();
  });
});
