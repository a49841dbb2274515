import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../../src/domain/secret.js';
import { MemoryRateLimiter } from '../../../../src/marketplaces/http/memory-rate-limiter.js';
import { checkWildberriesKey } from '../../../../src/marketplaces/wildberries/key-check.js';
import { answer } from '../support/local-server.js';
import { SID, wbToken } from '../support/wb-token.js';
import { never, routes, WbBench } from './wb-bench.js';

let bench: WbBench;
beforeEach(async () => {
  bench = await WbBench.start();
});
afterEach(() => bench.close());

const pong = answer(200, '{"TS":"2024-08-16T11:19:05+03:00","Status":"OK"}');
const seller = (over: object = {}) =>
  answer(200, JSON.stringify({ name: 'ИП Иванов', sid: SID, tin: '1', tradeMark: 'x', ...over }));
const asked = () => bench.server.asked.map(({ method, path }) => `${method} ${path}`);

describe('checkWildberriesKey', () => {
  it('names the seller and pings each host that is needed', async () => {
    bench.server.handler = routes({ '/seller-info': seller(), '/ping': pong });
    const check = await checkWildberriesKey(bench.open(), SID, never);
    expect(check).toMatchObject({
      name: 'ИП Иванов',
      sid: SID,
      warnings: [],
      expiresAt: '2027-05-22T15:33:20.000Z',
    });
    expect(check.daysLeft).toBeGreaterThan(100);
    expect(asked()).toEqual([
      'GET /common/api/v1/seller-info',
      'GET /analytics/ping',
      'GET /content/ping',
      'GET /marketplace/ping',
    ]);
  });

  it('pings no host whose category the token lacks, and says so', async () => {
    bench.server.handler = routes({ '/seller-info': seller(), '/ping': pong });
    const token = new Secret(wbToken({ s: 4 }));
    const { warnings } = await checkWildberriesKey(bench.open({ token }), undefined, never);
    expect(asked()).toEqual(['GET /common/api/v1/seller-info', 'GET /analytics/ping']);
    expect(warnings).toEqual([
      expect.stringContaining('category Content'),
      expect.stringContaining('category Marketplace'),
    ]);
  });

  it('warns of another seller', async () => {
    bench.server.handler = routes({ '/seller-info': seller({ sid: 'other' }), '/ping': pong });
    const { warnings } = await checkWildberriesKey(bench.open(), 'third', never);
    expect(warnings).toEqual([
      expect.stringContaining('WB_SUPPLIER_ID is third'),
      expect.stringContaining('seller other'),
    ]);
  });

  it('fails with the token, and names the host that refused it', async () => {
    const refused = answer(401, '{"title":"unauthorized","detail":"token scope not allowed"}');
    bench.server.handler = routes({ '/seller-info': seller(), '/content/ping': refused, '/ping': pong });
    await expect(checkWildberriesKey(bench.open(), undefined, never)).rejects.toMatchObject({
      code: 'API_CREDENTIALS',
      message: expect.stringContaining('Wildberries content GET /ping answered 401'),
    });
  });

  it.each(['', '{}', '{"Status":"FAIL"}', '<html>'])('takes no %j for a pong', async (body) => {
    bench.server.handler = routes({ '/seller-info': seller(), '/ping': answer(200, body) });
    await expect(checkWildberriesKey(bench.open(), undefined, never)).rejects.toMatchObject({
      code: 'API_BAD_ANSWER',
    });
  });

  it('goes without the name where a base token has had its answer of the day', async () => {
    bench.server.handler = routes({ '/seller-info': seller(), '/ping': pong });
    const over = { token: new Secret(wbToken({ acc: 1 })), limiter: new MemoryRateLimiter(bench.timing.now) };
    expect(await checkWildberriesKey(bench.open(over), undefined, never)).toMatchObject({
      name: 'ИП Иванов',
    });
    expect(await checkWildberriesKey(bench.open(over), undefined, never)).toMatchObject({ name: undefined });
    expect(asked().filter((line) => line.endsWith('seller-info'))).toHaveLength(1);
  });

  it('waits for no answer about the seller where the limit is another’s', async () => {
    bench.server.handler = routes({ '/seller-info': answer(429, '', { 'x-ratelimit-retry': '9999' }) });
    await expect(checkWildberriesKey(bench.open(), undefined, never)).rejects.toMatchObject({
      code: 'API_LIMITED',
    });
  });
});
