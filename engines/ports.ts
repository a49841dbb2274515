import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../src/errors.js';

const LOWEST = 15_000;
const PATIENCE_TRIES = 30;
const PATIENCE_STEP_MS = 100;

/**
 * Ports are taken below the range from which the kernel gives out source ports. A port inside that range may be
 * somebody's outgoing connection when the engine comes back, and a client that knocks in vain at 127.0.0.1 may
 * even end up connected to itself.
 */
function highestPort(): number {
  try {
    const first = Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/)[0]);
    return first > LOWEST + 1_000 ? first - 1 : 32_767;
  } catch {
    return 32_767;
  }
}

/** Whether 127.0.0.1:port can be listened on right now. */
export function portIsFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.on('error', () => done(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => done(true)));
  });
}

/**
 * Whether the port can be had within a few seconds. A process that was killed has lost its command line before the
 * kernel has closed its sockets: for a moment the port still looks taken.
 */
export async function portComesFree(port: number): Promise<boolean> {
  for (let attempt = 0; attempt < PATIENCE_TRIES; attempt += 1) {
    if (await portIsFree(port)) return true;
    await delay(PATIENCE_STEP_MS);
  }
  return false;
}

/** As many different free ports on 127.0.0.1 as asked for, picked at random so that two starts rarely meet. */
export async function freePorts(count: number): Promise<number[]> {
  const highest = highestPort();
  const found: number[] = [];
  for (let attempt = 0; attempt < 500 && found.length < count; attempt += 1) {
    const port = LOWEST + Math.floor(Math.random() * (highest - LOWEST));
    if (!found.includes(port) && (await portIsFree(port))) found.push(port);
  }
  if (found.length < count) {
    throw new AppError('ENGINE_FAILED', `no free port between ${LOWEST} and ${highest} on 127.0.0.1`, {
      remedy: 'Stop programs that listen there, then try again.',
    });
  }
  return found;
}

/** Whether something accepts a TCP connection on 127.0.0.1:port. */
export function portAnswers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host: '127.0.0.1', port });
    const finish = (answer: boolean): void => {
      socket.destroy();
      done(answer);
    };
    socket.setTimeout(2_000, () => finish(false));
    socket.on('connect', () => finish(true));
    socket.on('error', () => finish(false));
  });
}
