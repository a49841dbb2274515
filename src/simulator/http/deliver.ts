import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { FaultSpec } from '../faults/fault.js';
import { type Answer, bodyText } from './answer.js';

const SLOW_MS = 1_000;
const TRICKLE_MS = 20;
const TRICKLE_PIECES = 40;

async function whole(response: ServerResponse, answer: Answer): Promise<void> {
  if (typeof answer.body !== 'string') {
    response.writeHead(answer.status, answer.headers);
    await pipeline(Readable.from(answer.body), response);
    return;
  }
  const length = answer.status === 204 ? {} : { 'content-length': String(Buffer.byteLength(answer.body)) };
  response.writeHead(answer.status, { ...answer.headers, ...length });
  await new Promise<void>((done) => {
    response.end(answer.body, done);
  });
}

/** Half of the promised bytes, then the connection is reset. */
async function reset(response: ServerResponse, answer: Answer): Promise<void> {
  const bytes = Buffer.from(bodyText(answer.body));
  response.writeHead(answer.status, { ...answer.headers, 'content-length': String(bytes.length) });
  await new Promise<void>((done) => {
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => done());
  });
  response.socket?.resetAndDestroy();
}

/** A complete HTTP answer whose JSON ends in the middle. */
async function cut(response: ServerResponse, answer: Answer): Promise<void> {
  const text = bodyText(answer.body);
  await whole(response, { ...answer, body: text.slice(0, Math.floor(text.length * 0.6)) });
}

async function trickle(
  response: ServerResponse,
  answer: Answer,
  pauseMs: number,
  signal: AbortSignal,
): Promise<void> {
  const bytes = Buffer.from(bodyText(answer.body));
  const size = Math.max(1, Math.ceil(bytes.length / TRICKLE_PIECES));
  response.writeHead(answer.status, { ...answer.headers, 'content-length': String(bytes.length) });
  for (let at = 0; at < bytes.length && !response.destroyed; at += size) {
    response.write(bytes.subarray(at, at + size));
    await delay(pauseMs, undefined, { signal });
  }
  response.end();
}

/**
 * Sends an answer, whole or as a fault has it.
 * @param signal ends every wait when the simulator closes
 */
export async function deliver(
  response: ServerResponse,
  answer: Answer,
  fault: FaultSpec | undefined,
  signal: AbortSignal,
): Promise<void> {
  switch (fault?.kind) {
    case 'slow':
      await delay(fault.ms ?? SLOW_MS, undefined, { signal });
      return whole(response, answer);
    case 'reset':
      return reset(response, answer);
    case 'cut-json':
      return cut(response, answer);
    case 'trickle':
      return trickle(response, answer, fault.ms ?? TRICKLE_MS, signal);
    default:
      return whole(response, answer);
  }
}
