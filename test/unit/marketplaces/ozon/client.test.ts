import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../../src/domain/secret.js';
import { MemoryRateLimiter } from '../../../../src/marketplaces/http/memory-rate-limiter.js';
import { OzonClient, type OzonOptions } from '../../../../src/marketplaces/ozon/client.js';
import { checkOzonKey } from '../../../../src/marketplaces/ozon/key-check.js';
import { thrownBy } from '../support/answers.js';
import { answer, inTurn, LocalServer } from '../support/local-server.js';
import { VirtualTiming } from '../support/virtual-timing.js';

const KEY = 'f2a1b7d0-1111-2222-3333-444455556666';
const never = new AbortController().signal;
let server: LocalServer;
let timing: VirtualTiming;
let made: OzonClient | undefined;

beforeEach(async () => {
  server = await LocalServer.start();
  timing = new VirtualTiming();
});
afterEach(async () => {
  made?.close();
  await server.close();
});

function client(over: Partial<OzonOptions> = {}): OzonClient {
  made = new OzonClient({
    baseUrl: server.url,
    clientId: '4711',
    apiKey: new Secret(`${KEY}\n`),
    timeoutMs: 20_000,
    retry: { retries: 2, delayMs: 1000 },
    maxWaitMs: 60_000,
    limiter: new MemoryRateLimiter(timing.now),
    timing,
    ...over,
  });
  return made;
}

describe('OzonClient.stocks', () => {
  it('asks as the documents say', async () => {
    server.handler = answer(200, '{"items":[{"a":1}],"cursor":"next","total_items":2}');
    expect(await client().stocks('from-here', never)).toMatchObject({
      rows: ['{"a":1}'],
      cursor: 'next',
      announcedProducts: 2,
    });
    const [asked] = server.asked;
    expect(asked).toMatchObject({ method: 'POST', path: '/v4/product/info/stocks' });
    expect(asked?.headers).toMatchObject({
      'client-id': '4711',
      'api-key': KEY,
      'content-type': 'application/json',
    });
    expect(JSON.parse(asked?.body ?? '')).toEqual({
      filter: { visibility: 'ALL' },
      limit: 1000,
      cursor: 'from-here',
    });
  });

  it.each<[string, string, number | undefined]>([
    ['total_items', '"items":[1],"total":5,"total_items":7', 7],
    ['total where it is alone', '"items":[1],"total":5', 5],
    ['digits in quotes', '"items":[1],"total_items":"12"', 12],
    ['no total', '"items":[1]', undefined],
    ['a zero beside products as none', '"items":[1],"total":0,"total_items":0', undefined],
    ['total beside a zeroed total_items', '"items":[1],"total":5,"total_items":0', 5],
    ['a zero of an empty list', '"items":[],"total_items":0', 0],
    ['null', '"items":[1],"total":null,"total_items":null', undefined],
    ['nonsense as none', '"items":[1],"total":-3,"total_items":{}', undefined],
  ])('reads the announced products: %s', async (_name, body, expected) => {
    server.handler = answer(200, `{${body}}`);
    expect((await client().stocks('', never)).announcedProducts).toBe(expected);
  });

  it.each([['{"items":[]}'], ['{"items":[],"cursor":null}'], ['{"items":[],"cursor":""}']])(
    'takes %s for the end',
    async (body) => {
      server.handler = answer(200, body);
      expect((await client().stocks('', never)).cursor).toBe('');
    },
  );

  it.each([
    ['a cursor of another type', 200, '{"items":[],"cursor":7}'],
    ['the shape of the version before', 200, '{"result":{"items":[],"last_id":""}}'],
    ['an error body', 200, '{"code":13,"message":"Internal"}'],
    ['an HTML page', 200, '<html>maintenance</html>'],
    ['nothing', 200, ''],
    ['nothing at all', 204, ''],
    ['a cut page', 200, '{"items":[{"product_id":1'],
  ])('refuses %s, after trying again', async (_name, status, body) => {
    server.handler = (_asked, response) => response.writeHead(status).end(body);
    await expect(client().stocks('', never)).rejects.toMatchObject({ code: 'API_BAD_ANSWER' });
    expect(server.asked).toHaveLength(3);
  });

  it('goes on when the second try succeeds', async () => {
    server.handler = inTurn(answer(502, '<html>'), answer(200, '{"items":[]}'));
    expect((await client().stocks('', never)).rows).toEqual([]);
    expect(timing.sleeps).toEqual([500]);
  });

  it('waits as Retry-After says', async () => {
    server.handler = inTurn(
      answer(429, '{"code":8,"message":"limit"}', { 'retry-after': '4' }),
      answer(200, '{"items":[]}'),
    );
    await client().stocks('', never);
    expect(timing.sleeps).toEqual([4000]);
  });

  it('does not hammer on with a wrong key, and never shows it', async () => {
    server.handler = answer(
      404,
      `{"code":5,"message":"Invalid Api-Key, please check the key and try again: ${KEY}"}`,
    );
    const error: unknown = await client()
      .stocks('', never)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'API_CREDENTIALS' });
    expect(inspect(error)).not.toContain(KEY);
    expect(server.asked).toHaveLength(1);
  });

  it('keeps to two requests a second, one at a time, also when asked for three at once', async () => {
    let open = 0;
    let most = 0;
    server.handler = (_asked, response) => {
      open += 1;
      most = Math.max(most, open);
      setImmediate(() => {
        open -= 1;
        response.end('{"items":[]}');
      });
    };
    const one = client();
    await Promise.all([one.stocks('', never), one.stocks('a', never), one.stocks('b', never)]);
    expect(most).toBe(1);
    expect(timing.sleeps).toEqual([500, 500]);
  });

  it('lets the next request go when the one before failed', async () => {
    server.handler = inTurn(answer(401, '{}'), answer(200, '{"items":[]}'));
    const one = client();
    const [first, second] = await Promise.allSettled([one.stocks('', never), one.stocks('', never)]);
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
  });
});

