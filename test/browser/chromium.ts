import chromium from '@sparticuz/chromium';
import { type Browser, type BrowserContextOptions, type Page, chromium as playwright } from 'playwright-core';
import { TOKEN } from './lab.js';

/**
 * The browser that comes inside a package, made for machines without anything: here with its web safety left on, and
 * in several processes, for in one it ends with the first window that is closed.
 */
export async function openChromium(): Promise<Browser> {
  const unfit = ['--disable-web-security', '--allow-running-insecure-content', '--single-process'];
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    args: chromium.args.filter((arg) => !unfit.includes(arg)),
    headless: true,
  });
}

export interface WatchedPage {
  readonly page: Page;
  /** Errors of the console and of scripts, refused files, and requests to any other host. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** A browser of somebody's own, whose every complaint is kept. */
export async function watchedPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ baseURL: url, locale: 'ru-RU', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
  const { origin } = new URL(url);
  page.on('request', (request) => {
    const asked = new URL(request.url());
    if (asked.origin !== origin && asked.protocol !== 'data:') complaints.push(`elsewhere: ${request.url()}`);
  });
  return { page, complaints, close: () => context.close() };
}

/** By the form, as people do. */
export async function signIn(page: Page, token = TOKEN): Promise<void> {
  await page.goto('/sign-in');
  await page.locator('input[name=token]').fill(token);
  await page.locator('button.main').click();
}
