import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { freePorts, portAnswers, portIsFree } from '../../../engines/ports.js';

let server: Server | undefined;

afterEach(() => {
  server?.close();
  server = undefined;
});

function listen(port: number, host: string): Promise<void> {
  return new Promise((done, fail) => {
    server = createServer((socket) => socket.destroy());
    server.on('error', fail);
    server.listen({ port, host }, done);
  });
}

test('free ports are different, free, and outside the range of outgoing connections', async () => {
  const ports = await freePorts(20);
  expect(new Set(ports).size).toBe(20);
  const lowestOutgoing = Number(
    readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/)[0],
  );
  for (const port of ports) {
    expect(port).toBeLessThan(Math.max(lowestOutgoing, 16_001));
    expect(await portIsFree(port)).toBe(true);
    expect(await portAnswers(port)).toBe(false);
  }
});

test.each(['127.0.0.1', '0.0.0.0'])('a port that a program listens on at %s is not free', async (host) => {
  const [port = 0] = await freePorts(1);
  await listen(port, host);
  expect(await portIsFree(port)).toBe(false);
  expect(await portAnswers(port)).toBe(true);
});
