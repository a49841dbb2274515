import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.js';
import { Liveness } from '../../../src/ops/liveness.js';
import { readiness } from '../../../src/ops/readiness.js';
import {
  openStatusServer,
  type StatusDeps,
  type StatusServer,
  statusRoutes,
} from '../../../src/ops/status-server.js';

let server: StatusServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const SCRAPE = { contentType: 'text/plain; version=0.0.4', text: async () => 'up 1\n' };
const deps = (over: Partial<StatusDeps> = {}): StatusDeps => ({
  scrape: SCRAPE,
  alive: () => null,
  ready: async () => [],
  clean: (text) => text.replaceAll('hunter2', '***'),
  ...over,
});

async function get(path: string, over: Partial<StatusDeps> = {}) {
  server ??= await openStatusServer({ host: '127.0.0.1', port: 0, deps: deps(over) });
  const response = await fetch(`${server.url}${path}`);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('the status server', () => {
  it('serves metrics as Prometheus wants them, and never from a cache', async () => {
    const { status, headers, text } = await get('/metrics');
    expect([status, text]).toEqual([200, 'up 1\n']);
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('says that the process is alive, or why it is not', async () => {
    let clock = 0;
    const liveness = new Liveness(() => clock, 120_000);
    expect(await get('/healthz', { alive: liveness.problem })).toMatchObject({ status: 200 });
    clock = 120_000;
    const dead = await get('/healthz');
    expect(dead.status).toBe(503);
    expect(JSON.parse(dead.text)).toEqual({
      status: 'dead',
      reason: 'nothing has come round for 120 s',
    });
    liveness.beat();
    expect(await get('/healthz')).toMatchObject({ status: 200 });
  });

  it('says why it is not ready, part by part, with the remedy and without secrets', async () => {
    let isAway = true;
    let clock = 0;
    const ready = readiness(
      {
        database: async () => {
          if (isAway)
            throw new AppError('DB_REFUSED', 'user x with hunter2 is refused', { remedy: 'set DB_PASSWORD' });
        },
        kafka: async () => undefined,
        consumers: async () => {
          if (isAway) throw new Error('still joining');
        },
      },
      () => clock,
    );
    const unready = await get('/readyz', { ready });
    expect(unready.status).toBe(503);
    expect(JSON.parse(unready.text)).toEqual({
      status: 'unready',
      reasons: [
        { part: 'database', reason: 'user x with *** is refused', remedy: 'set DB_PASSWORD' },
        { part: 'consumers', reason: 'still joining', remedy: null },
      ],
    });
    isAway = false;
    clock = 2_000;
    const fine = await get('/readyz');
    expect([fine.status, JSON.parse(fine.text)]).toEqual([200, { status: 'ready' }]);
  });

  it('names its paths to whoever asks for another, and tells no fault in detail', async () => {
    const scrape = { ...SCRAPE, text: () => Promise.reject(new Error('broke over hunter2')) };
    const failed = await get('/metrics', { scrape });
    expect([failed.status, JSON.parse(failed.text)]).toEqual([
      500,
      { status: 'failed', reason: 'broke over ***' },
    ]);
    const lost = await get('/');
    expect([lost.status, JSON.parse(lost.text).paths]).toEqual([404, ['/metrics', '/healthz', '/readyz']]);
  });

  it('says whose port it cannot have, in both languages', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    try {
      const refused = openStatusServer({ host: '127.0.0.1', port, deps: deps() });
      await expect(refused).rejects.toMatchObject({
        code: 'ENGINE_FAILED',
        message: `METRICS_PORT: another program listens on 127.0.0.1:${port}`,
        advice: { ru: { remedy: expect.stringContaining('METRICS_PORT') } },
      });
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
    await expect(openStatusServer({ host: '203.0.113.7', port: 0, deps: deps() })).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      message: expect.stringContaining('EADDRNOTAVAIL'),
    });
  });

  it('can be a part of another server', async () => {
    const app = Fastify();
    statusRoutes(app, deps());
    app.get('/', async () => 'page');
    expect((await app.inject('/readyz')).statusCode).toBe(200);
    expect((await app.inject('/')).body).toBe('page');
    await app.close();
  });
});

describe('readiness', () => {
  it('looks once for all who ask at the same time, and again two seconds later', async () => {
    let looks = 0;
    let clock = 0;
    const ready = readiness({ part: async () => void (looks += 1) }, () => clock);
    await Promise.all([ready(), ready(), ready()]);
    clock = 1_999;
    await ready();
    expect(looks).toBe(1);
    clock = 2_000;
    await ready();
    expect(looks).toBe(2);
  });
});
