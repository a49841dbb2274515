import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Lab } from './lab.js';

let lab: Lab;
const calls: string[] = [];
const watchdog = createServer((request, response) => {
  calls.push(String(request.url).replace(/rid=[\da-f-]{36}/, 'rid=…'));
  response.end();
});
beforeAll(async () => {
  await new Promise<void>((resolve) => watchdog.listen(0, '127.0.0.1', resolve));
  lab = await Lab.start('cli_watchdog', { ozonProducts: 5, wbProducts: 5 });
});
afterAll(async () => {
  watchdog.close();
  await lab.close();
});

it('tells a watchdog of runs that cron starts, and how they ended', async () => {
  const { port } = watchdog.address() as AddressInfo;
  const env = { PING_URL: `http://127.0.0.1:${port}/check` };
  expect(await lab.run(['sync', '--source=ozon'], env)).toMatchObject({ code: 0 });
  expect(calls.splice(0)).toEqual(['/check/start?rid=…', '/check?rid=…']);
  expect(await lab.run(['sync', '--source=ozon', '--test-mode'], env)).toMatchObject({ code: 0 });
  expect(calls.splice(0)).toEqual([]);
  const refused = await lab.run(['sync', '--source=ozon'], { ...env, OZON_API_KEY: 'not-the-key-at-all' });
  expect(refused.code).toBe(1);
  expect(calls.splice(0)).toEqual(['/check/start?rid=…', '/check/fail?rid=…&exit=1']);
});