describe('the account', () => {
  it.each([[''], ['0'], ['-1'], ['abc'], ['1:2'], ['1.5']])(
    'with the client id "%s" is refused',
    (clientId) => {
      expect(thrownBy(() => client({ clientId }))).toMatchObject({
        code: 'API_CREDENTIALS',
        message: expect.stringContaining('OZON_CLIENT_ID'),
      });
    },
  );

  it.each([[''], [' '], ['two words'], ['ключ'], ['a\nb']])(
    'with a key that no header can carry is refused',
    (key) => {
      const error = thrownBy(() => client({ apiKey: new Secret(key) }));
      expect(error).toMatchObject({
        code: 'API_CREDENTIALS',
        message: expect.stringContaining('OZON_API_KEY'),
      });
    },
  );
});

describe('checkOzonKey', () => {
  const role = (name: string, ...methods: string[]) => ({ name, methods });
  it.each([
    [
      'a role that names the method',
      [role('Product read-only', '/v3/product/list', '/v4/product/info/stocks')],
      true,
    ],
    ['roles that do not', [role('Posting FBS', '/v1/posting')], false],
    ['an Admin with the shortened list of the documents', [role('Admin', '/v1/actions')], undefined],
    ['no roles', [], undefined],
    ['roles without methods', [{ name: 'X' }], undefined],
  ])('with %s', async (_name, roles, stocksAllowed) => {
    server.handler = answer(200, JSON.stringify({ expires_at: '2027-02-18T09:54:23.296Z', roles }));
    expect(await checkOzonKey(client(), never)).toMatchObject({
      expiresAt: '2027-02-18T09:54:23.296Z',
      stocksAllowed,
    });
    expect(server.asked[0]).toMatchObject({ method: 'POST', path: '/v1/roles', body: '{}' });
  });

  it('knows no end where Ozon names none', async () => {
    server.handler = answer(200, '{"roles":null}');
    expect(await checkOzonKey(client(), never)).toEqual({
      expiresAt: undefined,
      allowed: [],
      stocksAllowed: undefined,
    });
  });

  it('fails with the key', async () => {
    server.handler = answer(
      404,
      '{"code":5,"message":"Invalid Api-Key, please check the key and try again"}',
    );
    await expect(checkOzonKey(client(), never)).rejects.toMatchObject({ code: 'API_CREDENTIALS' });
  });
});
