import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Pinger } from '../../../../src/cli/schedule/ping.js';
import { Secret } from '../../../../src/domain/secret.js';

describe('the watchdog', () => {
  let server: Server;
  let url: string;
  let calls: string[];
  let status: number;
  const warnings: unknown[] = [];
  const logger = {
    debug() {},
    info() {},
    error() {},
    warn: (fields: object, text: string) => void warnings.push([fields, text]),
  };

  beforeEach(async () => {
    calls = [];
    warnings.length = 0;
    status = 200;
    server = createServer((request, response) => {
      calls.push(`${request.method} ${request.url?.replace(/rid=[\da-f-]{36}/, 'rid=…')}`);
      response.writeHead(status).end('OK');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/5c1b-secret`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('is told of start and success', async () => {
    const pinger = new Pinger(new Secret(url), logger);
    pinger.begin('sync')(0);
    await pinger.idle();
    expect(calls).toEqual(['GET /5c1b-secret/start?rid=…', 'GET /5c1b-secret?rid=…']);
    expect(warnings).toEqual([]);
  });

  it('keeps the query of an address that has one', async () => {
    const pinger = new Pinger(new Secret(`${url}/?token=5c1b`), logger);
    pinger.begin('sync')(0);
    await pinger.idle();
    expect(calls).toEqual(['GET /5c1b-secret/start?token=5c1b&rid=…', 'GET /5c1b-secret?token=5c1b&rid=…']);
  });

  it('is told of failure with the exit code, and of nothing where nobody can say', async () => {
    const pinger = new Pinger(new Secret(url), logger);
    pinger.begin('sync')(3);
    await pinger.idle();
    expect(calls).toEqual(['GET /5c1b-secret/start?rid=…', 'GET /5c1b-secret/fail?rid=…&exit=3']);
    calls.length = 0;
    for (const code of [5, 75, null]) pinger.begin('sync')(code);
    await pinger.idle();
    expect(calls).toEqual(Array(3).fill('GET /5c1b-secret/start?rid=…'));
  });

  it('costs nothing where there is none, and no job where it is out of order; its address is not told', async () => {
    new Pinger(null, logger).begin('sync')(0);
    status = 500;
    const pinger = new Pinger(new Secret(url), logger);
    pinger.begin('sync')(0);
    await pinger.idle();
    const away = new Pinger(new Secret('http://127.0.0.1:9/5c1b-secret'), logger);
    away.begin('sync')(1);
    away.alive('schedule');
    await away.idle();
    expect(warnings).toHaveLength(5);
    expect(JSON.stringify(warnings)).not.toContain('5c1b-secret');
  });
});
